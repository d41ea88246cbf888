package console

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// The colours of a terminal: https://no-color.org
const (
	red    = "31"
	yellow = "33"
	bold   = "1"
)

// paint colours a word where words have colours.
func (c *Console) paint(color, word string) string {
	if !c.Colors {
		return word
	}
	return "\x1b[" + color + "m" + word + "\x1b[0m"
}

// watchFrom is the size in bytes from which an upload shows its progress.
const watchFrom = 8 << 20

// Watch returns a reader that shows on a terminal how far an upload is, and how fast.
func (c *Console) Watch(name string, size int64, body io.Reader) io.Reader {
	if !c.Progress || size < watchFrom {
		return body
	}
	return &watched{c: c, name: name, size: size, body: body, begun: c.Now()}
}

// watched counts a body as it is read.
type watched struct {
	c          *Console
	name       string
	size, done int64
	body       io.Reader
	begun      time.Time
	shown      time.Time
	once       sync.Once
}

func (w *watched) Read(b []byte) (int, error) {
	n, err := w.body.Read(b)
	w.done += int64(n)
	now := w.c.Now()
	if w.done == w.size {
		// The line goes when the upload ends.
		w.once.Do(func() { fmt.Fprint(w.c.Err, "\r\x1b[K") })
	} else if now.Sub(w.shown) > 200*time.Millisecond {
		w.shown = now
		fmt.Fprintf(w.c.Err, "\r\x1b[K  uploading %s: %s", w.name,
			rate(w.done, w.size, now.Sub(w.begun)))
	}
	return n, err
}

func rate(done, size int64, took time.Duration) string {
	s := fmt.Sprintf("%.1f of %.1f MB", float64(done)/1e6, float64(size)/1e6)
	if took > 0 {
		s += fmt.Sprintf(", %.1f MB/s", float64(done)/1e6/took.Seconds())
	}
	return s
}
