package backup_test

import (
	"fmt"
	"strings"
	"testing"

	"salonkeep/backup"
	"salonkeep/backup/point"
	"salonkeep/store/salon"
)

const symbols = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

func newKit(t *testing.T) backup.Kit {
	t.Helper()
	key, err := point.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	kit, err := backup.NewKit("Salon Lumière", key.Public().String(), day)
	if err != nil {
		t.Fatal(err)
	}
	return kit
}

func TestEveryWrongSymbolIsFoundInItsGroup(t *testing.T) {
	for range 5 {
		code := newKit(t).Code
		for i, g := range code {
			if err := backup.CheckGroup(i, g); err != nil {
				t.Fatalf("group %d: %v", i+1, err)
			}
			for at := range g {
				for _, s := range symbols {
					typo := g[:at] + string(s) + g[at+1:]
					if typo == g {
						continue
					}
					err := backup.CheckGroup(i, typo)
					wantError(t, err, salon.Invalid, fmt.Sprintf("Group %d ", i+1))
				}
			}
		}
	}
}

func TestSwappedNeighboursAndGroupsAreFound(t *testing.T) {
	for range 20 {
		code := newKit(t).Code
		flat := strings.ReplaceAll(code.String(), "-", "")
		for at := range len(flat) - 1 {
			if flat[at] == flat[at+1] {
				continue
			}
			swapped := flat[:at] + string(flat[at+1]) + string(flat[at]) + flat[at+2:]
			if _, err := backup.ParseCode(swapped); salon.KindOf(err) != salon.Invalid {
				t.Errorf("symbols %d and %d of %s were swapped unnoticed", at, at+1, flat)
			}
		}
		for i := range code {
			for j := range code {
				if i == j {
					continue
				}
				if err := backup.CheckGroup(j, code[i]); err == nil {
					t.Errorf("group %d, %s, passed as group %d", i+1, code[i], j+1)
				}
			}
		}
	}
}

func TestTypingIsForgiven(t *testing.T) {
	kit := newKit(t)
	whole := kit.Code.String()
	loose := strings.NewReplacer("0", "o", "1", "l").Replace(strings.ToLower(whole))
	for _, typed := range []string{
		whole, strings.ToLower(whole), loose, strings.ToUpper(loose), strings.ReplaceAll(whole, "-", " "), strings.ReplaceAll(whole, "-", ""),
		"  " + strings.ReplaceAll(whole, "-", " \n") + "\r\n", strings.ReplaceAll(whole, "-", " – "), strings.NewReplacer("1", "I").Replace(whole),
	} {
		code, err := backup.ParseCode(typed)
		if err != nil || code != kit.Code {
			t.Errorf("%q: %v, %v", typed, code, err)
		}
		locked, err := backup.ParseKit(typed)
		if err != nil || !locked.Locked() || locked.Code != kit.Code {
			t.Errorf("%q as a kit: %+v, %v", typed, locked, err)
		}
	}
}

func TestGroupsThatAreNone(t *testing.T) {
	code := newKit(t).Code
	for _, typed := range []string{"", "A", "ABC", "ABCDE", "AB U", "????", "ÄÖÜß", code[0] + code[1]} {
		if err := backup.CheckGroup(0, typed); salon.KindOf(err) != salon.Invalid {
			t.Errorf("%q: %v", typed, err)
		}
	}
	for _, i := range []int{-1, backup.Groups} {
		if err := backup.CheckGroup(i, code[0]); salon.KindOf(err) != salon.Invalid {
			t.Errorf("group %d: %v", i, err)
		}
	}
	_, err := backup.ParseCode(strings.Join(code[:7], "-"))
	wantError(t, err, salon.Invalid, "8 groups", "28 letters")
	wrong := code
	wrong[4] = code[5]
	_, err = backup.ParseCode(wrong.String())
	wantError(t, err, salon.Invalid, "Group 5 ")
}

func TestCodesDiffer(t *testing.T) {
	seen := map[string]bool{}
	for range 50 {
		c := newKit(t).Code.String()
		if seen[c] || len(c) != 8*4+7 {
			t.Fatalf("code %s", c)
		}
		seen[c] = true
	}
}
