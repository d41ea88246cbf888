package token_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/sim"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/token"
	"github.com/postferry/postferry/internal/vault"
)

// TestMaskedFirst: between X's answer and the masks of both new tokens nothing is sent to anybody.
func TestMaskedFirst(t *testing.T) {
	for _, st := range everyStore {
		bubble(t, st.String(), func(t *testing.T) {
			c := newChain(t, st)
			p := c.process(c.w.Transport())
			mask, masks := p.Mask, 0
			p.Mask = func(token string) {
				log := c.w.Log()
				if last := log[len(log)-1]; last.Method+" "+last.Path != tokenCall {
					t.Errorf("%s %s was sent before the mask", last.Method, last.Path)
				}
				mask(token)
				masks++
			}
			if _, err := p.RotateIfDue(context.Background(), true); err != nil || masks != 2 {
				t.Errorf("%d masks, %v", masks, err)
			}
		})
	}
}

// TestVaultMasked: tokens that come out of the vault are no secrets of the repository, so the
// runner does not know them.
func TestVaultMasked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newChain(t, stores{vault: true})
		if _, err := c.keep(true); err != nil {
			t.Fatal(err)
		}
		made := slices.Clone(c.masked)
		c.masked = nil
		access, err := c.process(c.w.Transport()).AccessToken(context.Background())
		if err != nil || !slices.Contains(made, access) {
			t.Fatal("the vault's token is not used", err)
		}
		for _, token := range made {
			if !slices.Contains(c.masked, token) {
				t.Errorf("a token of the vault was not masked")
			}
		}
	})
}

