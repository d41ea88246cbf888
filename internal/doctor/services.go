package doctor

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/github"
	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/token"
	"github.com/postferry/postferry/internal/vault"
	"github.com/postferry/postferry/internal/xapi"
)

// OfX asks how the chain and the login's scopes stand, from what is remembered of the last
// rotation, whether the next tokens have a place, and whose account it is. X bills that last
// question ($0.010 a day). No token is spent for it: without one that is alive it is left out.
func (d *Doctor) OfX(ctx context.Context, cause error) diagnosis.Examination {
	out := begin(cause)
	access, chain := d.chain()
	add(&out, "x", chain)
	t := d.Doc.Tokens.X
	scopes := diagnosis.Probe{Name: "scopes of the login", Asked: t.Scope != "", Note: t.Scope}
	if missing := token.MissingScopes(t.Scope); len(missing) > 0 {
		scopes.Err = &token.ScopeError{Missing: missing}
	}
	add(&out, "x", scopes)
	add(&out, "x", d.store())
	me := d.xMe(ctx, access)
	add(&out, "x", me)
	if me.Asked && me.Err == nil {
		out.Ruled = append(out.Ruled, "X's login (it is accepted)")
	}
	return out
}

// chain tells how the newest tokens stand, and gives the access token. That they are left to a
// later run is no fault.
func (d *Doctor) chain() (access string, p diagnosis.Probe) {
	t := d.Doc.Tokens.X
	p = diagnosis.Probe{Name: "the token chain", Asked: t.Generation > 0, Note: fmt.Sprintf("generation %d, rotated %s", t.Generation, t.Rotated.Format(time.DateOnly))}
	if d.Keeper == nil {
		return "", p
	}
	access, err := d.Keeper.Access()
	var putOff *token.PutOffError
	switch {
	case errors.As(err, &putOff):
		p.Note += ", " + putOff.Error()
	case err != nil:
		p.Asked, p.Err = true, err
	}
	return access, p
}

// store tells where the next tokens would be kept. Without such a place no token is ever spent, and
// the chain ends.
func (d *Doctor) store() diagnosis.Probe {
	p := diagnosis.Probe{Name: "a store for the next token"}
	if d.Keeper == nil || d.Keeper.Given.Refresh == "" {
		return p
	}
	p.Asked = true
	switch vaulted, secret := d.Keeper.Key != nil, d.Keeper.Secrets != nil; {
	case vaulted && secret:
		p.Note = "the vault and the secrets"
	case vaulted:
		p.Note = "the vault"
	case secret:
		p.Note = "the secrets"
	default:
		p.Err = &token.NoStoreError{}
	}
	return p
}

// xMe asks whose account it is. A 401 proves something only of a token whose end is known, which is
// one of our own rotations: of one that a person put in it is what X says after two hours, and the
// next run renews it.
func (d *Doctor) xMe(ctx context.Context, access string) diagnosis.Probe {
	p := diagnosis.Probe{Name: "GET /2/users/me"}
	if d.X == nil || access == "" {
		return p
	}
	c := &xapi.Client{BaseURL: d.X.BaseURL, AccessToken: access, HTTP: d.X.HTTP, Now: d.X.Now, Secrets: d.X.Secrets}
	me, err := ask(ctx, c.Me)
	if httpx.ClassOf(err) == httpx.Unauthorized && d.Doc.Tokens.X.Access != vault.Digest(access) {
		return p
	}
	return diagnosis.Probe{Name: p.Name, Asked: true, Err: err, Note: "@" + me.Username}
}

// OfGitHub asks whether the repository takes issues and state, whether secrets can be written as
// far as that can be asked without writing, and whether the schedules run.
func (d *Doctor) OfGitHub(ctx context.Context, cause error) diagnosis.Examination {
	out := begin(cause)
	if d.GitHub == nil {
		return out
	}
	about, err := ask(ctx, d.GitHub.About)
	add(&out, "github", diagnosis.Probe{Name: "GET /repos/{repo}", Asked: true, Err: cmpErr(err, repositoryFault(about)), Note: aboutNote(about)})
	if about.HasIssues {
		add(&out, "github", d.issues(ctx))
	}
	secrets := d.secrets(ctx)
	addAs(&out, "github", secrets, unwritable(secrets.Err))
	for _, file := range []string{"mirror.yml", "rotate.yml"} {
		add(&out, "github", d.workflow(ctx, file))
	}
	return out
}

func cmpErr(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

// repositoryFault is what would keep postferry from working in a repository that answers well.
func repositoryFault(a github.About) error {
	switch {
	case a.Archived:
		return &httpx.Error{Service: "github", Op: "GET /repos/{repo}", Status: 200, Class: httpx.Forbidden, Message: "the repository is archived: nothing can be stored and no schedule runs"}
	case !a.HasIssues:
		return &httpx.Error{Service: "github", Op: "GET /repos/{repo}", Status: 200, Class: httpx.Forbidden, Type: "issues-disabled", Message: "issues are switched off"}
	}
	return nil
}

func aboutNote(a github.About) string {
	if a.Private {
		return "private, issues are on"
	}
	return "public, issues are on"
}

// issues asks whether the token reaches them, by those that changed just now, which are few. That
// it may write them can't be asked without writing.
func (d *Doctor) issues(ctx context.Context) diagnosis.Probe {
	_, err := ask(ctx, func(ctx context.Context) ([]github.Issue, error) {
		return (&github.Issues{Client: d.GitHub}).List(ctx, "postferry", "open", d.Now()) // any label would do
	})
	return diagnosis.Probe{Name: "GET /repos/{repo}/issues", Asked: true, Err: err, Note: "the token reaches issues"}
}

func (d *Doctor) secrets(ctx context.Context) diagnosis.Probe {
	p := diagnosis.Probe{Name: "GET actions/secrets/public-key"}
	if d.Secrets == nil {
		return p
	}
	_, p.Err = ask(ctx, d.Secrets.PublicKey)
	p.Asked, p.Note = true, "SECRETS_TOKEN reaches the secrets"
	if at := d.Secrets.Client.TokenExpires(); !at.IsZero() {
		p.Note += ", until " + at.Format(time.DateOnly)
	}
	return p
}

// unwritable is what a refusal of the secrets means. GitHub says no more than that some permission
// is missing, and it is not one of the job's.
func unwritable(err error) error {
	switch httpx.ClassOf(err) {
	case httpx.Forbidden, httpx.NotFound:
		return &token.NoStoreError{Err: err}
	}
	return err
}

// workflow asks whether a schedule runs. The job's token may lack `actions: read`, which proves
// nothing.
func (d *Doctor) workflow(ctx context.Context, file string) diagnosis.Probe {
	p := diagnosis.Probe{Name: "GET actions/workflows/" + file}
	got, err := ask(ctx, func(ctx context.Context) (string, error) { return d.GitHub.WorkflowState(ctx, file) })
	switch httpx.ClassOf(err) {
	case httpx.Forbidden, httpx.NotFound, httpx.Unauthorized:
		return p
	}
	p.Asked, p.Err, p.Note = true, err, got
	if err == nil && strings.HasPrefix(got, "disabled") {
		p.Err = &DisabledError{Workflow: file, State: got}
	}
	return p
}

// DisabledError says that GitHub does not start a workflow any more.
type DisabledError struct{ Workflow, State string }

func (e *DisabledError) Error() string { return e.Workflow + " is " + e.State }

// Cause is the key of the diagnosis.
func (*DisabledError) Cause() string { return "schedule-off" }
