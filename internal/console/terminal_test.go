package console

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestColour: words have colours where the console is told so.
func TestColour(t *testing.T) {
	for colors, want := range map[bool]string{
		true:  "\x1b[31merror:\x1b[0m no\n\x1b[1mfix:\x1b[0m do\n",
		false: "error: no\nfix: do\n",
	} {
		var out bytes.Buffer
		(&Console{Err: &out, Colors: colors}).Complain(errors.New("no"), "do")
		if out.String() != want {
			t.Errorf("got %q, want %q", out.String(), want)
		}
	}
}

// TestWatch shows bytes and rate on a terminal, and leaves nothing behind; a log or a small file
// has none of it.
func TestWatch(t *testing.T) {
	body := strings.Repeat("x", 10<<20)
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	read := func(terminal bool, size int64) string {
		var out bytes.Buffer
		c := &Console{
			Err: &out, Progress: terminal,
			Now: func() time.Time { now = now.Add(100 * time.Millisecond); return now },
		}
		n, err := io.Copy(io.Discard,
			c.Watch("1790", size, struct{ io.Reader }{strings.NewReader(body[:size])}))
		if n != size || err != nil {
			t.Fatal(n, err)
		}
		return out.String()
	}
	got := read(true, 10<<20)
	shown := regexp.MustCompile(`  1790: (\d+)%, \d+\.\d MB/s, (\d+) seconds? left`)
	all := shown.FindAllStringSubmatch(got, -1)
	if len(all) < 3 || all[0][1] >= all[len(all)-1][1] || all[len(all)-1][2] != "1" ||
		!strings.HasSuffix(got, "\r\x1b[K  1790: waiting for X to process it\n") {
		t.Errorf("%.200q", got)
	}
	for line := range strings.SplitSeq(got, "\r\x1b[K") {
		address := "https://www.instagram.com/reel/DAbCdEfGhIj/"
		if len(strings.Replace(line, "1790", address, 1)) > 80 {
			t.Errorf("the terminal breaks %q", line)
		}
	}
	if got := read(false, 10<<20) + read(true, 1<<20); got != "" {
		t.Errorf("%q", got)
	}
}
