package console

import (
	"fmt"
	"io"
	"strconv"
	"sync"
	"time"
)

// The colours of a terminal: https://no-color.org
const (
	red    = "31"
	yellow = "33"
	bold   = "1"
)

// paint colours a word where words have colours. The color "" leaves it as it is.
func (c *Console) paint(color, word string) string {
	if !c.Colors || color == "" {
		return word
	}
	return "\x1b[" + color + "m" + word + "\x1b[0m"
}

// watchFrom is the size in bytes from which an upload shows its progress.
const watchFrom = 8 << 20

// Watch returns a reader that shows on a terminal how far the upload of a post is, how fast, and how
// long it will still take.
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
		w.once.Do(func() {
			fmt.Fprintf(w.c.Err, "\r\x1b[K  %s\n", w.c.Words.Text("console.uploaded", "Name", w.name))
		})
	} else if now.Sub(w.shown) > 200*time.Millisecond {
		w.shown = now
		fmt.Fprintf(w.c.Err, "\r\x1b[K  %s", w.progress(now.Sub(w.begun)))
	}
	return n, err
}

// progress says how far the upload is after some time.
func (w *watched) progress(took time.Duration) string {
	percent := int(100 * w.done / w.size)
	if took <= 0 || w.done == 0 {
		return w.c.Words.Text("console.uploading", "Name", w.name, "Percent", percent)
	}
	rate := float64(w.done) / took.Seconds()
	left := time.Duration(float64(w.size-w.done) / rate * float64(time.Second))
	return w.c.Words.Text("console.uploading-at", "Name", w.name, "Percent", percent,
		"Rate", megabytes(rate), "Left", w.c.Words.Span(max(left, time.Second).Round(time.Second)))
}

func megabytes(bytes float64) string { return strconv.FormatFloat(bytes/1e6, 'f', 1, 64) }
