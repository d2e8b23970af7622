package backup_test

import (
	"strings"
	"testing"

	"salonkeep/backup"
	"salonkeep/backup/point"
	"salonkeep/store/salon"
)

func FuzzKit(f *testing.F) {
	key, err := point.NewKey()
	if err != nil {
		f.Fatal(err)
	}
	kit, err := backup.NewKit("Salon Lumière", key.Public().String(), day)
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range []string{kit.Text(), kit.QRText(), kit.Identity, kit.Code.String(), "SALONKEEP:1:::", "# salon: x\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		k, err := backup.ParseKit(s)
		if err != nil {
			if salon.KindOf(err) != salon.Invalid {
				t.Fatalf("%v is no sentence for a person", err)
			}
			return
		}
		if k.Locked() {
			if again, err := backup.ParseCode(k.Code.String()); err != nil || again != k.Code {
				t.Fatalf("the groups %s: %v", k.Code, err)
			}
			return
		}
		again, err := backup.ParseKit(k.Text())
		if err != nil || again != k {
			t.Fatalf("%+v became %+v: %v", k, again, err)
		}
		if n := strings.Count("\n"+k.Text(), "\nAGE-SECRET-KEY-"); n != 1 {
			t.Fatalf("%d secret lines", n)
		}
	})
}

func FuzzGroup(f *testing.F) {
	f.Add(0, "0000")
	f.Add(7, "zz-o l")
	f.Fuzz(func(t *testing.T, i int, s string) {
		if err := backup.CheckGroup(i, s); err != nil && salon.KindOf(err) != salon.Invalid {
			t.Fatalf("%v is no sentence for a person", err)
		}
	})
}
