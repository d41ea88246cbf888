package token_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/sim"
	"github.com/postferry/postferry/internal/token"
)

func forms(token string) []string {
	return []string{token, base64.StdEncoding.EncodeToString([]byte(token)), url.QueryEscape(token)}
}

// TestKilledAnywhere kills a rotation before and after every call. The login survives, unless X's
// own answer was lost: on the wire, or with the process that had just read it. Then exactly one
// error says so, and a person's new login is adopted.
func TestKilledAnywhere(t *testing.T) {
	for _, st := range everyStore {
		for _, generations := range []int{0, 3} {
			t.Run(fmt.Sprintf("%v, generation %d", st, generations), func(t *testing.T) {
				t.Parallel()
				killedAnywhere(t, st, generations)
			})
		}
	}
}

func killedAnywhere(t *testing.T, st stores, generations int) {
	calls, lost := 0, 0
	synctest.Test(t, func(t *testing.T) {
		c := aged(t, st, generations)
		way := c.w.Transport()
		if err := rotate(context.Background(), c.process(way)); err != nil {
			t.Fatal(err)
		}
		calls = way.Calls()
		if err := c.live(); err != nil {
			t.Fatal(err)
		}
	})
	for n := range calls {
		for _, after := range []bool{false, true} {
			synctest.Test(t, func(t *testing.T) {
				lost += killed(t, aged(t, st, generations), n, after)
			})
		}
	}
	if lost != 2 {
		t.Errorf("the chain was lost %d times of %d, want 2: after X's answer, "+
			"and before the call that stores it", lost, 2*calls)
	}
}

// aged is a chain that has been rotated so many times, a day apart.
func aged(t *testing.T, st stores, generations int) *chain {
	c := newChain(t, st)
	for range generations {
		if _, err := c.keep(true); err != nil {
			t.Fatal(err)
		}
		c.w.Advance(25 * time.Hour)
	}
	return c
}

func killed(t *testing.T, c *chain, n int, after bool) (lost int) {
	what := fmt.Sprintf("killed at call %d, after its effect: %v", n, after)
	way := c.w.Transport()
	way.KillAt(n, after)
	if p := c.process(way); p != nil {
		_, _ = p.RotateIfDue(context.Background(), true)
	}
	c.w.Advance(25 * time.Hour)
	err := c.settled()
	var dead *token.DeadError
	if errors.As(err, &dead) {
		if !dead.Lost {
			t.Errorf("%s: it is not said that the answer was lost: %v", what, err)
		}
		c.login()
		lost, err = 1, c.settled()
	}
	if err == nil {
		err = c.live()
	}
	if err != nil {
		t.Errorf("%s: %v", what, err)
	}
	if err != nil {
		c.notShown(err.Error())
	}
	return lost
}

// login is a person who logs in again and puts the tokens into the secrets.
func (c *chain) login() {
	refresh, access := c.w.X().Login()
	c.w.GitHub().SetSecret("X_REFRESH_TOKEN", refresh)
	c.w.GitHub().SetSecret("X_ACCESS_TOKEN", access)
}

// TestStoreRefuses: a store that can't be written leaves the refresh token unspent.
func TestStoreRefuses(t *testing.T) {
	bubble(t, "secrets, 403", func(t *testing.T) {
		c := newChain(t, stores{secrets: true})
		c.w.GitHub().SetPermission("SECRETS_TOKEN", "secrets", false)
		_, err := c.keep(true)
		var no *token.NoStoreError
		if !errors.As(err, &no) || no.Name != "X_REFRESH_TOKEN" {
			t.Errorf("err = %v, want one that names the secret", err)
		}
		if e := httpx.As(err); e == nil || e.Needs == "" {
			t.Errorf("the missing permission is not named: %v", err)
		}
		unspent(t, c)
	})
	bubble(t, "secrets, 500", func(t *testing.T) {
		c := newChain(t, stores{secrets: true})
		c.w.Fail(sim.Fault{
			Service: "github", Call: putSecret, Times: -1, Status: 500, Body: "{}",
		})
		if _, err := c.keep(true); err == nil {
			t.Error("it went on")
		}
		unspent(t, c)
	})
	bubble(t, "the state branch", func(t *testing.T) {
		c := newChain(t, stores{secrets: true, vault: true})
		c.w.GitHub().SetPermission("GITHUB_TOKEN", "contents", false)
		if _, err := c.keep(true); err == nil {
			t.Error("it went on")
		}
		unspent(t, c)
	})
	bubble(t, "no store at all", func(t *testing.T) {
		c := newChain(t, stores{})
		var no *token.NoStoreError
		if _, err := c.keep(true); !errors.As(err, &no) {
			t.Errorf("err = %v", err)
		}
		unspent(t, c)
	})
	bubble(t, "secrets refuse, the vault takes it", func(t *testing.T) {
		c := newChain(t, stores{secrets: true, vault: true})
		c.w.GitHub().SetPermission("SECRETS_TOKEN", "secrets", false)
		if _, err := c.keep(true); err != nil || len(c.notes) == 0 {
			t.Fatal(err, c.notes)
		}
		if err := c.live(); err != nil {
			t.Error(err)
		}
		c.w.GitHub().SetPermission("SECRETS_TOKEN", "secrets", true)
		if _, err := c.keep(false); err != nil {
			t.Fatal(err)
		}
		if token, _ := c.w.GitHub().Secret("X_REFRESH_TOKEN"); !c.w.X().RefreshValid(token) {
			t.Error("the secrets were not healed once they could be written")
		}
	})
}

