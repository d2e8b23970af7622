package shelf

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"path"
	"sort"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// Bucket is a shelf in an S3-compatible bucket. It needs the rights to put, get
// and list, not the right to delete.
type Bucket struct {
	where  BucketURL
	o      Options
	client *minio.Core
	net    *http.Transport
}

const (
	// uploadBytes is the length of one part of a large upload, and so what an
	// upload keeps in memory; 10,000 parts of it are the most there can be.
	uploadBytes = 8 << 20
	// tries is how often a request is made before the bucket counts as not
	// answering; they are spread over a few seconds.
	tries = 5
)

// NewBucket makes a shelf of a bucket. It makes no request yet.
func NewBucket(where BucketURL, o Options) (*Bucket, error) {
	transport, err := minio.DefaultTransport(where.Secure)
	if err != nil {
		return nil, fmt.Errorf("prepare the connection to %s: %w", where.Host, err)
	}
	transport.DialContext = (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 15 * time.Second}).DialContext
	transport.ResponseHeaderTimeout = 2 * time.Minute
	lookup := minio.BucketLookupAuto
	if where.PathStyle {
		lookup = minio.BucketLookupPath
	}
	region := where.Region
	if region == "" && !strings.HasSuffix(where.Host, "amazonaws.com") {
		region = "us-east-1" // what servers without regions call theirs; asking would need one more right
	}
	client, err := minio.NewCore(where.Host, &minio.Options{
		Creds:        credentials.NewStaticV4(o.Credentials.AccessKey, o.Credentials.SecretKey, o.Credentials.Token),
		Secure:       where.Secure,
		Transport:    transport,
		Region:       region,
		BucketLookup: lookup,
		MaxRetries:   tries,
	})
	if err != nil {
		return nil, badEndpoint(where.Host).Because(err)
	}
	return &Bucket{where: where, o: o, client: client, net: transport}, nil
}

// Where is the address of the bucket.
func (b *Bucket) Where() BucketURL { return b.where }

func (b *Bucket) String() string {
	return b.o.title("s3://" + path.Join(b.where.Bucket, b.where.Prefix))
}

// Close lets go of idle connections.
func (b *Bucket) Close() error {
	b.net.CloseIdleConnections()
	return nil
}

// Prepare makes sure that the bucket is there and may be listed.
func (b *Bucket) Prepare(ctx context.Context) error {
	_, err := b.list(ctx, "", 1)
	return err
}

func (b *Bucket) key(name string) string { return path.Join(b.where.Prefix, name) }

// Put uploads in one request what fits in memory, and in parts what does not.
// Each request carries an MD5, which buckets with object lock demand; that the
// whole arrived is shown by reading it back.
func (b *Bucket) Put(ctx context.Context, name string, r io.Reader) (int64, error) {
	if err := checkName(name); err != nil {
		return 0, err
	}
	src := &source{r: r}
	head, err := io.ReadAll(io.LimitReader(src, uploadBytes))
	if err != nil {
		return 0, err
	}
	o := minio.PutObjectOptions{ContentType: "application/octet-stream", SendContentMd5: true, PartSize: uploadBytes}
	body, size := io.Reader(bytes.NewReader(head)), int64(len(head))
	if size == uploadBytes {
		body, size = io.MultiReader(body, src), -1
	}
	info, err := b.client.Client.PutObject(ctx, b.where.Bucket, b.key(name), body, size, o)
	if src.err != nil {
		return 0, src.err
	}
	if err != nil {
		return 0, b.refuse(ctx, "put "+name, err)
	}
	b.o.at("put " + path.Base(name) + ": named")
	return info.Size, nil
}

// source remembers that an error came from what was to be stored, not from the
// bucket.
type source struct {
	r   io.Reader
	err error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}

// Open gets a file. If the connection breaks on the way, it goes on from where
// it was.
func (b *Bucket) Open(ctx context.Context, name string) (io.ReadCloser, int64, error) {
	if err := checkName(name); err != nil {
		return nil, 0, err
	}
	body, info, _, err := b.client.GetObject(ctx, b.where.Bucket, b.key(name), minio.GetObjectOptions{})
	if err != nil {
		if isMissing(err) {
			return nil, 0, missing(name, b.String())
		}
		return nil, 0, b.refuse(ctx, "get "+name, err)
	}
	return &bucketFile{ctx: ctx, b: b, name: name, etag: info.ETag, size: info.Size, body: body}, info.Size, nil
}

