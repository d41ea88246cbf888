package diagnosis

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/postferry/postferry/internal/github"
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/mediahost"
	"github.com/postferry/postferry/internal/sim"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/xapi"
)

// recorded is a row of testdata/answers.txt.
type recorded struct {
	answer    string // the name of a refusal of package sim, or a call, a status and a body
	whose     string
	component Component
	key       string
}

// answers reads the recorded answers of the services.
func answers(t *testing.T) (out []recorded) {
	t.Helper()
	text, err := os.ReadFile("testdata/answers.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.SplitSeq(string(text), "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		f := strings.Split(line, " | ")
		if len(f) != 4 {
			t.Fatalf("no row: %s", line)
		}
		out = append(out, recorded{f[0], f[1], Component(f[2]), f[3]})
	}
	return out
}

// fault is the answer as a fault to play.
func (r recorded) fault(t *testing.T) sim.Fault {
	t.Helper()
	for _, known := range sim.Refusals {
		if known.Name == r.answer {
			if known.Whose != r.whose {
				t.Errorf("it is %s's, and package sim says %s's", r.whose, known.Whose)
			}
			return known.Fault
		}
	}
	f := strings.SplitN(r.answer, " ", 4)
	if len(f) != 4 || calls[f[0]+" "+f[1]] == "" {
		t.Fatalf("no refusal is called %q", r.answer)
	}
	status, err := strconv.Atoi(f[2])
	if err != nil {
		t.Fatal(err)
	}
	reply := f[1] == "reply"
	return sim.Fault{
		Service: f[0], Call: calls[f[0]+" "+f[1]], Status: status, Body: f[3],
		When: func(s sim.Subject) bool { return !reply || s.InReplyTo != "" },
	}
}

// calls are the calls that the further words of testdata/answers.txt answer.
var calls = map[string]string{
	"x post": "POST /2/tweets", "x reply": "POST /2/tweets", "x token": "POST /2/oauth2/token",
	"instagram list": "GET /*/*/media", "instagram refresh": "GET /refresh_access_token",
	"github contents": "PUT /repos/*/*/contents/**", "github refs": "PATCH /repos/*/*/git/refs/**",
}

// TestRecordedAnswers plays each answer that a service was seen to give to our own client, and asks
// what it means. Nobody is sent to log in again for what is not the login's.
func TestRecordedAnswers(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range answers(t) {
		seen[r.answer] = true
		t.Run(r.answer[:min(len(r.answer), 60)], func(t *testing.T) {
			f := r.fault(t)
			f.Times = -1
			synctest.Test(t, func(t *testing.T) {
				err := meet(t, f)
				if c, key := ComponentOf(err), Explain(err).Key; c != r.component || key != r.key {
					t.Errorf("%v: got %s, %s; want %s, %s", err, c, key, r.component, r.key)
				}
			})
			if r.whose != "login" && slices.Contains(needsToken, r.key) {
				t.Errorf("it is %s's, and %s is cured by a token alone", r.whose, r.key)
			}
		})
	}
	for _, r := range sim.Refusals {
		if !seen[r.Name] {
			t.Errorf("testdata/answers.txt does not say what %s means", r.Name)
		}
	}
}

// meet makes the call that a fault answers.
func meet(t *testing.T, f sim.Fault) error {
	t.Helper()
	w := sim.New(sim.Options{Real: true, Now: time.Now(), Processing: time.Hour})
	w.Instagram().Publish(sim.Media{
		Items: []sim.Item{{Kind: "photo", Bytes: sim.PhotoBytes(9, 9, 1)}},
	})
	env, client := w.Env(), &http.Client{Transport: w.Transport()}
	x := &xapi.Client{AccessToken: env["X_ACCESS_TOKEN"], HTTP: client, Now: w.Now}
	ig := &instagram.Client{Token: env["INSTAGRAM_TOKEN"], HTTP: client, Now: w.Now}
	ctx := t.Context()
	post := func() error {
		root, err := x.Post(ctx, xapi.Post{Text: "one"})
		if err != nil {
			return err
		}
		_, err = x.Post(ctx, xapi.Post{Text: "two", ReplyTo: root})
		return err
	}
	upload := func() error {
		b := sim.VideoBytes(1, 1)
		u, err := x.Upload(ctx, xapi.File{Body: bytes.NewReader(b), Size: int64(len(b)),
			MediaType: "video/mp4", Category: "tweet_video"})
		if err != nil {
			return err
		}
		_, err = x.Status(ctx, u.ID)
		return err
	}
	w.Fail(f)
	switch {
	case f.Call == "POST /2/tweets":
		return post()
	case f.Call == "POST /2/oauth2/token":
		oauth := &xapi.OAuth{ClientID: env["X_CLIENT_ID"], HTTP: client, Now: w.Now}
		_, err := oauth.Refresh(ctx, env["X_REFRESH_TOKEN"])
		return err
	case f.Service == "x":
		return upload()
	case f.Service == "media":
		media, err := ig.List(ctx, func([]instagram.Media) bool { return true })
		if err != nil || len(media) == 0 {
			t.Fatal("no media is listed", err)
		}
		_, err = (&mediahost.Client{HTTP: client}).Photo(ctx, media[0].URL)
		return err
	case f.Call == "GET /refresh_access_token":
		_, err := ig.Refresh(ctx)
		return err
	case f.Service == "instagram":
		_, err := ig.List(ctx, func([]instagram.Media) bool { return true })
		return err
	}
	owner, repo, _ := strings.Cut(env["GITHUB_REPOSITORY"], "/")
	return write(ctx, strings.Contains(f.Call, "/contents/"),
		&github.Branch{Name: "postferry-state", Client: github.New(github.Options{
			Owner: owner, Repo: repo, Token: env["GITHUB_TOKEN"], HTTP: client, Now: w.Now,
		})})
}

// write changes two files twice: the second commit moves the branch that the first has made. A file
// alone goes by another call.
func write(ctx context.Context, alone bool, b *github.Branch) error {
	version := ""
	for _, text := range []string{"1", "2"} {
		var err error
		c := state.Change{
			Path: "state/main.yaml", Body: []byte(text), Message: text, Version: version,
		}
		if !alone {
			c.Also = map[string][]byte{"README.md": []byte(text)}
		}
		version, err = b.Write(ctx, c)
		if err != nil {
			return err
		}
	}
	return nil
}
