package setup

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/report"
)

// Pages on which a person gets the values.
const (
	portal   = "https://developer.x.com/en/portal/dashboard"
	billing  = "https://console.x.com/"
	metaApps = "https://developers.facebook.com/apps/"
)

// step is a part of the checklist to which a flaw belongs.
type step int

const (
	stepX step = iota
	stepInstagram
	stepStore
	stepLook
)

// flaw is what is wrong with a secret, or a hint.
type flaw struct {
	step   step
	secret string // "" if it is about no secret
	what   string // Markdown
	fix    string // Markdown
	hint   bool   // nothing is wrong for sure
}

// checklist is what the issue says.
type checklist struct {
	guide    *Guide
	flaws    []flaw
	account  instagram.Account
	posts    string // the name of the X account that posts
	loggedIn bool
	ready    bool
	preview  []string

	link     *consent // while the run waits
	until    time.Time
	notes    []string // what happened while it waited, newest last
	warnings []string // a secret that was shown
}

// wrong adds a flaw in words of our own, or of a service as plain text.
func (l *checklist) wrong(s step, secret, what, fix string) {
	l.flaws = append(l.flaws, flaw{step: s, secret: secret, what: report.Text(what), fix: fix})
}

func (l *checklist) hint(s step, what string) {
	l.flaws = append(l.flaws, flaw{step: s, what: what, hint: true})
}

// refused adds what a service's refusal means.
func (l *checklist) refused(s step, secret string, err error) {
	d := diagnosis.Explain(err).For(l.guide.names())
	l.wrong(s, secret, d.Title, d.Advice()+" "+d.Link)
}

// failed adds an error with what to do, unless the error has an advice of its own.
func (l *checklist) failed(s step, secret string, err error, fix string) {
	what := l.guide.Hide(err.Error())
	if a, ok := adviceOf(err); ok {
		l.wrong(s, secret, what, diagnosis.Diagnosis{Fix: a.Fix}.For(l.guide.names()).Advice())
		return
	}
	what = "`" + strings.ReplaceAll(report.Quote(what), "`", "'") + "`"
	l.flaws = append(l.flaws, flaw{step: s, secret: secret, what: what, fix: fix})
}

// note keeps the last few events of a wait.
func (l *checklist) note(text string) {
	l.notes = slices.DeleteFunc(l.notes, func(n string) bool { return n == text })
	l.notes = append(l.notes, text)
	l.notes = l.notes[max(0, len(l.notes)-3):]
}

func (l *checklist) warn(text string) {
	if !slices.Contains(l.warnings, text) {
		l.warnings = append(l.warnings, text)
	}
}

// sound reports whether nothing is wrong.
func (l *checklist) sound() bool {
	return !slices.ContainsFunc(l.flaws, func(f flaw) bool { return !f.hint })
}

// right reports whether nothing is wrong with a step that was looked at.
func (l *checklist) right(steps ...step) bool {
	return l.guide.number > 0 && !slices.ContainsFunc(l.flaws, func(f flaw) bool {
		return !f.hint && slices.Contains(steps, f.step)
	})
}

// runMark names the run that wrote the issue last.
const runMark = "<!-- postferry:setup run=%s -->"

var runMarks = regexp.MustCompile(`(?m)^<!-- postferry:setup run=([\w.-]{1,64}) -->\s*$`)

// runOf returns the run that wrote an issue's body last, "" if it names none.
func runOf(body string) string {
	if m := runMarks.FindAllStringSubmatch(body, -1); len(m) > 0 {
		return m[len(m)-1][1]
	}
	return ""
}

// text renders the issue.
func (l *checklist) text() string {
	g := l.guide
	var b strings.Builder
	if len(l.warnings) > 0 {
		b.WriteString("> [!CAUTION]\n> A comment held what looks like a secret. It is deleted, and whoever" +
			" was notified has it by mail.\n")
		for _, w := range l.warnings {
			fmt.Fprintf(&b, "> - %s\n", w)
		}
		b.WriteString("\n")
	}
	fmt.Fprintf(&b, "%s\n\n", l.status())
	for _, n := range l.notes {
		fmt.Fprintf(&b, "- %s\n", n)
	}
	b.WriteString("\n")
	box(&b, true, "1. Make this repository of the template")
	l.stepX(&b)
	l.stepInstagram(&b)
	box(&b, l.sound() && g.number > 0, fmt.Sprintf("4. Start the workflow: [setup](%s) > *Run workflow*", g.workflow()))
	b.WriteString("  Start it anew after each change, and do not press *Re-run*: GitHub reads the" +
		" secrets when a run is started.\n")
	n := 5
	if g.Route.X.Auth != config.Keys {
		l.stepLogin(&b)
		n = 6
	}
	l.stepLook(&b, n)
	fmt.Fprintf(&b, "\nThe workflow keeps this issue current and can be started at any time."+
		" Never put a secret into a comment.\n\n")
	fmt.Fprintf(&b, runMark+"\n%s\n", g.Run, report.Marker(g.Route.Name, diagnosis.Setup, "setup"))
	return g.Hide(b.String())
}

