package explore

import (
	"fmt"
	"slices"
	"strings"

	"github.com/postferry/postferry/internal/report"
	"github.com/postferry/postferry/internal/sim"
	"github.com/postferry/postferry/internal/state"
)

// broken collects the promises that a scene has broken.
type broken []string

// add adds a promise, once.
func (b *broken) add(format string, args ...any) {
	if one := fmt.Sprintf(format, args...); !slices.Contains(*b, one) {
		*b = append(*b, one)
	}
}

// threads lists the threads on X of one account, each as the text of its first post and how many
// posts it has, oldest first. The account "" is everybody's.
func (s *Scene) threads(account string) (texts []string, parts map[string]int) {
	root := map[string]string{} // by post
	parts = map[string]int{}
	for _, tw := range s.W.X().Tweets() {
		if account != "" && tw.AuthorID != account {
			continue
		}
		if parent, ok := root[tw.InReplyTo]; ok {
			root[tw.ID] = parent
			parts[parent]++
			continue
		}
		root[tw.ID] = tw.Text
		parts[tw.Text]++
		texts = append(texts, tw.Text)
	}
	return texts, parts
}

// ledger checks that nothing is under way and that every post of ours is in a record.
func (s *Scene) ledger(b *broken) {
	known := map[string]bool{}
	for _, rec := range s.doc().Ledger {
		if rec.Intent != nil || rec.Status == state.Posting {
			b.add("media %s is not ended: %s %+v", rec.MediaID, rec.Status, rec.Evidence)
		}
		for _, id := range rec.Posts {
			known[id] = true
		}
	}
	for _, tw := range s.W.X().Tweets() {
		if !known[tw.ID] {
			b.add("the post %q is on X and in no record", tw.Text)
		}
	}
}

// oneIssue checks that no two issues are open for one cause.
func (s *Scene) oneIssue(b *broken) {
	open := map[string]int{}
	for _, i := range s.W.GitHub().Issues() {
		route, component, _, ok := report.Body(i.Body).Marker()
		if i.State != "open" || !ok || slices.Contains(strangers, i.Author) {
			continue
		}
		cause := route + " " + string(component)
		if open[cause] > 0 {
			b.add("#%d and #%d are both open for %s", open[cause], i.Number, cause)
		}
		open[cause] = i.Number
	}
}

// strangers have opened issues that look like ours.
var strangers = []string{"stranger", "passer-by"}

// openStrangers opens issues of other people under our label, one of them with a forged marker.
func (s *Scene) openStrangers() {
	forged := "me too\n\n" + report.Marker("main", "instagram", "0123456789abcdef") + "\n"
	s.W.GitHub().OpenIssue("stranger", "main: Instagram fails", forged, "postferry")
	s.W.GitHub().OpenIssue("passer-by", "a question", "how does this work?", "postferry")
}

// strangersStay checks that nobody touched the strangers' issues.
func (s *Scene) strangersStay(b *broken) {
	for _, i := range s.W.GitHub().Issues() {
		if slices.Contains(strangers, i.Author) && (i.State != "open" || len(i.Events) != 1) {
			b.add("#%d belongs to %s and was touched: %v", i.Number, i.Author, i.Events)
		}
	}
}

// nothingOpen checks that every issue of ours is closed, but for the list of what was given up.
func (s *Scene) nothingOpen(b *broken) {
	gaveUp := slices.ContainsFunc(s.doc().Ledger,
		func(r state.Record) bool { return r.Status == state.GivenUp })
	for _, i := range s.ours() {
		_, component, _, _ := report.Body(i.Body).Marker()
		if i.State == "open" && !(gaveUp && component == "given-up") {
			b.add("#%d is still open: %s", i.Number, i.Title)
		}
	}
}

// ours lists the issues that no stranger has opened.
func (s *Scene) ours() []sim.Issue {
	return slices.DeleteFunc(s.W.GitHub().Issues(),
		func(i sim.Issue) bool { return slices.Contains(strangers, i.Author) })
}

// noSecrets checks that nothing secret is in what was printed, written or asked.
func (s *Scene) noSecrets(b *broken) {
	body, _ := s.W.GitHub().File(branch, document)
	text := s.printed.String() + body
	for _, i := range s.ours() {
		text += i.Title + i.Body + strings.Join(i.Comments, "\n")
	}
	for name, value := range s.env {
		now, _ := s.W.GitHub().Secret(name)
		for _, secret := range []string{value, now} {
			if isCredential(name) && secret != "" && strings.Contains(text, secret) {
				b.add("%s got out", name)
			}
		}
	}
	for _, v := range s.W.Violations() {
		b.add("%s", v)
	}
}

// isCredential reports whether a variable's value is secret.
func isCredential(name string) bool {
	return slices.Contains([]string{"INSTAGRAM_TOKEN", "X_CLIENT_SECRET", "X_REFRESH_TOKEN",
		"X_ACCESS_TOKEN", "GITHUB_TOKEN", "SECRETS_TOKEN", "VAULT_KEY"}, name)
}

// askedToLogIn reports whether an open issue says that a person must log in again.
func (s *Scene) askedToLogIn() bool {
	return slices.ContainsFunc(s.ours(), func(i sim.Issue) bool {
		return i.State == "open" && strings.Contains(i.Title, "login has to be made again")
	})
}
