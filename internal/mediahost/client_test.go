package mediahost

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/postferry/postferry/internal/httpx"
)

// TestRefusals: what the host answers instead of a file, and what the caller may do about it.
func TestRefusals(t *testing.T) {
	const expired = "URL signature expired"
	for _, tt := range []struct {
		name    string
		status  int
		body    string
		class   httpx.Class
		expired bool
		want    string
	}{
		{"expired", 403, expired, httpx.Invalid, true, "403: URL signature expired"},
		{"expired, in a page", 403, "<h1>Url Signature EXPIRED</h1>", httpx.Invalid, true, ""},
		{
			"wrong signature", 403, "URL signature mismatch", httpx.Invalid, false,
			"403: URL signature mismatch",
		},
		{"expired, but not forbidden", 404, expired, httpx.Invalid, false, "404"},
		{"gone", 410, "", httpx.Invalid, false, "media GET media file: 410"},
		{"too many", 429, "", httpx.Transient, false, ""},
		{"timeout", 408, "", httpx.Transient, false, ""},
		{"503", 503, "try later", httpx.Transient, false, "503: try later"},
		{"no content", 204, "", httpx.Invalid, false, "204"},
		{"redirect to nowhere", 302, "", httpx.Invalid, false, "302"},
		{
			"signed address in the words", 400, "bad: https://media.test/a?oh=signature",
			httpx.Invalid, false, "bad: https://media.test/a",
		},
		{
			"half a letter in the words", 400, strings.Repeat("x", 296) + "éyyy", httpx.Invalid,
			false, strings.Repeat("x", 296) + "…",
		},
		{
			"HTML instead of a file", 200, "<!DOCTYPE html><title>Sorry</title>", httpx.Invalid,
			false, `what the media host sent is no photo or video: "<!DOCTYPE html>`,
		},
		{"JSON instead of a file", 200, `{"error":1}`, httpx.Invalid, false, "no photo or video"},
		{
			"signed address in a page", 200, "https://media.test/?oh=signature", httpx.Invalid,
			false, "no photo or video",
		},
		{"empty file", 200, "", httpx.Invalid, false, "an empty file"},
	} {
		bubble(t, tt.name, func(t *testing.T) {
			c := Client{HTTP: &http.Client{Transport: always{tt.status, tt.body}}}
			s, err := c.Open(t.Context(), address)
			if s != nil || httpx.ClassOf(err) != tt.class ||
				!strings.Contains(err.Error(), tt.want) {
				t.Fatalf("got %v (%s), want %q (%s)", err, httpx.ClassOf(err), tt.want, tt.class)
			}
			if got := errors.Is(err, ErrExpired); got != tt.expired {
				t.Errorf("expired: got %v, want %v", got, tt.expired)
			}
			if strings.Contains(err.Error(), "oh=") || strings.ContainsRune(err.Error(), '\uFFFD') {
				t.Errorf("the error quotes what it should not: %v", err)
			}
		})
	}
}

// always is a host with one answer.
type always struct {
	status int
	body   string
}

func (a always) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode:    a.status,
		Header:        http.Header{},
		Body:          io.NopCloser(strings.NewReader(a.body)),
		ContentLength: int64(len(a.body)),
		Request:       r,
	}, nil
}

// TestAddresses: what may not be asked is not asked, and the error does not show the signature.
func TestAddresses(t *testing.T) {
	for _, bad := range []string{
		"", "v.mp4?oh=signature", "http://media.test/v.mp4?oh=signature",
		"https://user:pass@media.test/?oh=signature",
		"file:///etc/passwd", "https://media.test/\x7f?oh=signature", "https://%zz/?oh=signature",
	} {
		h := &host{file: video(1000)}
		_, err := h.client().Open(t.Context(), bad)
		if httpx.ClassOf(err) != httpx.Invalid || len(h.asked) != 0 ||
			strings.Contains(err.Error(), "signature") ||
			strings.Contains(err.Error(), "pass@") {
			t.Errorf("%q: got %v after %d calls", bad, err, len(h.asked))
		}
	}
}

