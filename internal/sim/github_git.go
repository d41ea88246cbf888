package sim

import (
	"crypto/sha1"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// File returns a file at the head of a branch, and whether it is there.
func (g GitHub) File(branch, path string) (string, bool) {
	g.w.mu.Lock()
	defer g.w.mu.Unlock()
	body, ok := g.files(g.heads[branch])[path]
	return body, ok
}

// SetFile pushes one file as a person does. It makes the branch if there is none.
func (g GitHub) SetFile(branch, path, content string) {
	g.w.mu.Lock()
	defer g.w.mu.Unlock()
	g.commit(branch, path, content, "by hand", g.w.o.Owner)
}

// DeleteFile deletes one file as a person does, by a commit.
func (g GitHub) DeleteFile(branch, path string) {
	g.w.mu.Lock()
	defer g.w.mu.Unlock()
	files, head := maps.Clone(g.files(g.heads[branch])), g.heads[branch]
	delete(files, path)
	g.advance(branch, g.store(files, "by hand", head), g.w.o.Owner)
}

// Commits counts the commits of a branch.
func (g GitHub) Commits(branch string) int {
	g.w.mu.Lock()
	defer g.w.mu.Unlock()
	return len(g.ancestors(g.heads[branch]))
}

// ForgetHistory leaves each branch its head and nothing older, as a repository that was squashed,
// and X the tokens that can still be spent: a test of a hundred thousand commits can't hold them
// all.
func (w *World) ForgetHistory() {
	w.mu.Lock()
	defer w.mu.Unlock()
	g := w.gh
	commits, trees := map[string]commit{}, map[string]map[string]string{}
	for _, head := range g.heads {
		c := g.commits[head]
		trees[c.tree] = g.trees[c.tree]
		c.parents = nil
		commits[head] = c
	}
	g.commits, g.trees = commits, trees
	g.activities = slices.Clone(g.activities[max(0, len(g.activities)-keptActivities):])
	maps.DeleteFunc(w.x.refresh, func(_ string, o grant) bool { return o.spent })
	maps.DeleteFunc(w.x.access, func(_ string, o grant) bool { return !w.clock().Before(o.ends) })
}

func (g *ghSide) files(commit string) map[string]string { return g.trees[g.commits[commit].tree] }

// blobSHA is git's own name for a content.
func blobSHA(content string) string {
	sum := sha1.Sum([]byte(fmt.Sprintf("blob %d\x00%s", len(content), content)))
	return hex.EncodeToString(sum[:])
}

// tree keeps a flat tree. Its id follows from what is in it, as git's does, though not by git's own
// encoding.
func (g *ghSide) tree(files map[string]string) string {
	h := sha1.New()
	for _, p := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(h, "%s\x00%s\n", p, blobSHA(files[p]))
	}
	id := hex.EncodeToString(h.Sum(nil))
	g.trees[id] = files
	return id
}

func (g *ghSide) store(files map[string]string, message string, parents ...string) string {
	c := commit{g.tree(files), message, parents}
	sum := sha1.Sum([]byte(fmt.Sprint("commit", c, len(g.commits))))
	id := hex.EncodeToString(sum[:])
	g.commits[id] = c
	return id
}

// commit adds a commit of one changed file to a branch, which it makes if there is none.
func (g *ghSide) commit(branch, path, content, message, by string) {
	files := maps.Clone(g.files(g.heads[branch]))
	if files == nil {
		files = map[string]string{}
	}
	files[path] = content
	var parents []string
	if head := g.heads[branch]; head != "" {
		parents = []string{head}
	}
	g.advance(branch, g.store(files, message, parents...), by)
}

// maxInline is the largest file that /contents shows.
const maxInline = 1 << 20

// contents is GET /contents/{path}. https://docs.github.com/rest/repos/contents
func (g *ghSide) contents(c ghCall) (int, any) {
	ref, path := c.URL.Query().Get("ref"), c.PathValue("path")
	if ref == "" {
		ref = "main"
	}
	if head, ok := g.heads[ref]; ok {
		ref = head
	}
	content, ok := g.files(ref)[path]
	if !ok {
		return g.folder(ref, path)
	}
	out := object{
		"type": "file", "encoding": "base64", "name": path[strings.LastIndex(path, "/")+1:],
		"path": path, "size": len(content), "sha": blobSHA(content), "content": wrapped(content),
	}
	if len(content) > maxInline {
		out["encoding"], out["content"] = "none", ""
	}
	return 200, out
}

