package httpx

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"
)

// script answers one call after the other; the last answer repeats.
type script struct {
	answers []func(*http.Request) (*http.Response, error)
	calls   int
}

func (s *script) RoundTrip(r *http.Request) (*http.Response, error) {
	f := s.answers[min(s.calls, len(s.answers)-1)]
	s.calls++
	return f(r)
}

func answer(status int, body string) func(*http.Request) (*http.Response, error) {
	return func(*http.Request) (*http.Response, error) {
		return &http.Response{
			StatusCode: status,
			Header:     http.Header{},
			Body:       io.NopCloser(strings.NewReader(body)),
		}, nil
	}
}

func broken(err error) func(*http.Request) (*http.Response, error) {
	return func(*http.Request) (*http.Response, error) { return nil, err }
}

// decode is a small service: 4xx is Invalid, 429 RateLimited with a reset in the body, 5xx
// Transient.
func decode(now func() time.Time) func(*Response) *Error {
	return func(r *Response) *Error {
		switch {
		case r.Status == 429:
			var v struct{ In int }
			_ = json.Unmarshal(r.Body, &v)
			e := &Error{Class: RateLimited}
			if v.In > 0 {
				e.ResetAt = now().Add(time.Duration(v.In) * time.Second)
			}
			return e
		case r.Status >= 500:
			return &Error{Class: Transient, Message: string(r.Body)}
		case r.Status >= 400:
			return &Error{Class: Invalid, Message: string(r.Body)}
		}
		return nil
	}
}

func TestDoRepeatsWhatCanBeRepeated(t *testing.T) {
	reset := broken(errors.New("connection reset by peer"))
	for _, tt := range []struct {
		name    string
		once    bool
		answers []func(*http.Request) (*http.Response, error)
		calls   int
		class   Class
	}{
		{"well", false, []func(*http.Request) (*http.Response, error){answer(200, `{}`)}, 1, ""},
		{
			"a 500 passes", false,
			[]func(*http.Request) (*http.Response, error){answer(500, ""), answer(200, `{}`)}, 2,
			"",
		},
		{
			"500 for ever", false, []func(*http.Request) (*http.Response, error){answer(500, "")},
			3, Transient,
		},
		{
			"a reset passes", false,
			[]func(*http.Request) (*http.Response, error){reset, answer(200, `{}`)}, 2, "",
		},
		{
			"half a document passes", false,
			[]func(*http.Request) (*http.Response, error){answer(200, `{"a":`), answer(200, `{}`)},
			2, "",
		},
		{
			"HTML with status 200", false,
			[]func(*http.Request) (*http.Response, error){answer(200, `<html>`)}, 3, Transient,
		},
		{
			"a no is a no", false, []func(*http.Request) (*http.Response, error){answer(400, "")},
			1, Invalid,
		},
		{
			"a near reset time is waited for", false,
			[]func(*http.Request) (*http.Response, error){
				answer(429, `{"In":5}`), answer(200, `{}`),
			},
			2, "",
		},
		{
			"a far one is not", false,
			[]func(*http.Request) (*http.Response, error){answer(429, `{"In":600}`)}, 1,
			RateLimited,
		},
		{
			"one without a time is not", false,
			[]func(*http.Request) (*http.Response, error){answer(429, ``)}, 1, RateLimited,
		},
		{
			"once: a 500 is in doubt", true,
			[]func(*http.Request) (*http.Response, error){answer(500, "")}, 1, Ambiguous,
		},
		{
			"once: a broken answer is in doubt", true,
			[]func(*http.Request) (*http.Response, error){answer(201, `{"da`)}, 1, Ambiguous,
		},
		{
			"once: a no is a no", true,
			[]func(*http.Request) (*http.Response, error){answer(400, "")}, 1, Invalid,
		},
		{
			"once: never sent is not in doubt", true,
			[]func(*http.Request) (*http.Response, error){reset}, 1, Transient,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				wire := &script{answers: tt.answers}
				c := &Client{
					Service: "x", HTTP: &http.Client{Transport: wire}, Decode: decode(time.Now),
				}
				var into struct{}
				_, err := c.Do(
					t.Context(),
					Request{
						Op:   "GET /thing",
						URL:  "https://x.test/thing?token=s3cr3t",
						Once: tt.once,
						Into: &into,
					},
				)
				if got := ClassOf(err); got != tt.class {
					t.Errorf("class %q, want %q (%v)", got, tt.class, err)
				}
				if wire.calls != tt.calls {
					t.Errorf("%d calls, want %d", wire.calls, tt.calls)
				}
				if err != nil &&
					strings.Contains(fmt.Sprintf("%v %+v", err, As(err).Err), "s3cr3t") {
					t.Errorf("the query is in the error: %v", err)
				}
			})
		})
	}
}

