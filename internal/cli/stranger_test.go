package cli_test

import (
	"strings"
	"testing"
	"time"

	"github.com/postferry/postferry/internal/sim"
)

// TestNumberIsNoProof: a copy of the repository, or one whose issues were moved, has other issues under
// the numbers that the documents hold. They are neither written nor read as an answer: each component
// gets an issue of its own.
func TestNumberIsNoProof(t *testing.T) {
	for component, meet := range map[string]func(*rehearsal){
		"instagram": func(r *rehearsal) {
			r.w.Instagram().BreakLikeSeptember2023()
			r.mirror()
			r.w.Advance(25 * time.Hour)
			r.mirror()
			r.w.Instagram().Repair()
			r.w.Advance(7 * time.Hour)
			r.mirror()
		},
		"attention": func(r *rehearsal) {
			r.w.GitHub().SetSecretsTokenExpiry(r.w.Now().Add(3 * 24 * time.Hour))
			r.command("rotate")
			r.w.Advance(25 * time.Hour)
			r.command("rotate")
			r.w.GitHub().SetSecretsTokenExpiry(r.w.Now().Add(300 * 24 * time.Hour))
			r.w.Advance(7 * time.Hour)
			r.command("rotate")
		},
		"given-up": func(r *rehearsal) {
			r.mirror()
			r.w.Advance(25 * time.Hour)
			r.mirror()
		},
	} {
		for _, state := range []string{"open", "closed"} {
			bubble(t, component+", "+state, func(t *testing.T) {
				w := sim.New(sim.Options{Real: true, Now: time.Now()})
				r := &rehearsal{t: t, w: w, env: w.Env()}
				w.GitHub().OpenIssue("someone", "Is this normal?", "I wonder.", "postferry")
				if state == "closed" {
					w.Advance(time.Second)
					w.GitHub().Issue(1).Close("someone", "completed")
				}
				r.mirror()
				claim(r, component)
				before := w.GitHub().Issues()[0]
				meet(r)
				after := w.GitHub().Issues()[0]
				if after.Body != before.Body || after.State != before.State ||
					len(after.Comments) != 0 || after.Title != before.Title {
					t.Errorf("a person's issue was touched: %+v\n%s", after, &r.out)
				}
				if component != "instagram" && len(w.GitHub().Issues()) < 2 {
					t.Errorf("nobody is told: %s", &r.out)
				}
			})
		}
	}
}

// claim has the document say that the first issue is the component's, and that a media was given up.
func claim(r *rehearsal, component string) {
	const file = "state/main.yaml"
	text, _ := r.w.GitHub().File("postferry-state", file)
	at := r.w.Now().UTC().Add(-time.Hour).Format(time.RFC3339)
	text = strings.TrimRight(text, "\n") + "\nincidents:\n  - component: " + component +
		"\n    fingerprint: 0a1b2c\n    issue: 1\n    first: " + at + "\n    last: " + at +
		"\n    count: 1\n"
	if component == "given-up" {
		text += "ledger:\n  - media_id: \"17\"\n    timestamp: " + at +
			"\n    status: given-up\n    reason: no file\n    settled: " + at + "\n"
	}
	r.w.GitHub().SetFile("postferry-state", file, text)
}