type bucketFile struct {
	ctx  context.Context
	b    *Bucket
	name string
	etag string
	size int64
	at   int64
	lost int // how often the connection broke
	body io.ReadCloser
}

func (f *bucketFile) Read(p []byte) (int, error) {
	for {
		n, err := f.body.Read(p)
		f.at += int64(n)
		if n > 0 || err == nil {
			return n, nil
		}
		if errors.Is(err, io.EOF) && f.at >= f.size {
			return 0, io.EOF
		}
		if err = f.again(err); err != nil {
			return 0, err
		}
	}
}

// again asks for the rest of the file after the connection broke.
func (f *bucketFile) again(cause error) error {
	f.lost++
	if f.lost >= tries || f.ctx.Err() != nil {
		return f.b.refuse(f.ctx, "get "+f.name, cause)
	}
	_ = f.body.Close()
	var o minio.GetObjectOptions
	if err := o.SetRange(f.at, 0); err != nil {
		return err
	}
	if err := o.SetMatchETag(f.etag); err != nil {
		return err
	}
	body, _, _, err := f.b.client.GetObject(f.ctx, f.b.where.Bucket, f.b.key(f.name), o)
	if err != nil {
		f.body = http.NoBody
		return f.b.refuse(f.ctx, "get the rest of "+f.name, err)
	}
	f.body = body
	return nil
}

func (f *bucketFile) Close() error { return f.body.Close() }

// List names the objects below the prefix. Names that no shelf gives are left
// out.
func (b *Bucket) List(ctx context.Context, prefix string) ([]Entry, error) {
	return b.list(ctx, prefix, 0)
}

// list stops after most entries, 0 means all of them.
func (b *Bucket) list(ctx context.Context, prefix string, most int) ([]Entry, error) {
	base := b.where.Prefix
	if base != "" {
		base += "/"
	}
	asking, stop := context.WithCancel(ctx)
	defer stop()
	var all []Entry
	var failed error
	for o := range b.client.Client.ListObjects(asking, b.where.Bucket, minio.ListObjectsOptions{Prefix: base + prefix, Recursive: true, MaxKeys: most}) {
		if failed != nil || (most > 0 && len(all) >= most) {
			continue // the channel must be read to its end
		}
		if failed = o.Err; failed != nil {
			stop()
			continue
		}
		name := strings.TrimPrefix(o.Key, base)
		if checkName(name) == nil {
			all = append(all, Entry{Name: name, Bytes: o.Size})
		}
		if most > 0 && len(all) >= most {
			stop()
		}
	}
	if failed != nil {
		return nil, b.refuse(ctx, "list", failed)
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Name < all[j].Name })
	return all, nil
}

// Remove deletes an object; that it is gone already is no error.
func (b *Bucket) Remove(ctx context.Context, name string) error {
	if err := checkName(name); err != nil {
		return err
	}
	err := b.client.RemoveObject(ctx, b.where.Bucket, b.key(name), minio.RemoveObjectOptions{})
	if err != nil && !isMissing(err) {
		return b.refuse(ctx, "remove "+name, err)
	}
	return nil
}

// Sweep abandons uploads in parts that were interrupted: nobody sees them, but
// they are paid for. A bucket that does not allow it keeps them.
func (b *Bucket) Sweep(ctx context.Context) ([]string, error) {
	var left []string
	for _, u := range b.unfinished(ctx) {
		if b.client.AbortMultipartUpload(ctx, b.where.Bucket, u.Key, u.UploadID) == nil {
			left = append(left, u.Key)
		}
	}
	return left, ctx.Err()
}

func (b *Bucket) unfinished(ctx context.Context) []minio.ObjectMultipartInfo {
	var all []minio.ObjectMultipartInfo
	for u := range b.client.ListIncompleteUploads(ctx, b.where.Bucket, b.key("points")+"/", true) {
		if u.Err == nil {
			all = append(all, u)
		}
	}
	return all
}

// Free is never known of a bucket.
func (b *Bucket) Free(context.Context) (int64, error) { return -1, nil }
