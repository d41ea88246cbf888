package xapi

import (
	"bytes"
	"cmp"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/postferry/postferry/internal/httpx"
)

var testKeys = Keys{
	APIKey: "portal-api-key", APISecret: "portal api/secret",
	AccessToken: "12345-portal-token", AccessSecret: "portal+token&secret",
}

// signature is OAuth 1.0a's, written from RFC 5849 §3.4 and X's page, without the library.
// https://docs.x.com/fundamentals/authentication/oauth-1-0a/creating-a-signature
func signature(r *http.Request, body, consumerSecret, tokenSecret string, oauth url.Values) string {
	var pairs [][2]string
	collect := func(values url.Values) {
		for k, vs := range values {
			for _, v := range vs {
				pairs = append(pairs, [2]string{percent(k), percent(v)})
			}
		}
	}
	collect(r.URL.Query())
	if r.Header.Get("Content-Type") == "application/x-www-form-urlencoded" {
		form, _ := url.ParseQuery(body)
		collect(form)
	}
	collect(oauth)
	slices.SortFunc(pairs, func(a, b [2]string) int {
		return cmp.Or(strings.Compare(a[0], b[0]), strings.Compare(a[1], b[1]))
	})
	var params []string
	for _, p := range pairs {
		params = append(params, p[0]+"="+p[1])
	}
	address := r.URL.Scheme + "://" + r.URL.Host + r.URL.EscapedPath()
	base := strings.Join([]string{
		r.Method, percent(address), percent(strings.Join(params, "&")),
	}, "&")
	mac := hmac.New(sha1.New, []byte(percent(consumerSecret)+"&"+percent(tokenSecret)))
	io.WriteString(mac, base)
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// percent encodes all but RFC 3986's unreserved characters.
func percent(s string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' ||
			strings.IndexByte("-._~", c) >= 0 {
			b.WriteByte(c)
			continue
		}
		b.Write([]byte{'%', hex[c>>4], hex[c&15]})
	}
	return b.String()
}

// TestSignatureOfTheDocumentation proves this test's own signature by X's example.
func TestSignatureOfTheDocumentation(t *testing.T) {
	const form = "status=Hello%20Ladies%20%2B%20Gentlemen%2C%20a%20signed%20OAuth%20request%21"
	r, _ := http.NewRequest("POST",
		"https://api.twitter.com/1.1/statuses/update.json?include_entities=true", nil)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	oauth := url.Values{
		"oauth_consumer_key":     {"xvz1evFS4wEEPTGEFPHBog"},
		"oauth_nonce":            {"kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg"},
		"oauth_signature_method": {"HMAC-SHA1"},
		"oauth_timestamp":        {"1318622958"},
		"oauth_token":            {"370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb"},
		"oauth_version":          {"1.0"},
	}
	got := signature(r, form, "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw",
		"LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE", oauth)
	if want := "hCtSmYh+iHYCEqBWrE7C7hYmtUk="; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// verifier is a transport that checks the signature of each request, and answers as told.
type verifier struct {
	t      *testing.T
	calls  []string
	nonces map[string]bool
	answer string
}

func (v *verifier) RoundTrip(r *http.Request) (*http.Response, error) {
	v.t.Helper()
	var body []byte
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
		r.Body.Close()
	}
	call := r.Method + " " + r.URL.Path
	v.calls = append(v.calls, call)
	header := r.Header.Values("Authorization")
	if len(header) != 1 || !strings.HasPrefix(header[0], "OAuth ") {
		v.t.Fatalf("%s: Authorization is %q", call, header)
	}
	oauth := url.Values{}
	for _, pair := range strings.Split(strings.TrimPrefix(header[0], "OAuth "), ", ") {
		name, value, _ := strings.Cut(pair, "=")
		value, err := url.PathUnescape(strings.Trim(value, `"`))
		if err != nil {
			v.t.Fatal(err)
		}
		oauth.Set(name, value)
	}
	got := oauth.Get("oauth_signature")
	oauth.Del("oauth_signature")
	want := signature(r, string(body), testKeys.APISecret, testKeys.AccessSecret, oauth)
	if got != want {
		v.t.Errorf("%s: the signature is %s, want %s", call, got, want)
	}
	if oauth.Get("oauth_consumer_key") != testKeys.APIKey ||
		oauth.Get("oauth_token") != testKeys.AccessToken {
		v.t.Errorf("%s is signed by other keys: %v", call, oauth)
	}
	if nonce := oauth.Get("oauth_nonce"); v.nonces[nonce] || nonce == "" {
		v.t.Errorf("%s: the nonce %q was used before", call, nonce)
	}
	v.nonces[oauth.Get("oauth_nonce")] = true
	return &http.Response{
		StatusCode: 200, Header: http.Header{"Content-Type": {"application/json"}}, Request: r,
		Body: io.NopCloser(strings.NewReader(v.answer)),
	}, nil
}

