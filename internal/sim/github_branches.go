package sim

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// noCommit stands for no commit, in an activity.
const noCommit = "0000000000000000000000000000000000000000"

// activity is one change of a branch.
// https://docs.github.com/rest/repos/repos#list-repository-activities
type activity struct {
	id                          int64
	before, after               string // commits; noCommit for none
	branch, kind, by, actorType string
	at                          time.Time
}

// keptActivities is how many ForgetHistory leaves.
const keptActivities = 500

// setHead points a branch to a commit, "" takes it away, and notes the activity.
func (g *ghSide) setHead(branch, sha, kind, by string) {
	before, after := g.heads[branch], sha
	setDefault(&before, noCommit)
	setDefault(&after, noCommit)
	if before == after {
		return
	}
	g.heads[branch] = sha
	if sha == "" {
		delete(g.heads, branch)
	}
	who := "User"
	if strings.HasSuffix(by, "[bot]") {
		who = "Bot"
	}
	g.made++
	g.activities = append(g.activities, activity{
		int64(21_000_000_000 + g.made), before, after, branch, kind, by, who, g.clock(),
	})
}

// advance points a branch to a commit that follows its head, or makes it.
func (g *ghSide) advance(branch, sha, by string) {
	kind := "push"
	if g.heads[branch] == "" {
		kind = "branch_creation"
	}
	g.setHead(branch, sha, kind, by)
}

// ancestors are the commits behind a commit, itself included.
func (g *ghSide) ancestors(sha string) map[string]bool {
	seen, next := map[string]bool{}, []string{sha}
	for len(next) > 0 {
		at := next[0]
		next = next[1:]
		if c, known := g.commits[at]; known && !seen[at] {
			seen[at] = true
			next = append(next, c.parents...)
		}
	}
	return seen
}

// follows reports whether a commit has another among its ancestors. The nearest are looked at
// first, so that the usual push costs nothing.
func (g *ghSide) follows(sha, ancestor string) bool {
	seen, next := map[string]bool{}, []string{sha}
	for len(next) > 0 {
		at := next[0]
		next = next[1:]
		if at == ancestor {
			return true
		}
		if !seen[at] {
			seen[at] = true
			next = append(next, g.commits[at].parents...)
		}
	}
	return false
}

// Branch is what a person does to a branch.
type Branch struct {
	*ghSide
	name string
}

// Branch is the way to a branch, whether it is there or not.
func (g GitHub) Branch(name string) Branch { return Branch{g.ghSide, name} }

// Head returns the branch's newest commit, "" if there is no branch.
func (b Branch) Head() string {
	b.w.mu.Lock()
	defer b.w.mu.Unlock()
	return b.heads[b.name]
}

// ForceBack takes the newest n commits off the branch, as a person's force push does. It returns
// the lost head.
func (b Branch) ForceBack(n int) (lost string) {
	b.w.mu.Lock()
	defer b.w.mu.Unlock()
	lost = b.heads[b.name]
	at := lost
	for range n {
		if parents := b.commits[at].parents; len(parents) > 0 {
			at = parents[0]
		}
	}
	b.setHead(b.name, at, "force_push", b.w.o.Owner)
	return lost
}

// Delete deletes the branch as a person does. Its commits can still be named. It returns the lost
// head.
func (b Branch) Delete() (lost string) {
	b.w.mu.Lock()
	defer b.w.mu.Unlock()
	lost = b.heads[b.name]
	b.setHead(b.name, "", "branch_deletion", b.w.o.Owner)
	return lost
}

// PutBack points the branch to a commit as a person does: it makes a branch that is gone, pushes to
// one that is behind, and forces any other.
func (b Branch) PutBack(sha string) {
	b.w.mu.Lock()
	defer b.w.mu.Unlock()
	if head := b.heads[b.name]; head != "" && !b.follows(sha, head) {
		b.setHead(b.name, sha, "force_push", b.w.o.Owner)
		return
	}
	b.advance(b.name, sha, b.w.o.Owner)
}

// Protect makes GitHub refuse every write to the branch: by a ruleset ("ruleset-403",
// "ruleset-409", "ruleset-422"), or by classic protection ("classic"). "" ends it.
func (b Branch) Protect(how string) {
	b.w.mu.Lock()
	defer b.w.mu.Unlock()
	b.protected[b.name] = how
}

// protection is GitHub's refusal to write to a branch; the status is 0 if there is none. Classic
// protection answers the contents API with a text of its own.
// https://github.com/BobAnkh/auto-generate-changelog/issues/78
func (g *ghSide) protection(branch string, contents bool) (int, any) {
	const byPull = "Changes must be made through a pull request."
	switch how := g.protected[branch]; {
	case how == "ruleset-403":
		return refuse(403, "Repository rule violations found\n\n"+byPull+"\n\n")
	case how == "ruleset-409", how == "ruleset-422" && contents:
		return refuse(409, "Repository rule violations found\n\n"+byPull+"\n\n")
	case how == "ruleset-422":
		return refuse(422, "Repository rule violations found\n\nCannot update this protected ref.\n\n")
	case how == "classic" && contents:
		return refuse(409, "Could not update file: 2 of 2 required status checks are expected. "+byPull)
	case how == "classic":
		return refuse(422, "2 of 2 required status checks are expected. "+byPull)
	}
	return 0, nil
}

var (
	activityKinds = []string{
		"push", "force_push", "branch_creation", "branch_deletion", "pr_merge", "merge_queue_merge",
	}
	// periods are the values of time_period, in days.
	periods = map[string]int{"day": 1, "week": 7, "month": 30, "quarter": 91, "year": 365}
)

