package instagram

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/postferry/postferry/internal/httpx"
)

// now is when these tests take place.
var now = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// wire answers requests and keeps them.
type wire struct {
	answer func(*http.Request) *http.Response

	mu   sync.Mutex
	seen []*http.Request
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	w.mu.Lock()
	w.seen = append(w.seen, r)
	w.mu.Unlock()
	resp := w.answer(r)
	resp.Request = r
	return resp, nil
}

// said is a plain answer; pairs are header names and values.
func said(status int, body string, pairs ...string) *http.Response {
	h := http.Header{}
	for i := 0; i < len(pairs); i += 2 {
		h.Set(pairs[i], pairs[i+1])
	}
	return &http.Response{
		StatusCode: status, Header: h, Body: io.NopCloser(strings.NewReader(body)),
	}
}

// script answers one request after the other; the last answer repeats.
func script(answers ...*http.Response) *wire {
	n := 0
	bodies := make([]string, len(answers))
	for i, a := range answers {
		b, _ := io.ReadAll(a.Body)
		bodies[i] = string(b)
		a.Body = io.NopCloser(strings.NewReader(bodies[i])) // for the next script
	}
	return &wire{answer: func(*http.Request) *http.Response {
		i := min(n, len(answers)-1)
		n++
		return &http.Response{
			StatusCode: answers[i].StatusCode,
			Header:     answers[i].Header,
			Body:       io.NopCloser(strings.NewReader(bodies[i])),
		}
	}}
}

func client(w *wire) *Client {
	return &Client{
		Token: "IGAAsecretsecret",
		HTTP:  &http.Client{Transport: w},
		Now:   func() time.Time { return now },
	}
}

func facebook(w *wire) *Client {
	c := client(w)
	c.Login, c.UserID, c.Token = FacebookLogin, "17841400000000000", "EAAsecretsecret"
	return c
}

// photo is a media on the wire, n minutes before now.
func photo(id string, n int) string {
	return fmt.Sprintf(
		`{"id":%q,"media_type":"IMAGE","media_url":"https://media.test/%s.jpg","timestamp":%q}`,
		id,
		id,
		now.Add(-time.Duration(n)*time.Minute).Format("2006-01-02T15:04:05-0700"),
	)
}

// listed is a page of the list edge; after "" is the last one. The address of the next page holds a
// token, as Graph's does.
func listed(after string, media ...string) string {
	paging := `{"cursors":{"before":"b","after":"last"}}`
	if after != "" {
		paging = fmt.Sprintf(
			`{"cursors":{"before":"b","after":%q},"next":"https:\/\/elsewhere.test\/v25.0\/me\/media?access_token=IGAAsecretsecret&after=%s"}`,
			after,
			after,
		)
	}
	return `{"data":[` + strings.Join(media, ",") + `],"paging":` + paging + `}`
}

func ids(media []Media) []string {
	var out []string
	for _, m := range media {
		out = append(out, m.ID)
	}
	return out
}

func refused(t *testing.T, err error) *httpx.Error {
	t.Helper()
	e := httpx.As(err)
	if e == nil {
		t.Fatalf("got %v, want an httpx.Error", err)
	}
	return e
}

func graphError(code, sub int, message string) string {
	b, _ := json.Marshal(
		map[string]any{
			"error": map[string]any{
				"message":       message,
				"type":          "OAuthException",
				"code":          code,
				"error_subcode": sub,
			},
		},
	)
	return string(b)
}