func signedClient(v *verifier) *Client {
	return &Client{HTTP: &http.Client{Transport: testKeys.Transport(v)}}
}

// TestKeysSignEveryCall sends each kind of request that the client makes: a query, JSON, and a body
// of several parts.
func TestKeysSignEveryCall(t *testing.T) {
	v := &verifier{t: t, nonces: map[string]bool{}}
	c := signedClient(v)
	for _, tt := range []struct {
		answer string
		call   func() error
		want   string
	}{
		{`{"data":{"id":"1","username":"kamo"}}`, func() error {
			_, err := c.Me(t.Context())
			return err
		}, "GET /2/users/me"},
		{`{"data":[],"meta":{"result_count":0}}`, func() error {
			_, err := c.Timeline(t.Context(), "12345", Bound{SinceID: "1900000000000000001"})
			return err
		}, "GET /2/users/12345/tweets"},
		{`{"data":{"id":"1900000000000000002"}}`, func() error {
			_, err := c.Post(t.Context(),
				Post{Text: "Ladies + Gentlemen, 100 % & more", MediaIDs: []string{"1"}})
			return err
		}, "POST /2/tweets"},
		{`{"data":{"id":"1"}}`, func() error {
			return c.AltText(t.Context(), "1", "a cup")
		}, "POST /2/media/metadata"},
	} {
		v.answer = tt.answer
		if err := tt.call(); err != nil {
			t.Errorf("%s: %v", tt.want, err)
		}
		if got := v.calls[len(v.calls)-1]; got != tt.want {
			t.Errorf("the call was %s, want %s", got, tt.want)
		}
	}
}

// TestKeysSignAFile: the parts of an upload are not in its signature, and arrive whole.
func TestKeysSignAFile(t *testing.T) {
	v := &verifier{t: t, nonces: map[string]bool{}, answer: `{}`}
	r, err := http.NewRequest("POST", DefaultURL+"/2/media/upload/7/append",
		bytes.NewReader([]byte("--b\r\n\r\nfile\r\n--b--\r\n")))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "multipart/form-data; boundary=b")
	if _, err := testKeys.Transport(v).RoundTrip(r); err != nil {
		t.Fatal(err)
	}
	if r.Header.Get("Authorization") != "" {
		t.Error("the caller's request was changed")
	}
}

// TestKeysSignEachTry: X takes a nonce once, so a repeated call needs a signature of its own.
func TestKeysSignEachTry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := &verifier{t: t, nonces: map[string]bool{}, answer: `{"data":`}
		if _, err := signedClient(v).Me(t.Context()); err == nil {
			t.Error("half an answer is no answer")
		}
		if len(v.calls) < 2 || len(v.nonces) != len(v.calls) {
			t.Errorf("%d calls with %d nonces", len(v.calls), len(v.nonces))
		}
	})
}

// TestKeysStayOutOfErrors: neither a key nor a signature is in what an error says.
func TestKeysStayOutOfErrors(t *testing.T) {
	secrets := &httpx.Redactor{}
	v := &verifier{t: t, nonces: map[string]bool{}, answer: `{}`}
	c := signedClient(v)
	c.Secrets = secrets
	_, err := c.Post(t.Context(), Post{Text: "x"})
	if err == nil {
		t.Fatal("an answer without an id is no post")
	}
	for _, s := range []string{testKeys.APISecret, testKeys.AccessSecret, "oauth_signature"} {
		if strings.Contains(err.Error(), s) {
			t.Errorf("%q is in %q", s, err)
		}
	}
}
