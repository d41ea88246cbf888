package mediahost

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/postferry/postferry/internal/httpx"
)

// TestStreamSurvivesBreaks: wherever the host breaks off, every byte arrives once and in order.
func TestStreamSurvivesBreaks(t *testing.T) {
	const size = 100_000
	file := video(size + 1)[:size]
	for _, tt := range []struct {
		name string
		host host
		want []string // Range headers
	}{
		{"no break", host{}, []string{""}},
		{"no answer at first", host{turns: []turn{{dead: true, err: errReset}}}, []string{"", ""}},
		{"503 at first", host{turns: []turn{{status: 503}, {status: 500}}}, []string{"", "", ""}},
		{"before the first byte", host{turns: []turn{breaks(0)}}, []string{"", ""}},
		{"after the first byte", host{turns: []turn{breaks(1)}}, []string{"", "bytes=1-"}},
		{"in the head", host{turns: []turn{breaks(511)}}, []string{"", "bytes=511-"}},
		{"at the end of the head", host{turns: []turn{breaks(512)}}, []string{"", "bytes=512-"}},
		{"in the middle", host{turns: []turn{breaks(60_000)}}, []string{"", "bytes=60000-"}},
		{
			"before the last byte", host{turns: []turn{breaks(size - 1)}},
			[]string{"", "bytes=99999-"},
		},
		{
			"ends early and politely", host{turns: []turn{{after: 700, err: io.EOF}}},
			[]string{"", "bytes=700-"},
		},
		{
			"several times",
			host{
				turns: []turn{
					breaks(10), breaks(0), {status: 502}, breaks(1000),
					{dead: true, err: errReset},
				},
			},
			[]string{"", "bytes=10-", "bytes=10-", "bytes=10-", "bytes=1010-", "bytes=1010-"},
		},
		{
			"Range ignored", host{noRange: true, turns: []turn{breaks(60_000)}},
			[]string{"", "bytes=60000-"},
		},
		{
			"Range ignored, breaks while skipping",
			host{noRange: true, turns: []turn{breaks(60_000), breaks(50_000)}},
			[]string{"", "bytes=60000-", "bytes=60000-"},
		},
		{
			"total not told", host{noTotal: true, turns: []turn{breaks(600)}},
			[]string{"", "bytes=600-"},
		},
		{"length unknown", host{chunked: true}, []string{"", ""}},
		{
			"length unknown, breaks while counted",
			host{chunked: true, turns: []turn{breaks(5000)}}, []string{"", "", ""},
		},
		{
			"length unknown, breaks before the first byte",
			host{chunked: true, turns: []turn{{after: 1 << 40}, breaks(0)}}, []string{"", "", ""},
		},
		{
			"length unknown, breaks later",
			host{chunked: true, turns: []turn{{after: 1 << 40}, breaks(5000)}},
			[]string{"", "", "bytes=5000-"},
		},
		{
			"length unknown, breaks after it was counted",
			host{
				chunked: true,
				turns:   []turn{{after: 1 << 40}, {dead: true, err: errReset}, breaks(0)},
			},
			[]string{"", "", "", "", ""},
		},
		{
			"length unknown, Range ignored",
			host{chunked: true, noRange: true, turns: []turn{{after: 1 << 40}, breaks(5000)}},
			[]string{"", "", "bytes=5000-"},
		},
		{"stalls before the answer", host{turns: []turn{{dead: true}}}, []string{"", ""}},
		{"stalls in the head", host{turns: []turn{{after: 20}}}, []string{"", "bytes=20-"}},
		{"stalls later", host{turns: []turn{{after: 2000}}}, []string{"", "bytes=2000-"}},
		{
			"stalls while skipping",
			host{noRange: true, turns: []turn{breaks(60_000), {after: 30_000}}},
			[]string{"", "bytes=60000-", "bytes=60000-"},
		},
		{
			"grows after it was counted",
			host{
				chunked: true,
				change:  func(h *host, n int, _ http.Header) { h.file = h.file[:size+n] },
			},
			[]string{"", ""},
		},
		{
			"stalls while counted", host{chunked: true, turns: []turn{{after: 2000}}},
			[]string{"", "", ""},
		},
	} {
		bubble(t, tt.name, func(t *testing.T) {
			h := tt.host
			h.file = file
			s, got, err := h.read(t)
			if err != nil || s.Size != size || s.Type != "video/mp4" || !bytes.Equal(got, file) {
				t.Fatalf("got %d bytes (same %v) as %+v, %v", len(got), bytes.Equal(got, file), s,
					err)
			}
			if diff := cmp.Diff(h.asked, tt.want); diff != "" {
				t.Errorf("Range headers (-got +want):\n%s", diff)
			}
			if h.open != 0 {
				t.Errorf("%d bodies are left open", h.open)
			}
		})
	}
}

