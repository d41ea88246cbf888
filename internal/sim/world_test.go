package sim_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"net/http"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/postferry/postferry/internal/sim"
)

// TestClock: it stands still until it is moved, or goes on with real time.
func TestClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
		still, real := sim.New(sim.Options{}),
			sim.New(sim.Options{Real: true, Now: start.In(time.FixedZone("JST", 9*3600))})
		time.Sleep(time.Hour) // the bubble's own clock
		for _, w := range []*sim.World{still, real} {
			w.Advance(time.Minute)
		}
		if got, want := still.Now(), start.Add(time.Minute); !got.Equal(want) {
			t.Errorf("still = %v, want %v", got, want)
		}
		if got, want := real.Now(), start.Add(61*time.Minute); !got.Equal(want) ||
			got.Location() != time.UTC {
			t.Errorf("real = %v, want %v", got, want)
		}
	})
}

// TestEnvironment: the first credentials work, and each has the name of a variable of the program.
func TestEnvironment(t *testing.T) {
	c := newCaller(t, sim.Options{})
	var names []string
	for name, value := range c.env {
		if value == "" {
			t.Errorf("%s is empty", name)
		}
		names = append(names, name)
	}
	want := "GITHUB_REPOSITORY GITHUB_REPOSITORY_ID GITHUB_TOKEN INSTAGRAM_TOKEN SECRETS_TOKEN VAULT_KEY " +
		"X_ACCESS_TOKEN X_CLIENT_ID X_CLIENT_SECRET X_REFRESH_TOKEN"
	if len(names) != len(strings.Fields(want)) {
		t.Errorf("names = %v, want %s", names, want)
	}
	c.ig("/v25.0/me").expect(t, 200)
	c.fb("/v25.0/me").expect(t, 200)
	c.x("GET", "/2/users/me", "").expect(t, 200)
	c.gh("GET", "", "").expect(t, 200)
	c.pat("GET", "/actions/secrets/public-key", "").expect(t, 200)
}

// TestViolations: a credential, or a media's address, that a client lets out is noticed, wherever
// it goes.
func TestViolations(t *testing.T) {
	const media, repository = "a token was sent to the media host",
		"a credential was written to the repository"
	for _, tt := range []struct {
		name string
		does func(c *caller)
		want []string
	}{
		{"nothing", func(c *caller) {
			c.post("hello")
			c.gh("POST", "/issues", `{"title":"a","body":"https://www.instagram.com/p/C1/"}`)
			body, _ := c.seal("/actions/secrets", c.env["X_REFRESH_TOKEN"])
			c.pat("PUT", "/actions/secrets/A", body)
		}, nil},
		{"the header at the media host", func(c *caller) {
			c.send("GET", "https://media.sim.example/file/1", "", "Authorization: Bearer x")
		}, []string{media}},
		{"the query at the media host",
			func(c *caller) { c.send("GET", "https://media.sim.example/file/1?access_token=x", "") },
			[]string{media}},
		{"a post", func(c *caller) { c.post("my token is " + c.env["X_REFRESH_TOKEN"]) },
			[]string{"a credential was written to a post"}},
		{"an issue",
			func(c *caller) {
				c.gh("POST", "/issues",
					`{"title":"a","body":"`+c.env["INSTAGRAM_TOKEN"]+`"}`)
			}, []string{repository}},
		{"a comment", func(c *caller) {
			c.w.GitHub().OpenIssue("someone", "a", "")
			c.gh("POST", "/issues/1/comments", `{"body":"`+c.env["SECRETS_TOKEN"]+`"}`)
		}, []string{repository}},
		{"a file", func(c *caller) {
			c.gh("PUT", "/contents/a",
				`{"message":"m","content":"`+encoded("token: "+c.env["X_ACCESS_TOKEN"])+`"}`)
		}, []string{repository}},
		{"a tree", func(c *caller) {
			c.gh("POST", "/git/trees",
				`{"tree":[{"path":"a","mode":"100644","content":"`+c.env["VAULT_KEY"]+`"}]}`)
		}, []string{repository}},
		{"a blob",
			func(c *caller) { c.gh("POST", "/git/blobs", `{"content":"`+c.env["X_CLIENT_SECRET"]+`"}`) },
			[]string{repository}},
		{"a spent token", func(c *caller) {
			c.token(form("grant_type", "refresh_token", "refresh_token", c.env["X_REFRESH_TOKEN"]))
			c.gh("POST", "/issues", `{"title":"`+c.env["X_REFRESH_TOKEN"]+`"}`)
		}, []string{repository}},
		{"a media address", func(c *caller) {
			c.published("a")
			address := c.ig("/v25.0/me/media?fields=media_url").at("data.0.media_url")
			c.gh("PUT", "/contents/a", `{"message":"m","content":"`+encoded(address)+`"}`)
		}, []string{"a media address was written to the repository"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newCaller(t, sim.Options{})
			tt.does(c)
			if diff := cmp.Diff(c.w.Violations(), tt.want); diff != "" {
				t.Errorf("violations (-got +want):\n%s", diff)
			}
		})
	}
}

