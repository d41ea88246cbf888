package doctor

import (
	"context"
	"errors"
	"strings"

	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/github"
	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/token"
	"github.com/postferry/postferry/internal/vault"
	"github.com/postferry/postferry/internal/xapi"
)

// OfX asks about the token chain and the scopes of the login, as far as the last rotation tells;
// whether the next tokens can be stored; and whose account it is. X bills that last question
// ($0.010 a day). No token is spent on it: without a live access token the question is left out.
func (d *Doctor) OfX(ctx context.Context, cause error) diagnosis.Examination {
	return ofX{d}.examine(ctx, cause)
}

// ofX asks about X, with what the state knows of its login.
type ofX struct{ *Doctor }

func (d ofX) examine(ctx context.Context, cause error) diagnosis.Examination {
	out := d.begin(cause)
	d.speech().add(&out, "x", d.fourKeys())
	access, chain := d.chain()
	d.speech().add(&out, "x", chain)
	t := d.Doc.Tokens.X
	scopes := diagnosis.Probe{
		Name: d.Words.Text("doctor.probe.scopes"), Asked: t.Scope != "", Note: t.Scope,
	}
	if missing := token.MissingScopes(t.Scope); len(missing) > 0 {
		scopes.Err = &token.ScopeError{Missing: missing}
	}
	d.speech().add(&out, "x", scopes)
	d.speech().add(&out, "x", d.store())
	me := d.me(ctx, access)
	d.speech().add(&out, "x", me)
	refused := httpx.ClassOf(cause) == httpx.Unauthorized
	if me.Asked && me.Err == nil && !refused && chain.Err == nil {
		out.Ruled = append(out.Ruled, d.Words.Text("doctor.ruled.login"))
	}
	if scopes.Asked && scopes.Err == nil {
		out.Ruled = append(out.Ruled, d.Words.Text("doctor.ruled.scope"))
	}
	return out
}

// begin is begin for X, which says no more than "Forbidden" where a login lacks the scope for
// uploads. What the state proves is ruled out.
func (d ofX) begin(cause error) diagnosis.Examination {
	out := d.speech().begin(cause)
	own := httpx.As(cause)
	if own == nil || own.Type != xapi.TypeMissingScope {
		return out
	}
	scope := d.Doc.Tokens.X.Scope
	key := "x-upload-forbidden"
	switch {
	case d.Signed:
		key = "x-keys-read-only"
	case scope == "" || len(token.MissingScopes(scope)) > 0:
		return out
	}
	known, _ := diagnosis.DiagnosisOf(key)
	out.Causes[0].Diagnosis = known.In(d.Words)
	return out
}

// fourKeys reports which of X's four keys are not set.
func (d ofX) fourKeys() diagnosis.Probe {
	p := diagnosis.Probe{
		Name: d.Words.Text("doctor.probe.four-keys"), Asked: len(d.LacksKeys) > 0,
	}
	if p.Asked {
		p.Err = &IncompleteKeysError{Lacks: d.LacksKeys}
	}
	return p
}

// IncompleteKeysError says that not all of X's four keys are set.
type IncompleteKeysError struct{ Lacks []string }

func (e *IncompleteKeysError) Error() string {
	return strings.Join(e.Lacks, ", ") + ": not set"
}

// Cause is the key of the diagnosis.
func (*IncompleteKeysError) Cause() string { return "x-keys-incomplete" }

// chain reports on the newest tokens, and gives the access token. Tokens that are left to a later
// run are no failure.
func (d ofX) chain() (access string, p diagnosis.Probe) {
	t := d.Doc.Tokens.X
	p = diagnosis.Probe{Name: d.Words.Text("doctor.probe.chain"), Asked: t.Generation > 0}
	p.Note = d.Words.Text("doctor.note.chain", "Generation", t.Generation,
		"Day", d.Words.Date(t.Rotated))
	if d.Keeper == nil {
		return "", p
	}
	access, err := d.Keeper.Access()
	var putOff *token.PutOffError
	switch {
	case errors.As(err, &putOff):
		p.Note = d.Words.Text("doctor.note.chain-put-off", "Chain", p.Note, "Why", putOff.Error())
	case err != nil:
		p.Asked, p.Err = true, err
	}
	return access, p
}

// store reports where the next tokens would be kept. Without a store no token is ever spent, and
// the chain ends.
func (d ofX) store() diagnosis.Probe {
	p := diagnosis.Probe{Name: d.Words.Text("doctor.probe.store")}
	if d.Keeper == nil || d.Keeper.Given.Refresh == "" {
		return p
	}
	p.Asked = true
	switch vaulted, secret := d.Keeper.Key != nil, d.Keeper.Secrets != nil; {
	case vaulted && secret:
		p.Note = d.Words.Text("doctor.note.store.both")
	case vaulted:
		p.Note = d.Words.Text("doctor.note.store.vault")
	case secret:
		p.Note = d.Words.Text("doctor.note.store.secrets")
	default:
		p.Err = &token.NoStoreError{}
	}
	return p
}

