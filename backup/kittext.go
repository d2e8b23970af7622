package backup

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"

	"filippo.io/age"

	"salonkeep/backup/point"
	"salonkeep/store/salon"
)

// maxKitBytes bounds what is taken for a kit.
const maxKitBytes = 64 << 10

const (
	kitTitle       = "# Salonkeep recovery kit"
	identityPrefix = "AGE-SECRET-KEY-PQ-1"
)

// Text is the kit as a text file: comment lines, and one line with the
// identity, as "age -d -i KIT" wants it.
func (k Kit) Text() string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("%s", kitTitle)
	line("# salon: %s", k.Salon)
	line("# made: %s", k.Made)
	line("# kit: %s", k.ID)
	if !k.Code.IsZero() {
		line("# groups: %s", k.Code)
	}
	if k.SigningKey != "" {
		line("# signing key: %s", k.SigningKey)
	}
	line("# check: %s", k.check())
	line("#")
	line("# Whoever holds this file can read every restore point of the salon.")
	line("# Keep it on paper in two places, and never beside the backup drive.")
	line("# Without Salonkeep, with age 1.3 or later, zstd and sqlite3, in the")
	line("# folder of a restore point, where KIT is this file:")
	for _, c := range Commands("KIT", ".") {
		line("#   %s", c)
	}
	line("%s", k.Identity)
	return b.String()
}

// check ties the lines of a kit together, so that a line that was mistyped or
// comes from another kit shows.
func (k Kit) check() string {
	h := sha256.New()
	for _, s := range []string{k.Salon, k.Made, k.ID, k.Code.String(), k.SigningKey, k.Identity} {
		fmt.Fprintf(h, "%d %s\n", len(s), s)
	}
	return spell(h.Sum(nil))
}

// QRText is the kit for a QR code, in the letters that QR codes hold densely:
// kit id, date, identity, signing key and a check, separated by colons.
func (k Kit) QRText() string {
	raw, err := base64.StdEncoding.DecodeString(k.SigningKey)
	if err != nil {
		raw = nil
	}
	body := strings.Join([]string{qrPrefix, k.ID, strings.ReplaceAll(k.Made, "-", ""), k.Identity, qrKey.EncodeToString(raw)}, ":")
	h := sha256.Sum256([]byte(body))
	return body + ":" + spell(h[:])
}

const qrPrefix = "SALONKEEP:1"

// maxQRKey is how many bytes a minisign public key has, and a few more.
const maxQRKey = 64

var qrKey = base32.StdEncoding.WithPadding(base32.NoPadding)

// ParseKit reads a kit in any of its forms: the text file, the line with the
// identity alone, the text of the QR code, or the groups alone (the result is
// Locked then). Mistakes are salon.Invalid and say where to look; a kit whose
// lines do not belong together is refused.
func ParseKit(text string) (Kit, error) {
	text = strings.TrimPrefix(text, "\ufeff")
	switch t := strings.TrimSpace(text); {
	case t == "":
		return Kit{}, salon.E(salon.Invalid, "The recovery kit is empty. Use the file or the groups from the first day.")
	case len(t) > maxKitBytes:
		return Kit{}, notAKit()
	case strings.HasPrefix(strings.ToUpper(t), "SALONKEEP:"):
		return parseQR(strings.ToUpper(t))
	case !strings.Contains(strings.ToUpper(t), "AGE-SECRET-KEY-") && !strings.HasPrefix(t, "#"):
		code, err := ParseCode(t)
		return Kit{Code: code}, err
	}
	return parseFile(text)
}

func notAKit() *salon.Error {
	return salon.E(salon.Invalid, "This is not a recovery kit. Use the file or the groups that were shown when the salon was set up.")
}

func parseFile(text string) (Kit, error) {
	var k Kit
	check := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case line == "":
		case strings.HasPrefix(line, "#"):
			if err := k.comment(line, &check); err != nil {
				return Kit{}, err
			}
		case k.Identity != "":
			return Kit{}, salon.E(salon.Invalid, "This file holds more than one secret line. A recovery kit has one.")
		default:
			k.Identity = strings.ToUpper(line)
		}
	}
	named := k.ID
	if err := k.identify(); err != nil {
		return Kit{}, err
	}
	if (named != "" && named != k.ID) || (check != "" && check != k.check()) {
		return Kit{}, salon.E(salon.Invalid, "The lines of this recovery kit do not belong together. Use the kit as it was saved, unchanged.")
	}
	return k, nil
}

