package sim_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/postferry/postferry/internal/sim"
)

func encoded(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

// TestContents: a file is read at a branch or a commit, and written only over what the writer has
// read.
func TestContents(t *testing.T) {
	const readme = "e6b96d5b1d0d6d6e6f1d7f2b7a6a8b0f5a8c4d11" // somebody else's
	for _, tt := range []struct {
		name, method, path, body string // {sha} is the file's own
		status                   int
		want                     string
	}{
		{"read", "GET", "/contents/README.md", "", 200, `"encoding":"base64"`},
		{"read at the branch", "GET", "/contents/README.md?ref=main", "", 200, `"sha":"{sha}"`},
		{"read at the commit", "GET", "/contents/README.md?ref={head}", "", 200, `"name":"README.md"`},
		{"read at no branch", "GET", "/contents/README.md?ref=state", "", 404, "Not Found"},
		{"read no file", "GET", "/contents/state/main.yaml", "", 404, "Not Found"},
		{"write", "PUT", "/contents/README.md", `{"message":"m","content":"bmV3","sha":"{sha}"}`, 200,
			`"commit":{"sha":"`},
		{"write without sha", "PUT", "/contents/README.md", `{"message":"m","content":"bmV3"}`, 422,
			`\"sha\" wasn't supplied`},
		{"write over another", "PUT", "/contents/README.md", `{"message":"m","content":"bmV3","sha":"` +
			readme + `"}`, 409, "README.md does not match " + readme},
		{"write a new file", "PUT", "/contents/state/main.yaml", `{"message":"m","content":"bmV3"}`, 201,
			`"path":"state/main.yaml"`},
		{"write a new file with a sha", "PUT", "/contents/state/main.yaml",
			`{"message":"m","content":"bmV3","sha":"` + readme + `"}`, 201, ""},
		{"write at no branch", "PUT", "/contents/a", `{"message":"m","content":"bmV3","branch":"state"}`,
			404, "Branch state not found"},
		{"write without a message", "PUT", "/contents/a", `{"content":"bmV3"}`, 422, "message"},
		{"write without content", "PUT", "/contents/a", `{"message":"m"}`, 422, "content"},
		{"write what is not base64", "PUT", "/contents/a", `{"message":"m","content":"***"}`, 422,
			"not valid Base64"},
		{"write what is not JSON", "PUT", "/contents/a", `{`, 400, "Problems parsing JSON"},
		{"delete", "DELETE", "/contents/README.md", `{"message":"m","sha":"{sha}"}`, 404, "Not Found"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newCaller(t, sim.Options{})
			own := strings.NewReplacer("{sha}", c.gh("GET", "/contents/README.md", "").at("sha"), "{head}",
				c.gh("GET", "/git/ref/heads/main", "").at("object.sha"))
			c.gh(tt.method, own.Replace(tt.path), own.Replace(tt.body)).expect(t, tt.status,
				own.Replace(tt.want))
			wrote := tt.method == "PUT" && tt.status < 300
			if got, want := c.w.GitHub().Commits("main"),
				map[bool]int{false: 1, true: 2}[wrote]; got != want {
				t.Errorf("commits = %d, want %d", got, want)
			}
			if got, want := c.w.GitHub().Writes(), map[bool]int{false: 0, true: 1}[wrote]; got != want {
				t.Errorf("writes = %d, want %d", got, want)
			}
		})
	}
}

// TestContentsShape: base64 comes in lines, a large file not at all, and what was written is what
// is read.
func TestContentsShape(t *testing.T) {
	c := newCaller(t, sim.Options{})
	long := strings.Repeat("a line of state\n", 20)
	c.gh("PUT", "/contents/long", fmt.Sprintf(`{"message":"m","content":%q}`, encoded(long))).expect(t,
		201)
	r := c.gh("GET", "/contents/long", "")
	b, err := base64.StdEncoding.DecodeString(r.at("content"))
	if first, _, _ := strings.Cut(r.at("content"), "\n"); len(first) != 60 || err != nil ||
		string(b) != long {
		t.Errorf("content = %q (%v)", r.at("content"), err)
	}
	if got, ok := c.w.GitHub().File("main", "long"); !ok || got != long {
		t.Errorf("file = %q, %v", got, ok)
	}
	c.w.GitHub().SetFile("main", "large", strings.Repeat("x", 1<<20+1))
	r = c.gh("GET", "/contents/large", "")
	r.is(t, "encoding", "none")
	r.is(t, "content", "")
	r.is(t, "size", "1048577")
}