// TestServe: the same world on loopback, a port for each service, with addresses that stay there.
func TestServe(t *testing.T) {
	w := sim.New(sim.Options{PageSize: 1})
	s, err := w.Serve("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	c := &caller{t: t, w: w, way: &http.Transport{DisableKeepAlives: true}, env: s.Env()}
	c.published("ab")
	auth := "Authorization: Bearer " + c.env["INSTAGRAM_TOKEN"]
	r := c.send("GET", c.env["INSTAGRAM_API_URL"]+"/v25.0/me/media?fields=caption,media_url", "", auth)
	r.expect(t, 200)
	if next := r.at("paging.next"); !strings.HasPrefix(next,
		c.env["INSTAGRAM_API_URL"]+"/v25.0/me/media?") {
		t.Errorf("next = %s", next)
	}
	c.send("GET", r.at("paging.next"), "").expect(t, 200, `"caption":"a"`)
	if file := r.at("data.0.media_url"); !strings.HasPrefix(file, s.URL("media")+"/file/") {
		t.Errorf("media_url = %s", file)
	}
	c.send("GET", r.at("data.0.media_url"), "").expect(t, 200)
	// One address serves both logins.
	c.send("GET", c.env["INSTAGRAM_API_URL"]+"/v25.0/me", "",
		"Authorization: Bearer "+w.Instagram().FacebookEnv()["INSTAGRAM_TOKEN"]).expect(t, 200)
	c.send("GET", c.env["GITHUB_API_URL"]+"/repos/someone/mirror", "",
		"Authorization: Bearer "+c.env["GITHUB_TOKEN"]).expect(t, 200)
	c.send("GET", strings.Replace(authorize(), xHost+"/i/oauth2/authorize", c.env["X_AUTHORIZE_URL"],
		1), "").expect(t, 200)
	w.Fail(sim.Fault{Service: "x", Call: "POST /2/tweets", Reset: sim.After})
	for _, want := range []int{0, 403} { // made, its answer lost; then a duplicate
		r, err := c.try("POST", c.env["X_API_URL"]+"/2/tweets", `{"text":"a"}`,
			"Authorization: Bearer "+c.env["X_ACCESS_TOKEN"])
		if r.status != want || (err != nil) != (want == 0) {
			t.Errorf("status = %d, %v, want %d", r.status, err, want)
		}
	}
	s.Close()
	if _, err := c.try("GET", s.URL("x"), ""); err == nil {
		t.Error("a closed server answers")
	}
}

// TestServeOnLoopbackOnly: the stand-ins accept anybody who can reach them.
func TestServeOnLoopbackOnly(t *testing.T) {
	for _, addr := range []string{"0.0.0.0:0", "192.0.2.1:0", ":0", "127.0.0.1", "127.0.0.1:x"} {
		if s, err := sim.New(sim.Options{}).Serve(addr); err == nil {
			s.Close()
			t.Errorf("Serve(%q) listens", addr)
		}
	}
}

// TestImportsNothingOfOurs: what the stand-ins and the clients shared, they would get wrong
// together.
func TestImportsNothingOfOurs(t *testing.T) {
	files, err := fs.Glob(os.DirFS("."), "*.go")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range f.Imports {
			path := strings.Trim(i.Path.Value, `"`)
			if strings.Contains(path, "postferry") && !strings.HasSuffix(path, "/internal/sim") {
				t.Errorf("%s imports %s", name, path)
			}
		}
	}
}

// TestDate: every answer carries the world's time, and each service's clock can be wrong by itself.
func TestDate(t *testing.T) {
	c := newCaller(t, sim.Options{})
	c.published("a")
	calls := map[string]func() reply{
		"instagram": func() reply { return c.ig("/v25.0/me/media?fields=media_url") },
		"x":         func() reply { return c.x("GET", "/2/users/me", "") },
		"github":    func() reply { return c.gh("GET", "/issues", "") },
		"media": func() reply {
			return c.send("GET", c.ig("/v25.0/me/media?fields=media_url").at("data.0.media_url"), "")
		},
	}
	for name, call := range calls {
		if got, want := call().header.Get("Date"), c.w.Now().Format(http.TimeFormat); got != want {
			t.Errorf("%s: Date = %q, want %q", name, got, want)
		}
	}
	c.w.Advance(time.Hour)
	c.w.SetSkew("x", -30*time.Minute)
	for name, call := range calls {
		want := c.w.Now().Format(http.TimeFormat)
		if name == "x" {
			want = c.w.Now().Add(-30 * time.Minute).Format(http.TimeFormat)
		}
		if got := call().header.Get("Date"); got != want {
			t.Errorf("%s: Date = %q, want %q", name, got, want)
		}
	}
	c.post("hello").expect(t, 201)
	if at := c.w.X().Tweets()[0].CreatedAt; !at.Equal(c.w.Now().Add(-30 * time.Minute)) {
		t.Errorf("X stamps %v", at)
	}
	c.w.Fail(sim.Fault{Service: "github", Call: "GET /repos/**",
		Header: map[string]string{"Date": ""}})
	if got, ok := calls["github"]().header["Date"]; ok && len(got) > 0 {
		t.Errorf("Date = %q, want none", got)
	}
	// A refusal, and an answer of a fault, carry it too.
	c.w.Fail(sim.Fault{Service: "x", Call: "GET /2/users/me", Status: 503})
	if got := calls["x"]().header.Get("Date"); got == "" {
		t.Error("a planned answer has no Date")
	}
}
