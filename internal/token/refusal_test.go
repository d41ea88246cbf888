package token_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/sim"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/token"
)

const (
	tokenCall = "POST /2/oauth2/token"
	putState  = "PUT /repos/*/*/contents/**"
	putSecret = "PUT /repos/*/*/actions/secrets/*"
)

// X's answers to a refresh token that it does not take, and to a request that it does not take.
const (
	invalidGrant = `{"error":"invalid_grant",` +
		`"error_description":"Value passed for the token was invalid."}`
	invalidValue = `{"error":"invalid_request",` +
		`"error_description":"Value passed for the token was invalid."}`
	otherWords = `{"error":"invalid_request",` +
		`"error_description":"Missing required parameter [grant_type]."}`
	badApp = `{"error":"unauthorized_client",` +
		`"error_description":"Missing valid authorization header"}`
)

// refuse makes X's token endpoint answer with a status and a body, once or (times -1) always.
func (c *chain) refuse(status int, body string, times int) {
	c.w.Fail(sim.Fault{Service: "x", Call: tokenCall, Status: status, Body: body, Times: times})
}

// asked counts the calls of the token endpoint.
func (c *chain) asked() (n int) {
	for _, call := range c.w.Log() {
		if call.Method+" "+call.Path == tokenCall {
			n++
		}
	}
	return n
}

func is[E error](err error) bool {
	var e E
	return errors.As(err, &e)
}

// TestRefusals: what X's answers mean for the chain. Nothing is dead at the first one.
func TestRefusals(t *testing.T) {
	const (
		refused   = httpx.Unauthorized
		ambiguous = httpx.Ambiguous
	)
	for _, tt := range []struct {
		name   string
		fault  sim.Fault
		class  httpx.Class
		counts bool // against the token
		spends bool // the fault's call has its effect
	}{
		{"invalid_request", sim.Fault{Status: 400, Body: invalidValue}, refused, true, false},
		{"invalid_grant", sim.Fault{Status: 400, Body: invalidGrant}, refused, true, false},
		{"the app's credentials", sim.Fault{Status: 401, Body: badApp}, refused, false, false},
		{"401 and its words", sim.Fault{Status: 401, Body: invalidGrant}, refused, false, false},
		{"500", sim.Fault{Status: 500, Body: "{}"}, ambiguous, false, false},
		{"500 and its words", sim.Fault{Status: 500, Body: invalidGrant}, ambiguous, false, false},
		{"reset before", sim.Fault{Reset: sim.Before}, ambiguous, false, false},
		{"reset after", sim.Fault{Reset: sim.After}, ambiguous, false, true},
		{"half an answer", sim.Fault{Reset: sim.Middle}, ambiguous, false, true},
		{"200 without a token", sim.Fault{Status: 200, Body: `{"token_type":"bearer"}`},
			ambiguous, false, false},
	} {
		bubble(t, tt.name, func(t *testing.T) {
			c := newChain(t, stores{true, true})
			tt.fault.Service, tt.fault.Call = "x", tokenCall
			c.w.Fail(tt.fault)
			_, err := c.keep(true)
			if httpx.ClassOf(err) != tt.class || is[*token.RefusedError](err) != tt.counts {
				t.Fatalf("got class %v and %v", httpx.ClassOf(err), err)
			}
			if got := c.doc().Dead.Count == 1; got != tt.counts || is[*token.DeadError](err) {
				t.Errorf("counted against the token: %v, want %v, %v", got, tt.counts, err)
			}
			c.notShown(err.Error())
			_, err = c.keep(true)
			var dead *token.DeadError
			switch {
			case tt.spends:
				if !errors.As(err, &dead) || !dead.Lost {
					t.Errorf("the next run: %v", err)
				}
			case err != nil:
				t.Errorf("nothing was spent, and the next run fails: %v", err)
			}
		})
	}
}

// TestDeadTwice: a token is dead when X has refused it twice, an hour apart, and it is asked again
// also after that.
func TestDeadTwice(t *testing.T) {
	for _, st := range everyStore {
		bubble(t, st.String(), func(t *testing.T) {
			c := newChain(t, st)
			c.refuse(400, invalidGrant, -1)
			for i, dead := range []bool{false, false, true, true} {
				_, err := c.keep(true)
				if is[*token.DeadError](err) != dead || is[*token.RefusedError](err) == dead {
					t.Fatalf("refusal %d, dead %v: %v", i+1, dead, err)
				}
				_, err = c.process(c.w.Transport()).Access()
				if is[*token.DeadError](err) != dead {
					t.Errorf("refusal %d: what is remembered says %v", i+1, err)
				}
				c.w.Advance(31 * time.Minute)
			}
			if n := c.asked(); n != 4 {
				t.Errorf("X was asked %d times, want 4", n)
			}
			c.w.ClearFaults()
			if done, err := c.keep(false); !done || err != nil {
				t.Fatalf("a token that lives after all: %v, %v", done, err)
			}
			if d := c.doc().Dead; d.Count != 0 {
				t.Errorf("the refusals are remembered: %+v", d)
			}
			if err := c.live(); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestDeadUnreadable: secrets that can't be written can't be read either. With a vault, that keeps
// nobody from the verdict.
func TestDeadUnreadable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newChain(t, stores{true, true})
		c.w.GitHub().SetPermission("SECRETS_TOKEN", "secrets", false)
		c.refuse(400, invalidGrant, -1)
		_, _ = c.keep(true)
		c.w.Advance(2 * time.Hour)
		if _, err := c.keep(true); !is[*token.DeadError](err) {
			t.Errorf("got %v", err)
		}
	})
}

// TestNeverDead: other words and statuses prove nothing, however often they come.
func TestNeverDead(t *testing.T) {
	for name, answer := range map[string]struct {
		status int
		body   string
	}{
		"the app":     {401, badApp},
		"other words": {400, otherWords},
		"403":         {403, `{"title":"Forbidden","status":403}`},
		"500":         {500, invalidGrant},
		"a page":      {400, "<html>invalid_grant</html>"},
		"no body":     {400, ""},
	} {
		bubble(t, name, func(t *testing.T) {
			c := newChain(t, stores{true, true})
			c.refuse(answer.status, answer.body, -1)
			for range 5 {
				_, err := c.keep(true)
				if err == nil || is[*token.DeadError](err) || is[*token.RefusedError](err) {
					t.Fatal(err)
				}
				c.w.Advance(2 * time.Hour)
			}
			c.w.ClearFaults()
			if done, err := c.keep(true); !done || err != nil {
				t.Errorf("%v, %v", done, err)
			}
		})
	}
}

// TestAnotherToken: the refusals of one token say nothing of another.
func TestAnotherToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newChain(t, stores{true, true})
		c.refuse(400, invalidGrant, 2)
		if _, err := c.keep(true); !is[*token.RefusedError](err) {
			t.Fatal(err)
		}
		c.w.Advance(2 * time.Hour)
		c.login()
		if _, err := c.keep(true); !is[*token.RefusedError](err) {
			t.Error(err)
		}
		if done, err := c.keep(true); !done || err != nil {
			t.Error(done, err)
		}
	})
}

