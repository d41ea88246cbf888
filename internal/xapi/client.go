package xapi

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/postferry/postferry/internal/httpx"
)

// DefaultURL is X's API.
const DefaultURL = "https://api.x.com"

// Client makes the calls of one X account.
type Client struct {
	BaseURL     string // "" is DefaultURL
	AccessToken string
	HTTP        *http.Client     // nil is http.DefaultClient
	Now         func() time.Time // nil is time.Now
	Secrets     *httpx.Redactor  // may be nil
	Budget      *Budget          // of upload buffers; nil is one that all clients share
}

// do sends a call with the access token.
func (c *Client) do(ctx context.Context, r httpx.Request) (*httpx.Response, error) {
	if r.Header == nil {
		r.Header = http.Header{}
	}
	r.Header.Set("Authorization", "Bearer "+c.AccessToken)
	r.URL = base(c.BaseURL) + r.URL
	return caller(c.HTTP, c.Now, hide(c.Secrets, c.AccessToken), r.Op).Do(ctx, r)
}

func base(s string) string {
	if s == "" {
		return DefaultURL
	}
	return strings.TrimSuffix(s, "/")
}

// hide returns a redactor that hides at least the credentials of a call.
func hide(secrets *httpx.Redactor, credentials ...string) *httpx.Redactor {
	if secrets == nil {
		secrets = new(httpx.Redactor)
		for _, s := range credentials {
			secrets.Add(s)
		}
	}
	return secrets
}

// caller returns a client that never follows a redirect: a post would be sent twice, and a token
// would go to wherever the redirect leads.
func caller(
	client *http.Client, now func() time.Time, secrets *httpx.Redactor, op string,
) *httpx.Client {
	if now == nil {
		now = time.Now
	}
	var h http.Client
	if client != nil {
		h = *client
	}
	h.CheckRedirect = httpx.NoRedirect
	decode := func(r *httpx.Response) *httpx.Error { return refusal(op, r, now()) }
	return &httpx.Client{Service: "x", HTTP: &h, Now: now, Secrets: secrets, Decode: decode}
}

// answer is a decoded body that can tell whether it is what was asked for: X has answered 200 with
// nothing but errors, and no timeline is not the same as an empty one.
type answer interface{ complete() bool }

// checked decodes a complete answer into v; any other is malformed. Each try has a new v.
type checked[T answer] struct{ v T }

func (c *checked[T]) UnmarshalJSON(b []byte) error {
	var v T
	if err := json.Unmarshal(b, &v); err != nil {
		return err
	}
	if !v.complete() {
		return errors.New("the answer is not complete")
	}
	c.v = v
	return nil
}
