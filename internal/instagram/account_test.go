package instagram

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/postferry/postferry/internal/httpx"
)

// everyCall makes each call of the package once, and gives its error.
func everyCall(t *testing.T, c *Client) map[string]error {
	t.Helper()
	ctx, out := t.Context(), map[string]error{}
	_, out["List"] = c.List(ctx, nil)
	_, out["FirstMedia"] = c.FirstMedia(ctx, "")
	_, out["Me"] = c.Me(ctx)
	_, out["Node"] = c.Node(ctx, "17841400000000000")
	_, out["Page"] = c.Page(ctx, "22")
	_, out["Accounts"] = c.Accounts(ctx)
	_, out["Permissions"] = c.Permissions(ctx)
	_, out["Refresh"] = c.Refresh(ctx)
	_, out["ExchangeShort"] = c.ExchangeShort(ctx)
	_, out["Debug"] = c.Debug(ctx)
	return out
}

// dump shows an error the way a careless log does, and what is wrapped in it.
func dump(err error) string {
	s := ""
	for ; err != nil; err = errors.Unwrap(err) {
		s += fmt.Sprintf("%v %+v\n", err, err)
		if e := httpx.As(err); e != nil {
			s += fmt.Sprintf("%#v\n", *e)
		}
	}
	return s
}

func leaky(answer func(*url.URL) (int, string, string)) func(*http.Request) *http.Response {
	return func(r *http.Request) *http.Response {
		status, body, location := answer(r.URL)
		if location != "" {
			return said(status, body, "Location", location)
		}
		return said(status, body)
	}
}

// A connection that dies shows its address in Go's own error.
func TestTransportErrorsShowNoAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := client(nil)
		c.AppSecret, c.HTTP.Transport = "appsecretappsecret", dead{}
		for call, err := range everyCall(t, c) {
			if e := httpx.As(err); e != nil && e.Class != httpx.Transient {
				t.Errorf("%s: %v", call, e)
			}
			if got := dump(err); errors.Is(err, errDead) &&
				containsAny(got, "secretsecret", "access_token=", "https:") {
				t.Errorf("%s shows its address: %s", call, got)
			}
		}
	})
}

func containsAny(s string, subs ...string) bool {
	return slices.ContainsFunc(subs, func(sub string) bool { return strings.Contains(s, sub) })
}

var errDead = errors.New("connection reset by peer")

type dead struct{}

func (dead) RoundTrip(*http.Request) (*http.Response, error) { return nil, errDead }