// folder is what /contents gives for a folder: its files, without what they hold.
func (g *ghSide) folder(ref, path string) (int, any) {
	files := g.files(ref)
	out := []object{}
	for _, file := range slices.Sorted(maps.Keys(files)) {
		name, ok := strings.CutPrefix(file, path+"/")
		if ok && !strings.Contains(name, "/") {
			out = append(out, object{
				"type": "file", "name": name, "path": file, "size": len(files[file]),
				"sha": blobSHA(files[file]),
			})
		}
	}
	if len(out) == 0 {
		return refuse(404, "Not Found")
	}
	return 200, out
}

// wrapped is base64 in lines of 60, as GitHub has it.
func wrapped(content string) string {
	var b strings.Builder
	for line := range slices.Chunk([]byte(base64.StdEncoding.EncodeToString([]byte(content))), 60) {
		b.Write(append(line, '\n'))
	}
	return b.String()
}

// put writes a file if the one that is there is the one that the caller read.
func (g *ghSide) put(c ghCall) (int, any) {
	path, body := c.PathValue("path"), c.body
	branch := body.Branch
	if branch == "" {
		branch = "main"
	}
	if g.heads[branch] == "" {
		return refuse(404, "Branch "+branch+" not found")
	}
	old, exists := g.files(g.heads[branch])[path]
	if body.Content == nil || body.Message == "" {
		return refuse(422, "Invalid request.\n\n\"content\" or \"message\" wasn't supplied.")
	}
	content, err := base64.StdEncoding.DecodeString(*body.Content)
	switch {
	case err != nil:
		return refuse(422, "content is not valid Base64")
	case exists && body.SHA == "":
		return refuse(422, "Invalid request.\n\n\"sha\" wasn't supplied.")
	case exists && body.SHA != blobSHA(old):
		return refuse(409, path+" does not match "+body.SHA)
	}
	if status, out := g.protection(branch, true); status != 0 {
		return status, out
	}
	g.commit(branch, path, string(content), body.Message, c.id.login)
	status := 201
	if exists {
		status = 200
	}
	return status, object{"content": object{"path": path, "sha": blobSHA(string(content))},
		"commit": object{"sha": g.heads[branch], "tree": object{"sha": g.commits[g.heads[branch]].tree}}}
}

// branchOf is the branch that a path of references names: heads/main is main.
func branchOf(c ghCall) (branch string, ok bool) {
	return strings.CutPrefix(c.PathValue("ref"), "heads/")
}

func (g *ghSide) refJSON(branch string) object {
	return object{"ref": "refs/heads/" + branch, "object": object{"type": "commit",
		"sha": g.heads[branch]}}
}

// ref is GET /git/ref/{ref}: one reference is read below ref, and written below refs.
// https://docs.github.com/rest/git/refs
func (g *ghSide) ref(c ghCall) (int, any) {
	branch, isBranch := branchOf(c)
	if _, ok := g.heads[branch]; !ok || !isBranch {
		return refuse(404, "Not Found")
	}
	return 200, g.refJSON(branch)
}

func (g *ghSide) newRef(c ghCall) (int, any) {
	ref, sha := c.body.Ref, c.body.SHA
	branch, isBranch := strings.CutPrefix(ref, "refs/heads/")
	_, known := g.commits[sha]
	_, exists := g.heads[branch]
	switch {
	case !isBranch || branch == "":
		return refuse(422, "Reference name must start with 'refs/heads/' here")
	case !known:
		return refuse(422, "Object does not exist")
	case exists:
		return refuse(422, "Reference already exists")
	}
	if status, out := g.protection(branch, false); status != 0 {
		return status, out
	}
	g.advance(branch, sha, c.id.login)
	return 201, g.refJSON(branch)
}

// moveRef moves a branch forward, and elsewhere only by force, which no client may use.
func (g *ghSide) moveRef(c ghCall) (int, any) {
	branch, isBranch := branchOf(c)
	body := c.body
	head, exists := g.heads[branch]
	if !exists || !isBranch {
		return refuse(422, "Reference does not exist")
	}
	if _, known := g.commits[body.SHA]; !known {
		return refuse(422, "Object does not exist")
	}
	if body.Force {
		g.w.wrong = append(g.w.wrong, "a branch was forced")
	}
	if status, out := g.protection(branch, false); status != 0 {
		return status, out
	}
	kind := "push"
	if !g.follows(body.SHA, head) {
		if !body.Force {
			return refuse(422, "Update is not a fast forward")
		}
		kind = "force_push"
	}
	g.setHead(branch, body.SHA, kind, c.id.login)
	return 200, g.refJSON(branch)
}
