package shelf

import (
	"bufio"
	"bytes"
	"encoding/json"
	"strings"

	"salonkeep/store/salon"
)

// Credentials are the keys of a bucket.
type Credentials struct {
	AccessKey string
	SecretKey string
	Token     string // for keys that are valid for a while only, usually ""
}

// IsZero reports whether there are none.
func (c Credentials) IsZero() bool { return c == Credentials{} }

// String never shows the secret, so that no log can.
func (c Credentials) String() string {
	if c.IsZero() {
		return "no keys"
	}
	return "access key " + c.AccessKey
}

// GoString is String, for %#v.
func (c Credentials) GoString() string { return c.String() }

// maxCredentialsBytes bounds what is taken for a credentials file.
const maxCredentialsBytes = 64 << 10

// ParseCredentials reads a credentials file: the usual lines
// aws_access_key_id = ... and aws_secret_access_key = ..., below at most one
// heading in brackets, or JSON with the fields access_key and secret_key (also
// accessKey and secretKey, as other tools write them). Anything else is a
// salon.Invalid error that does not repeat the content.
func ParseCredentials(b []byte) (Credentials, error) {
	bad := salon.E(salon.Invalid, "The credentials file must hold aws_access_key_id and aws_secret_access_key, one per line, or the same as JSON.")
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	if len(b) > maxCredentialsBytes {
		return Credentials{}, bad
	}
	var fields map[string]string
	if t := bytes.TrimSpace(b); len(t) > 0 && t[0] == '{' {
		if json.Unmarshal(t, &fields) != nil {
			return Credentials{}, bad
		}
	} else {
		var ok bool
		if fields, ok = iniFields(b); !ok {
			return Credentials{}, bad
		}
	}
	c := Credentials{
		AccessKey: first(fields, "aws_access_key_id", "access_key", "accessKey", "access_key_id", "AccessKeyId"),
		SecretKey: first(fields, "aws_secret_access_key", "secret_key", "secretKey", "secret_access_key", "SecretAccessKey"),
		Token:     first(fields, "aws_session_token", "session_token", "sessionToken", "SessionToken"),
	}
	for _, s := range []string{c.AccessKey, c.SecretKey, c.Token} {
		if strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' }) {
			return Credentials{}, bad
		}
	}
	if c.AccessKey == "" || c.SecretKey == "" {
		return Credentials{}, bad
	}
	return c, nil
}

// iniFields reads "name = value" lines; a second heading is refused, since
// nobody said which one is meant.
func iniFields(b []byte) (map[string]string, bool) {
	fields := map[string]string{}
	headings := 0
	sc := bufio.NewScanner(bytes.NewReader(b))
	sc.Buffer(nil, maxCredentialsBytes+1)
	for sc.Scan() {
		line := strings.TrimSpace(sc.Text())
		switch {
		case line == "" || line[0] == '#' || line[0] == ';':
			continue
		case line[0] == '[':
			if headings++; headings > 1 {
				return nil, false
			}
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		if !ok {
			return nil, false
		}
		fields[strings.TrimSpace(name)] = strings.Trim(strings.TrimSpace(value), `"`)
	}
	return fields, sc.Err() == nil
}

func first(fields map[string]string, names ...string) string {
	for _, n := range names {
		if v := fields[n]; v != "" {
			return v
		}
	}
	return ""
}