func TestMe(t *testing.T) {
	w := script(
		said(
			200,
			`{"user_id":"17841400000000000","id":25000000000000001,"username":"tester","account_type":"BUSINESS","name":"Tester","media_count":0}`,
		),
	)
	got, err := client(w).Me(t.Context())
	want := Account{
		ID:           "25000000000000001",
		UserID:       "17841400000000000",
		Username:     "tester",
		Type:         "BUSINESS",
		Name:         "Tester",
		MediaCounted: true,
	}
	if got != want || err != nil {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
	if got, want := w.seen[0].URL.String(), "https://graph.instagram.com/v25.0/me?fields=id%2Cuser_id%2Cusername%2Caccount_type%2Cname%2Cmedia_count"; got != want {
		t.Errorf("asked %s, want %s", got, want)
	}
}

func TestMeAtFacebookIsTheAccount(t *testing.T) {
	w := script(
		said(200, `{"username":"tester","id":"17841400000000000"}`),
		said(200, `{"name":"A Person","id":"10001"}`),
	)
	c := facebook(w)
	got, err := c.Me(t.Context())
	want := Account{ID: "17841400000000000", UserID: "17841400000000000", Username: "tester"}
	if got != want ||
		err != nil {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
	c.UserID = ""
	got, err = c.Me(t.Context())
	if want := (Account{ID: "10001", Name: "A Person"}); got != want || err != nil {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
	for i, want := range []string{
		"https://graph.facebook.com/v25.0/17841400000000000?fields=id%2Cusername%2Cmedia_count",
		"https://graph.facebook.com/v25.0/me?fields=id%2Cname",
	} {
		if got := w.seen[i].URL.String(); got != want {
			t.Errorf("asked %s, want %s", got, want)
		}
	}
}

// An account whose media can't be counted is still an account.
func TestMeWithoutMediaCount(t *testing.T) {
	w := script(
		said(400, graphError(100, 0, "(#100) Tried accessing nonexisting field (media_count)")),
		said(200, `{"id":"1"}`),
	)
	got, err := client(w).Me(t.Context())
	if err != nil || got.ID != "1" || got.MediaCounted || len(w.seen) != 2 {
		t.Errorf("got %+v, %v after %d calls", got, err, len(w.seen))
	}
	for count, want := range map[string]int{`7`: 7, `"7"`: 7, `-1`: 0, `"many"`: 0, `null`: 0} {
		got, err := client(script(said(200, `{"id":"1","media_count":`+count+`}`))).Me(t.Context())
		if err != nil || got.MediaCount != want || got.MediaCounted != (want == 7) {
			t.Errorf("%s: got %+v, %v", count, got, err)
		}
	}
}

func TestNodeEscapesItsID(t *testing.T) {
	w := script(said(200, `{"id":"1"}`))
	if _, err := facebook(w).Node(t.Context(), "1/media?x=1"); err != nil {
		t.Fatal(err)
	}
	if got, want := w.seen[0].URL.EscapedPath(), "/v25.0/1%2Fmedia%3Fx=1"; got != want {
		t.Errorf("asked %s, want %s", got, want)
	}
}

func TestAccounts(t *testing.T) {
	w := script(
		said(
			200,
			`{"data":[{"id":"22","name":"A Page","tasks":["MANAGE","CREATE_CONTENT"],"instagram_business_account":{"id":"17841400000000000","username":"tester"}}],
		  "paging":{"cursors":{"after":"c2"},"next":"https://graph.test/?access_token=EAAsecretsecret&after=c2"}}`,
		),
		said(
			200,
			`{"data":[{"id":33,"name":"Another","connected_instagram_account":{"id":"17841400000000001"}},{"id":"44"}]}`,
		),
	)
	got, err := facebook(w).Accounts(t.Context())
	want := []FacebookPage{
		{
			ID:       "22",
			Name:     "A Page",
			Tasks:    []string{"MANAGE", "CREATE_CONTENT"},
			Business: "17841400000000000",
			Username: "tester",
		},
		{ID: "33", Name: "Another", Connected: "17841400000000001"},
		{ID: "44"},
	}
	if d := cmp.Diff(got, want); err != nil || d != "" {
		t.Errorf("%v (-got +want):\n%s", err, d)
	}
	for i, linked := range []string{"17841400000000000", "17841400000000001", ""} {
		if got[i].Linked() != linked {
			t.Errorf("page %d is linked to %q, want %q", i, got[i].Linked(), linked)
		}
	}
	if len(w.seen) != 2 || w.seen[0].URL.Query().Has("after") ||
		w.seen[1].URL.Query().Get("after") != "c2" {
		t.Errorf("%d calls", len(w.seen))
	}
	if q := w.seen[0].URL.Query().Get("fields"); q != "tasks,id,name,instagram_business_account{id,username},connected_instagram_account{id}" {
		t.Errorf("asked for %s", q)
	}
}

// The incident of September 2023: no Pages and no error.
func TestNoAccountsIsNoError(t *testing.T) {
	got, err := facebook(script(said(200, `{"data":[]}`))).Accounts(t.Context())
	if len(got) != 0 || err != nil {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestAnUnreadableElementIsAnError(t *testing.T) {
	for _, body := range []string{`{"data":[{}]}`, `{"data":[null]}`, `{"data":[{"id":{}}]}`} {
		got, err := facebook(script(said(200, body))).Accounts(t.Context())
		if httpx.ClassOf(err) != httpx.Transient {
			t.Errorf("%s: got %v, %v", body, got, err)
		}
	}
}

func TestPage(t *testing.T) {
	w := script(
		said(
			200,
			`{"id":"22","name":"A Page","instagram_business_account":null,"connected_instagram_account":{"id":"17841400000000001"}}`,
		),
	)
	got, err := facebook(w).Page(t.Context(), "22")
	d := cmp.Diff(got, FacebookPage{ID: "22", Name: "A Page", Connected: "17841400000000001"})
	if err != nil || d != "" {
		t.Errorf("%v (-got +want):\n%s", err, d)
	}
	if got := w.seen[0].URL.Path; got != "/v25.0/22" {
		t.Errorf("asked %s", got)
	}
}

func TestPermissions(t *testing.T) {
	w := script(
		said(
			200,
			`{"data":[{"permission":"instagram_basic","status":"granted"},{"permission":"business_management","status":"declined"}]}`,
		),
	)
	got, err := facebook(w).Permissions(t.Context())
	want := []Permission{{"instagram_basic", "granted"}, {"business_management", "declined"}}
	if d := cmp.Diff(got, want); err != nil || d != "" {
		t.Errorf("%v (-got +want):\n%s", err, d)
	}
	if got := w.seen[0].URL.String(); got != "https://graph.facebook.com/v25.0/me/permissions" {
		t.Errorf("asked %s", got)
	}
}
