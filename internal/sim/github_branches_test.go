package sim_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/postferry/postferry/internal/sim"
)

const none = "0000000000000000000000000000000000000000"

// kinds are the activities of an answer, in its order.
func (r reply) kinds() string {
	var out []string
	for i := 0; r.at(fmt.Sprintf("%d.id", i)) != ""; i++ {
		out = append(out, r.at(fmt.Sprintf("%d.activity_type", i)))
	}
	return strings.Join(out, " ")
}

// TestActivity: every change of a branch is in the list, by whom and from where to where, also
// those of a branch that is gone; its commits can still be named.
func TestActivity(t *testing.T) {
	c := newCaller(t, sim.Options{})
	root := c.commit("", "", "a", "0")
	c.gh("POST", "/git/refs", ref("state", root)).expect(t, 201)
	next := c.commit(root, root, "a", "1")
	c.w.Advance(time.Hour)
	c.gh("PATCH", "/git/refs/heads/state", `{"sha":"`+next+`"}`).expect(t, 200)
	c.gh("PATCH", "/git/refs/heads/state", `{"sha":"`+next+`"}`).expect(t, 200) // no change, no entry
	branch := c.w.GitHub().Branch("state")
	if lost := branch.ForceBack(1); lost != next || branch.Head() != root {
		t.Errorf("lost %s, head %s", lost, branch.Head())
	}
	branch.PutBack(next)
	if lost := branch.Delete(); lost != next || branch.Head() != "" {
		t.Errorf("lost %s, head %s", lost, branch.Head())
	}
	r := c.gh("GET", "/activity?ref=state", "")
	r.expect(t, 200)
	if got, want := r.kinds(), "branch_deletion push force_push push branch_creation"; got != want {
		t.Errorf("activities = %q, want %q", got, want)
	}
	for path, want := range map[string]string{
		"0.before": next, "0.after": none, "0.ref": "refs/heads/state", "0.actor.login": "someone",
		"2.before": next, "2.after": root, "3.actor.login": "github-actions[bot]", "3.actor.type": "Bot",
		"3.timestamp": "2026-11-23T10:00:00Z", "4.before": none, "4.after": root,
	} {
		r.is(t, path, want)
	}
	c.gh("GET", "/git/ref/heads/state", "").expect(t, 404)
	c.gh("POST", "/git/refs", ref("state", next)).expect(t, 201) // the lost commit is still there
	if got, _ := c.w.GitHub().File("state", "a"); got != "1" {
		t.Errorf("file = %q", got)
	}
	c.w.GitHub().SetFile("state", "b", "x")
	branch.ForceBack(1)
	branch.PutBack(c.commit("", "", "c", "another history"))
	if got := c.gh("GET", "/activity?ref=refs/heads/state&per_page=3",
		"").kinds(); got != "force_push force_push push" {
		t.Errorf("activities = %q", got)
	}
}

// TestActivityQuery: what can be asked for, and what GitHub refuses.
func TestActivityQuery(t *testing.T) {
	c := newCaller(t, sim.Options{})
	c.w.GitHub().SetFile("state", "a", "1")
	c.w.Advance(40 * 24 * time.Hour)
	c.w.GitHub().SetFile("state", "a", "2")
	c.w.GitHub().SetFile("other", "a", "1")
	c.w.GitHub().Branch("state").ForceBack(1)
	for _, tt := range []struct {
		query  string
		status int
		want   string
	}{
		{"", 200, "force_push branch_creation push branch_creation branch_creation"},
		{"direction=asc", 200, "branch_creation branch_creation push branch_creation force_push"},
		{"ref=state", 200, "force_push push branch_creation"},
		{"ref=stat", 200, ""},
		{"activity_type=force_push", 200, "force_push"},
		{"activity_type=branch_deletion", 200, ""},
		{"time_period=week", 200, "force_push branch_creation push"},
		{"time_period=quarter&ref=state", 200, "force_push push branch_creation"},
		{"actor=someone&ref=other", 200, "branch_creation"},
		{"actor=github-actions[bot]", 200, ""},
		{"per_page=1", 200, "force_push"},
		{"activity_type=forced", 422, ""},
		{"time_period=decade", 422, ""},
		{"direction=up", 422, ""},
	} {
		r := c.gh("GET", "/activity?"+tt.query, "")
		r.expect(t, tt.status)
		if got := r.kinds(); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.query, got, tt.want)
		}
	}
}

// links are the addresses of a Link header, by rel.
func (r reply) links() map[string]string {
	out := map[string]string{}
	for one := range strings.SplitSeq(r.header.Get("Link"), ", ") {
		if address, rel, ok := strings.Cut(one, `>; rel="`); ok {
			out[strings.TrimSuffix(rel, `"`)] = strings.TrimPrefix(address, "<")
		}
	}
	return out
}

// TestActivityPages: the pages together are the list, once, and each knows the one before.
func TestActivityPages(t *testing.T) {
	c := newCaller(t, sim.Options{})
	for i := range 7 {
		c.w.GitHub().SetFile("state", "a", fmt.Sprint(i))
	}
	auth := "Authorization: Bearer " + c.env["GITHUB_TOKEN"]
	var ids []string
	r := c.gh("GET", "/activity?ref=state&per_page=3", "")
	for pages := 1; ; pages++ {
		r.expect(t, 200)
		for i := 0; r.at(fmt.Sprintf("%d.id", i)) != ""; i++ {
			ids = append(ids, r.at(fmt.Sprintf("%d.after", i)))
		}
		next := r.links()["next"]
		if u, err := url.Parse(next); err != nil || next != "" && u.Query().Get("after") == "" {
			t.Fatalf("next = %q", next)
		}
		if next == "" {
			break
		}
		first := r.at("0.id")
		r = c.send("GET", next, "", auth)
		c.send("GET", r.links()["prev"], "", auth).is(t, "0.id", first)
	}
	if len(ids) != 7 || ids[0] != c.w.GitHub().Branch("state").Head() {
		t.Errorf("commits = %v", ids)
	}
}

