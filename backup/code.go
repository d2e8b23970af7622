package backup

import (
	"crypto/rand"
	"strings"

	"salonkeep/store/salon"
)

// Groups is how many groups a kit's code has. Each has four symbols: three
// that were drawn and one that checks them; 120 bits in all.
const Groups = 8

// Code is the short form of a kit: the groups that open the sealed identity
// beside every restore point.
type Code [Groups]string

// symbols is Crockford's base 32: nothing in it is mistaken for something else
// in it when read from paper. A symbol's place is its value.
const symbols = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

func newCode() Code {
	var random [Groups * 3]byte
	_, _ = rand.Read(random[:]) // never fails: crypto/rand ends the program instead
	var c Code
	for i := range c {
		var v [3]byte
		for k := range v {
			v[k] = random[3*i+k] & 31
		}
		c[i] = string([]byte{symbols[v[0]], symbols[v[1]], symbols[v[2]], symbols[checkSymbol(i, v)]})
	}
	return c
}

// String is the code in its one fixed spelling, which is also the passphrase of
// recovery.age.
func (c Code) String() string { return strings.Join(c[:], "-") }

// IsZero reports whether c holds no code.
func (c Code) IsZero() bool { return c == Code{} }

// checkSymbol is the fourth symbol's value. It is a sum in the field of 32
// elements with a different weight for each place, none of them 0 or 1, and a
// different constant for each group. So one wrong symbol, two neighbours
// swapped, and one group in another's place all change it.
func checkSymbol(group int, v [3]byte) byte {
	return times(2, v[0]) ^ times(4, v[1]) ^ times(8, v[2]) ^ byte(3*group+1)
}

// times multiplies in GF(32) with the polynomial x^5+x^2+1.
func times(a, b byte) byte {
	var p byte
	for ; b > 0; b >>= 1 {
		if b&1 == 1 {
			p ^= a
		}
		a <<= 1
		if a&32 != 0 {
			a ^= 0x25
		}
	}
	return p
}

// tidy brings what somebody typed to the symbols they meant: any case, O for 0,
// I and L for 1, and no spaces or dashes.
func tidy(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			r -= 'a' - 'A'
		case r == ' ' || r == '-' || r == '\t' || r == '\n' || r == '\r' || r == '\u00a0' || r == '\u2013' || r == '\u2014':
			return -1
		}
		switch r {
		case 'O':
			return '0'
		case 'I', 'L':
			return '1'
		}
		return r
	}, s)
}

// CheckGroup says whether s can be group i (0 is the first) of a kit, forgiving
// case, spaces and O for 0. The error is salon.Invalid and names the group.
func CheckGroup(i int, s string) error {
	_, err := group(i, s)
	return err
}

func group(i int, s string) (string, error) {
	if i < 0 || i >= Groups {
		return "", salon.E(salon.Invalid, "A recovery kit has %d groups.", Groups)
	}
	t := tidy(s)
	if len(t) != 4 {
		return "", salon.E(salon.Invalid, "Group %d must have four letters or digits. Look at the kit again.", i+1)
	}
	var v [4]byte
	for k := range v {
		at := strings.IndexByte(symbols, t[k])
		if at < 0 {
			return "", salon.E(salon.Invalid, "Group %d holds a sign that no kit has. Look at the kit again.", i+1)
		}
		v[k] = byte(at)
	}
	if checkSymbol(i, [3]byte(v[:3])) != v[3] {
		return "", salon.E(salon.Invalid, "Group %d does not match. Look at the kit again: a letter is wrong, or it is another group.", i+1)
	}
	return t, nil
}

// ParseCode reads all groups at once, with or without spaces and dashes.
func ParseCode(s string) (Code, error) {
	t := tidy(s)
	if len(t) != Groups*4 {
		return Code{}, salon.E(salon.Invalid, "The kit has %d groups of four; %d letters and digits were given. Look at the kit again.", Groups, len([]rune(t)))
	}
	var c Code
	for i := range c {
		g, err := group(i, t[4*i:4*i+4])
		if err != nil {
			return Code{}, err
		}
		c[i] = g
	}
	return c, nil
}
