package xapi

import (
	"encoding/json"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/postferry/postferry/internal/httpx"
)

var ops = []string{
	tokenCall,
	initialize,
	appendCall,
	finalize,
	statusCall,
	metadata,
	postCall,
	me,
	timeline,
}

// FuzzRefusal: an answer from 300 up is always a refusal with a class; a limit always has an end,
// within a day; and nothing else has one.
func FuzzRefusal(f *testing.F) {
	for name, answer := range fixtures(f) {
		body, _ := io.ReadAll(answer.Body) // a broken one is a seed, too
		for i, op := range ops {
			if op == documented[name].Op {
				f.Add(
					uint8(i),
					answer.StatusCode,
					string(body),
					answer.Header.Get("Retry-After"),
					answer.Header.Get("x-rate-limit-reset"),
				)
			}
		}
	}
	f.Add(uint8(6), 429, "", "9223372036854775807", "-1")
	f.Add(uint8(6), 429, "", "Mon, 23 Nov 2026 09:05:00 GMT", "9223372036854775807")
	f.Fuzz(func(t *testing.T, op uint8, status int, body, retry, limit string) {
		h := http.Header{}
		h.Set("Retry-After", retry)
		h.Set("x-rate-limit-reset", limit)
		e := refusal(
			ops[int(op)%len(ops)],
			&httpx.Response{Status: status, Header: h, Body: []byte(body)},
			now,
		)
		if (e != nil) != (status >= 300) {
			t.Fatalf("%d: got %v", status, e)
		}
		if e == nil {
			return
		}
		if e.Class == "" || e.Class == httpx.Ambiguous && ops[int(op)%len(ops)] != postCall ||
			e.Class == httpx.Conflict {
			t.Errorf("class %q", e.Class)
		}
		if status >= 500 && e.Class != httpx.Transient {
			t.Errorf("%d is %s", status, e.Class)
		}
		if (e.Class == httpx.RateLimited) == e.ResetAt.IsZero() {
			t.Errorf("%s with the reset %v", e.Class, e.ResetAt)
		}
		if !e.ResetAt.IsZero() && (e.ResetAt.Before(now) || e.ResetAt.After(now.Add(day))) {
			t.Errorf("reset at %v", e.ResetAt)
		}
	})
}

// FuzzToken: an answer is a pair with an end, or it is in doubt; and none of it is quoted.
func FuzzToken(f *testing.F) {
	f.Add(
		`{"token_type":"bearer","expires_in":7200,"access_token":"a","scope":"tweet.read","refresh_token":"r"}`,
	)
	f.Add(`{"expires_in":"7200","access_token":"a"}`)
	f.Add(`{"expires_in":1e99,"access_token":"a","refresh_token":null}`)
	f.Add(`{"access_token":7}`)
	f.Add(`<html>`)
	f.Fuzz(func(t *testing.T, body string) {
		got, err := app(script(body)).Refresh(t.Context(), refreshToken)
		if err != nil {
			if e := refused(t, err); e.Class != httpx.Ambiguous ||
				e.Message != "the answer is not the JSON that was asked for" {
				t.Errorf("got %v, %s", err, e.Class)
			}
			return
		}
		if life := got.ExpiresAt.Sub(now); got.Access == "" || got.Refresh == "" ||
			life < time.Second ||
			life > day {
			t.Errorf("got %+v", got)
		}
	})
}

// FuzzTimeline: a page is read to the last post, or it is none; and a text never grows by being
// made plain.
func FuzzTimeline(f *testing.F) {
	f.Add(
		`{"data":[{"id":"9","text":"a &amp; b https://t.co/abc","created_at":"2026-11-23T09:00:00.000Z","attachments":{"media_keys":["3_1"]},
		"referenced_posts":[{"type":"replied_to","id":"8"}]}],"meta":{"result_count":1,"next_token":"n"}}`,
	)
	f.Add(
		`{"data":[{},null,{"id":"8","referenced_tweets":[{"type":"replied_to","id":"7"},{"type":"quoted"}]}]}`,
	)
	f.Add(`{"meta":{"result_count":0}}`)
	f.Add(`{"errors":[{"title":"Not Found Error"}]}`)
	f.Add(`null`)
	f.Fuzz(func(t *testing.T, body string) {
		var page checked[timelinePage]
		if json.Unmarshal([]byte(body), &page) != nil {
			return
		}
		if !page.v.complete() {
			t.Error("a page that is not whole was taken")
		}
		for _, one := range page.v.Data {
			tweet := one.tweet()
			if len(tweet.PlainText()) > len(tweet.Text) {
				t.Errorf("%q became %q", tweet.Text, tweet.PlainText())
			}
			if one.ID != tweet.ID {
				t.Errorf("%+v became %+v", one, tweet)
			}
		}
		_ = page.v.next() // must not panic
	})
}