// TestStreamGivesUp: a host that brings nothing is asked six times, and not in a hurry.
func TestStreamGivesUp(t *testing.T) {
	dead := func(d turn) (out []turn) {
		for range 20 {
			out = append(out, d)
		}
		return out
	}
	after := func(n int64, d turn) []turn { return append([]turn{breaks(n)}, dead(d)...) }
	for _, tt := range []struct {
		name, want string
		turns      []turn
		asked      int
		took       time.Duration
	}{
		{
			"never an answer", "media GET media file: no answer: connection reset by peer",
			dead(turn{dead: true, err: errReset}), 6, 3 * time.Second,
		},
		{
			"always 503", "media GET media file: 503: <html>sorry</html>",
			dead(turn{status: 503}), 6, 3 * time.Second,
		},
		{
			"breaks for ever",
			"the file broke off after 600 of 5000 bytes: connection reset by peer",
			after(600, breaks(0)), 6, 3 * time.Second,
		},
		{
			"ends for ever",
			"the file broke off after 600 of 5000 bytes: the connection ended early",
			after(600, turn{err: io.EOF}), 6, 3 * time.Second,
		},
		{"stalls for ever", "nothing came for 30s", dead(turn{}), 6, 183 * time.Second},
		{
			"never answers", "no answer: nothing came for 30s", dead(turn{dead: true}), 6,
			183 * time.Second,
		},
	} {
		bubble(t, tt.name, func(t *testing.T) {
			h, began := host{file: video(5000), turns: tt.turns}, time.Now()
			_, _, err := h.read(t)
			if e := httpx.As(err); e == nil || e.Class != httpx.Transient || e.Service != "media" ||
				!strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
			if errors.Is(err, context.Canceled) || errors.Is(err, io.EOF) {
				t.Errorf("%v looks like the caller's own cancelling, or like an end", err)
			}
			if got := len(h.asked); got != tt.asked {
				t.Errorf("asked %d times, want %d", got, tt.asked)
			}
			if got := time.Since(began); got != tt.took {
				t.Errorf("took %v, want %v", got, tt.took)
			}
			if strings.Contains(fmt.Sprintf("%v %+v", err, httpx.As(err).Err), "signature") {
				t.Errorf("the signed address is in the error: %v", err)
			}
		})
	}
}

// TestStreamProgress: breaks are counted anew after each MiB, so a large file survives many.
func TestStreamProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := host{file: video(9 << 20)}
		for range 8 {
			h.turns = append(h.turns, breaks(1<<20))
		}
		if _, got, err := h.read(t); err != nil || !bytes.Equal(got, h.file) {
			t.Errorf("got %d bytes, %v", len(got), err)
		}
	})
}

