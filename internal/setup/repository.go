package setup

import (
	"context"
	"os/exec"
	"strings"
	"time"

	"github.com/postferry/postferry/internal/github"
	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/lazyregexp"
	"github.com/postferry/postferry/internal/message"
)

// originURL matches the three ways to write a forge's repository, whose path is owner/name.
var originURL = lazyregexp.New(`^(?:https://(?:[^@/]+@)?|ssh://git@|git@)[^/:]+[/:]` +
	`([\w.-]+)/([\w.-]+?)(?:\.git)?/?$`)

// originName returns the owner/name of a clone's origin, "" if it has none or one without an owner.
func originName(ctx context.Context, dir string) string {
	out := output(ctx, dir, "git", "remote", "get-url", "origin")
	if m := originURL.FindStringSubmatch(out); m != nil {
		return m[1] + "/" + m[2]
	}
	return ""
}

// ghToken returns the token of GitHub's own command line, "" if gh is not installed or not logged
// in.
func ghToken(ctx context.Context) string { return output(ctx, "", "gh", "auth", "token") }

// output returns what a command prints. It returns "" if the command fails for any reason: the
// person is asked then.
func output(ctx context.Context, dir, name string, args ...string) string {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	out, err := cmd.Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}

// switchName is the repository variable that lets the schedules run.
const switchName = "POSTFERRY"

// proof checks that a token can do in the repository what set-up and the runs need.
type proof struct {
	message.Words
	repo    *github.Client
	secrets *github.Secrets
}

// run makes the variable of the switch, as "off", if there is none.
func (p proof) run(ctx context.Context) (github.About, error) {
	about, err := p.repo.About(ctx)
	if err != nil {
		return about, p.lacks("setup.repo.unread", err)
	}
	switch {
	case about.Archived:
		return about, advise(p.Text("setup.fix.archived"), p.Text("setup.repo.archived"))
	case !about.HasIssues:
		return about, advise(p.Text("setup.fix.issues"), p.Text("setup.repo.no-issues"))
	}
	if err := probe(ctx, p.secrets); err != nil {
		return about, p.lacks("setup.repo.no-secrets", err)
	}
	_, err = p.repo.Variable(ctx, switchName)
	if httpx.ClassOf(err) == httpx.NotFound {
		err = setSwitch(ctx, p.repo, "off")
	}
	if err != nil {
		return about, p.lacks("setup.repo.no-variables", err)
	}
	return about, nil
}

// lacks says what a token could not do: what is the key of a message. If GitHub is down, another
// token would not help.
func (p proof) lacks(what string, err error) error {
	if httpx.IsTransient(err) {
		return adviseOn(err, p.Text("setup.fix.wait"), p.Text("setup.repo.down", "Why", err))
	}
	return adviseOn(err, p.Text("setup.fix.token"),
		p.Text("setup.repo.unproven", "What", p.Text(what), "Why", err))
}

// setSwitch sets the variable that lets the schedules run: "on" or "off".
func setSwitch(ctx context.Context, c *github.Client, state string) error {
	return c.SetVariable(ctx, switchName, state)
}
