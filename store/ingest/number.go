package ingest

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	e8      = 100_000_000 // exact amounts are counted in 1e-8
	e8Cent  = e8 / 100
	e8Milli = e8 / 1000
)

// exact is a decimal number read without any rounding by binary fractions.
type exact struct {
	E8      int64
	Rounded bool // it had more than eight decimals, as binary fractions leave them
}

// number reads one amount. decimal is the file's decimal sign, '.' or ','.
// Currency signs and codes around it, thousands separators, parentheses and a
// trailing minus are understood. The complaint is "" when it could be read.
func number(s string, decimal byte) (exact, string) {
	body, neg := unsigned(s)
	if body == "" {
		return exact{}, "“" + s + "” is no number."
	}
	whole, frac, _ := strings.Cut(body, string(decimal))
	digits, ok := ungrouped(whole, decimal)
	if !ok || !allDigits(frac) || digits+frac == "" {
		return exact{}, "“" + s + "” is no number."
	}
	v, ok := scaled(digits, frac)
	if !ok {
		return exact{}, "“" + s + "” is too large to be true."
	}
	if neg {
		v.E8 = -v.E8
	}
	return v, ""
}

// scaled is digits.frac in 1e-8; ok is false when it does not fit.
func scaled(digits, frac string) (v exact, ok bool) {
	up := false
	if len(frac) > 8 {
		up = frac[8] >= '5'
		v.Rounded = strings.Trim(frac[8:], "0") != ""
		frac = frac[:8]
	}
	for _, c := range digits + frac + strings.Repeat("0", 8-len(frac)) {
		d := int64(c - '0')
		if v.E8 > (math.MaxInt64-d)/10 {
			return exact{}, false
		}
		v.E8 = v.E8*10 + d
	}
	if up {
		if v.E8 == math.MaxInt64 {
			return exact{}, false
		}
		v.E8++
	}
	return v, true
}

// unsigned takes sign, parentheses, currency and blanks off a number. What is
// left may still be anything.
func unsigned(s string) (body string, neg bool) {
	s = bare(s)
	if strings.HasPrefix(s, "(") && strings.HasSuffix(s, ")") {
		s, neg = bare(s[1:len(s)-1]), true
	}
	for _, sign := range []string{"-", "−", "+"} {
		before, front := strings.CutPrefix(s, sign)
		after, back := strings.CutSuffix(s, sign)
		switch {
		case front && !neg:
			return bare(before), sign != "+"
		case back && !neg && sign != "+":
			return bare(after), true
		}
	}
	return s, neg
}

// bare takes blanks and a currency off both ends: a sign, a code of three
// capitals, or letters that belong to a sign, as in CA$. Other letters stay,
// so that 12a is not read as 12.
func bare(s string) string {
	s = strings.TrimSpace(s)
	for i, c := range s {
		if unicode.Is(unicode.Sc, c) && len(strings.TrimFunc(s[:i], isCapital)) == 0 {
			s = strings.TrimSpace(s[i+utf8.RuneLen(c):])
			break
		}
	}
	if c, size := utf8.DecodeLastRuneInString(s); unicode.Is(unicode.Sc, c) {
		s = strings.TrimSpace(s[:len(s)-size])
	}
	if n := len(s); n > 3 {
		if code := s[:3]; strings.TrimFunc(code, isCapital) == "" && !isCapital(rune(s[3])) {
			return strings.TrimSpace(s[3:])
		}
		if code := s[n-3:]; strings.TrimFunc(code, isCapital) == "" && !isCapital(rune(s[n-4])) {
			return strings.TrimSpace(s[:n-3])
		}
	}
	return s
}

func isCapital(c rune) bool { return c >= 'A' && c <= 'Z' }

// ungrouped takes the thousands separators out of the whole part. Groups that
// are not three digits long are refused: 12,50 read as 1250 would be a hundred
// times the money.
func ungrouped(s string, decimal byte) (string, bool) {
	if allDigits(s) {
		return s, true
	}
	var sep rune
	groups := strings.FieldsFunc(s, func(c rune) bool {
		grouping := c == '\'' || c == '’' || unicode.IsSpace(c) || (c == '.' || c == ',') && byte(c) != decimal
		if grouping && sep == 0 {
			sep = c
		}
		return grouping && c == sep
	})
	for i, g := range groups {
		if !allDigits(g) || i > 0 && len(g) != 3 || i == 0 && (len(g) > 3 || len(g) == 0) {
			return "", false
		}
	}
	joined := strings.Join(groups, "")
	if len(groups) < 2 || strings.Count(s, string(sep)) != len(groups)-1 {
		return "", false
	}
	return joined, true
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// decimalProof tells which decimal sign a number proves, 0 when it could be
// read with either.
func decimalProof(s string) byte {
	body, _ := unsigned(s)
	dot, comma := strings.LastIndexByte(body, '.'), strings.LastIndexByte(body, ',')
	last, sign, other := dot, byte('.'), byte(',')
	if comma > dot {
		last, sign, other = comma, ',', '.'
	}
	switch {
	case last < 0 || !allDigits(body[last+1:]):
		return 0
	case dot >= 0 && comma >= 0:
		return sign
	case strings.Count(body, string(sign)) > 1:
		return other // several of them group thousands
	case len(body)-last-1 != 3 || last > 3 || last == 0 || body[0] == '0':
		return sign
	}
	return 0
}

// whole rounds to units of size, halves away from zero; off tells that
// something was lost.
func (v exact) whole(size int64) (n int64, off bool) {
	n, rest := v.E8/size, v.E8%size
	if rest >= size-rest {
		n++
	} else if -rest >= size+rest {
		n--
	}
	return n, rest != 0 || v.Rounded
}

// text is the number as a person writes it.
func (v exact) text() string {
	whole, frac := v.E8/e8, v.E8%e8
	sign := ""
	if v.E8 < 0 {
		sign, whole, frac = "-", -whole, -frac
	}
	return strings.TrimSuffix(sign+strconv.FormatInt(whole, 10)+"."+strings.TrimRight(fmt.Sprintf("%08d", frac), "0"), ".")
}
