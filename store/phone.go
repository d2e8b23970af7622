package store

import (
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// NormalPhone is the number in E.164 if country (ISO 3166 alpha-2, "" for
// unknown) can read it, and as it was typed if not. ok is false for text that
// is no phone number at all. An empty text is a number nobody gave.
func NormalPhone(text, country string) (number string, ok bool) {
	text = strings.TrimSpace(text)
	if text == "" {
		return "", true
	}
	if n, err := phonenumbers.Parse(text, country); err == nil && phonenumbers.IsValidNumber(n) {
		return phonenumbers.Format(n, phonenumbers.E164), true
	}
	digits := 0
	for _, r := range text {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case !strings.ContainsRune(" +-()./#*xe,;", r):
			return text, false
		}
	}
	return text, digits >= 3 && len(text) <= 40
}
