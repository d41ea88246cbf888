package cli_test

import (
	"strings"
	"testing"
	"time"

	"github.com/postferry/postferry/internal/sim"
)

// TestOrphans: an incident that the document does not know of, because it could not be read or written when the issue was
// opened, is closed like any other once things work.
func TestOrphans(t *testing.T) {
	const file = "state/main.yaml"
	var good string
	for _, tt := range []struct {
		name  string
		harm  func(r *rehearsal)
		mend  func(r *rehearsal)
		title string
	}{
		{"the document is damaged", func(r *rehearsal) {
			good, _ = r.w.GitHub().File("postferry-state", file)
			r.w.GitHub().SetFile("postferry-state", file, "<<<<<<< HEAD")
		},
			func(r *rehearsal) { r.w.GitHub().SetFile("postferry-state", file, good) },
			"main: the state document can't be read"},
		{"the branch can't be written", func(r *rehearsal) {
			r.w.Instagram().BreakLikeSeptember2023()
			r.w.Fail(sim.Fault{
				Service: "github", Call: "POST /repos/*/*/git/**", Times: -1, Status: 403,
				Body: `{"message":"Resource not accessible by integration"}`,
			})
			r.w.Fail(sim.Fault{
				Service: "github", Call: "PUT /repos/*/*/contents/**", Times: -1, Status: 403,
				Body: `{"message":"Resource not accessible by integration"}`,
			})
		}, func(r *rehearsal) { r.w.Instagram().Repair(); r.w.ClearFaults() },
			"main: the permission for the media is not granted"},
	} {
		for _, how := range []string{"a rotation", "a run that a person starts"} {
			bubble(t, tt.name+", closed by "+how, func(t *testing.T) {
				w := sim.New(sim.Options{Real: true, Now: time.Now()})
				r := &rehearsal{t: t, w: w, env: w.Env()}
				r.mirror()
				tt.harm(r)
				if code := r.mirror(); code != 1 {
					t.Fatalf("status %d, want 1:\n%s", code, &r.out)
				}
				w.Advance(time.Hour)
				tt.mend(r)
				switch how {
				case "a rotation":
					r.command("rotate")
				default:
					r.env["GITHUB_EVENT_NAME"] = "workflow_dispatch"
				}
				r.mirror()
				issues := w.GitHub().Issues()
				if len(issues) != 1 || issues[0].Title != tt.title || issues[0].State != "closed" {
					t.Fatalf("issues: %+v\n%s", issues, &r.out)
				}
				if n := len(issues[0].Comments); n != 1 ||
					!strings.HasPrefix(issues[0].Comments[0], "Back after 1 h 0 min") {
					t.Errorf("comments: %q", issues[0].Comments)
				}
			})
		}
	}
}

// TestNotOrphans: an open issue that carries our label and marker and is a person's is left alone.
func TestNotOrphans(t *testing.T) {
	const marker = "\n<!-- postferry:incident route=main area=instagram fingerprint=0a1b2c -->\n"
	bubble(t, "a person's", func(t *testing.T) {
		w := sim.New(sim.Options{Real: true, Now: time.Now()})
		r := &rehearsal{t: t, w: w, env: w.Env()}
		r.mirror()
		w.GitHub().OpenIssue("someone-else", "Is this normal?", "I saw this:"+marker, "postferry")
		r.publish("one")
		r.mirror()
		if i := w.GitHub().Issues()[0]; i.State != "open" || len(i.Comments) != 0 {
			t.Errorf("a person's issue was touched: %+v", i)
		}
	})
}

// TestForgedMarker: an issue of a person that carries our label and marker is not taken for the issue
// of an incident: the incident gets its own.
func TestForgedMarker(t *testing.T) {
	const marker = "\n<!-- postferry:incident route=main area=instagram fingerprint=0a1b2c -->\n"
	bubble(t, "a person's", func(t *testing.T) {
		w := sim.New(sim.Options{Real: true, Now: time.Now()})
		r := &rehearsal{t: t, w: w, env: w.Env()}
		r.mirror()
		w.GitHub().OpenIssue("someone-else", "Is this normal?", "I saw this:"+marker, "postferry")
		w.Instagram().BreakLikeSeptember2023()
		r.mirror()
		issues := w.GitHub().Issues()
		if len(issues) != 2 || issues[0].Title != "Is this normal?" {
			t.Fatalf("issues: %+v\n%s", issues, &r.out)
		}
	})
}
