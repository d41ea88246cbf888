package setup

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"time"
	"unicode"

	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/environment"
	"github.com/postferry/postferry/internal/github"
	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/vault"
	"github.com/postferry/postferry/internal/workflow"
	"github.com/postferry/postferry/internal/xapi"
)

// Wizard takes a person from two accounts to a schedule that runs, in seven steps. Its exported
// fields are set beforehand; what the steps find out is kept in the others.
type Wizard struct {
	*Dialogue
	Options
	Services
	Route        config.Route
	HasConfig    bool                       // reports whether a file says which login type it is
	Getenv       func(name string) string   // answers that were given beforehand
	Template     fs.FS                      // a person's repository, as the program is built with
	Workflows    workflow.Options           // what the configuration asks of a workflow
	AuthorizeURL string                     // of X's consent page
	Open         func(address string) error // opens a browser, nil only prints the address
	Now          func() time.Time

	retrying    bool // the step failed before: what was given beforehand may be wrong
	githubToken string
	repo        *github.Client
	secrets     *github.Secrets
	private     bool // the repository is: its minutes are counted
	halfHours   bool // the schedule looks every half hour
	found       findings
	key         *vault.Key
}

// Options is what the person decides by flags.
type Options struct {
	Repo      string // "owner/name", "" for the clone's origin
	Login     string // login type, "" asks
	Dir       string // the clone
	Pin       string // "<commit> # <version>" of the published action
	Release   string // "v1.2.3" of a released build, "" for any other
	Port      int    // of the loopback callback
	Paste     bool   // the browser is on another machine
	KeepToken bool   // keep the GitHub token as SECRETS_TOKEN
}

// findings are what the steps find out: the credentials, and the accounts that the person agreed
// to.
type findings struct {
	Credentials
	X         xapi.User
	Instagram instagram.Account
}

// Credentials is what the steps find out for one route.
type Credentials = environment.Credentials

// Services makes clients of what the person has entered so far.
type Services struct {
	Repository func(_ context.Context, owner, name, token string) (*github.Client, *github.Secrets)
	Commit     func(ctx context.Context, release string) (sha string, err error)
	OAuth      func(clientID, clientSecret string) *xapi.OAuth
	X          func(accessToken string) *xapi.Client
	Signed     func(xapi.Keys) *xapi.Client
	Instagram  func(config.Route, Credentials) *instagram.Client
	// DiscardVault empties a vault that the key does not open. It may be nil.
	DiscardVault func(context.Context, *vault.Key) error
	Rehearse     func(context.Context, config.Route, Credentials, *vault.Key) (Rehearsal, error)
}

// Rehearsal is a look at everything before the first post, and what set-up writes into the state.
type Rehearsal struct {
	First    bool                                                // the route has no state yet
	Prepare  func(context.Context) error                         // makes the branch, or proves a write
	Baseline func(context.Context) error                         // writes the first state
	Examine  func(context.Context) error                         // an *Advice if something is wrong
	Preview  func(_ context.Context, last int) ([]string, error) // the last media as posts

	LoggedIn   func() bool  // reports whether X's login is sound
	VaultOpens func() error // an error if VAULT_KEY is not the vault's
	// XAccount and InstagramAccount are the accounts until now; zero if they are not known.
	XAccount         func() xapi.User
	InstagramAccount func() instagram.Account
	InstagramToken   func() string // the given one, or what an earlier run made of it
	// Diagnose asks Instagram why it refuses the given token.
	Diagnose func(context.Context, error) diagnosis.Diagnosis
	// Begin and BeginInstagram store a login, with its account if that is known, and return the
	// look with it.
	Begin          func(context.Context, Granted) (Rehearsal, error)
	BeginInstagram func(context.Context, Account) (Rehearsal, error)
	// AcceptX and AcceptInstagram make the route an account's: the person was asked.
	AcceptX         func(context.Context, xapi.User) error
	AcceptInstagram func(context.Context, instagram.Account) error
}

