package shelf_test

import (
	"strings"
	"testing"

	"salonkeep/backup/shelf"
	"salonkeep/store/salon"
)

func TestBucketURLs(t *testing.T) {
	for target, want := range map[string]shelf.BucketURL{
		"s3://lumiere":                           {Bucket: "lumiere", Host: "s3.amazonaws.com", Secure: true},
		"s3://lumiere/":                          {Bucket: "lumiere", Host: "s3.amazonaws.com", Secure: true},
		"s3://lumiere/a/b/?region=eu-central-1":  {Bucket: "lumiere", Prefix: "a/b", Host: "s3.amazonaws.com", Secure: true, Region: "eu-central-1"},
		"s3://b-1/p?endpoint=http://[::1]:9000/": {Bucket: "b-1", Prefix: "p", Host: "[::1]:9000"},
		"s3://lumiere/p?endpoint=https%3A%2F%2Fs3.example.org&region=x&path-style=true": {Bucket: "lumiere", Prefix: "p", Host: "s3.example.org", Secure: true, Region: "x", PathStyle: true},
		"s3://lumiere/p?endpoint=http://localhost:9000&path-style=0":                    {Bucket: "lumiere", Prefix: "p", Host: "localhost:9000"},
	} {
		got, err := shelf.ParseBucket(target)
		if err != nil || got != want {
			t.Errorf("%s: %+v, %v", target, got, err)
		}
		if again, err := shelf.ParseBucket(got.String()); err != nil || again != got {
			t.Errorf("%s: %s became %+v, %v", target, got, again, err)
		}
	}
	for _, target := range []string{
		"", "s3:", "s3://", "s3:///p", "s3://a", "s3://UPPER", "s3://a..b", "s3://bucket_1", "s3://key:secret@bucket", "s3://bucket:80/p", "s3://bucket/../x", "s3://bucket/a//b",
		"s3://bucket/a b", "s3://bucket/p#x", "s3://bucket?endpoint=ftp://x", "s3://bucket?endpoint=x", "s3://bucket?endpoint=https://", "s3://bucket?endpoint=https://x/path",
		"s3://bucket?endpoint=https://u:p@x", "s3://bucket?endpoint=https://x?y", "s3://bucket?region=EU", "s3://bucket?path-style=perhaps", "s3://bucket?secret=x",
		"s3://bucket?region=a&region=b", "s3://bucket?endpoint=https://x:1:2", "s3:bucket/x", "http://bucket/x", "s3://bucket?%zz",
	} {
		got, err := shelf.ParseBucket(target)
		if salon.KindOf(err) != salon.Invalid {
			t.Errorf("%q: %+v, %v", target, got, err)
		}
	}
	_, err := shelf.ParseBucket("s3://AKIAKEY:topsecret@bucket/p")
	if err == nil || strings.Contains(err.Error(), "topsecret") {
		t.Errorf("the secret is repeated: %v", err)
	}
}

func FuzzBucketURL(f *testing.F) {
	f.Add("s3://bucket/prefix?endpoint=https://host:9000&region=eu&path-style=true")
	f.Add("s3://b%2fx/..%2f?endpoint=")
	f.Fuzz(func(t *testing.T, s string) {
		b, err := shelf.ParseBucket(s)
		if err != nil {
			if salon.KindOf(err) != salon.Invalid {
				t.Fatalf("%v is no sentence for a person", err)
			}
			return
		}
		if again, err := shelf.ParseBucket(b.String()); err != nil || again != b {
			t.Fatalf("%q: %s became %+v, %v", s, b, again, err)
		}
		if _, err := shelf.Open(s, shelf.Options{Credentials: shelf.Credentials{AccessKey: "a", SecretKey: "b"}}); err != nil && salon.KindOf(err) != salon.Invalid {
			t.Fatalf("%q cannot be opened: %v", s, err)
		}
	})
}

func TestCredentials(t *testing.T) {
	want := shelf.Credentials{AccessKey: "AKIA1", SecretKey: "s3cr3t+/="}
	for _, text := range []string{
		"aws_access_key_id=AKIA1\naws_secret_access_key=s3cr3t+/=\n",
		"\ufeff[default]\r\naws_access_key_id = AKIA1\r\n# note\r\n; note\r\naws_secret_access_key = \"s3cr3t+/=\"\r\nregion = eu\r\n",
		`{"access_key": "AKIA1", "secret_key": "s3cr3t+/="}`,
		` { "accessKey": "AKIA1", "secretKey": "s3cr3t+/=" } `,
	} {
		if got, err := shelf.ParseCredentials([]byte(text)); err != nil || got != want {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{
		"", "AKIA1 s3cr3t", "aws_access_key_id=AKIA1", "aws_secret_access_key=s3cr3t", "[a]\naws_access_key_id=A\n[b]\naws_secret_access_key=s3cr3t",
		`{"access_key": 5}`, `{"access_key": "A"`, "aws_access_key_id=A B\naws_secret_access_key=s3cr3t", "aws_access_key_id=é\naws_secret_access_key=s3cr3t", strings.Repeat("x", 70_000),
	} {
		got, err := shelf.ParseCredentials([]byte(text))
		if salon.KindOf(err) != salon.Invalid {
			t.Errorf("%q: %v, %v", text, got, err)
		}
		if err != nil && strings.Contains(err.Error(), "s3cr3t") {
			t.Errorf("the secret is repeated: %v", err)
		}
	}
	for _, s := range []string{want.String(), want.GoString()} {
		if strings.Contains(s, "s3cr3t") || !strings.Contains(s, "AKIA1") {
			t.Errorf("shown as %q", s)
		}
	}
}

func FuzzCredentials(f *testing.F) {
	f.Add([]byte("aws_access_key_id=A\naws_secret_access_key=B"))
	f.Add([]byte(`{"access_key": "A", "secret_key": "B"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := shelf.ParseCredentials(b)
		if err == nil && (c.AccessKey == "" || c.SecretKey == "") {
			t.Fatalf("half of the keys: %q", b)
		}
	})
}
