package guard

import (
	"fmt"
	"strings"

	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/verdict"
)

// The questions. Each says what was found, and what each of the two answers does.

const aboutBranch = "docs/operating.md#the-state-branch"

// rolledBack asks about a commit that is no longer in a branch that is there.
func rolledBack(w message.Words, branch string, e verdict.Event) Question {
	how := "forced"
	if e.Deletion {
		how = "remade"
	}
	return Question{
		Component: "state", Key: e.Before, Event: e.At,
		Title: w.Text("guard.back."+how+".title", "Branch", branch),
		Facts: w.Text("guard.back."+how+".facts", "Branch", branch, "At", e.At,
			"Commit", e.Before),
		Completed:  w.Text("guard.back.completed"),
		NotPlanned: w.Text("guard.back.not-planned"),
		Safe:       w.Text("guard.state.safe"), More: aboutBranch,
	}
}

// deletedBranch asks about a branch that is not there any more.
func deletedBranch(w message.Words, branch string, e verdict.Event) Question {
	return Question{
		Component: "state", Key: e.Before, Event: e.At,
		Title: w.Text("guard.state.deleted.title", "Branch", branch),
		Facts: w.Text("guard.state.deleted.facts", "Branch", branch, "At", e.At,
			"Commit", e.Before),
		Completed:  w.Text("guard.state.deleted.completed"),
		NotPlanned: w.Text("guard.state.deleted.not-planned"),
		Safe:       w.Text("guard.state.safe"), More: aboutBranch,
	}
}

// copied asks whether a repository with the state of another one goes on with it.
func copied(w message.Words, of, here, branch string) Question {
	return Question{
		Component: "state", Key: of,
		Title:      w.Text("guard.state.copy.title"),
		Facts:      w.Text("guard.state.copy.facts", "Branch", branch, "Other", of, "Here", here),
		Completed:  w.Text("guard.state.copy.completed"),
		NotPlanned: w.Text("guard.state.copy.not-planned"),
		Safe:       w.Text("guard.state.safe"), More: aboutBranch,
	}
}

// changed asks whether another account is wanted.
func changed(w message.Words, route string, l login) Question {
	was, is, otherwise := shown(w, l.was), l.name(w), ""
	if l.username != "" {
		is = shown(w, l.username)
		lines := fmt.Sprintf("%s: {account: \"%s\"}", strings.ToLower(l.service), l.username)
		otherwise = w.Text("guard.account.otherwise", "Lines", lines)
	}
	return Question{
		Component: "account", Route: route, Key: l.id, Service: l.service, Account: l.username,
		Title: w.Text("guard.account.title", "Service", l.service, "Is", l.name(w),
			"Was", at(w, l.was)),
		Facts: w.Text("guard.account.facts", "Secret", l.secret, "Is", is,
			"Service", l.service, "Route", route, "Was", was),
		Completed:  l.completed,
		NotPlanned: w.Text("guard.account.not-planned", "Was", was, "Secret", l.secret),
		Safe:       w.Text("guard.account.safe"),
		Otherwise:  otherwise,
		More:       "docs/operating.md#another-account",
	}
}

// name names the account of the login for people.
func (l login) name(w message.Words) string {
	if l.username == "" {
		return w.Text("guard.account.unnamed", "ID", l.id)
	}
	return at(w, l.username)
}

// at names an account for people.
func at(w message.Words, username string) string {
	if username == "" {
		return w.Text("guard.stored.account-before")
	}
	return "@" + username
}

// shown is an account in an issue. As code its name mentions nobody: a stranger on GitHub may be
// called the same. A username holds no other characters, whatever a service answers.
func shown(w message.Words, username string) string {
	if username == "" {
		return at(w, username)
	}
	return "`@" + strings.Map(func(r rune) rune {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if letter || r >= '0' && r <= '9' || r == '_' || r == '.' {
			return r
		}
		return -1
	}, username) + "`"
}
