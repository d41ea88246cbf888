package token_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/postferry/postferry/internal/github"
	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/sim"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/token"
	"github.com/postferry/postferry/internal/vault"
	"github.com/postferry/postferry/internal/xapi"
)

// stores says where a repository keeps its tokens.
type stores struct{ secrets, vault bool }

func (s stores) String() string { return fmt.Sprintf("secrets %v, vault %v", s.secrets, s.vault) }

var everyStore = []stores{{true, true}, {true, false}, {false, true}}

// chain is a world whose tokens are kept by processes that come and go.
type chain struct {
	t      *testing.T
	w      *sim.World
	env    map[string]string
	stores stores
	runs   int
	mu     sync.Mutex // two processes may run at once; guards the two below
	masked []string
	notes  []string
}

func (c *chain) keepText(list *[]string, text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	*list = append(*list, text)
}

func newChain(t *testing.T, st stores) *chain {
	c := &chain{t: t, w: sim.New(sim.Options{Real: true, Now: time.Now()}), stores: st}
	c.env = c.w.Env()
	return c
}

// process is one start of the program, with the secrets as they are when it begins.
type process struct {
	*token.Manager
	given string
}

func (c *chain) process(way http.RoundTripper) *process {
	c.t.Helper()
	c.runs++
	client := &http.Client{Transport: way}
	connect := func(token string) *github.Client {
		return github.New(github.Options{
			Token: c.env[token], Owner: "someone", Repo: "mirror", HTTP: client, Now: c.w.Now,
		})
	}
	k := &token.Manager{
		Now: c.w.Now, Run: "1", Nonce: fmt.Sprintf("run%d", c.runs),
		OAuth: &xapi.OAuth{
			ClientID: c.env["X_CLIENT_ID"], ClientSecret: c.env["X_CLIENT_SECRET"],
			HTTP: client, Now: c.w.Now,
		},
		Given: token.Pair{
			Refresh: c.secret("X_REFRESH_TOKEN"), Access: c.secret("X_ACCESS_TOKEN"),
		},
		GivenInstagram: c.secret("INSTAGRAM_TOKEN"),
		RefreshName:    "X_REFRESH_TOKEN", AccessName: "X_ACCESS_TOKEN",
		InstagramName: "INSTAGRAM_TOKEN",
		Mask:          func(token string) { c.keepText(&c.masked, token) },
		Note:          func(s string) { c.keepText(&c.notes, s) },
		Instagram: func(token string) *instagram.Client {
			return &instagram.Client{Version: "v25.0", Token: token, HTTP: client, Now: c.w.Now}
		},
	}
	if c.stores.secrets {
		k.Secrets = &github.Secrets{Client: connect("SECRETS_TOKEN")}
	}
	if c.stores.vault {
		key, err := vault.ParseKey(c.env["VAULT_KEY"])
		if err != nil {
			c.t.Fatal(err)
		}
		k.Key = key
	}
	branch := &github.Branch{Client: connect("GITHUB_TOKEN"), Name: "postferry-state"}
	session, err := state.Open(context.Background(), branch, "main")
	if err != nil && !errors.Is(err, sim.ErrKilled) {
		c.t.Fatal(err)
	}
	if err != nil {
		return nil
	}
	k.Session = session
	return &process{k, k.Given.Refresh}
}

func (c *chain) secret(name string) string {
	if v, ok := c.w.GitHub().Secret(name); ok {
		return v
	}
	return c.env[name]
}

// keep is `rotate`.
func (c *chain) keep(force bool) (bool, error) {
	c.t.Helper()
	return c.process(c.w.Transport()).RotateIfDue(context.Background(), force)
}

// live is what `mirror` needs before it posts: the token must be one that X takes.
func (c *chain) live() error {
	c.t.Helper()
	p := c.process(c.w.Transport())
	token, err := p.AccessToken(context.Background())
	if err != nil {
		return err
	}
	x := &xapi.Client{
		AccessToken: token, HTTP: &http.Client{Transport: c.w.Transport()}, Now: c.w.Now,
	}
	_, refused := x.Me(context.Background())
	if httpx.ClassOf(refused) != httpx.Unauthorized {
		return refused
	}
	if x.AccessToken, err = p.ForceRotate(context.Background(), refused); err != nil {
		return err
	}
	_, err = x.Me(context.Background())
	return err
}

func (c *chain) doc() state.XToken {
	c.t.Helper()
	body, ok := c.w.GitHub().File("postferry-state", "state/main.yaml")
	if !ok {
		return state.XToken{}
	}
	d, err := state.Decode("state/main.yaml", []byte(body))
	if err != nil {
		c.t.Fatal(err)
	}
	return d.Tokens.X
}

// settled runs until a run neither fails nor is put off.
func (c *chain) settled() error {
	c.t.Helper()
	var err error
	for range 4 {
		var putOff *token.PutOffError
		if _, err = c.keep(false); !errors.As(err, &putOff) {
			return err
		}
	}
	return err
}

// bubble is synctest.Test as a subtest: waiting costs no time.
func bubble(t *testing.T, name string, test func(t *testing.T)) {
	t.Run(name, func(t *testing.T) { synctest.Test(t, test) })
}

// notShown fails if a text holds a token, in any of the forms in which one could slip out.
func (c *chain) notShown(text string) {
	c.t.Helper()
	secrets := c.masked
	for _, name := range []string{
		"X_REFRESH_TOKEN", "X_ACCESS_TOKEN", "X_CLIENT_SECRET", "SECRETS_TOKEN", "VAULT_KEY",
	} {
		secrets = append(secrets, c.env[name])
	}
	for _, token := range secrets {
		for _, form := range forms(token) {
			if strings.Contains(text, form) {
				c.t.Errorf("a token is shown in %.200q", text)
			}
		}
	}
}
