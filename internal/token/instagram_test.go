package token_test

import (
	"context"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/sim"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/token"
	"github.com/postferry/postferry/internal/vault"
)

func (c *chain) keepInstagram(force bool) (bool, error) {
	c.t.Helper()
	return c.process(c.w.Transport()).RenewInstagramIfDue(context.Background(), false, force)
}

const renewalRefused = `{"error":{"message":"no","type":"OAuthException","code":10}}`

// answerRenewals makes Instagram answer renewals so, a number of times or (-1) always.
func (c *chain) answerRenewals(times, status int, body string) {
	c.w.Fail(sim.Fault{
		Service: "instagram", Call: "GET /refresh_access_token", Times: times,
		Status: status, Body: body,
	})
}

func (c *chain) document() *state.Document {
	c.t.Helper()
	body, _ := c.w.GitHub().File("postferry-state", "state/main.yaml")
	d, err := state.Decode("state/main.yaml", []byte(body))
	if err != nil {
		c.t.Fatal(err)
	}
	return d
}

// reads reports whether Instagram answers to the newest token.
func (c *chain) reads() error {
	p := c.process(c.w.Transport())
	token := token.InstagramToken(p.Session.Doc(), p.Key, p.GivenInstagram)
	reader := &instagram.Client{
		Version: "v25.0", Token: token, Now: c.w.Now,
		HTTP: &http.Client{Transport: c.w.Transport()},
	}
	_, err := reader.Me(context.Background())
	return err
}

// TestInstagramHalfYear: the 60-day token is renewed every week, and outlives its 60 days, with
// each store.
func TestInstagramHalfYear(t *testing.T) {
	for _, st := range everyStore {
		bubble(t, st.String(), func(t *testing.T) {
			c := newChain(t, st)
			renewed := 0
			for range 4 * 180 {
				done, err := c.keepInstagram(false)
				if err != nil {
					t.Fatal(err)
				}
				if done {
					renewed++
				}
				c.w.Advance(6 * time.Hour)
			}
			if err := c.reads(); err != nil {
				t.Error(err)
			}
			if renewed != 25 {
				t.Errorf("renewed %d times in 180 days, want 25", renewed)
			}
		})
	}
}

// TestInstagramFailures: a renewal that fails loses nothing, and a new token is proven before it
// is stored.
func TestInstagramFailures(t *testing.T) {
	bubble(t, "refused", func(t *testing.T) {
		c := newChain(t, stores{true, true})
		_, _ = c.keepInstagram(false)
		c.w.Advance(8 * 24 * time.Hour)
		c.answerRenewals(-1, 400, renewalRefused)
		if _, err := c.keepInstagram(false); err == nil {
			t.Error("it is not told")
		}
		if err := c.reads(); err != nil {
			t.Error(err)
		}
	})
	bubble(t, "a new token that does not work", func(t *testing.T) {
		c := newChain(t, stores{true, true})
		_, _ = c.keepInstagram(false)
		c.w.Advance(8 * 24 * time.Hour)
		c.answerRenewals(1, 200, `{"access_token":"IGAAnonsense","token_type":"bearer",`+
			`"expires_in":5183944}`)
		if _, err := c.keepInstagram(false); err == nil {
			t.Error("it is not told")
		}
		if v, ok := c.w.GitHub().Secret("INSTAGRAM_TOKEN"); ok && v == "IGAAnonsense" {
			t.Error("it was stored")
		}
		if err := c.reads(); err != nil {
			t.Error(err)
		}
	})
	bubble(t, "the secret can't be written, there is no vault", func(t *testing.T) {
		c := newChain(t, stores{secrets: true})
		_, _ = c.keepInstagram(false)
		c.w.Advance(8 * 24 * time.Hour)
		c.w.GitHub().SetPermission("SECRETS_TOKEN", "secrets", false)
		if _, err := c.keepInstagram(false); err == nil {
			t.Error("it is not told")
		}
		if err := c.reads(); err != nil {
			t.Error(err)
		}
	})
	bubble(t, "a person's new token", func(t *testing.T) {
		c := newChain(t, stores{true, true})
		_, _ = c.keepInstagram(false)
		c.w.Advance(8 * 24 * time.Hour)
		_, _ = c.keepInstagram(false)
		c.w.GitHub().SetSecret("INSTAGRAM_TOKEN", c.w.Instagram().NewToken())
		if _, err := c.keepInstagram(false); err != nil {
			t.Fatal(err)
		}
		d := c.document().Tokens.Instagram
		if !d.Refreshed.IsZero() || d.Seen.Before(c.w.Now().Add(-time.Minute)) {
			t.Errorf("the new token's age counts from the old one's: %+v", d)
		}
		if err := c.reads(); err != nil {
			t.Error(err)
		}
	})
}

