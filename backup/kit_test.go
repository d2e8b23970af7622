package backup_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"salonkeep/backup"
	"salonkeep/backup/point"
	"salonkeep/store/salon"
)

func TestKitSurvivesItsTextAndItsQRCode(t *testing.T) {
	key, err := point.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Salon Lumière", "", "沙龙", "a: b # c", "two\nlines\r\nAGE-SECRET-KEY-PQ-1X\u2028end", "bad \xff utf-8", "  spaces   inside  "} {
		kit, err := backup.NewKit(name, key.Public().String(), day)
		if err != nil {
			t.Fatal(err)
		}
		for how, text := range map[string]string{
			"as it is": kit.Text(), "with BOM and CRLF": "\ufeff" + strings.ReplaceAll(kit.Text(), "\n", "\r\n"),
			"with blank lines": "\n\n" + strings.ReplaceAll(kit.Text(), "\n", "\n\n"), "lower case secret": strings.Replace(kit.Text(), kit.Identity, strings.ToLower(kit.Identity), 1),
		} {
			got, err := backup.ParseKit(text)
			if err != nil {
				t.Fatalf("%q %s: %v", name, how, err)
			}
			if diff := cmp.Diff(kit, got); diff != "" {
				t.Errorf("%q %s: %s", name, how, diff)
			}
		}
		want := kit
		want.Salon, want.Code = "", backup.Code{} // too long for a QR code
		got, err := backup.ParseKit(" " + strings.ToLower(kit.QRText()) + "\n")
		if err != nil {
			t.Fatalf("%q: %v", name, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
}

func TestQRTextUsesTheDenseLetters(t *testing.T) {
	text := newKit(t).QRText()
	if strings.Trim(text, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:") != "" || len(text) > 200 {
		t.Errorf("%d characters: %s", len(text), text)
	}
}

func TestKitTextHasOneSecretLine(t *testing.T) {
	kit := newKit(t)
	var secrets []string
	for line := range strings.Lines(kit.Text()) {
		if !strings.HasPrefix(line, "#") {
			secrets = append(secrets, strings.TrimSpace(line))
		}
	}
	if diff := cmp.Diff([]string{kit.Identity}, secrets); diff != "" {
		t.Error(diff)
	}
	for _, want := range []string{kit.ID, kit.Code.String(), kit.SigningKey, "2026-11-24", "Salon Lumière", "zstd -d"} {
		if !strings.Contains(kit.Text(), want) {
			t.Errorf("the kit does not show %q", want)
		}
	}
}

func TestKitsWhoseLinesDoNotBelongTogether(t *testing.T) {
	a, b := newKit(t), newKit(t)
	for what, text := range map[string]string{
		"another kit's secret":      strings.Replace(a.Text(), a.Identity, b.Identity, 1),
		"another kit's groups":      strings.Replace(a.Text(), a.Code.String(), b.Code.String(), 1),
		"another kit's signing key": strings.Replace(a.Text(), a.SigningKey, b.SigningKey, 1),
		"another kit's id":          strings.Replace(a.Text(), a.ID, b.ID, 1),
		"another date":              strings.Replace(a.Text(), "2026-11-24", "2026-11-25", 1),
		"no date":                   strings.Replace(a.Text(), "2026-11-24", "some day", 1),
		"two secrets":               a.Text() + b.Identity + "\n",
		"no secret":                 strings.Replace(a.Text(), a.Identity, "", 1),
		"an ordinary age identity":  "AGE-SECRET-KEY-1QQQSYQCYQ5RQWZQFPG9SCRGWPUGPZYSNZS23V9CCRYDPK8QARC0SGVC8NV",
		"a recipient":               a.Recipient(),
		"nothing":                   " \n\t",
		"something else":            "hello",
		"half a QR code":            a.QRText()[:60],
		"a QR code of another kind": "SALONKEEP:2:X",
		"much too long":             strings.Repeat("#\n", 60_000),
	} {
		if _, err := backup.ParseKit(text); salon.KindOf(err) != salon.Invalid {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestATypingMistakeInAnyFormOfTheKitIsFound(t *testing.T) {
	kit := newKit(t)
	for name, text := range map[string]string{"identity": kit.Identity, "qr": kit.QRText()} {
		for i := range text {
			for _, c := range "AZ09" {
				typo := text[:i] + string(c) + text[i+1:]
				if typo == text {
					continue
				}
				if got, err := backup.ParseKit(typo); err == nil {
					t.Fatalf("%s: %c at %d gave %+v", name, c, i, got)
				} else if strings.Contains(err.Error(), text[30:50]) {
					t.Fatalf("%s: the error repeats the secret: %v", name, err)
				}
			}
		}
	}
}

func TestSealedIdentityOpensWithItsGroupsOnly(t *testing.T) {
	kit, other := newKit(t), newKit(t)
	sealed, err := kit.Seal(testWork)
	if err != nil {
		t.Fatal(err)
	}
	locked := backup.Kit{Code: kit.Code}
	got, err := locked.Unlock(sealed)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(kit, got); diff != "" {
		t.Error(diff)
	}
	_, err = backup.Kit{Code: other.Code}.Unlock(sealed)
	wantError(t, err, salon.WrongKey, "another recovery kit")
	for i := range sealed {
		broken := append([]byte(nil), sealed...)
		broken[i] ^= 1
		if _, err := locked.Unlock(broken); err == nil {
			t.Fatalf("byte %d was altered unnoticed", i)
		}
	}
	for n := range sealed {
		if _, err := locked.Unlock(sealed[:n]); err == nil {
			t.Fatalf("cut to %d bytes unnoticed", n)
		}
	}
	costly := strings.Replace(string(sealed), " 4\n", " 30\n", 1)
	_, err = locked.Unlock([]byte(costly))
	wantError(t, err, salon.Damaged)
}

func TestKitIDComesFromTheRecipient(t *testing.T) {
	a, b := newKit(t), newKit(t)
	if a.ID == b.ID || backup.KitID(a.Recipient()) != a.ID || len(a.ID) != 9 {
		t.Errorf("ids %s and %s", a.ID, b.ID)
	}
	bare, err := backup.ParseKit(a.Identity)
	if err != nil || bare.ID != a.ID {
		t.Errorf("a bare identity gives kit %s, %v", bare.ID, err)
	}
}

func TestWorkFactorOfTheProductCanBeOpened(t *testing.T) {
	kit := newKit(t)
	sealed, err := kit.Seal(backup.WorkFactor)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := (backup.Kit{Code: kit.Code}).Unlock(sealed); err != nil || got.Identity != kit.Identity {
		t.Errorf("kit %s, %v", got.ID, err)
	}
}