// TestStreamChanged: two versions of a file are never mixed, and what changed is not asked for
// again and again.
func TestStreamChanged(t *testing.T) {
	tag := func(tags ...string) func(*host, int, http.Header) {
		return func(_ *host, n int, a http.Header) { a.Set("ETag", tags[n]) }
	}
	for _, tt := range []struct {
		name   string
		host   host
		ifs    string // If-Range of the resumption
		broken string // "" if the rest is taken
	}{
		{"same ETag", host{change: tag(`"a"`, `"a"`)}, `"a"`, ""},
		{"other ETag, so 200", host{change: tag(`"a"`, `"b"`)}, `"a"`, "another version"},
		{
			"other ETag, Range ignored", host{noRange: true, change: tag(`"a"`, `"b"`)}, `"a"`,
			"another version",
		},
		{"same weak ETag", host{change: tag(`W/"a"`, `W/"a"`)}, "", ""},
		{"other weak ETag", host{change: tag(`W/"a"`, `W/"b"`)}, "", "another version"},
		{"no ETag the second time", host{noRange: true, change: tag(`"a"`, "")}, `"a"`, ""},
		{"other date", host{change: func(_ *host, n int, a http.Header) {
			a.Set("Last-Modified", fmt.Sprintf("Mon, 23 Nov 2026 10:00:0%d GMT", n))
		}}, "Mon, 23 Nov 2026 10:00:00 GMT", "another version"},
		{
			"longer",
			host{change: func(h *host, n int, _ http.Header) { h.file = h.file[:5000+n] }}, "",
			"5001 bytes now",
		},
		{
			"other bytes than asked for",
			host{
				change: func(_ *host, _ int, a http.Header) {
					a.Set("Content-Range",
						"bytes 0-4999/5000")
				},
			},
			"", "byte 1000 was asked for and 0 came",
		},
		{
			"206 that says nothing",
			host{change: func(_ *host, _ int, a http.Header) { a.Set("Content-Range", "?") }}, "",
			"and -1 came",
		},
		{"shorter than what was read", host{turns: []turn{breaks(1000), {status: 416}}}, "", "416"},
	} {
		bubble(t, tt.name, func(t *testing.T) {
			h, file := tt.host, video(6000)
			if h.file = file[:5000]; h.turns == nil {
				h.turns = []turn{breaks(1000)}
			}
			_, got, err := h.read(t)
			if len(h.asked) != 2 || h.ifs[1] != tt.ifs {
				t.Errorf("asked for %q with If-Range %q, want twice with %q", h.asked, h.ifs,
					tt.ifs)
			}
			if tt.broken == "" {
				if err != nil || !bytes.Equal(got, h.file) {
					t.Errorf("got %d bytes, %v", len(got), err)
				}
				return
			}
			if httpx.ClassOf(err) != httpx.Transient || !strings.Contains(err.Error(), tt.broken) {
				t.Errorf("got %v, want %q", err, tt.broken)
			}
			if !bytes.Equal(got, file[:1000]) {
				t.Errorf("%d bytes were handed out, want the first 1000", len(got))
			}
		})
	}
}

// TestStreamTakesItsTime: only silence of the host is a stall, not a reader that is busy, nor a
// long way to skip.
func TestStreamTakesItsTime(t *testing.T) {
	bubble(t, "slow reader", func(t *testing.T) {
		h := host{file: video(5000)}
		s, err := h.client().Open(t.Context(), address)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		for p := make([]byte, 1000); err == nil; _, err = s.Read(p) {
			time.Sleep(5 * time.Minute)
		}
		if err != io.EOF || len(h.asked) != 1 {
			t.Errorf("asked %d times, %v", len(h.asked), err)
		}
	})
	bubble(t, "slow host that ignores Range", func(t *testing.T) {
		h := host{
			file:    video(5000),
			noRange: true,
			turns:   []turn{breaks(4000), {after: 5000, slow: true}},
		}
		if _, got, err := h.read(t); err != nil || !bytes.Equal(got, h.file) || len(h.asked) != 2 {
			t.Errorf("got %d bytes in %d calls, %v", len(got), len(h.asked), err)
		}
	})
}

// TestStreamCancelled: the caller's own end is told apart from the host's faults, and at once.
func TestStreamCancelled(t *testing.T) {
	for name, turns := range map[string][]turn{
		"before the answer": {{dead: true}},
		"in the head":       {{after: 10}},
		"while waiting":     {breaks(10)},
		"in the file":       {{after: 2000}},
	} {
		bubble(t, name, func(t *testing.T) {
			h := host{file: video(5000), turns: turns}
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			began := time.Now()
			s, err := h.client().Open(ctx, address)
			if err == nil {
				_, err = io.Copy(io.Discard, s)
				s.Close()
			}
			if !errors.Is(err, context.DeadlineExceeded) || httpx.As(err) == nil ||
				time.Since(began) != 100*time.Millisecond {
				t.Errorf("got %v after %v", err, time.Since(began))
			}
		})
	}
}

// TestStreamEnded: who reads on after the end, a failure or Close gets the same answer again.
func TestStreamEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := host{file: video(5000), turns: []turn{breaks(1000), {status: 404}}}
		s, err := h.client().Open(t.Context(), address)
		if err != nil {
			t.Fatal(err)
		}
		_, first := io.Copy(io.Discard, s)
		if _, again := s.Read(make([]byte, 1)); httpx.ClassOf(first) != httpx.Invalid ||
			again != first {
			t.Errorf("got %v, then %v", first, again)
		}
		s, err = (&host{file: video(5000)}).client().Open(t.Context(), address)
		if err != nil {
			t.Fatal(err)
		}
		s.Close()
		s.Close()
		if _, err := s.Read(make([]byte, 1)); !errors.Is(err, errClosed) {
			t.Errorf("after Close: %v", err)
		}
	})
}
