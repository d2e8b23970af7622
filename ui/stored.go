package ui

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The trouble of a target and the result of a run are stored as English
// sentences with their names already in them. To say them in another language
// the sentence is found again in the catalogue by what stands between the
// names.

// pattern is one sentence of the catalogue, as it looks once it was filled.
type pattern struct {
	sentence string
	filled   *regexp.Regexp
	verbs    []string
}

// What the backup loop says of a target that went well, beside another's
// trouble.
var _ = say("%s: sealed and proved, %s in %s.")

// shortest keeps sentences that are mostly verbs from fitting everything.
const shortest = 12

var verbs = regexp.MustCompile(`%[sdqv]`)

// patternsOf makes patterns of the catalogue's whole sentences, the most
// telling first.
func patternsOf(sentences []string) []pattern {
	var out []pattern
	for _, sentence := range sentences {
		plain := verbs.ReplaceAllString(sentence, "")
		if !strings.HasSuffix(sentence, ".") || utf8.RuneCountInString(plain) < shortest {
			continue
		}
		expr := "^" + verbs.ReplaceAllString(regexp.QuoteMeta(sentence), `((?:[^.]|\.[^ ])+?)`) + `(?: |$)`
		out = append(out, pattern{sentence: sentence, filled: regexp.MustCompile(expr), verbs: verbs.FindAllString(sentence, -1)})
	}
	slices.SortFunc(out, func(a, b pattern) int {
		return cmp.Or(cmp.Compare(len(verbs.ReplaceAllString(b.sentence, "")), len(verbs.ReplaceAllString(a.sentence, ""))), cmp.Compare(a.sentence, b.sentence))
	})
	return out
}

// Stored says stored sentences in this language. What is not in the catalogue
// stays as it is.
func (w *words) Stored(text string) string {
	if w.Lang == "en" {
		return text
	}
	var out []string
	for text != "" {
		said, rest := w.storedOne(text)
		out = append(out, said)
		text = strings.TrimSpace(rest)
	}
	return w.join(out...)
}

// storedOne says the sentence the text begins with.
func (w *words) storedOne(text string) (said, rest string) {
	for _, p := range w.all.patterns {
		m := p.filled.FindStringSubmatch(text)
		if m == nil {
			continue
		}
		args := make([]any, len(p.verbs))
		for i, verb := range p.verbs {
			args[i] = m[i+1]
			switch verb {
			case "%d":
				n, err := strconv.Atoi(m[i+1])
				if err != nil {
					return text, ""
				}
				args[i] = n
			case "%q":
				if plain, err := strconv.Unquote(m[i+1]); err == nil {
					args[i] = plain
				}
			}
		}
		return w.T(p.sentence, args...), text[len(m[0]):]
	}
	if at := strings.Index(text, ". "); at >= 0 {
		return text[:at+1], text[at+2:]
	}
	return text, ""
}

// join puts sentences one after the other: Chinese ones need no gap.
func (w *words) join(sentences ...string) string {
	var b strings.Builder
	for _, s := range sentences {
		if s == "" {
			continue
		}
		if b.Len() > 0 && !strings.HasSuffix(b.String(), "。") {
			b.WriteByte(' ')
		}
		b.WriteString(s)
	}
	return b.String()
}