// TestOverTheWire goes through net/http: a connection that is torn, an answer in chunks, and what
// is sent along.
func TestOverTheWire(t *testing.T) {
	file := video(300_000)
	var calls int
	serve := func(handler http.HandlerFunc) string {
		calls = 0
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			calls++
			for _, name := range []string{"Authorization", "Referer", "Cookie"} {
				if r.Header.Get(name) != "" {
					t.Errorf("%s was sent: %q", name, r.Header.Get(name))
				}
			}
			if got := r.Header.Get("Accept-Encoding"); got != "identity" {
				t.Errorf("Accept-Encoding is %q: a compressed answer has another length", got)
			}
			handler(w, r)
		}))
		t.Cleanup(srv.Close)
		return srv.URL
	}
	whole := func(w http.ResponseWriter, r *http.Request) {
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(file))
	}
	for _, tt := range []struct {
		name    string
		calls   int
		handler http.HandlerFunc
	}{
		{"whole", 1, whole},
		{"torn and resumed", 2, func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Range") != "" {
				whole(w, r)
				return
			}
			w.Header().Set("Content-Length", fmt.Sprint(len(file)))
			w.Write(file[:200_000])
			panic(http.ErrAbortHandler)
		}},
		{"in chunks", 2, func(w http.ResponseWriter, _ *http.Request) {
			w.Write(file[:1000])
			http.NewResponseController(w).Flush()
			w.Write(file[1000:])
		}},
		{"redirected", 3, func(w http.ResponseWriter, r *http.Request) {
			if len(r.URL.Path) < 4 {
				http.Redirect(w, r, r.URL.Path+"a?oh=signature", http.StatusFound)
				return
			}
			whole(w, r)
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, err := (&Client{}).Open(t.Context(), serve(tt.handler)+"/a?oh=signature")
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if got, err := io.ReadAll(s); err != nil || !bytes.Equal(got, file) ||
				s.Size != int64(len(file)) {
				t.Errorf("got %d of %d bytes, %v", len(got), s.Size, err)
			}
			if calls != tt.calls {
				t.Errorf("%d calls, want %d", calls, tt.calls)
			}
		})
	}
}

// TestRedirects: none leads in the clear to another machine, and none in circles.
func TestRedirects(t *testing.T) {
	for _, tt := range []struct {
		name, to, want string
		calls          int
	}{
		{"in circles", "/again", "too many redirects", 5},
		{
			"in the clear", "http://media.test/?oh=signature",
			"plain http is only for loopback addresses: use https for media.test", 1,
		},
		{"with a password", "https://user:pass@media.test/", "user name or password", 1},
		{"to a file", "file:///etc/passwd", "has no host", 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			calls := 0
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				calls++
				w.Header().Set("Location", tt.to)
				w.WriteHeader(http.StatusFound)
			}))
			defer srv.Close()
			_, err := (&Client{HTTP: srv.Client()}).Open(t.Context(), srv.URL)
			if httpx.ClassOf(err) != httpx.Invalid || !strings.Contains(err.Error(), tt.want) ||
				strings.Contains(err.Error(), "signature") {
				t.Errorf("got %v, want %q", err, tt.want)
			}
			if calls != tt.calls {
				t.Errorf("%d calls, want %d", calls, tt.calls)
			}
		})
	}
}

// TestBoundedMemory: a long video passes through, counted and resumed, and is held nowhere.
func TestBoundedMemory(t *testing.T) {
	file := video(64 << 20)
	synctest.Test(t, func(t *testing.T) {
		h := host{
			file:    file,
			chunked: true,
			noRange: true,
			turns:   []turn{{after: 1 << 40}, breaks(40 << 20)},
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		s, err := h.client().Open(t.Context(), address)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		n, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, s, make([]byte, 64<<10))
		runtime.ReadMemStats(&after)
		if got := after.TotalAlloc - before.TotalAlloc; n != int64(len(file)) || err != nil ||
			got > 2<<20 {
			t.Errorf("read %d bytes, allocated %d, %v", n, got, err)
		}
	})
}

// TestTypes: a file is what its first bytes say.
func TestTypes(t *testing.T) {
	for head, want := range map[string]string{
		"\xff\xd8\xff\xe0\x00\x10JFIF":         "image/jpeg",
		"\x89PNG\r\n\x1a\n\x00\x00":            "image/png",
		"GIF87a..":                             "image/gif",
		"GIF89a..":                             "image/gif",
		"RIFF\x10\x00\x00\x00WEBPVP8 ":         "image/webp",
		"RIFF\x10\x00\x00\x00WAVEfmt ":         "",
		"\x00\x00\x00\x18ftypqt  ":             "video/quicktime",
		"\x00\x00\x00\x18ftypisom\x00\x00\x02": "video/mp4",
		"\x00\x00\x00\x18ftyp":                 "",
		"\x00\x00\x00\x18ftypmif1\x00\x00\x00": "image/heic",
		"\x1aE\xdf\xa3\x9f":                    "video/webm",
		"\xff\xd8":                             "",
		"%PDF-1.7":                             "",
		"<html>":                               "",
		"\x00\x00\x00\x00\x00\x00\x00\x00\x00": "",
	} {
		if got := sniff([]byte(head)); got != want {
			t.Errorf("%q: got %q, want %q", head, got, want)
		}
	}
}
