package compat

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/postferry/postferry/internal/cli"
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/sim"
	"github.com/postferry/postferry/internal/token"
)

// specs decodes a file of the services' contracts. Without the folder the test is skipped.
func specs(t *testing.T, name string, into any) {
	t.Helper()
	dir := os.Getenv("POSTFERRY_SPECS")
	if dir == "" {
		t.Skip("POSTFERRY_SPECS is not set: run scripts/compat.sh FOLDER")
	}
	body, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(body, into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// recorder is a transport that records each request with its answer.
type recorder struct {
	next http.RoundTripper
	mu   sync.Mutex
	all  []exchange
}

func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	var sent []byte
	if req.Body != nil {
		var err error
		if sent, err = io.ReadAll(req.Body); err != nil {
			return nil, err
		}
		req.Body = io.NopCloser(bytes.NewReader(sent))
	}
	resp, err := r.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	got, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(got))
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = append(r.all, exchange{
		req.Method, req.URL, req.Header.Clone(), sent, resp.StatusCode, resp.Header.Clone(), got,
	})
	return resp, nil
}

// play makes postferry send every request that it ever sends to X and Instagram: the exchanges of
// set-up, every kind of media, a thread, a lost answer, a refused video, both rotations, an
// incident and the doctor, with both logins.
func play(t *testing.T) (all []exchange) {
	t.Helper()
	for _, login := range []string{"instagram", "facebook"} {
		synctest.Test(t, func(t *testing.T) {
			p := newPlayer(t, login)
			p.run("mirror")
			p.run("rotate") // from here on the age of Instagram's token counts
			p.exchanges()
			p.publish("a photo", "photo")
			long := strings.Repeat("A long caption. ", 60)
			p.publish(long, slices.Repeat([]string{"photo"}, 7)...)
			p.publish("a reel", "video")
			p.run("mirror")
			p.w.Fail(sim.Fault{Service: "x", Call: "POST /2/tweets", Reset: sim.After, Times: 1})
			p.publish("one whose answer is lost", "photo")
			p.run("mirror")
			p.w.Advance(10 * time.Minute)
			p.run("mirror")
			p.w.X().RejectVideos("processing")
			p.publish("a video that is not taken", "video")
			p.run("mirror")
			p.w.Advance(8 * 24 * time.Hour)
			p.run("rotate")
			p.run("doctor")
			p.w.Instagram().BreakLikeSeptember2023()
			p.run("mirror")
			p.w.Instagram().Repair()
			all = append(all, p.r.all...)
		})
	}
	return all
}

type player struct {
	t     *testing.T
	w     *sim.World
	r     *recorder
	env   map[string]string
	login string
	conf  string
}

