package diagnosis

import (
	"bytes"
	"context"
	"net/http"
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

// answers has, for each recorded answer of a service, the component and the cause that it leads to.
var answers = map[string]struct {
	component Component
	key       string
}{
	"status-failed": {X, "x-refuses-file"}, "status-unfinished": {X, "x-refuses-file"},
	"status-404": {X, "x-refuses-file"}, "status-400": {X, "x-refuses-file"},
	"finalize-unrecognized":      {X, "x-refuses-file"},
	"finalize-unrecognized-text": {X, "x-refuses-file"},
	"finalize-duration":          {X, "x-refuses-file"}, "initialize-size": {X, "x-refuses-file"},
	"post-longer-400": {X, "x-refuses-post"}, "post-longer-324": {X, "x-refuses-post"},
	"post-media-ids": {X, "x-refuses-post"}, "post-too-long": {X, "x-refuses-post"},
	"post-url-400": {X, "x-refuses-post"}, "post-url-403": {X, "x-refuses-post"},
	"post-cashtags": {X, "x-refuses-post"}, "post-duplicate": {X, "x-refuses-post"},
	"post-duplicate-187": {X, "x-refuses-post"},
	"reply-gone":         {X, "x-replies"}, "reply-not-summoned": {X, "x-replies"},
	"append-content-type": {X, "x-upload-outage"}, "post-automated": {X, "x-automated"},
	"post-not-permitted": {X, "x-not-permitted"}, "post-locked": {X, "x-locked"},
	"post-suspended": {X, "x-suspended"}, "post-unknown-auth": {X, "x-authentication-unknown"},
	"post-monthly-cap": {X, "x-usage-cap"}, "post-spend-cap": {X, "x-spend-cap"},
	"post-no-credit": {X, "x-credit"}, "post-not-enrolled": {X, "x-not-enrolled"},
	"post-unauthorized": {X, "x-token-refused"}, "post-503": {X, "x-down"},
	"post-429": {X, "x-throttled"}, "post-403-html": {X, "x-down"}, "post-403-empty": {X, "x-down"},
	"append-413":    {X, "x-down"},
	"token-invalid": {XToken, "x-refresh-refused"}, "token-invalid-grant": {XToken, "x-refresh-refused"},
	"token-other-words": {XToken, "x-token-unknown"},
	"file-403":          {MediaHost, "media-host"}, "file-expired": {MediaHost, "media-host"},
	"file-bad-hash": {MediaHost, "media-host"}, "file-404": {MediaHost, "media-host"},
	"file-410": {MediaHost, "media-host"}, "file-429": {MediaHost, "media-host"},
	"file-503": {MediaHost, "media-host"}, "file-html": {MediaHost, "media-host"},
	"file-empty": {MediaHost, "media-host"}, "file-cut": {MediaHost, "media-host"},
	"list-expired": {Instagram, "instagram-token-expired"},
	"list-proof":   {Instagram, "instagram-app-secret"}, "list-reduce": {Instagram, "instagram-too-much"},
	"list-unsupported": {Instagram, "instagram-reconnect"},
	"list-deactivated": {Instagram, "instagram-app-state"},
	"ref-ruleset-409":  {State, "state-protected"}, "ref-ruleset-422": {State, "state-protected"},
	"ref-ruleset-403": {State, "state-protected"}, "ref-race": {GitHub, "github-race"},
	"secondary-403": {GitHub, "github-throttled"}, "secondary-429": {GitHub, "github-throttled"},
}

// TestRecordedAnswers plays each answer that a service was seen to give to our own client, and asks
// what it means.
func TestRecordedAnswers(t *testing.T) {
	for _, r := range sim.Refusals {
		t.Run(r.Name, func(t *testing.T) {
			want, ok := answers[r.Name]
			if !ok {
				t.Fatal("nobody says what it means")
			}
			synctest.Test(t, func(t *testing.T) {
				f := r.Fault
				f.Times = -1
				err := meet(t, f)
				if c, key := ComponentOf(err), Explain(err).Key; c != want.component || key != want.key {
					t.Errorf("%v: got %s, %s; want %s, %s", err, c, key, want.component, want.key)
				}
			})
		})
	}
}

// meet makes the call that a fault answers.
func meet(t *testing.T, f sim.Fault) error {
	t.Helper()
	w := sim.New(sim.Options{Real: true, Now: time.Now(), Processing: time.Hour})
	w.Instagram().Publish(sim.Media{Items: []sim.Item{{Kind: "photo", Bytes: sim.PhotoBytes(9, 9, 1)}}})
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
	case f.Service == "instagram":
		_, err := ig.List(ctx, func([]instagram.Media) bool { return true })
		return err
	}
	owner, repo, _ := strings.Cut(env["GITHUB_REPOSITORY"], "/")
	return write(ctx, &github.Branch{Name: "postferry-state", Client: github.New(github.Options{
		Owner: owner, Repo: repo, Token: env["GITHUB_TOKEN"], HTTP: client, Now: w.Now,
	})})
}

// write changes two files twice: the second commit moves the branch that the first has made.
func write(ctx context.Context, b *github.Branch) error {
	version := ""
	for _, text := range []string{"1", "2"} {
		var err error
		version, err = b.Write(ctx, state.Change{
			Path: "state/main.yaml", Body: []byte(text), Message: text, Version: version,
			Also: map[string][]byte{"README.md": []byte(text)},
		})
		if err != nil {
			return err
		}
	}
	return nil
}