// TestVersion1Dead: the token that version 1 called dead is asked again.
func TestVersion1Dead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newChain(t, stores{true, true})
		c.refuse(400, invalidGrant, 1)
		_, _ = c.keep(true)
		c.edit(func(d *state.Document) {
			d.Tokens.X.Dead = state.RefusedToken{Digest: d.Tokens.X.Dead.Digest, Count: 1}
		})
		if done, err := c.keep(false); !done || err != nil {
			t.Error(done, err)
		}
	})
}

// edit changes the route's document as another writer.
func (c *chain) edit(change func(*state.Document)) {
	c.t.Helper()
	p := c.process(c.w.Transport())
	err := p.Session.Update(context.Background(), "edit", func(d *state.Document) error {
		change(d)
		return nil
	})
	if err != nil {
		c.t.Fatal(err)
	}
}

// TestNotTheNewest: a refusal counts only if the refused token is still the newest one.
func TestNotTheNewest(t *testing.T) {
	for _, tt := range []struct {
		name      string
		meanwhile func(c *chain)
		putOff    bool
	}{
		{"the secret was written", func(c *chain) {
			c.w.Advance(2 * time.Second)
			c.login()
		}, true},
		{"another run has rotated", func(c *chain) {
			c.edit(func(d *state.Document) { d.Tokens.X.Rotate(state.XToken{Refresh: "0badcafe"}) })
		}, true},
		{"another run has taken over", func(c *chain) {
			c.edit(func(d *state.Document) { d.Tokens.X.Intent.Nonce = "another" })
		}, true},
		{"the secret's time can't be read", func(c *chain) {
			const call = "GET /repos/*/*/actions/secrets/X_REFRESH_TOKEN"
			c.w.Fail(sim.Fault{Service: "github", Call: call, Times: -1, Status: 500})
		}, false},
		{"the state can't be written", func(c *chain) {
			c.w.GitHub().SetPermission("GITHUB_TOKEN", "contents", false)
		}, false},
	} {
		bubble(t, tt.name, func(t *testing.T) {
			c := newChain(t, stores{true, true})
			if _, err := c.keep(true); err != nil {
				t.Fatal(err)
			}
			c.refuse(400, invalidGrant, 2)
			if _, err := c.keep(true); !is[*token.RefusedError](err) {
				t.Fatal(err)
			}
			c.w.Advance(2 * time.Hour) // one more would prove it
			way := c.w.Transport()
			way.OnMatch(tokenCall, sim.Middle, func() { tt.meanwhile(c) })
			_, err := c.process(way).RotateIfDue(context.Background(), true)
			putOff, refused := is[*token.PutOffError](err), is[*token.RefusedError](err)
			if putOff != tt.putOff || refused == tt.putOff {
				t.Errorf("got %v", err)
			}
			if d := c.doc().Dead; d.Count > 1 {
				t.Errorf("it was counted: %+v", d)
			}
		})
	}
}

// TestKeptToken: a token endpoint may keep the refresh token (RFC 6749 §6). The chain goes on with
// it, and it does not count as spent.
func TestKeptToken(t *testing.T) {
	for _, how := range []string{"same", "none"} {
		for _, st := range everyStore {
			bubble(t, how+", "+st.String(), func(t *testing.T) {
				c := newChain(t, st)
				c.w.X().Change(func(r *sim.XRules) { r.KeepRefresh = how })
				for n := range 3 {
					if done, err := c.keep(false); !done || err != nil {
						t.Fatal(n, done, err)
					}
					d := c.doc()
					if d.Generation != n+1 || !d.Sound() || slices.Contains(d.Spent, d.Refresh) {
						t.Fatalf("rotation %d: %+v", n+1, d)
					}
					if done, err := c.keep(false); done || err != nil {
						t.Fatal("it is due again at once", done, err)
					}
					if err := c.live(); err != nil {
						t.Fatal(err)
					}
					c.w.Advance(25 * time.Hour)
				}
				c.w.X().Change(func(r *sim.XRules) { r.KeepRefresh = "" })
				for range 2 {
					if done, err := c.keep(false); !done || err != nil {
						t.Fatal("X rotates again", done, err)
					}
					c.w.Advance(25 * time.Hour)
				}
				if err := c.live(); err != nil {
					t.Error(err)
				}
			})
		}
	}
}
