package point

import (
	"fmt"
	"io"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// frameBytes is how much of the database one zstd frame holds. Frames cost one
// per cent of size against a single stream; in return they are compressed side
// by side and can be opened one by one.
const frameBytes = 1 << 20

// frames compresses what is written to it into independent zstd frames. Two
// workers compress while a third goroutine writes the results in order, so
// memory stays at a handful of frames however long the stream is.
type frames struct {
	buf   []byte
	spare sync.Pool // *[]byte
	jobs  chan job
	order chan job
	done  chan struct{}

	mu  sync.Mutex
	err error // first error of dst
}

type job struct {
	plain  []byte
	packed chan []byte
}

const workers = 2

func newFrames(dst io.Writer, level zstd.EncoderLevel) (*frames, error) {
	f := &frames{jobs: make(chan job, workers), order: make(chan job, workers), done: make(chan struct{})}
	f.spare.New = func() any { b := make([]byte, 0, frameBytes+frameBytes/64); return &b }
	f.buf = f.take()
	for range workers {
		enc, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(level), zstd.WithEncoderConcurrency(1),
			zstd.WithZeroFrames(true), zstd.WithWindowSize(frameBytes), zstd.WithLowerEncoderMem(true))
		if err != nil {
			close(f.jobs)
			return nil, fmt.Errorf("start the compressor: %w", err)
		}
		go f.compress(enc)
	}
	go f.write(dst)
	return f, nil
}

func (f *frames) compress(enc *zstd.Encoder) {
	for j := range f.jobs {
		j.packed <- enc.EncodeAll(j.plain, f.take())
		f.give(j.plain)
	}
}

func (f *frames) write(dst io.Writer) {
	defer close(f.done)
	for j := range f.order {
		packed := <-j.packed
		if f.failed() == nil { // after an error only drain, so that Write never blocks for ever
			if _, err := dst.Write(packed); err != nil {
				f.mu.Lock()
				f.err = err
				f.mu.Unlock()
			}
		}
		f.give(packed)
	}
}

func (f *frames) failed() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.err
}

func (f *frames) Write(p []byte) (int, error) {
	if err := f.failed(); err != nil {
		return 0, err
	}
	n := len(p)
	for len(p) > 0 {
		k := min(frameBytes-len(f.buf), len(p))
		f.buf = append(f.buf, p[:k]...)
		p = p[k:]
		if len(f.buf) == frameBytes {
			f.flush()
		}
	}
	return n, nil
}

func (f *frames) flush() {
	j := job{plain: f.buf, packed: make(chan []byte, 1)}
	f.order <- j
	f.jobs <- j
	f.buf = f.take()
}

// take and give pass empty buffers around instead of making one per frame.
func (f *frames) take() []byte { return (*f.spare.Get().(*[]byte))[:0] }

func (f *frames) give(b []byte) { f.spare.Put(&b) }

// Close writes what is left, even if that is nothing: an empty image is one
// empty frame. It must be called once, also after an error.
func (f *frames) Close() error {
	f.flush()
	close(f.jobs)
	close(f.order)
	<-f.done
	return f.failed()
}
