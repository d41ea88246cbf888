package guard

import (
	"fmt"

	"github.com/postferry/postferry/internal/verdict"
)

const restoreHelp = "\n\nNothing is posted and no token is spent until this issue is closed. " +
	"How to restore a state branch by hand is in docs/operating.md."

func rolledBack(branch string, e verdict.Event) Question {
	what := "was put back by a force push"
	if e.Deletion {
		what = "was deleted and made again"
	}
	return Question{
		Component: "state", Key: e.Before, Event: e.At,
		Title: fmt.Sprintf("the state branch %s %s", branch, what),
		Body: fmt.Sprintf("The branch `%s` %s at %s. The commit `%s` is no longer in it, so that "+
			"postferry may have forgotten posts that are on X.\n\n"+
			"- **Close as completed**: the lost commit is put back, and postferry goes on where"+
			" it was.\n"+
			"- **Close as not planned**: postferry goes on from what is there. What was published"+
			" before "+
			"the closing is first looked for on X, and posted only if it is not there.",
			branch, what, e.At.UTC().Format("2006-01-02 15:04 UTC"), e.Before) + restoreHelp,
	}
}

func deletedBranch(branch string, e verdict.Event) Question {
	return Question{
		Component: "state", Key: e.Before, Event: e.At,
		Title: fmt.Sprintf("the state branch %s was deleted", branch),
		Body: fmt.Sprintf("The branch `%s`, on which postferry keeps what it has seen, was"+
			" deleted at %s. "+
			"Its last commit was `%s`.\n\n"+
			"- **Close as completed**: the branch is made again at that commit, and postferry"+
			" goes on "+
			"where it was.\n"+
			"- **Close as not planned**: postferry begins anew with what is published from the"+
			" closing "+
			"on. What was published while the branch was missing is not mirrored.",
			branch, e.At.UTC().Format("2006-01-02 15:04 UTC"), e.Before) + restoreHelp,
	}
}

func copied(of, here, branch string) Question {
	return Question{
		Component: "state", Key: of,
		Title: "this repository is a copy with the state of another one",
		Body: fmt.Sprintf("The branch `%s` holds the state of the repository with the id %s; this"+
			" one has "+
			"the id %s. Two repositories that mirror the same account post everything twice, and "+
			"one spends the other's token.\n\n"+
			"- **Close as completed**: the mirror goes on here. Switch it off in the other"+
			" repository "+
			"first (take its variable `POSTFERRY` away).\n"+
			"- **Close as not planned**: nothing is posted here.", branch, of, here) + restoreHelp,
	}
}

// changed asks whether another account is wanted.
func changed(route string, l login) Question {
	was, is := at(l.was), at(l.username)
	return Question{
		Component: "account", Route: route, Key: l.id, Service: l.service, Account: l.username,
		Title: fmt.Sprintf("%s is logged in as another account: %s instead of %s", l.service, is,
			was),
		Body: fmt.Sprintf("The token in `%s` belongs to %s. Until now the %s account of route `%s` "+
			"was %s.\n\n"+
			"- **Close as completed**: %s\n"+
			"- **Close as not planned**: nothing is posted until a token of %s is back in `%s`.\n\n"+
			"Nothing is posted until this issue is closed. `account:` in the configuration answers "+
			"the question too.",
			l.secret, is, l.service, route, was, l.completed, was, l.secret),
	}
}