// me asks whose account it is. A 401 is evidence only for a token of our own rotations, whose
// expiry is known. X refuses a token that a person stored after two hours anyway, and the next run
// renews it.
func (d ofX) me(ctx context.Context, access string) diagnosis.Probe {
	p := diagnosis.Probe{Name: "GET /2/users/me"}
	if d.X == nil || access == "" && !d.Signed {
		return p
	}
	c := &xapi.Client{
		BaseURL: d.X.BaseURL, AccessToken: access,
		HTTP: d.X.HTTP, Now: d.X.Now, Secrets: d.X.Secrets,
	}
	me, err := ask(ctx, c.Me)
	if d.Signed && httpx.ClassOf(err) == httpx.Unauthorized {
		return diagnosis.Probe{Name: p.Name, Asked: true, Err: &xapi.KeysError{Err: err}}
	}
	if httpx.ClassOf(err) == httpx.Unauthorized && d.Doc.Tokens.X.Access != vault.Digest(access) {
		return p
	}
	return diagnosis.Probe{Name: p.Name, Asked: true, Err: err, Note: "@" + me.Username}
}

// OfGitHub asks whether the repository takes issues and state, whether the secrets can be reached,
// and whether the schedules run. Writing can't be tried without writing.
func (d *Doctor) OfGitHub(ctx context.Context, cause error) diagnosis.Examination {
	out := d.speech().begin(cause)
	if d.GitHub == nil {
		return out
	}
	about, err := ask(ctx, d.GitHub.About)
	if err == nil {
		err = unusable(about)
	}
	p := diagnosis.Probe{Name: aboutCall, Asked: true, Err: err, Note: d.speech().aboutNote(about)}
	d.speech().add(&out, "github", p)
	if about.HasIssues {
		d.speech().add(&out, "github", d.issues(ctx))
	}
	secrets := d.secrets(ctx)
	d.speech().addAs(&out, "github", secrets, unwritable(secrets.Err))
	for _, file := range []string{"mirror.yml", "rotate.yml"} {
		d.speech().add(&out, "github", d.workflow(ctx, file))
	}
	return out
}

const aboutCall = "GET /repos/{repo}"

// unusable says what keeps postferry from working in a repository that can be read, nil for
// nothing.
func unusable(a github.About) error {
	switch {
	case a.Archived:
		return &httpx.Error{
			Service: "github", Op: aboutCall, Status: 200, Class: httpx.Forbidden,
			Type:    github.TypeArchived,
			Message: "the repository is archived: nothing can be stored and no schedule runs",
		}
	case !a.HasIssues:
		return &httpx.Error{
			Service: "github", Op: aboutCall, Status: 200, Class: httpx.Forbidden,
			Type: "issues-disabled", Message: "issues are switched off",
		}
	}
	return nil
}

// aboutNote says whether strangers read the issues.
func (s speech) aboutNote(a github.About) string {
	if a.Private {
		return s.Text("doctor.note.private")
	}
	return s.Text("doctor.note.public")
}

// issues asks whether the token reaches issues, by listing those that changed just now.
func (d *Doctor) issues(ctx context.Context) diagnosis.Probe {
	_, err := ask(ctx, func(ctx context.Context) ([]github.Issue, error) {
		const anyLabel = "postferry" // few issues or none have it
		return (&github.Issues{Client: d.GitHub}).List(ctx, anyLabel, "open", d.Now())
	})
	note := d.Words.Text("doctor.note.issues")
	return diagnosis.Probe{Name: "GET /repos/{repo}/issues", Asked: true, Err: err, Note: note}
}

// secrets asks for the key with which secrets are sealed. It shows that SECRETS_TOKEN reaches them,
// and not that it may write.
func (d *Doctor) secrets(ctx context.Context) diagnosis.Probe {
	p := diagnosis.Probe{Name: "GET actions/secrets/public-key"}
	if d.Secrets == nil {
		return p
	}
	_, p.Err = ask(ctx, d.Secrets.PublicKey)
	p.Asked, p.Note = true, d.Words.Text("doctor.note.secrets")
	if at := d.Secrets.Client.TokenExpires(); !at.IsZero() {
		p.Note = d.Words.Text("doctor.note.secrets-until", "Day", d.Words.Date(at))
	}
	return p
}

// unwritable explains a refusal of the secrets: GitHub only says that some permission is missing,
// and here it is that of SECRETS_TOKEN and not the job's.
func unwritable(err error) error {
	switch httpx.ClassOf(err) {
	case httpx.Forbidden, httpx.NotFound:
		return &token.NoStoreError{Err: err}
	}
	return err
}

// workflow asks whether a schedule runs. A refusal is no evidence: the job's token may lack
// `actions: read`.
func (d *Doctor) workflow(ctx context.Context, file string) diagnosis.Probe {
	p := diagnosis.Probe{Name: "GET actions/workflows/" + file}
	got, err := ask(ctx, func(ctx context.Context) (string, error) {
		return d.GitHub.WorkflowState(ctx, file)
	})
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
