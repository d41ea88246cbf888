package guard

import (
	"fmt"
	"strings"

	"github.com/postferry/postferry/internal/verdict"
)

// The texts of the questions. Each says what was found, and what each of the two answers does.

const (
	nothingTouched = "Nothing is posted and no token is spent until this issue is closed."
	aboutBranch    = "docs/operating.md#the-state-branch"
)

// rolledBack asks about a commit that is no longer in a branch that is there.
func rolledBack(branch string, e verdict.Event) Question {
	what := "was put back by a force push"
	if e.Deletion {
		what = "was deleted and made again"
	}
	return Question{
		Component: "state", Key: e.Before, Event: e.At,
		Title: fmt.Sprintf("the state branch %s %s", branch, what),
		Facts: fmt.Sprintf("The branch `%s` %s at %s. The commit `%s` is no longer in it, so that "+
			"postferry may have forgotten posts that are on X.", branch, what, moment(e), e.Before),
		Completed: "the lost commit is put back, and postferry goes on where it was.",
		NotPlanned: "postferry goes on from what is there. What was published before the closing " +
			"is first looked for on X, and posted only if it is not there.",
		Safe: nothingTouched, More: aboutBranch,
	}
}

// deletedBranch asks about a branch that is not there any more.
func deletedBranch(branch string, e verdict.Event) Question {
	return Question{
		Component: "state", Key: e.Before, Event: e.At,
		Title: fmt.Sprintf("the state branch %s was deleted", branch),
		Facts: fmt.Sprintf("The branch `%s`, on which postferry keeps what it has seen, was "+
			"deleted at %s. Its last commit was `%s`.", branch, moment(e), e.Before),
		Completed: "the branch is made again at that commit, and postferry goes on where it was.",
		NotPlanned: "postferry begins anew with what is published from the closing on. What was " +
			"published while the branch was missing is not mirrored.",
		Safe: nothingTouched, More: aboutBranch,
	}
}

// moment is when an event happened, for people.
func moment(e verdict.Event) string { return e.At.UTC().Format("2006-01-02 15:04 UTC") }

// copied asks whether a repository with the state of another one goes on with it.
func copied(of, here, branch string) Question {
	return Question{
		Component: "state", Key: of,
		Title: "this repository is a copy with the state of another one",
		Facts: fmt.Sprintf("The branch `%s` holds the state of the repository with the id %s; "+
			"this one has the id %s. Two repositories that mirror the same account post everything "+
			"twice, and one spends the other's token.", branch, of, here),
		Completed: "the mirror goes on here. Switch it off in the other repository first (take " +
			"its variable `POSTFERRY` away).",
		NotPlanned: "nothing is posted here.",
		Safe:       nothingTouched, More: aboutBranch,
	}
}

// changed asks whether another account is wanted.
func changed(route string, l login) Question {
	was, is, otherwise := shown(l.was), l.name(), ""
	if l.username != "" {
		is = shown(l.username)
		otherwise = fmt.Sprintf("Or accept it in the configuration: `%s: {account: \"%s\"}`.",
			strings.ToLower(l.service), l.username)
	}
	return Question{
		Component: "account", Route: route, Key: l.id, Service: l.service, Account: l.username,
		Title: fmt.Sprintf("%s is logged in as another account: %s instead of %s",
			l.service, l.name(), at(l.was)),
		Facts: fmt.Sprintf("The token in `%s` belongs to %s. Until now the %s account of route "+
			"`%s` was %s.", l.secret, is, l.service, route, was),
		Completed: l.completed,
		NotPlanned: fmt.Sprintf("nothing is posted until a token of %s is back in `%s`.", was,
			l.secret),
		Safe:      "Nothing is posted until this issue is closed.",
		Otherwise: otherwise,
		More:      "docs/operating.md#another-account",
	}
}

// shown is an account in an issue. As code its name mentions nobody: a stranger on GitHub may be
// called the same. A username holds no other characters, whatever a service answers.
func shown(username string) string {
	if username == "" {
		return at(username)
	}
	return "`@" + strings.Map(func(r rune) rune {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if letter || r >= '0' && r <= '9' || r == '_' || r == '.' {
			return r
		}
		return -1
	}, username) + "`"
}