// commit makes a commit of one file over a parent, "" for none, and gives its id.
func (c *caller) commit(parent, base, path, content string) string {
	c.t.Helper()
	tree := c.gh("POST", "/git/trees",
		fmt.Sprintf(`{"base_tree":%q,"tree":[{"path":%q,"mode":"100644","type":"blob","content":%q}]}`,
			base, path, content))
	tree.expect(c.t, 201)
	parents := "[]"
	if parent != "" {
		parents = fmt.Sprintf("[%q]", parent)
	}
	r := c.gh("POST", "/git/commits", fmt.Sprintf(`{"message":"m","tree":%q,"parents":%s}`,
		tree.at("sha"), parents))
	r.expect(c.t, 201)
	return r.at("sha")
}

func ref(name, sha string) string {
	return fmt.Sprintf(`{"ref":"refs/heads/%s","sha":%q}`, name,
		sha)
}

// TestOrphanBranch: a commit without a parent becomes a branch that knows nothing of main; only one
// maker wins.
func TestOrphanBranch(t *testing.T) {
	c := newCaller(t, sim.Options{})
	c.gh("GET", "/git/ref/heads/state", "").expect(t, 404)
	mine, theirs := c.commit("", "", "a", "mine"), c.commit("", "", "a", "theirs")
	c.gh("POST", "/git/refs", ref("state", mine)).expect(t, 201, `"ref":"refs/heads/state"`)
	c.gh("POST", "/git/refs", ref("state", theirs)).expect(t, 422, "Reference already exists")
	c.gh("GET", "/git/ref/heads/state", "").is(t, "object.sha", mine)
	c.gh("GET", "/git/commits/"+mine, "").is(t, "parents.0.sha", "")
	if got, _ := c.w.GitHub().File("state", "a"); got != "mine" || c.w.GitHub().Commits("state") != 1 {
		t.Errorf("file = %q in %d commits", got, c.w.GitHub().Commits("state"))
	}
	if _, ok := c.w.GitHub().File("state", "README.md"); ok {
		t.Error("the orphan has main's files")
	}
	c.gh("POST", "/git/refs", ref("other", strings.Repeat("0", 40))).expect(t, 422,
		"Object does not exist")
	c.gh("POST", "/git/refs", `{"ref":"state2","sha":"`+mine+`"}`).expect(t, 422,
		"Reference name must start with")
}

// TestFastForward: a branch moves to a descendant only; a force is done, and told.
func TestFastForward(t *testing.T) {
	c := newCaller(t, sim.Options{})
	root := c.commit("", "", "a", "0")
	c.gh("POST", "/git/refs", ref("state", root)).expect(t, 201)
	left, right := c.commit(root, root, "a", "left"), c.commit(root, root, "a", "right")
	far := c.commit(left, left, "b", "far")
	move := func(sha string, force bool) string {
		return fmt.Sprintf(`{"sha":%q,"force":%v}`, sha,
			force)
	}
	c.gh("PATCH", "/git/refs/heads/state", move(far, false)).expect(t, 200)
	c.gh("PATCH", "/git/refs/heads/state", move(right, false)).expect(t, 422,
		"Update is not a fast forward")
	c.gh("PATCH", "/git/refs/heads/state", move(root, false)).expect(t, 422,
		"Update is not a fast forward")
	c.gh("PATCH", "/git/refs/heads/state", move(far, false)).expect(t, 200)
	c.gh("PATCH", "/git/refs/heads/none", move(far, false)).expect(t, 422, "Reference does not exist")
	c.gh("PATCH", "/git/refs/heads/state", move(strings.Repeat("0", 40), false)).expect(t, 422,
		"Object does not exist")
	if got := c.w.GitHub().Commits("state"); got != 3 || len(c.w.Violations()) != 0 {
		t.Errorf("commits = %d, violations %v", got, c.w.Violations())
	}
	c.gh("PATCH", "/git/refs/heads/state", move(right, true)).expect(t, 200)
	if got := c.w.Violations(); len(got) != 1 || got[0] != "a branch was forced" {
		t.Errorf("violations = %v", got)
	}
}