// status says in a sentence where set-up stands.
func (l *checklist) status() string {
	g := l.guide
	switch {
	case g.number == 0:
		return "**The workflow is looking at what is here.**"
	case l.link != nil:
		return fmt.Sprintf("**Waiting for the login to X until %s: step 5.** If this still stands"+
			" here later, the run has ended early: start the workflow again.", minutes(l.until))
	case !l.sound():
		return "**Something is missing or wrong: see the open boxes.** Nothing runs yet."
	case !l.loggedIn:
		return fmt.Sprintf("**Nobody is logged in to X yet.** Start the [workflow](%s) again: a new"+
			" link comes up here.", g.workflow())
	case l.ready:
		return "**Everything was looked at and is right. Only the switch is missing: the last step.**"
	}
	return "**The last look is missing.** Start the workflow again."
}

// box writes an item of the list.
func box(b *strings.Builder, done bool, title string) {
	mark := " "
	if done {
		mark = "x"
	}
	fmt.Fprintf(b, "- [%s] **%s**\n", mark, title)
}

// flawsOf writes what is wrong with a step.
func (l *checklist) flawsOf(b *strings.Builder, steps ...step) {
	for _, f := range l.flaws {
		if !slices.Contains(steps, f.step) {
			continue
		}
		switch {
		case f.hint:
			fmt.Fprintf(b, "  - Hint: %s\n", f.what)
		case f.secret != "":
			fmt.Fprintf(b, "  - **`%s`**: %s. %s %s\n", f.secret, f.what, f.fix,
				"The secret: "+l.guide.secretLink(f.secret))
		default:
			fmt.Fprintf(b, "  - %s. %s\n", report.Capitalize(f.what), f.fix)
		}
	}
}

func (l *checklist) stepX(b *strings.Builder) {
	g := l.guide
	done := l.right(stepX)
	box(b, done, "2. X: an app, and its values as secrets")
	if l.posts != "" {
		fmt.Fprintf(b, "  It is %s that posts. Asking X for that cost $0.010.\n",
			report.Text("@"+l.posts))
	}
	l.flawsOf(b, stepX)
	if done {
		return
	}
	fmt.Fprintf(b, "\n  On a computer, in [X's developer portal](%s), with pay-per-use credit"+
		" ([console.x.com](%s)):\n", portal, billing)
	lines := []string{
		"*Projects & Apps > your app > Settings > User authentication settings > Set up*",
		"*App permissions*: **Read and write**",
		"*Type of App*: **Web App, Automated App or Bot**. A *Native App* has no secret and can't be" +
			" logged in here.",
		fmt.Sprintf("*Callback URI / Redirect URL*, both, to the letter: `%s` and `%s`",
			l.address(), g.Login.Callback()),
		fmt.Sprintf("*Website URL*: `%s`; then *Save*", g.Home),
	}
	names := g.Route.X
	if g.Route.X.Auth == config.Keys {
		lines = []string{lines[0], lines[1] + "; then *Save*",
			fmt.Sprintf("*Keys and tokens > API Key and Secret > Regenerate*: into %s and %s",
				g.secretLink(names.APIKey), g.secretLink(names.APISecret)),
			fmt.Sprintf("*Keys and tokens > Access Token and Secret > Generate*, after the permissions"+
				" were saved: into %s and %s", g.secretLink(names.AccessToken),
				g.secretLink(names.AccessTokenSecret)),
		}
	} else {
		lines = append(lines, fmt.Sprintf("*Keys and tokens > OAuth 2.0 Client ID and Client Secret*:"+
			" into %s and %s", g.secretLink(names.ClientID), g.secretLink(names.ClientSecret)))
	}
	numbered(b, lines)
}