// TestInstagramRefused: runs in a row that have the renewal refused for good are counted up to
// three, which a person is told of. What passes does not count.
func TestInstagramRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newChain(t, stores{true, true})
		_, _ = c.keepInstagram(false)
		c.w.Advance(8 * 24 * time.Hour)
		answer := func(status int, body string) {
			c.w.ClearFaults()
			if status > 0 {
				c.answerRenewals(-1, status, body)
			}
		}
		const refused, most = renewalRefused, 3
		for i, tt := range []struct {
			status int
			body   string
			want   int
		}{
			{400, refused, 1}, {500, "", 1}, {400, refused, 2}, {400, refused, most},
			{400, refused, most}, {0, "", 0},
		} {
			answer(tt.status, tt.body)
			done, err := c.keepInstagram(false)
			if !done || (err == nil) != (tt.status == 0) {
				t.Errorf("run %d: %v, %v", i+1, done, err)
			}
			if got := c.document().Tokens.Instagram.Refused; got != tt.want {
				t.Errorf("run %d: %d refusals, want %d", i+1, got, tt.want)
			}
			c.w.Advance(6 * time.Hour)
		}
		c.w.Advance(8 * 24 * time.Hour)
		answer(400, refused)
		_, _ = c.keepInstagram(false)
		c.w.GitHub().SetSecret("INSTAGRAM_TOKEN", c.w.Instagram().NewToken())
		answer(0, "")
		if _, err := c.keepInstagram(false); err != nil {
			t.Fatal(err)
		}
		if got := c.document().Tokens.Instagram.Refused; got != 0 {
			t.Errorf("a new token has %d refusals", got)
		}
	})
}

// TestInstagramStale: a run that was queued before a renewal does not take the older token for one
// that a person gave.
func TestInstagramStale(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newChain(t, stores{secrets: true})
		_, _ = c.keepInstagram(false)
		c.w.Advance(8 * 24 * time.Hour)
		queued := c.process(c.w.Transport())
		if done, err := c.keepInstagram(false); !done || err != nil {
			t.Fatal(done, err)
		}
		before := c.document().Tokens.Instagram
		if err := queued.Session.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		if done, err := queued.RenewInstagramIfDue(t.Context(), false, true); done || err != nil {
			t.Error(done, err)
		}
		if after := c.document().Tokens.Instagram; after != before {
			t.Errorf("got %+v, want %+v", after, before)
		}
	})
}

// TestInstagramFuture: a renewal that was recorded under a clock that was ahead keeps nobody from
// the next one.
func TestInstagramFuture(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newChain(t, stores{true, true})
		_, _ = c.keepInstagram(false)
		c.w.Advance(8 * 24 * time.Hour)
		ahead := c.w.Now().AddDate(1, 0, 0).UTC()
		c.edit(func(d *state.Document) { d.Tokens.Instagram.Seen = ahead })
		if done, err := c.keepInstagram(false); !done || err != nil {
			t.Error(done, err)
		}
	})
}

// TestInstagramLogin: our own renewals keep the login's name; another token that a person gives
// changes it.
func TestInstagramLogin(t *testing.T) {
	for _, st := range everyStore {
		bubble(t, st.String(), func(t *testing.T) {
			c := newChain(t, st)
			login := func() string {
				p := c.process(c.w.Transport())
				return token.InstagramLogin(p.Session.Doc(), p.GivenInstagram)
			}
			first := login()
			for range 3 {
				if _, err := c.keepInstagram(true); err != nil {
					t.Fatal(err)
				}
				if got := login(); got != first {
					t.Errorf("a renewal changes %q to %q", first, got)
				}
				c.w.Advance(8 * 24 * time.Hour)
			}
			c.w.GitHub().SetSecret("INSTAGRAM_TOKEN", c.w.Instagram().NewToken())
			second := login()
			_, err := c.keepInstagram(false)
			if err != nil || second == first || login() != second {
				t.Errorf("another token: %q, then %q, %v", second, login(), err)
			}
		})
	}
}

// TestFacebookDates: a token of Facebook Login is not renewed; its dates are read for the warnings.
func TestFacebookDates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newChain(t, stores{true, true})
		ends := c.w.Now().Add(30 * 24 * time.Hour).Truncate(time.Second).UTC()
		c.w.Instagram().SetAccount(func(a *sim.Account) { a.DataAccessExpires = ends })
		env := c.w.Instagram().FacebookEnv()
		p := c.process(c.w.Transport())
		p.GivenInstagram = env["INSTAGRAM_TOKEN"]
		p.Instagram = func(token string) *instagram.Client {
			return &instagram.Client{
				Login: "facebook", UserID: env["INSTAGRAM_USER_ID"], AppID: env["INSTAGRAM_APP_ID"],
				AppSecret: env["INSTAGRAM_APP_SECRET"], Version: "v25.0", Token: token,
				HTTP: &http.Client{Transport: c.w.Transport()}, Now: c.w.Now,
			}
		}
		done, err := p.RenewInstagramIfDue(context.Background(), false, false)
		if done || err != nil {
			t.Fatal(done, err)
		}
		if got := c.document().Tokens.Instagram.DataAccess; !got.Equal(ends) {
			t.Errorf("data access ends %v, want %v", got, ends)
		}
	})
}

// TestBeginInstagram: whatever a given token was exchanged for is the newest one of every later
// run, with each store, and it still bears the login of the given one.
func TestBeginInstagram(t *testing.T) {
	for _, st := range everyStore {
		bubble(t, st.String(), func(t *testing.T) {
			c := newChain(t, st)
			given, page := c.secret("INSTAGRAM_TOKEN"), "EAAthePagesOwnToken"
			if err := c.process(c.w.Transport()).BeginInstagram(t.Context(), page); err != nil {
				t.Fatal(err)
			}
			p := c.process(c.w.Transport())
			got := token.InstagramToken(p.Session.Doc(), p.Key, p.GivenInstagram)
			if got != page || !slices.Contains(c.masked, page) {
				t.Errorf("the newest token is %q, masked %q", got, c.masked)
			}
			login := token.InstagramLogin(p.Session.Doc(), p.GivenInstagram)
			if login != vault.Digest(given) {
				t.Errorf("the login is %s", login)
			}
		})
	}
}