// TestTrees: what a tree is made of, with a base and without.
func TestTrees(t *testing.T) {
	const file = `"mode":"100644","type":"blob"`
	for _, tt := range []struct {
		name, body string // {base} is main's head, {blob} a blob
		status     int
		want       string // the paths, or a refusal
	}{
		{"alone", `{"tree":[{"path":"a",` + file + `,"content":"x"}]}`, 201, "a"},
		{"over a base", `{"base_tree":"{base}","tree":[{"path":"a",` + file + `,"content":"x"}]}`, 201,
			"README.md a"},
		{"a blob", `{"tree":[{"path":"b",` + file + `,"sha":"{blob}"}]}`, 201, "b"},
		{"a file taken away", `{"base_tree":"{base}","tree":[{"path":"a",` + file +
			`,"content":""},{"path":"README.md",` + file + `,"sha":null}]}`, 201, "a"},
		{"no base of that name", `{"base_tree":"0","tree":[{"path":"a",` + file + `,"content":"x"}]}`,
			422, "base_tree is not a valid tree oid"},
		{"no blob of that name", `{"tree":[{"path":"b",` + file + `,"sha":"0"}]}`, 422,
			"is not a valid blob"},
		{"neither blob nor content", `{"tree":[{"path":"b",` + file + `}]}`, 422,
			"Must supply either tree.sha or tree.content"},
		{"no mode", `{"tree":[{"path":"b","content":"x"}]}`, 422, "tree.mode"},
		{"no path", `{"tree":[{` + file + `,"content":"x"}]}`, 422, "tree.path"},
		{"an absolute path", `{"tree":[{"path":"/a",` + file + `,"content":"x"}]}`, 422, "tree.path"},
		{"nothing", `{"tree":[]}`, 422, "Invalid tree info"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := newCaller(t, sim.Options{})
			blob := c.gh("POST", "/git/blobs", `{"content":"eA==","encoding":"base64"}`)
			blob.expect(t, 201)
			own := strings.NewReplacer("{base}", c.gh("GET", "/git/ref/heads/main", "").at("object.sha"),
				"{blob}", blob.at("sha"))
			r := c.gh("POST", "/git/trees", own.Replace(tt.body))
			r.expect(t, tt.status)
			if tt.status != 201 {
				r.expect(t, tt.status, tt.want)
				return
			}
			var paths []string
			tree := c.gh("GET", "/git/trees/"+r.at("sha"), "")
			for i := 0; tree.at(fmt.Sprintf("tree.%d.path", i)) != ""; i++ {
				paths = append(paths, tree.at(fmt.Sprintf("tree.%d.path", i)))
			}
			if got := strings.Join(paths, " "); got != tt.want {
				t.Errorf("paths = %q, want %q", got, tt.want)
			}
		})
	}
}

// TestBlobs: a blob is named as git names it, and read back.
func TestBlobs(t *testing.T) {
	c := newCaller(t, sim.Options{})
	const hello = "ce013625030ba8dba906f756967f9e9ca394464a" // echo hello | git hash-object --stdin
	c.gh("POST", "/git/blobs", `{"content":"hello\n"}`).is(t, "sha", hello)
	c.gh("POST", "/git/blobs", `{"content":"aGVsbG8K","encoding":"base64"}`).is(t, "sha", hello)
	r := c.gh("GET", "/git/blobs/"+hello, "")
	r.expect(t, 200)
	r.is(t, "content", "aGVsbG8K\n")
	c.gh("GET", "/git/blobs/"+strings.Repeat("0", 40), "").expect(t, 404)
	c.gh("POST", "/git/blobs", `{"content":"*","encoding":"base64"}`).expect(t, 422)
	c.gh("POST", "/git/blobs", `{}`).expect(t, 422)
}

// TestCommits: a commit needs a tree, a message and parents that are there.
func TestCommits(t *testing.T) {
	c := newCaller(t, sim.Options{})
	head := c.gh("GET", "/git/ref/heads/main", "").at("object.sha")
	tree := c.gh("GET", "/git/commits/"+head, "").at("tree.sha")
	for _, tt := range []struct {
		name, body string
		status     int
		want       string
	}{
		{"on main", fmt.Sprintf(`{"message":"m","tree":%q,"parents":[%q]}`, tree, head), 201,
			`"parents":[{"sha":"` + head + `"}]`},
		{"without parents", fmt.Sprintf(`{"message":"m","tree":%q}`, tree), 201, `"parents":[]`},
		{"no tree", `{"message":"m","tree":"0"}`, 422, "Tree SHA does not exist"},
		{"no message", fmt.Sprintf(`{"tree":%q}`, tree), 422, "message"},
		{"no such parent", fmt.Sprintf(`{"message":"m","tree":%q,"parents":["0"]}`, tree), 422,
			"Parent SHA does not exist"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c.gh("POST", "/git/commits", tt.body).expect(t, tt.status, tt.want)
		})
	}
	c.gh("GET", "/git/commits/0", "").expect(t, 404)
}

// TestGitPaths: one reference is read below ref and written below refs, and what is not there is a
// 404.
func TestGitPaths(t *testing.T) {
	c := newCaller(t, sim.Options{})
	for _, call := range []string{
		"GET /git/refs/heads/main", "POST /git/ref/heads/main", "GET /git/ref/main",
		"GET /git/ref/tags/main", "GET /git", "GET /git/tags/1",
		"GET /git/trees/0", "DELETE /git/refs/heads/main", "GET /pulls",
	} {
		method, path, _ := strings.Cut(call, " ")
		c.gh(method, path, "").expect(t, 404, "Not Found")
	}
	c.send("GET", ghHost+"/repos/someone/mirror2/contents/README.md", "",
		"Authorization: Bearer "+c.env["GITHUB_TOKEN"]).expect(t, 404)
}