// comment reads one "# name: value" line of a kit file.
func (k *Kit) comment(line string, check *string) error {
	name, value, ok := strings.Cut(strings.TrimSpace(strings.TrimPrefix(line, "#")), ": ")
	value = strings.TrimSpace(value)
	if !ok || value == "" {
		return nil
	}
	switch name {
	case "salon":
		k.Salon = oneLine(value)
	case "made":
		if _, err := time.Parse(time.DateOnly, value); err != nil {
			return salon.E(salon.Invalid, "The date of this recovery kit cannot be read. Use the kit as it was saved, unchanged.").Because(err)
		}
		k.Made = value
	case "kit":
		k.ID = value
	case "groups":
		code, err := ParseCode(value)
		if err != nil {
			return err
		}
		k.Code = code
	case "signing key":
		if _, err := point.ParsePublicKey(value); err != nil {
			return salon.E(salon.Invalid, "The signing key in this recovery kit cannot be read. Use the kit as it was saved, unchanged.").Because(err)
		}
		k.SigningKey = value
	case "check":
		*check = value
	}
	return nil
}

// identify checks the secret line and takes the kit's id from it.
func (k *Kit) identify() error {
	if k.Identity == "" {
		return salon.E(salon.Invalid, "The secret line of this recovery kit is missing. Use the kit as it was saved, or type its groups.")
	}
	if !strings.HasPrefix(k.Identity, identityPrefix) {
		return notAKit()
	}
	id, err := age.ParseHybridIdentity(k.Identity)
	if err != nil {
		return salon.E(salon.Invalid, "The secret line of this recovery kit has a typing mistake. Copy it again, or type the groups.").Because(noSecret(err))
	}
	k.ID = KitID(id.Recipient().String())
	return nil
}

// noSecret keeps what was typed as a secret out of every log: parsers like to
// quote their input.
func noSecret(err error) error {
	return fmt.Errorf("not an identity (%T)", err)
}

var qrDate = regexp.MustCompile(`^[0-9]{8}$`)

func parseQR(t string) (Kit, error) {
	bad := salon.E(salon.Invalid, "This QR code was not read whole. Hold the camera still and try again, or type the groups.")
	body, check, ok := cutLast(t)
	if !ok {
		return Kit{}, bad
	}
	h := sha256.Sum256([]byte(body))
	parts := strings.Split(strings.TrimPrefix(body, qrPrefix+":"), ":")
	if check != spell(h[:]) || !strings.HasPrefix(body, qrPrefix+":") || len(parts) != 4 {
		return Kit{}, bad
	}
	k := Kit{Identity: parts[2]}
	if err := k.identify(); err != nil {
		return Kit{}, err
	}
	if k.ID != parts[0] {
		return Kit{}, bad
	}
	if qrDate.MatchString(parts[1]) {
		k.Made = parts[1][:4] + "-" + parts[1][4:6] + "-" + parts[1][6:]
		if _, err := time.Parse(time.DateOnly, k.Made); err != nil {
			return Kit{}, bad.Because(err)
		}
	} else if parts[1] != "" {
		return Kit{}, bad
	}
	if raw, err := qrKey.DecodeString(parts[3]); err != nil || len(raw) > maxQRKey {
		return Kit{}, bad
	} else if len(raw) > 0 {
		key, err := point.ParsePublicKey(base64.StdEncoding.EncodeToString(raw))
		if err != nil {
			return Kit{}, bad.Because(err)
		}
		k.SigningKey = key.String()
	}
	return k, nil
}

func cutLast(s string) (before, after string, ok bool) {
	i := strings.LastIndexByte(s, ':')
	if i < 0 {
		return "", "", false
	}
	return s[:i], s[i+1:], true
}

// oneLine keeps a name from breaking out of its line.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}