// address is the issue's own, once it has one.
func (l *checklist) address() string {
	if l.guide.number == 0 {
		return l.guide.Home + "/issues/…"
	}
	return l.guide.address()
}

func numbered(b *strings.Builder, lines []string) {
	for i, line := range lines {
		fmt.Fprintf(b, "  %d. %s\n", i+1, line)
	}
	b.WriteString("\n")
}

func (l *checklist) stepInstagram(b *strings.Builder) {
	g := l.guide
	done := l.right(stepInstagram, stepStore)
	box(b, done, "3. Instagram: a token; and a phrase that seals tokens")
	if l.account.Username != "" {
		fmt.Fprintf(b, "  The posts of %s are mirrored.\n", report.Text("@"+l.account.Username))
	}
	l.flawsOf(b, stepInstagram, stepStore)
	if done {
		return
	}
	fmt.Fprintf(b, "\n  The account must be a *professional* one: in the Instagram app *Settings >"+
		" Account type and tools > Switch to professional account*. Then, on a computer, in the"+
		" [Meta App Dashboard](%s), which asks for a login with two factors:\n", metaApps)
	numbered(b, []string{
		"*Create app*, with the use case *Manage messaging & content on Instagram*",
		"*App roles > Roles > Add people > Instagram tester*: the account. If the dashboard says that" +
			" the invitation is pending, accept it on instagram.com: *Settings > Apps and websites >" +
			" Tester invites*",
		"*Instagram > API setup with Instagram login > 1. Generate access tokens > Add account*, and" +
			" allow everything",
		"*Generate token* beside the account: into " + g.secretLink(g.Route.Instagram.Token),
		"Have a password manager make a phrase of 40 characters, keep it there, and put it into " +
			g.secretLink("VAULT_KEY") + ". It seals the tokens that change.",
	})
}

func (l *checklist) stepLogin(b *strings.Builder) {
	box(b, l.loggedIn && l.link == nil, "5. Log in to X")
	if l.link == nil {
		if !l.loggedIn {
			b.WriteString("  When the boxes above are right, the workflow shows a link here and waits ten" +
				" minutes.\n")
		}
		return
	}
	fmt.Fprintf(b, "  On a computer, not in X's phone app, before %s:\n", minutes(l.until))
	numbered(b, []string{
		fmt.Sprintf("**[Log in to X](%s)** as the account that is to post, and press *Authorize app*."+
			" A new login ends the one before.", l.link.issue.address()),
		"You come back to this page. Copy the whole address from the address bar, paste it into a" +
			" comment below, and send it within 30 seconds. The comment is deleted, and nobody else can" +
			" use what it says.",
		fmt.Sprintf("If X says *Something went wrong*, or the address has no `code=`: take [this link](%s)"+
			" instead. It ends at a page that can't be reached; its address is the one to paste.",
			l.link.loopback.address()),
	})
}

func (l *checklist) stepLook(b *strings.Builder, n int) {
	box(b, false, fmt.Sprintf("%d. Look at your last posts, and switch postferry on", n))
	l.flawsOf(b, stepLook)
	if !l.ready {
		b.WriteString("  Your last three posts appear here as they would arrive on X, with their" +
			" price.\n")
		return
	}
	fmt.Fprintf(b, "\n%s\n", report.Fence(strings.Join(l.preview, "\n")))
	fmt.Fprintf(b, "  Is that right? Then open [a new variable](%s/settings/variables/actions/new),"+
		" give it the name `POSTFERRY` and the value `on`. From then on new posts are mirrored every ten"+
		" minutes, and X bills them. Close this issue.\n", l.guide.Home)
}

// workflow is the page on which set-up is started.
func (g *Guide) workflow() string { return g.Home + "/actions/workflows/setup.yml" }

// secretLink is a secret's name with the page that makes or changes it.
func (g *Guide) secretLink(name string) string {
	if g.Values[name] == "" {
		return fmt.Sprintf("[`%s`](%s/settings/secrets/actions/new)", name, g.Home)
	}
	return fmt.Sprintf("[`%s`](%s/settings/secrets/actions/%[1]s)", name, g.Home)
}

// names are what a diagnosis calls the route's own things.
func (g *Guide) names() diagnosis.Names { return diagnosis.NamesOf(g.Route, "", g.Home) }
