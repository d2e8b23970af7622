package shelf

import (
	"io/fs"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"salonkeep/store/salon"
)

// BucketURL is where a bucket is, taken apart.
type BucketURL struct {
	Bucket    string
	Prefix    string // without slashes at its ends, "" for the whole bucket
	Host      string // host or host:port of the server
	Secure    bool   // HTTPS
	Region    string
	PathStyle bool // https://host/bucket instead of https://bucket.host
}

// defaultEndpoint is used when a URL names no server.
const defaultEndpoint = "https://s3.amazonaws.com"

var (
	bucketForm = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)
	prefixForm = regexp.MustCompile(`^[A-Za-z0-9!_.*'()/-]*$`)
	regionForm = regexp.MustCompile(`^[a-z0-9-]{0,40}$`)
	hostForm   = regexp.MustCompile(`^([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?$`)
)

// ParseBucket reads s3://bucket/prefix?endpoint=https://host:port&region=name&path-style=true.
// What is wrong is said in a salon.Invalid error.
func ParseBucket(target string) (BucketURL, error) {
	u, err := url.Parse(target)
	if err != nil || u.Scheme != "s3" || u.Opaque != "" || u.Fragment != "" {
		return BucketURL{}, salon.E(salon.Invalid, "%q is not a bucket. Give s3://bucket/folder?endpoint=https://host.", target)
	}
	if u.User != nil {
		return BucketURL{}, salon.E(salon.Invalid, "The address of a bucket must not hold its keys. Put them into a credentials file.")
	}
	b := BucketURL{Bucket: u.Host, Prefix: strings.Trim(u.Path, "/")}
	if !bucketForm.MatchString(b.Bucket) || strings.Contains(b.Bucket, "..") {
		return BucketURL{}, salon.E(salon.Invalid, "%q is not the name of a bucket: small letters, digits and dashes, 3 to 63 of them.", b.Bucket)
	}
	if b.Prefix != "" && (!fs.ValidPath(b.Prefix) || b.Prefix == "." || !prefixForm.MatchString(b.Prefix)) {
		return BucketURL{}, salon.E(salon.Invalid, "%q is not a folder of a bucket: letters, digits, dashes and slashes only.", b.Prefix)
	}
	q, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return BucketURL{}, salon.E(salon.Invalid, "%q is not a bucket. Give s3://bucket/folder?endpoint=https://host.", target).Because(err)
	}
	return b.with(q)
}

func (b BucketURL) with(q url.Values) (BucketURL, error) {
	endpoint := defaultEndpoint
	for name, values := range q {
		v := values[0]
		known := len(values) == 1
		switch name {
		case "endpoint":
			endpoint = v
		case "region":
			b.Region = v
			known = known && regionForm.MatchString(v)
		case "path-style":
			style, err := strconv.ParseBool(v)
			b.PathStyle = style
			known = known && err == nil
		default:
			known = false
		}
		if !known {
			return BucketURL{}, salon.E(salon.Invalid, "The address of a bucket takes endpoint, region and path-style, once each; %q is something else.", name+"="+v)
		}
	}
	e, err := url.Parse(endpoint)
	if err != nil || (e.Scheme != "https" && e.Scheme != "http") || !hostForm.MatchString(e.Host) || e.User != nil ||
		(e.Path != "" && e.Path != "/") || e.RawQuery != "" || e.Fragment != "" {
		return BucketURL{}, badEndpoint(endpoint)
	}
	b.Host = e.Host
	b.Secure = e.Scheme == "https"
	return b, nil
}

func badEndpoint(s string) *salon.Error {
	return salon.E(salon.Invalid, "%q is not the address of a server. Give https://host or https://host:port.", s)
}

// String is the URL again, in one fixed spelling.
func (b BucketURL) String() string {
	q := url.Values{}
	scheme := "http"
	if b.Secure {
		scheme = "https"
	}
	q.Set("endpoint", scheme+"://"+b.Host)
	if b.Region != "" {
		q.Set("region", b.Region)
	}
	if b.PathStyle {
		q.Set("path-style", "true")
	}
	u := url.URL{Scheme: "s3", Host: b.Bucket, Path: "/" + b.Prefix, RawQuery: q.Encode()}
	return u.String()
}