// Run goes through the steps. A step that fails is repeated, as long as a person is there to try
// again. The error is mostly an *Advice.
func (w *Wizard) Run(ctx context.Context) error {
	w.lines("", w.Text("setup.hello")+"\n")
	for _, step := range []func(context.Context) error{
		repositoryStep{w}.run, xStep{w}.run, instagramStep{w}.run, vaultStep{w}.run,
		filesStep{w}.run, lookStep{w}.run, switchStep{w}.run,
	} {
		if err := w.persist(ctx, step); err != nil {
			return err
		}
	}
	return nil
}

// ChooseLanguage settles the language where there is no configuration, and puts it into the
// defaults, which the configuration that set-up makes then has. It asks for the language if the
// system does not name one, as on Windows. Where nobody can answer it is English.
func (w *Wizard) ChooseLanguage(ctx context.Context, defaults *config.Config) error {
	for w.Language == "" && w.Interactive && !w.Yes {
		answer, err := w.Ask(ctx, w.Text("setup.ask-language"), "", "LANG")
		if err != nil {
			return err
		}
		w.Language = languages[strings.ToLower(answer)]
	}
	if w.Language != message.Japanese {
		return nil
	}
	// Nearly everybody who reads Japanese lives in its zone.
	defaults.Language, defaults.Timezone = string(message.Japanese), "Asia/Tokyo"
	for i := range defaults.Routes {
		defaults.Routes[i].Timezone = defaults.Timezone
	}
	w.Words = defaults.Words()
	return nil
}

// languages are the answers to the question for the language.
var languages = map[string]message.Language{
	"": message.English, "en": message.English, "english": message.English,
	"ja": message.Japanese, "japanese": message.Japanese, "日本語": message.Japanese,
}

// persist repeats a step until it succeeds or the person leaves.
func (w *Wizard) persist(ctx context.Context, step func(context.Context) error) error {
	var failed error
	for w.retrying = false; ; w.retrying = true {
		err := step(ctx)
		if errors.Is(err, ErrLeft) && failed != nil {
			return failed // the person left because of it
		}
		if failed = err; err == nil || errors.Is(err, ErrLeft) || !w.again(ctx, err) {
			return err
		}
	}
}

// again says why a step failed, and reports whether the person wants to do it again.
func (d *Dialogue) again(ctx context.Context, failed error) bool {
	if ctx.Err() != nil || !d.Interactive || d.Yes {
		return false
	}
	d.gap()
	d.Say(d.Text("setup.failed", "Why", plain(failed.Error())))
	if advice, ok := adviceOf(failed); ok {
		d.Say(plain(advice.Fix))
	}
	return d.enter(ctx, d.Text("setup.press-enter"))
}

// plain keeps what a service said from moving the cursor.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s)
}

// given returns what a variable holds. When a step is done again the person is asked instead.
func (w *Wizard) given(name string) string {
	if w.retrying {
		return ""
	}
	return w.Getenv(name)
}

// redo asks whether to do a step again whose secret is there.
func (w *Wizard) redo(ctx context.Context, secret, question string) (bool, error) {
	at, err := w.secrets.UpdatedAt(ctx, secret)
	if httpx.ClassOf(err) == httpx.NotFound {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	w.Say(w.Text("setup.secret-there", "Secret", secret, "At", w.Date(at)))
	if w.Yes {
		return w.Getenv(secret) != "", nil // A value that was given anew is taken.
	}
	return w.Confirm(ctx, question)
}

// secret is one of the repository's, by name.
type secret struct{ name, value string }

// put writes the secrets that have a value. Each is there for good once its step is over.
func (w *Wizard) put(ctx context.Context, secrets ...secret) error {
	for _, s := range secrets {
		if s.value == "" {
			continue
		}
		if err := w.secrets.Put(ctx, s.name, s.value); err != nil {
			return told{w.Text("setup.secret-unwritten", "Secret", s.name, "Why", err), err}
		}
		w.Say(w.Text("setup.secret-written", "Secret", s.name))
	}
	return nil
}