func newPlayer(t *testing.T, login string) *player {
	w := sim.New(sim.Options{Real: true, Now: time.Now(), PageSize: 3})
	p := &player{
		t: t, w: w, r: &recorder{next: w.Transport()}, env: w.Env(), login: login,
		conf: filepath.Join(t.TempDir(), "postferry.yml"),
	}
	if login == "facebook" {
		maps.Copy(p.env, w.Instagram().FacebookEnv())
	}
	for _, name := range []string{"INSTAGRAM_APP_ID", "INSTAGRAM_APP_SECRET"} {
		p.env[name] = w.Instagram().FacebookEnv()[name]
	}
	const format = "version: 1\nroutes: {main: {instagram: {login: %s}, text: {long: thread}}}\n"
	text := fmt.Sprintf(format, login)
	if err := os.WriteFile(p.conf, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *player) publish(caption string, kinds ...string) {
	m := sim.Media{Caption: caption}
	for _, k := range kinds {
		it := sim.Item{Kind: k, Bytes: sim.PhotoBytes(64, 64, 1), AltText: "a mug"}
		if k == "video" {
			it = sim.Item{Kind: k, Bytes: sim.VideoBytes(1, 1)}
		}
		m.Items = append(m.Items, it)
	}
	p.w.Advance(time.Minute)
	p.w.Instagram().Publish(m)
	p.w.Advance(time.Minute)
}

// run runs a command with the secrets as they are now. Its exit status is checked by other tests.
func (p *player) run(command string) {
	for name := range p.env {
		if v, ok := p.w.GitHub().Secret(name); ok {
			p.env[name] = v
		}
	}
	cli.Main(context.Background(), &cli.Process{
		Args:   []string{command, "--config", p.conf},
		Getenv: func(name string) string { return p.env[name] },
		Stdin:  strings.NewReader(""), Stdout: io.Discard, Stderr: io.Discard,
		Now: p.w.Now, Transport: p.r,
	})
}

// exchanges makes the requests that only set-up makes.
func (p *player) exchanges() {
	c := &instagram.Client{
		Login: p.login, Version: "v25.0", Token: p.w.Instagram().ShortToken(p.login),
		UserID: p.env["INSTAGRAM_USER_ID"],
		AppID:  p.env["INSTAGRAM_APP_ID"], AppSecret: p.env["INSTAGRAM_APP_SECRET"],
		HTTP: &http.Client{Transport: p.r}, Now: p.w.Now,
	}
	if _, err := c.ExchangeShort(context.Background()); err != nil {
		p.t.Error(err)
	}
}

// outsideX are X's endpoints that have no path in its document.
var outsideX = map[string]string{
	"/2/oauth2/token": "named only as tokenUrl of the security scheme: " +
		"https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code",
}

// undeclaredAnswers are parts of X's answers that its document does not declare. They were seen on
// the wire, and the stand-in sends them as they were seen.
var undeclaredAnswers = map[string]string{
	"answer.data: edit_history_tweet_ids is not declared": "the older key of a new post: " +
		"https://github.com/brettdavies/xurl-rs, docs/plans/2026-09-20-1142",
	"answer.data.processing_info: error is not declared": "why a video's processing failed: " +
		"https://github.com/plhery/node-twitter-api-v2/issues/243",
}

// undeclaredRequests are parts of our requests that X's document does not declare but that X wants.
var undeclaredRequests = map[string]string{
	"POST /2/media/upload/{id}/finalize: it takes no body": "`{}` is sent: without a body X has " +
		`answered "Request body must be a JSON object." (internal/xapi/upload.go)`,
}

// TestX: X's document declares every request that postferry makes of X, and set-up asks for the
// scopes that they need. The document also declares every answer of the stand-in.
func TestX(t *testing.T) {
	var a openapi
	specs(t, "x-openapi.json", &a.doc)
	seen := map[string]int{}
	for _, e := range play(t) {
		if e.URL.Host != "api.x.com" || outsideX[e.URL.Path] != "" {
			continue
		}
		template, _, _ := a.operation(e.Method, e.URL.Path)
		seen[e.Method+" "+template]++
		for _, w := range a.request(e) {
			if undeclaredRequests[e.Method+" "+template+": "+w] != "" {
				continue
			}
			t.Errorf("%s: %s\n%.300s", e, w, e.Body)
		}
		for _, s := range a.scopes(e) {
			if !slices.Contains(token.Scopes, s) {
				t.Errorf("%s needs the scope %s, which set-up does not ask for", e, s)
			}
		}
		if e.Status < 300 {
			for _, w := range a.answer(e) {
				if undeclaredAnswers[w] != "" {
					continue
				}
				t.Errorf("the stand-in's answer to %s: %s\n%.300s", e, w, e.Answer)
			}
		}
	}
	for _, op := range []string{
		"POST /2/media/upload/initialize", "POST /2/media/upload/{id}/append",
		"POST /2/media/upload/{id}/finalize", "GET /2/media/upload", "POST /2/media/metadata",
		"POST /2/tweets", "GET /2/users/me", "GET /2/users/{id}/tweets",
	} {
		if seen[op] == 0 {
			t.Errorf("%s was never called", op)
		}
	}
	t.Logf("%v", seen)
}