func unspent(t *testing.T, c *chain) {
	t.Helper()
	if c.w.X().Refreshes() != 0 || !c.w.X().RefreshValid(c.env["X_REFRESH_TOKEN"]) {
		t.Error("the refresh token was spent")
	}
}

// TestTwoAtOnce: two rotations at the same moment spend one token.
func TestTwoAtOnce(t *testing.T) {
	for _, st := range everyStore {
		bubble(t, st.String(), func(t *testing.T) {
			c := newChain(t, st)
			if _, err := c.keep(true); err != nil {
				t.Fatal(err)
			}
			c.w.Advance(25 * time.Hour)
			before := c.w.X().Refreshes()
			first, second := c.process(c.w.Transport()), c.process(c.w.Transport())
			done := make(chan error)
			for _, p := range []*process{first, second} {
				go func() {
					_, err := p.RotateIfDue(context.Background(), false)
					done <- err
				}()
			}
			for range 2 {
				var putOff *token.PutOffError
				if err := <-done; err != nil && !errors.As(err, &putOff) {
					t.Error(err)
				}
			}
			if n := c.w.X().Refreshes() - before; n != 1 {
				t.Errorf("%d tokens were spent, want 1", n)
			}
			if err := c.live(); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestStaleSecret: a run that was queued with an older secret neither spends it nor overwrites
// the newer one; with a vault it uses the newest.
func TestStaleSecret(t *testing.T) {
	for _, st := range everyStore {
		bubble(t, st.String(), func(t *testing.T) {
			c := newChain(t, st)
			stale := c.process(c.w.Transport())
			if _, err := c.keep(true); err != nil {
				t.Fatal(err)
			}
			refreshes, stored := c.w.X().Refreshes(), c.secret("X_REFRESH_TOKEN")
			if err := stale.Session.Refresh(context.Background()); err != nil {
				t.Fatal(err)
			}
			_, err := stale.AccessToken(context.Background())
			var putOff *token.PutOffError
			if st.vault && err != nil || !st.vault && !errors.As(err, &putOff) {
				t.Errorf("err = %v", err)
			}
			if c.w.X().Refreshes() != refreshes || c.secret("X_REFRESH_TOKEN") != stored {
				t.Error("the stale run spent or wrote a token")
			}
		})
	}
}

// TestLoginAgain: a new login is adopted, whatever became of the old one.
func TestLoginAgain(t *testing.T) {
	for _, st := range everyStore {
		bubble(t, st.String(), func(t *testing.T) {
			c := newChain(t, st)
			if _, err := c.keep(true); err != nil {
				t.Fatal(err)
			}
			c.login()
			if err := c.live(); err != nil {
				t.Fatal(err)
			}
			c.w.Advance(25 * time.Hour)
			if done, err := c.keep(false); err != nil || !done {
				t.Error(done, err)
			}
			if err := c.live(); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestScopes: the rotation reports a missing media.write, and its new token is stored all the same.
func TestScopes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newChain(t, stores{true, true})
		c.w.X().SetScopes("tweet.read", "tweet.write", "users.read", "offline.access")
		for range 2 {
			_, err := c.keep(false)
			var scope *token.ScopeError
			if !errors.As(err, &scope) || !slices.Equal(scope.Missing, []string{"media.write"}) {
				t.Fatalf("err = %v", err)
			}
		}
		if c.w.X().Refreshes() != 1 || !c.w.X().RefreshValid(c.secret("X_REFRESH_TOKEN")) {
			t.Error("the chain is not alive")
		}
	})
}

// TestDue: the refresh token is spent once a day, and when the access token is about to end.
func TestDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newChain(t, stores{true, true})
		if done, err := c.keep(false); !done || err != nil {
			t.Fatal(done, err)
		}
		for range 3 {
			c.w.Advance(6 * time.Hour)
			if done, err := c.keep(false); done || err != nil {
				t.Fatal(done, err)
			}
		}
		c.w.Advance(6 * time.Hour)
		if done, err := c.keep(false); !done || err != nil {
			t.Fatal(done, err)
		}
		c.w.Advance(109 * time.Minute)
		if err := c.live(); err != nil || c.w.X().Refreshes() != 2 {
			t.Error("an access token with eleven minutes left was replaced", err)
		}
		c.w.Advance(2 * time.Minute)
		if err := c.live(); err != nil || c.w.X().Refreshes() != 3 {
			t.Error("an access token with nine minutes left was used", err)
		}
	})
}

// TestHalfAYear: six months of rotations, every six hours, with each store.
func TestHalfAYear(t *testing.T) {
	for _, st := range everyStore {
		bubble(t, st.String(), func(t *testing.T) {
			c := newChain(t, st)
			for range 4 * 180 {
				if _, err := c.keep(false); err != nil {
					t.Fatal(err)
				}
				c.w.Advance(6 * time.Hour)
			}
			if n := c.doc().Generation; n != 180 {
				t.Errorf("generation %d, want 180", n)
			}
			if n := c.document().Intents; n != 180 {
				t.Errorf("%d intents are counted, want 180", n)
			}
			if n := len(c.doc().Spent); n > 30 {
				t.Errorf("%d spent digests are kept, want 30 at most", n)
			}
			if err := c.live(); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestNeverPutOffForEver: a rotation is put off at most once by a secret that somebody wrote, or
// by an intent that was written while the secrets could not be read.
func TestNeverPutOffForEver(t *testing.T) {
	bubble(t, "the secrets could not be looked at", func(t *testing.T) {
		c := newChain(t, stores{true, true})
		c.w.GitHub().SetSecret("X_REFRESH_TOKEN", c.env["X_REFRESH_TOKEN"])
		c.w.GitHub().SetPermission("SECRETS_TOKEN", "secrets", false)
		c.w.Fail(sim.Fault{Service: "x", Call: "POST /2/oauth2/token", Reset: sim.Before})
		if _, err := c.keep(true); err == nil {
			t.Fatal("the answer was not lost")
		}
		c.w.GitHub().SetPermission("SECRETS_TOKEN", "secrets", true)
		if done, err := c.keep(true); err != nil || !done {
			t.Errorf("done %v, %v", done, err)
		}
	})
	bubble(t, "the secret was written anew", func(t *testing.T) {
		c := newChain(t, stores{true, true})
		c.w.GitHub().SetSecret("X_REFRESH_TOKEN", c.env["X_REFRESH_TOKEN"])
		c.w.Fail(sim.Fault{Service: "x", Call: "POST /2/oauth2/token", Reset: sim.Before})
		_, _ = c.keep(true)
		c.w.Advance(time.Hour)
		c.w.GitHub().SetSecret("X_REFRESH_TOKEN", c.env["X_REFRESH_TOKEN"])
		var putOff *token.PutOffError
		if _, err := c.keep(true); !errors.As(err, &putOff) {
			t.Errorf("the first run after it: %v", err)
		}
		if done, err := c.keep(true); err != nil || !done {
			t.Errorf("the second: done %v, %v", done, err)
		}
	})
}

// TestRepairEnds: a run that repairs the secrets ends although the state can't be written. The next
// one repairs what is left.
func TestRepairEnds(t *testing.T) {
	bubble(t, "the state branch fails", func(t *testing.T) {
		c := newChain(t, stores{secrets: true, vault: true})
		c.w.GitHub().SetPermission("SECRETS_TOKEN", "secrets", false)
		if _, err := c.keep(true); err != nil {
			t.Fatal(err)
		}
		c.w.GitHub().SetPermission("SECRETS_TOKEN", "secrets", true)
		c.w.Fail(sim.Fault{Service: "github", Call: putState, Times: -1, Status: 503})
		began := time.Now()
		if _, err := c.keep(false); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took > time.Minute {
			t.Errorf("it took %v", took)
		}
		c.w.ClearFaults()
		if _, err := c.keep(false); err != nil {
			t.Fatal(err)
		}
		if d := c.doc(); d.Secret != d.Generation {
			t.Errorf("the secrets hold generation %d of %d", d.Secret, d.Generation)
		}
	})
}