func TestDoCapsTheAnswer(t *testing.T) {
	c := &Client{
		Service: "x",
		Decode:  decode(time.Now),
		HTTP: &http.Client{
			Transport: &script{answers: []func(*http.Request) (*http.Response, error){
				func(*http.Request) (*http.Response, error) {
					return &http.Response{
						StatusCode: 200, Body: io.NopCloser(io.LimitReader(zeros{}, 30<<20)),
					}, nil
				}}},
		},
	}
	_, err := c.Do(t.Context(), Request{Op: "GET /big", URL: "https://x.test/", Once: true})
	if err == nil || !strings.Contains(err.Error(), "larger than 8 MiB") {
		t.Errorf("got %v", err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		value string
		want  time.Duration
		ok    bool
	}{
		{"", 0, false},
		{"0", 0, true},
		{"90", 90 * time.Second, true},
		{"-1", 0, false},
		{"soon", 0, false},
		{"9223372036854775807", 24 * time.Hour, true},
		{"9223372036854775808", 0, false},
		{"Mon, 23 Nov 2026 09:02:00 GMT", 2 * time.Minute, true},
		{"Sun, 22 Nov 2026 09:00:00 GMT", 0, true},
		{"Fri, 31 Dec 9999 23:59:59 GMT", 24 * time.Hour, true},
	} {
		got, ok := RetryAfter(http.Header{"Retry-After": {tt.value}}, now)
		if got != tt.want || ok != tt.ok {
			t.Errorf("%q: got %v, %v, want %v, %v", tt.value, got, ok, tt.want, tt.ok)
		}
	}
}

func TestCheckURL(t *testing.T) {
	for url, ok := range map[string]bool{
		"https://graph.instagram.com/v25.0/me": true,
		"http://127.0.0.1:8080/":               true,
		"http://[::1]:8080/":                   true,
		"http://localhost:8080/":               true,
		"http://example.com/":                  false,
		"http://127.0.0.1.example.com/":        false,
		"http://10.0.0.1/":                     false,
		"https://user:pass@example.com/":       false,
		"ftp://example.com/":                   false,
		"/relative":                            false,
	} {
		c := &Client{
			Service: "x",
			Decode:  decode(time.Now),
			HTTP: &http.Client{
				Transport: &script{
					answers: []func(*http.Request) (*http.Response, error){answer(200, "{}")},
				},
			},
		}
		_, err := c.Do(t.Context(), Request{Op: "GET /", URL: url})
		if got := err == nil; got != ok {
			t.Errorf("%s: got %v, want ok %v", url, err, ok)
		}
	}
}

func TestRedactor(t *testing.T) {
	var r Redactor
	r.Add("sécret/tok+en=1234")
	r.Add("on") // too short to hide
	for _, in := range []string{
		"a sécret/tok+en=1234 b", "a s%C3%A9cret%2Ftok%2Ben%3D1234 b",
		"a c8OpY3JldC90b2srZW49MTIzNA== b", "a c8OpY3JldC90b2srZW49MTIzNA b",
	} {
		if got, want := r.String(in), "a *** b"; !strings.HasPrefix(got, want) {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
	r.Add("sécret/tok+en=1234-and-more") // begins with the other one
	if got, want := r.String("a sécret/tok+en=1234-and-more b"), "a *** b"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	r.Add(`ends"with"quotes"`)
	if got, want := r.String(`{"a":"ends\"with\"quotes\""}`), `{"a":"***"}`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	var b strings.Builder
	if _, err := io.WriteString(r.Writer(&b), "turn on sécret/tok+en=1234"); err != nil ||
		b.String() != "turn on ***" {
		t.Errorf("written %q, %v", b.String(), err)
	}
	var none *Redactor
	if none.String("x") != "x" {
		t.Error("a nil Redactor changes text")
	}
}

func TestErrorReads(t *testing.T) {
	for _, tt := range []struct {
		e    Error
		want string
	}{
		{
			Error{Service: "x", Op: "POST /2/tweets", Message: "EOF"},
			"x POST /2/tweets: no answer: EOF",
		},
		{
			Error{
				Service: "instagram", Op: "GET /{user}/media", Status: 400, Code: 10,
				Message: "(#10) no", TraceID: "AbC",
			},
			"instagram GET /{user}/media: 400 code 10: (#10) no (trace AbC)",
		},
		{
			Error{Service: "instagram", Op: "GET /me", Status: 400, Code: 190, Subcode: 463},
			"instagram GET /me: 400 code 190/463",
		},
	} {
		if got := tt.e.Error(); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}

// A secret must not get out because its end was cut off before it was looked for.
func TestNoPartOfASecretGetsOut(t *testing.T) {
	secret := strings.Repeat("s3cr3t-k", 8) // 64 characters
	var secrets Redactor
	secrets.Add(secret)
	decoders := map[string]func(*Response) *Error{
		"the service's words": func(r *Response) *Error {
			return &Error{
				Class: Invalid, Message: string(r.Body),
			}
		},
		"a quoted answer": (*Response).Malformed,
		"no JSON":         func(*Response) *Error { return nil },
	}
	for name, decode := range decoders {
		for before := 0; before <= 400; before++ {
			body := strings.Repeat("x", before) + secret + strings.Repeat("y", 400)
			c := &Client{Service: "x", Secrets: &secrets, Decode: decode,
				HTTP: &http.Client{
					Transport: &script{
						answers: []func(*http.Request) (*http.Response, error){answer(400, body)},
					},
				}}
			var into struct{}
			_, err := c.Do(
				t.Context(),
				Request{Op: "GET /thing", URL: "https://x.test/thing", Once: true, Into: &into},
			)
			if strings.Contains(err.Error(), secret[:4]) {
				t.Fatalf("%s, %d characters before the secret: %v", name, before, err)
			}
			if n := len(As(err).Message); n > maxMessage {
				t.Fatalf("%s: the message has %d bytes", name, n)
			}
		}
	}
}

func TestClipCutsAtRunes(t *testing.T) {
	var r Redactor
	for n := range 12 {
		got := r.Clip("日本語日本語", n)
		if !utf8.ValidString(got) || len(got) > max(n, len("…")) {
			t.Errorf("%d bytes: got %q", n, got)
		}
	}
	if got := r.Clip("a\xffb", 100); got != "a\uFFFDb" {
		t.Errorf("got %q", got)
	}
}

func TestClockObservesEveryAnswer(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	var clock Clock
	if _, known := clock.Skew(); known {
		t.Error("a clock that has seen nothing knows something")
	}
	for _, tt := range []struct {
		date string
		want time.Duration
	}{
		{"Mon, 23 Nov 2026 09:10:00 GMT", 10 * time.Minute},
		{"", 10 * time.Minute},
		{"soon", 10 * time.Minute},
		{"Sun, 22 Nov 2026 09:00:00 GMT", -24 * time.Hour},
	} {
		wire := &script{
			answers: []func(*http.Request) (*http.Response, error){
				func(*http.Request) (*http.Response, error) {
					return &http.Response{
						StatusCode: 400,
						Header:     http.Header{"Date": {tt.date}},
						Body:       http.NoBody,
					}, nil
				},
			},
		}
		c := &Client{
			Service: "x",
			Clock:   &clock,
			Now:     func() time.Time { return now },
			Decode:  decode(time.Now),
			HTTP:    &http.Client{Transport: wire},
		}
		_, _ = c.Do(t.Context(), Request{Op: "GET /thing", URL: "https://x.test/thing"})
		if got, known := clock.Skew(); got != tt.want || !known {
			t.Errorf("%q: got %v, %v, want %v", tt.date, got, known, tt.want)
		}
	}
}