// TestMerge: a commit with two parents, by which a branch that was put back gets its lost commits.
func TestMerge(t *testing.T) {
	c := newCaller(t, sim.Options{})
	root := c.commit("", "", "a", "0")
	left, right := c.commit(root, root, "a", "left"), c.commit(root, root, "b", "right")
	c.gh("POST", "/git/refs", ref("state", left)).expect(t, 201)
	tree := c.gh("GET", "/git/commits/"+right, "").at("tree.sha")
	r := c.gh("POST", "/git/commits",
		fmt.Sprintf(`{"message":"m","tree":%q,"parents":[%q,%q]}`, tree, left, right))
	r.expect(t, 201)
	r.is(t, "parents.0.sha", left)
	r.is(t, "parents.1.sha", right)
	merge := r.at("sha")
	for base, want := range map[string]string{
		left + "..." + right: "diverged", root + "..." + left: "ahead", left + "..." + root: "behind",
		left + "..." + left: "identical", right + "..." + merge: "ahead", "state..." + merge: "ahead",
	} {
		c.gh("GET", "/compare/"+base, "").is(t, "status", want)
	}
	c.gh("GET", "/compare/"+left+"..."+right, "").is(t, "merge_base_commit.sha", root)
	c.gh("GET", "/compare/main..."+right, "").expect(t, 404, "No common ancestor")
	c.gh("GET", "/compare/main...nothing", "").expect(t, 404)
	c.gh("PATCH", "/git/refs/heads/state", `{"sha":"`+right+`"}`).expect(t, 422)
	c.gh("PATCH", "/git/refs/heads/state", `{"sha":"`+merge+`"}`).expect(t, 200)
	if got := c.w.GitHub().Commits("state"); got != 4 {
		t.Errorf("commits = %d, want 4", got)
	}
}

// TestProtection: a protected branch takes no write, in the words of what protects it.
func TestProtection(t *testing.T) {
	for _, tt := range []struct {
		how       string
		ref, file int
		want      string
	}{
		{"", 200, 201, ""},
		{"ruleset-403", 403, 403, "Repository rule violations found"},
		{"ruleset-409", 409, 409, "Changes must be made through a pull request."},
		{"ruleset-422", 422, 409, "Repository rule violations found"},
		{"classic", 422, 409, "2 of 2 required status checks are expected."},
	} {
		t.Run(tt.how, func(t *testing.T) {
			c := newCaller(t, sim.Options{})
			root := c.commit("", "", "a", "0")
			c.gh("POST", "/git/refs", ref("state", root)).expect(t, 201)
			next := c.commit(root, root, "a", "1")
			c.w.GitHub().Branch("state").Protect(tt.how)
			c.w.GitHub().Branch("new").Protect(tt.how)
			c.gh("PATCH", "/git/refs/heads/state", `{"sha":"`+next+`"}`).expect(t, tt.ref, tt.want)
			c.gh("PUT", "/contents/b", `{"message":"m","content":"eA==","branch":"state"}`).expect(t,
				tt.file, tt.want)
			made := tt.ref
			if made == 200 {
				made = 201
			}
			c.gh("POST", "/git/refs", ref("new", root)).expect(t, made, tt.want)
			c.gh("PUT", "/contents/b", `{"message":"m","content":"eA=="}`).expect(t, 201) // main
		})
	}
}

// TestRepositoryID: the id tells a copy from the repository.
func TestRepositoryID(t *testing.T) {
	c := newCaller(t, sim.Options{})
	r := c.gh("GET", "", "")
	r.is(t, "id", c.env["GITHUB_REPOSITORY_ID"])
	r.is(t, "owner.login", "someone")
	c.w.GitHub().SetRepositoryID(42)
	c.gh("GET", "", "").is(t, "id", "42")
	auth := "Authorization: Bearer " + c.env["GITHUB_TOKEN"]
	c.send("GET", ghHost+"/repositories/42", "", auth).is(t, "full_name", "someone/mirror")
	c.send("GET", ghHost+"/repositories/43", "", auth).expect(t, 404)
	c.send("GET", ghHost+"/repositories/777000777/activity", "", auth).expect(t, 404)
	if got := c.w.Env()["GITHUB_REPOSITORY_ID"]; got != "42" {
		t.Errorf("GITHUB_REPOSITORY_ID = %s", got)
	}
}

// TestJobToken: a job's token is an app's id and a JSON Web Token, with dots and dashes.
func TestJobToken(t *testing.T) {
	c := newCaller(t, sim.Options{})
	token := c.env["GITHUB_TOKEN"]
	if !strings.HasPrefix(token, "ghs_15368_eyJ") || strings.Count(token, ".") != 2 ||
		len(token) < 400 ||
		!strings.ContainsAny(token, "-") {
		t.Errorf("token = %s", token)
	}
	if diff := cmp.Diff(c.w.Violations(), []string(nil)); diff != "" {
		t.Error(diff)
	}
	c.gh("POST", "/issues", `{"title":"a","body":"`+token+`"}`).expect(t, 201)
	if len(c.w.Violations()) != 1 {
		t.Error("a token in an issue is not noticed")
	}
}
