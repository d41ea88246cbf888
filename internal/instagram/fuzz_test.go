package instagram

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/postferry/postferry/internal/httpx"
)

// FuzzPage: every element of a page is a media with an id and a time, or is told of; and there is a
// cursor wherever there is a next page.
func FuzzPage(f *testing.F) {
	f.Add(listed("p2", photo("1", 1), `null`, `{"id":1e3,"children":{"data":[null,{}]}}`))
	f.Add(`{"data":[{"id":"1","timestamp":"0001-01-01T00:00:00+0000"}]}`)
	f.Add(
		`{"data":[{"id":"1","timestamp":"2018-02-22T10:40:45Z","children":{"paging":{"next":"x"}}}],"paging":{"next":"%zz"}}`,
	)
	f.Fuzz(func(t *testing.T, body string) {
		var p page
		if json.Unmarshal([]byte(body), &p) != nil || !p.complete() {
			return
		}
		if (p.next() != "") != (p.Paging.Next != "") {
			t.Errorf("cursor %q for next %q", p.next(), p.Paging.Next)
		}
		media, unread := p.decode()
		if len(media)+len(unread) < len(p.Data) {
			t.Errorf("%d media and %d unread of %d", len(media), len(unread), len(p.Data))
		}
		for _, m := range media {
			if m.ID == "" || m.Timestamp.IsZero() {
				t.Errorf("a media without id or time: %+v", m)
			}
		}
		for _, s := range unread {
			if strings.ContainsAny(s, "\r\n") || len(s) > 1000 {
				t.Errorf("not a sentence: %q", s)
			}
		}
	})
}

// FuzzError: a status from 300 up is always a refusal, with a class; a class is never one that the
// tables do not give; and a rate limit always says when to come back, but the one that is about the
// size of the call.
func FuzzError(f *testing.F) {
	files, _ := filepath.Glob("testdata/errors/*.http")
	for _, path := range files {
		b, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		_, body, _ := strings.Cut(string(b), "\n\n")
		f.Add(400, body, `{"1":[{"estimated_time_to_regain_access":5}]}`, "")
	}
	f.Add(503, "<html>", "", "9223372036854775807")
	f.Add(200, `{"error":"no"}`, "[]", "Mon, 23 Nov 2026 09:05:00 GMT")
	f.Fuzz(func(t *testing.T, status int, body, usage, retry string) {
		h := http.Header{"X-Business-Use-Case-Usage": {usage}, "Retry-After": {retry}}
		e := refusal(&httpx.Response{Status: status, Header: h, Body: []byte(body)}, now, false)
		if e == nil {
			if status >= 300 {
				t.Errorf("%d is no refusal", status)
			}
			return
		}
		switch e.Class {
		case httpx.Transient,
			httpx.RateLimited,
			httpx.Forbidden,
			httpx.Unauthorized,
			httpx.NotFound,
			httpx.Invalid,
			httpx.Unknown:
		default:
			t.Errorf("class %q", e.Class)
		}
		if !e.ResetAt.IsZero() && (e.ResetAt.Before(now) || e.ResetAt.After(now.Add(longest))) {
			t.Errorf("reset at %v", e.ResetAt)
		}
		if e.Class == httpx.RateLimited && e.Type != TypeTooMuch && e.ResetAt.IsZero() &&
			!strings.Contains(body, "error_type") {
			t.Errorf("no reset time for %+v", e)
		}
	})
}