// TestSpentStaysSpent: a run that waited in the queue for three rotations holds a token that is
// three generations old. It is neither sent nor adopted, and nothing is overwritten.
func TestSpentStaysSpent(t *testing.T) {
	for _, st := range everyStore {
		bubble(t, st.String(), func(t *testing.T) {
			c := newChain(t, st)
			if _, err := c.keep(true); err != nil {
				t.Fatal(err)
			}
			queued := c.process(c.w.Transport()) // with the second generation, if there are secrets
			for range 3 {
				c.w.Advance(25 * time.Hour)
				if _, err := c.keep(false); err != nil {
					t.Fatal(err)
				}
			}
			asked, stored := c.asked(), c.secret("X_REFRESH_TOKEN")
			if err := queued.Session.Refresh(context.Background()); err != nil {
				t.Fatal(err)
			}
			for _, force := range []bool{false, true} {
				done, err := queued.RotateIfDue(context.Background(), force)
				putOff := is[*token.PutOffError](err)
				if putOff == st.vault || done != (st.vault && force) {
					t.Errorf("force %v: %v, %v", force, done, err)
				}
			}
			if st.vault {
				asked, stored = asked+1, c.secret("X_REFRESH_TOKEN")
			}
			if c.asked() != asked || c.secret("X_REFRESH_TOKEN") != stored {
				t.Error("a spent token was sent, or written back")
			}
			if err := c.live(); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestUnderWay: a run that meets another one between its intent and its settle spends nothing. It
// waits for it, and then uses what the other one got or leaves the work to it.
func TestUnderWay(t *testing.T) {
	for _, st := range everyStore {
		bubble(t, st.String(), func(t *testing.T) {
			c := newChain(t, st)
			if _, err := c.keep(true); err != nil {
				t.Fatal(err)
			}
			c.w.Advance(25 * time.Hour)
			c.w.Fail(sim.Fault{Service: "x", Call: tokenCall, Delay: 8 * time.Second, Times: -1})
			asked, done := c.asked(), make(chan error)
			go func() {
				_, err := c.keep(false)
				done <- err
			}()
			time.Sleep(2 * time.Second)
			if c.doc().Intent == nil {
				t.Fatal("the first run has no intent")
			}
			begun := time.Now()
			if _, err := c.keep(false); err != nil && !is[*token.PutOffError](err) {
				t.Error(err)
			}
			if took := time.Since(begun); took < 6*time.Second || took > 20*time.Second {
				t.Errorf("it waited for %v", took)
			}
			if err := <-done; err != nil {
				t.Error(err)
			}
			if n := c.asked() - asked; n != 1 {
				t.Errorf("X was asked %d times, want once", n)
			}
		})
	}
}

// TestUnderWayUnseen: the same, if the other run began after this one had read the state.
func TestUnderWayUnseen(t *testing.T) {
	for _, st := range everyStore {
		bubble(t, st.String(), func(t *testing.T) {
			c := newChain(t, st)
			if _, err := c.keep(true); err != nil {
				t.Fatal(err)
			}
			c.w.Advance(25 * time.Hour)
			second, asked := c.process(c.w.Transport()), c.asked()
			first := c.w.Transport()
			first.OnMatch(tokenCall, sim.Before, func() {
				if err := rotate(context.Background(), second); !is[*token.PutOffError](err) {
					t.Errorf("got %v", err)
				}
			})
			if err := rotate(context.Background(), c.process(first)); err != nil {
				t.Error(err)
			}
			if n := c.asked() - asked; n != 1 {
				t.Errorf("X was asked %d times, want once", n)
			}
		})
	}
}

// TestDeadRun: the intent of a run that says nothing any more is its own for 20 minutes. A run that
// meets it puts the work off, and takes it over after that.
func TestDeadRun(t *testing.T) {
	for _, tt := range []struct {
		name  string
		age   time.Duration
		taken bool
		waits time.Duration
	}{
		{"just now", 0, false, 20 * time.Second},
		{"15 s", 15 * time.Second, false, 5 * time.Second},
		{"19 min", 19 * time.Minute, false, 0},
		{"20 min", 20 * time.Minute, true, 0},
		{"by a clock that is a little ahead", -3 * time.Minute, false, 20 * time.Second},
		{"by a clock that is ahead", -time.Hour, true, 0},
	} {
		bubble(t, tt.name, func(t *testing.T) {
			c := newChain(t, stores{true, true})
			if _, err := c.keep(true); err != nil {
				t.Fatal(err)
			}
			c.edit(func(d *state.Document) {
				d.Tokens.X.Intent = &state.TokenIntent{
					At: c.w.Now().Add(-tt.age).UTC(), Nonce: "dead", Refresh: d.Tokens.X.Refresh,
				}
			})
			begun := time.Now()
			done, err := c.keep(true)
			if done != tt.taken || is[*token.PutOffError](err) == tt.taken {
				t.Errorf("taken over %v: %v", done, err)
			}
			if took := time.Since(begun); took < tt.waits || took > tt.waits+2*time.Second {
				t.Errorf("it waited for %v, want %v", took, tt.waits)
			}
		})
	}
}

// TestFutureTimes: what was written under a clock that was ahead does not stop the chain for as
// long as the clock was ahead.
func TestFutureTimes(t *testing.T) {
	for _, tt := range []struct {
		name string
		at   func(x *state.XToken) *time.Time
		run  func(p *process) (rotated bool, err error)
	}{
		{
			"rotated", func(x *state.XToken) *time.Time { return &x.Rotated },
			func(p *process) (bool, error) { return p.RotateIfDue(context.Background(), false) },
		},
		{
			"expires", func(x *state.XToken) *time.Time { return &x.Expires },
			func(p *process) (bool, error) {
				token, err := p.AccessToken(context.Background())
				return token != p.Given.Access, err
			},
		},
		{
			"forced", func(x *state.XToken) *time.Time { return &x.Forced },
			func(p *process) (bool, error) {
				token, err := p.ForceRotate(context.Background(), errors.New("401"))
				return token != "", err
			},
		},
	} {
		bubble(t, tt.name, func(t *testing.T) {
			c := newChain(t, stores{secrets: true})
			if _, err := c.keep(true); err != nil {
				t.Fatal(err)
			}
			c.w.Advance(2 * time.Minute)
			ahead := c.w.Now().AddDate(1, 0, 0).UTC()
			c.edit(func(d *state.Document) { *tt.at(&d.Tokens.X) = ahead })
			if rotated, err := tt.run(c.process(c.w.Transport())); !rotated || err != nil {
				t.Errorf("rotated %v, %v", rotated, err)
			}
		})
	}
}

// TestVaultKey: a vault that does not open stops every flow. Nothing is spent, and neither the
// vault nor a secret is overwritten, also if the secrets are a store too.
func TestVaultKey(t *testing.T) {
	rotates := func(p *process) error { return rotate(context.Background(), p) }
	runs := map[string]func(p *process) error{
		"rotate": rotates, "a pasted login": rotates,
		"mirror": func(p *process) error {
			_, err := p.AccessToken(context.Background())
			return err
		},
		"after a 401": func(p *process) error {
			_, err := p.ForceRotate(context.Background(), errors.New("401"))
			return err
		},
		"doctor": func(p *process) error {
			_, err := p.Access()
			return err
		},
		"Instagram": func(p *process) error {
			_, err := p.RenewInstagramIfDue(context.Background(), false, true)
			return err
		},
	}
	for _, st := range []stores{{true, true}, {false, true}} {
		for name, run := range runs {
			bubble(t, st.String()+", "+name, func(t *testing.T) {
				c := newChain(t, st)
				if _, err := c.keep(true); err != nil {
					t.Fatal(err)
				}
				c.w.Advance(25 * time.Hour)
				if name == "a pasted login" {
					c.login()
				}
				secrets := func() []string {
					return []string{
						c.secret("X_REFRESH_TOKEN"), c.secret("X_ACCESS_TOKEN"),
						c.secret("INSTAGRAM_TOKEN"),
					}
				}
				before, stored, asked := c.document(), secrets(), c.asked()
				c.env["VAULT_KEY"] = "another pass phrase of more than 20 characters"
				err := run(c.process(c.w.Transport()))
				if !namesVaultKey(err) || !errors.Is(err, vault.ErrSealed) {
					t.Errorf("got %v", err)
				}
				if c.asked() != asked {
					t.Error("a token was spent")
				}
				sealed := c.document().Tokens.Vault
				if sealed != before.Tokens.Vault || !slices.Equal(secrets(), stored) {
					t.Error("a store was overwritten")
				}
			})
		}
	}
	bubble(t, "sealed with another key meanwhile", func(t *testing.T) {
		c := newChain(t, stores{true, true})
		if _, err := c.keep(true); err != nil {
			t.Fatal(err)
		}
		key, err := vault.ParseKey("another pass phrase of more than 20 characters")
		if err != nil {
			t.Fatal(err)
		}
		sealed, err := vault.Seal(key, vault.Bundle{Refresh: "r"})
		if err != nil {
			t.Fatal(err)
		}
		way := c.w.Transport()
		way.OnMatch(tokenCall, sim.Before, func() {
			c.edit(func(d *state.Document) { d.Tokens.Vault = sealed })
		})
		if err := rotate(context.Background(), c.process(way)); err != nil {
			t.Errorf("the secrets are a store too: %v", err)
		}
		if d := c.document(); d.Tokens.Vault != sealed || !d.Tokens.X.Sound() {
			t.Errorf("the vault was overwritten, or the rotation not settled: %+v", d.Tokens.X)
		}
		if !c.w.X().RefreshValid(c.secret("X_REFRESH_TOKEN")) {
			t.Error("the token is lost")
		}
	})
	bubble(t, "a new key, and a new login", func(t *testing.T) {
		c := newChain(t, stores{vault: true})
		if _, err := c.keep(true); err != nil {
			t.Fatal(err)
		}
		discard := func() {
			p := c.process(c.w.Transport())
			if err := token.DiscardVault(context.Background(), p.Session, p.Key); err != nil {
				t.Fatal(err)
			}
		}
		if discard(); c.document().Tokens.Vault == "" {
			t.Error("a vault that opens was emptied")
		}
		c.env["VAULT_KEY"] = "another pass phrase of more than 20 characters"
		discard()
		c.login()
		if _, err := c.keep(true); err != nil {
			t.Error(err)
		}
		if err := c.live(); err != nil {
			t.Error(err)
		}
	})
	bubble(t, "VAULT_KEY is not set any more", func(t *testing.T) {
		c := newChain(t, stores{vault: true})
		if _, err := c.keep(true); err != nil {
			t.Fatal(err)
		}
		c.stores = stores{secrets: true}
		if _, err := c.keep(true); !namesVaultKey(err) {
			t.Errorf("got %v", err)
		}
		if c.asked() != 1 {
			t.Error("a spent token was sent")
		}
	})
}

func namesVaultKey(err error) bool {
	return is[*token.VaultKeyError](err) && strings.Contains(err.Error(), "VAULT_KEY")
}

// TestGuard: the guard is asked once, before the first token is spent, and what it has seen is
// written with the intent.
func TestGuard(t *testing.T) {
	for _, st := range everyStore {
		bubble(t, st.String(), func(t *testing.T) {
			c := newChain(t, st)
			p := c.process(c.w.Transport())
			lost, asked := errors.New("the state was put back"), 0
			p.Guard = func(context.Context) error { asked++; return lost }
			if _, err := p.RotateIfDue(context.Background(), true); !errors.Is(err, lost) {
				t.Errorf("got %v", err)
			}
			if c.asked() != 0 || c.doc().Generation != 0 || c.doc().Intent != nil {
				t.Error("it went on")
			}
			if _, ok := c.w.GitHub().Secret("POSTFERRY_PROBE"); ok {
				t.Error("a secret was written")
			}
			p.Guard = func(context.Context) error { asked++; return nil }
			p.Guarded = func(d *state.Document) { d.Cursor.ID = "seen" }
			for range 2 {
				if _, err := p.RotateIfDue(context.Background(), true); err != nil {
					t.Fatal(err)
				}
			}
			if asked != 2 {
				t.Errorf("asked %d times, want once after the refusal", asked-1)
			}
			if got := c.document().Cursor.ID; got != "seen" {
				t.Errorf("what the guard has seen is not written: %q", got)
			}
		})
	}
	bubble(t, "a usable access token", func(t *testing.T) {
		c := newChain(t, stores{true, true})
		p := c.process(c.w.Transport())
		p.Guard = func(context.Context) error { return errors.New("asked for nothing") }
		if _, err := p.AccessToken(context.Background()); err != nil {
			t.Error(err)
		}
	})
}

// TestForcedOnceADay: a 401 of X's API costs one refresh token a day, also if the run that spent it
// died. Another login may cost another one.
func TestForcedOnceADay(t *testing.T) {
	refused := &httpx.Error{Service: "x", Status: 401, Class: httpx.Unauthorized}
	force := func(c *chain, way *sim.Transport) error {
		_, err := c.process(way).ForceRotate(context.Background(), refused)
		return err
	}
	for _, st := range everyStore {
		bubble(t, st.String(), func(t *testing.T) {
			c := newChain(t, st)
			if err := force(c, c.w.Transport()); err != nil {
				t.Fatal(err)
			}
			for _, wait := range []time.Duration{time.Minute, 12 * time.Hour, 11 * time.Hour} {
				c.w.Advance(wait)
				if err := force(c, c.w.Transport()); !errors.Is(err, refused) || c.asked() != 1 {
					t.Errorf("X was asked %d times, and the error is %v", c.asked(), err)
				}
			}
			if _, err := c.keep(true); err != nil {
				t.Fatal(err)
			}
			if err := force(c, c.w.Transport()); !errors.Is(err, refused) || c.asked() != 2 {
				t.Errorf("after another rotation X was asked %d times, %v", c.asked(), err)
			}
			c.w.Advance(time.Hour)
			if err := force(c, c.w.Transport()); err != nil || c.asked() != 3 {
				t.Errorf("a day later: %v", err)
			}
			c.w.Advance(time.Hour)
			c.login()
			if err := force(c, c.w.Transport()); err != nil || c.asked() != 4 {
				t.Errorf("another login: %v", err)
			}
			if err := force(c, c.w.Transport()); !errors.Is(err, refused) || c.asked() != 4 {
				t.Errorf("another login, again: %v", err)
			}
		})
	}
	bubble(t, "the run dies", func(t *testing.T) {
		c := newChain(t, stores{true, true})
		if _, err := c.keep(true); err != nil {
			t.Fatal(err)
		}
		way := c.w.Transport()
		way.OnMatch(tokenCall, sim.Before, func() { way.KillAt(way.Calls(), false) })
		_ = force(c, way)
		c.w.Advance(21 * time.Minute)
		if err := force(c, c.w.Transport()); !errors.Is(err, refused) {
			t.Errorf("got %v", err)
		}
	})
}

// TestLogin: our own rotations keep the login, and another token that a person gives changes it.
// The owner of a login is asked once.
func TestLogin(t *testing.T) {
	for _, st := range everyStore {
		bubble(t, st.String(), func(t *testing.T) {
			c := newChain(t, st)
			login := func() string {
				p := c.process(c.w.Transport())
				return token.Login(p.Session.Doc(), p.Given.Refresh)
			}
			known := func() bool { return c.doc().Owner == login() }
			ask := func() { c.edit(func(d *state.Document) { d.Tokens.X.Owner = login() }) }
			first := login()
			if first == "" || known() {
				t.Errorf("login %q, known %v", first, known())
			}
			ask()
			for range 3 {
				if !known() || login() != first {
					t.Errorf("the login was %q, is %q, known %v", first, login(), known())
				}
				if _, err := c.keep(true); err != nil {
					t.Fatal(err)
				}
			}
			c.login()
			second := login()
			if known() || second == first {
				t.Errorf("a new login is not noticed before it is adopted: %q", second)
			}
			if _, err := c.keep(true); err != nil { // rotate adopts it
				t.Fatal(err)
			}
			if known() || login() != second {
				t.Errorf("adopted, the login is %q, want %q, known %v", login(), second, known())
			}
			ask()
			if _, err := c.keep(true); err != nil || !known() || login() != second {
				t.Errorf("the second login: %v, known %v, %q", err, known(), login())
			}
		})
	}
	bubble(t, "version 1", func(t *testing.T) {
		c := newChain(t, stores{true, true})
		if _, err := c.keep(true); err != nil {
			t.Fatal(err)
		}
		c.edit(func(d *state.Document) { d.Tokens.X.Login = "" })
		login := func() string {
			p := c.process(c.w.Transport())
			return token.Login(p.Session.Doc(), p.Given.Refresh)
		}
		for range 2 {
			if got := login(); got != "" {
				t.Errorf("the login of version 1 is now %q, and its owner forgotten", got)
			}
			if _, err := c.keep(true); err != nil {
				t.Fatal(err)
			}
		}
		c.login()
		if login() == "" {
			t.Error("another login is taken for version 1's")
		}
	})
}

// TestNotSound: a rotation that failed is due, whatever the age of the last one, until it went
// well: a run to which nothing is due shows that the chain is sound.
func TestNotSound(t *testing.T) {
	for name, breaks := range map[string]func(c *chain){
		"the app's credentials": func(c *chain) { c.refuse(401, badApp, -1) },
		"the token is refused":  func(c *chain) { c.refuse(400, invalidGrant, -1) },
		"no answer": func(c *chain) {
			c.w.Fail(sim.Fault{Service: "x", Call: tokenCall, Reset: sim.Before, Times: -1})
		},
		"no store": func(c *chain) {
			c.w.GitHub().SetPermission("SECRETS_TOKEN", "secrets", false)
		},
	} {
		bubble(t, name, func(t *testing.T) {
			c := newChain(t, stores{secrets: true})
			if _, err := c.keep(true); err != nil || !c.doc().Sound() {
				t.Fatal(err)
			}
			breaks(c)
			for range 2 { // the second one is not due by age
				if _, err := c.keep(false); err == nil && c.doc().Sound() {
					c.w.Advance(3 * time.Hour)
					_, err = c.process(c.w.Transport()).AccessToken(context.Background())
					if err == nil || c.doc().Sound() {
						t.Fatalf("%v, %+v", err, c.doc())
					}
				} else if err == nil {
					t.Fatal("nothing is due")
				}
			}
			c.w.ClearFaults()
			c.w.GitHub().SetPermission("SECRETS_TOKEN", "secrets", true)
			if done, err := c.keep(false); !done || err != nil || !c.doc().Sound() {
				t.Errorf("%v, %v, %+v", done, err, c.doc())
			}
		})
	}
}

// TestVaultHangs: a vault that takes nothing does not keep the pair from the secrets, and is caught
// up with.
func TestVaultHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newChain(t, stores{true, true})
		c.edit(func(d *state.Document) { d.Cursor.ID = "1" })
		way := c.w.Transport()
		p := c.process(way)
		way.OnMatch(tokenCall, sim.Before, func() {
			c.w.Fail(sim.Fault{
				Service: "github", Call: putState, Times: -1,
				Delay: 25 * time.Second, Reset: sim.Before,
			})
		})
		const last = "PUT /repos/someone/mirror/actions/secrets/X_ACCESS_TOKEN"
		way.OnMatch(last, sim.Before, c.w.ClearFaults)
		if _, err := p.RotateIfDue(context.Background(), true); err != nil {
			t.Fatal(err)
		}
		if d := c.doc(); d.Generation != 1 || d.Secret != 1 || d.Intent != nil {
			t.Errorf("the state holds %+v", d)
		}
		key, err := vault.ParseKey(c.env["VAULT_KEY"])
		if err != nil {
			t.Fatal(err)
		}
		b, err := vault.Open(key, c.document().Tokens.Vault)
		if err != nil || !c.w.X().RefreshValid(b.Refresh) {
			t.Errorf("the vault does not hold the pair: %v", err)
		}
	})
}
