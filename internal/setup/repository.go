package setup

import (
	"context"
	"os/exec"
	"strings"
	"time"

	"github.com/postferry/postferry/internal/github"
	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/lazyregexp"
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

// prove checks that a token can do in the repository what set-up and the runs need. It makes the
// variable of the switch, as "off", if there is none.
func prove(ctx context.Context, c *github.Client, s *github.Secrets) (github.About, error) {
	about, err := c.About(ctx)
	if err != nil {
		return about, unproven("the repository can't be read", err)
	}
	switch {
	case about.Archived:
		return about, advise("Un-archive it in its settings, or choose another.",
			"the repository is archived")
	case !about.HasIssues:
		return about, advise("Settings > General > Features: switch Issues on.",
			"issues are switched off in the repository, and postferry tells of failures by an issue")
	}
	if err := probe(ctx, s); err != nil {
		return about, unproven("the token can't write secrets", err)
	}
	_, err = c.Variable(ctx, switchName)
	if httpx.ClassOf(err) == httpx.NotFound {
		err = setSwitch(ctx, c, "off")
	}
	if err != nil {
		return about, unproven("the token can't write variables", err)
	}
	return about, nil
}

// unproven says what a token could not do. If GitHub is down, another token would not help.
func unproven(what string, err error) error {
	if httpx.IsTransient(err) {
		return advise("Wait a few minutes, then try again.",
			"GitHub does not answer properly: %w", err)
	}
	return advise("Make a fine-grained token for this one repository with Contents, Issues,"+
		" Secrets and Variables: read and write"+
		" (https://github.com/settings/personal-access-tokens/new).",
		"%s: %w", what, err)
}

// setSwitch sets the variable that lets the schedules run: "on" or "off".
func setSwitch(ctx context.Context, c *github.Client, state string) error {
	return c.SetVariable(ctx, switchName, state)
}