// listActivities is GET /activity: pages by cursor, which the Link header names.
// https://docs.github.com/rest/repos/repos#list-repository-activities
func (g *ghSide) listActivities(c ghCall) (int, any) {
	if id := c.PathValue("id"); id != "" && id != strconv.FormatInt(g.id, 10) {
		return refuse(404, "Not Found")
	}
	q := c.URL.Query()
	if wrong := wrongActivityQuery(q); wrong != "" {
		return failed("Activity", wrong, "invalid", "")
	}
	list := slices.DeleteFunc(slices.Clone(g.activities),
		func(a activity) bool { return !g.wants(q, a) })
	if q.Get("direction") != "asc" {
		slices.Reverse(list)
	}
	size := min(positive(q.Get("per_page"), 30), 100)
	from, to := 0, len(list)
	if i := atCursor(list, q.Get("after")); i >= 0 {
		from = i + 1
	}
	if i := atCursor(list, q.Get("before")); i >= 0 {
		to = i
		from = max(0, to-size)
	}
	to = min(to, from+size)
	c.linkCursors(fmt.Sprintf("/repositories/%d/activity", g.id), list, from, to)
	out := []object{}
	for _, a := range list[from:to] {
		out = append(out, object{
			"id": a.id, "node_id": fmt.Sprintf("PSH_%d", a.id), "before": a.before, "after": a.after,
			"ref": "refs/heads/" + a.branch, "timestamp": a.at.Format(time.RFC3339),
			"activity_type": a.kind, "actor": object{"login": a.by, "id": userID(a.by), "type": a.actorType},
		})
	}
	return 200, out
}

// wrongActivityQuery is the parameter that GitHub would not take, "" for none.
func wrongActivityQuery(q url.Values) string {
	_, period := periods[q.Get("time_period")]
	direction := q.Get("direction")
	switch {
	case q.Get("activity_type") != "" && !slices.Contains(activityKinds, q.Get("activity_type")):
		return "activity_type"
	case q.Get("time_period") != "" && !period:
		return "time_period"
	case direction != "" && direction != "asc" && direction != "desc":
		return "direction"
	}
	return ""
}

// wants reports whether an activity is among those that a query asks for. A ref may be given short.
func (g *ghSide) wants(q url.Values, a activity) bool {
	ref := strings.TrimPrefix(q.Get("ref"), "refs/heads/")
	days, limited := periods[q.Get("time_period")]
	switch {
	case ref != "" && ref != a.branch, q.Get("actor") != "" && q.Get("actor") != a.by:
		return false
	case q.Get("activity_type") != "" && q.Get("activity_type") != a.kind:
		return false
	}
	return !limited || a.at.After(g.clock().AddDate(0, 0, -days))
}

func cursorOf(a activity) string {
	return base64.StdEncoding.EncodeToString([]byte("v1:" + strconv.FormatInt(a.id, 10)))
}

// atCursor is the place of a cursor's activity, -1 for no such cursor.
func atCursor(list []activity, cursor string) int {
	return slices.IndexFunc(list,
		func(a activity) bool { return cursor != "" && cursorOf(a) == cursor })
}

// linkCursors names the pages beside this one, in the Link header.
func (c ghCall) linkCursors(path string, list []activity, from, to int) {
	link := func(rel, name string, a activity) string {
		next := url.Values{}
		for k, v := range c.URL.Query() {
			if k != "before" && k != "after" {
				next[k] = v
			}
		}
		next.Set(name, cursorOf(a))
		return fmt.Sprintf(`<%s?%s>; rel="%s"`, c.address(path), next.Encode(), rel)
	}
	var links []string
	if to > from && to < len(list) {
		links = append(links, link("next", "after", list[to-1]))
	}
	if from > 0 && from < len(list) {
		links = append(links, link("prev", "before", list[from]))
	}
	if len(links) > 0 {
		c.header.Set("Link", strings.Join(links, ", "))
	}
}

// compare is GET /compare/{base}...{head}.
// https://docs.github.com/rest/commits/commits#compare-two-commits
func (g *ghSide) compare(c ghCall) (int, any) {
	b, h, ok := strings.Cut(c.PathValue("basehead"), "...")
	base, head := g.commitOf(b), g.commitOf(h)
	if !ok || base == "" || head == "" {
		return refuse(404, "Not Found")
	}
	inBase, inHead := g.ancestors(base), g.ancestors(head)
	ahead, behind, common := 0, 0, ""
	for sha := range inHead {
		if !inBase[sha] {
			ahead++
		} else if common == "" || g.follows(sha, common) {
			common = sha
		}
	}
	for sha := range inBase {
		if !inHead[sha] {
			behind++
		}
	}
	if common == "" {
		return refuse(404, fmt.Sprintf("No common ancestor between %s and %s.", b, h))
	}
	status := "diverged"
	switch {
	case ahead == 0 && behind == 0:
		status = "identical"
	case behind == 0:
		status = "ahead"
	case ahead == 0:
		status = "behind"
	}
	return 200, object{
		"status": status, "ahead_by": ahead, "behind_by": behind, "total_commits": ahead,
		"base_commit": object{"sha": base}, "merge_base_commit": object{"sha": common},
	}
}

// commitOf is the commit that a branch's name or an id names, "" for none.
func (g *ghSide) commitOf(name string) string {
	if head, ok := g.heads[name]; ok {
		return head
	}
	if _, ok := g.commits[name]; ok {
		return name
	}
	return ""
}
