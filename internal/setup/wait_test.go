package setup

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/postferry/postferry/internal/xapi"
)

// live is a dialogue in which lines are typed one by one, while the browser is away.
func (p *person) live(lines ...string) *Dialogue {
	d := p.dialogue()
	d.Live = true
	d.Read = func(ctx context.Context, _ bool) (string, error) {
		if len(lines) == 0 {
			<-ctx.Done()
			return "", ctx.Err()
		}
		line := lines[0]
		lines = lines[1:]
		if line == "ALLOW" {
			line = p.consent(shown.FindString(p.out.String()))["allow"]
		}
		return line + "\n", nil
	}
	return d
}

// TestPasteWhileWaiting: where the browser is on another machine, its address is pasted without a
// flag.
func TestPasteWhileWaiting(t *testing.T) {
	p := newPerson(t)
	p.Port = freePort(t)
	p.Open = func(string) error { return errors.New("no browser") }
	granted, err := p.Tokens(t.Context(), p.live("what is this?", "ALLOW"))
	if err != nil || !p.w.X().RefreshValid(granted.Refresh) {
		t.Fatalf("got %v, %v", granted, err)
	}
	if out := p.out.String(); !strings.Contains(out, "That is not the address") ||
		strings.Contains(out, "code=") {
		t.Errorf("shows:\n%s", out)
	}
}

// TestEnterWhileWaiting: X's page says only that something went wrong, and nobody comes back.
func TestEnterWhileWaiting(t *testing.T) {
	p := newPerson(t)
	p.Port = freePort(t)
	if _, err := p.Tokens(t.Context(), p.live("")); !errors.Is(err, errAnew) {
		t.Errorf("got %v", err)
	}
	if !strings.Contains(p.out.String(), "press Enter") {
		t.Errorf("nobody says so:\n%s", p.out.String())
	}
}

// TestPipeIsNotReadWhileWaiting: its lines are the answers to later questions.
func TestPipeIsNotReadWhileWaiting(t *testing.T) {
	p := newPerson(t)
	p.Port = freePort(t)
	p.Open = func(address string) error {
		go func() {
			resp, err := http.Get(p.consent(address)["allow"])
			if err == nil {
				resp.Body.Close()
			}
		}()
		return nil
	}
	d := p.dialogue("y")
	if _, err := p.Tokens(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	if yes, err := d.Confirm(t.Context(), "Sure?"); !yes || err != nil {
		t.Errorf("got %v, %v", yes, err)
	}
}

// TestPageNamesTheAccount that the tokens are of, in time to notice that it is the wrong one.
func TestPageNamesTheAccount(t *testing.T) {
	p := newPerson(t)
	p.Me = func(context.Context, string) (xapi.User, error) {
		return xapi.User{ID: "1", Username: "kamo_<mugs>"}, nil
	}
	a := newAttempt(p.Login)
	granted, err := a.answer(t.Context(), query(t, p.consent(a.address())["allow"]))
	if err != nil || granted.Username != "kamo_<mugs>" {
		t.Fatalf("got %+v, %v", granted, err)
	}
	if got, want := (&attempt{Login: &Login{}}).granted(granted).title, "postferry may post as @kamo_<mugs> now"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	p.Me = func(context.Context, string) (xapi.User, error) {
		return xapi.User{}, errors.New("credits depleted")
	}
	a = newAttempt(p.Login)
	_, err = a.answer(t.Context(), query(t, p.consent(a.address())["allow"]))
	wantAdvice(t, err, "ask X whose account it is: credits depleted", "this step again")
}
