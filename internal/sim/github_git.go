package sim

import (
	"crypto/sha1"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// File is a file at the head of a branch.
func (w *World) File(branch, path string) (string, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	body, ok := w.gh.files(w.gh.heads[branch])[path]
	return body, ok
}

// SetFile is a person's push. It makes the branch if there is none.
func (w *World) SetFile(branch, path, content string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.gh.commit(branch, path, content)
}

// Commits is how many commits a branch has.
func (w *World) Commits(branch string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := 0
	for at := w.gh.heads[branch]; at != ""; at = w.gh.commits[at].parent {
		n++
	}
	return n
}

func (g *ghSide) files(commit string) map[string]string { return g.trees[g.commits[commit].tree] }

// blobSHA is git's own name for a content.
func blobSHA(content string) string {
	sum := sha1.Sum([]byte(fmt.Sprintf("blob %d\x00%s", len(content), content)))
	return hex.EncodeToString(sum[:])
}

// tree keeps a flat tree. Its id follows from what is in it, as git's does, though not by git's own encoding.
func (g *ghSide) tree(files map[string]string) string {
	h := sha1.New()
	for _, p := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(h, "%s\x00%s\n", p, blobSHA(files[p]))
	}
	id := hex.EncodeToString(h.Sum(nil))
	g.trees[id] = files
	return id
}

func (g *ghSide) store(files map[string]string, parent string) string {
	c := commit{g.tree(files), parent}
	sum := sha1.Sum([]byte(fmt.Sprint("commit", c, len(g.commits))))
	id := hex.EncodeToString(sum[:])
	g.commits[id] = c
	return id
}

func (g *ghSide) commit(branch, path, content string) {
	files := maps.Clone(g.files(g.heads[branch]))
	if files == nil {
		files = map[string]string{}
	}
	files[path] = content
	g.heads[branch] = g.store(files, g.heads[branch])
}

// contents is /contents/{path}. https://docs.github.com/rest/repos/contents
func (g *ghSide) contents(r *http.Request, path string, body in) (int, any) {
	if r.Method == http.MethodPut {
		return g.put(path, body)
	}
	ref := r.URL.Query().Get("ref")
	if ref == "" {
		ref = "main"
	}
	if head, ok := g.heads[ref]; ok {
		ref = head
	}
	content, ok := g.files(ref)[path]
	if !ok {
		return refuse(404, "Not Found")
	}
	return 200, object{
		"type": "file", "encoding": "base64", "name": path, "path": path, "size": len(content), "sha": blobSHA(content),
		"content": base64.StdEncoding.EncodeToString([]byte(content)),
	}
}

// put writes a file if it still is what the caller read.
func (g *ghSide) put(path string, body in) (int, any) {
	branch := body.Branch
	if branch == "" {
		branch = "main"
	}
	if g.heads[branch] == "" {
		return refuse(404, "Branch "+branch+" not found")
	}
	old, exists := g.files(g.heads[branch])[path]
	content, err := base64.StdEncoding.DecodeString(body.Content)
	switch {
	case err != nil || body.Message == "":
		return refuse(422, "content is not valid Base64")
	case exists && body.SHA == "":
		return refuse(422, "Invalid request.\n\n\"sha\" wasn't supplied.")
	case exists && body.SHA != blobSHA(old):
		return refuse(409, path+" does not match "+body.SHA)
	}
	g.commit(branch, path, string(content))
	status := 201
	if exists {
		status = 200
	}
	return status, object{"content": object{"path": path, "sha": blobSHA(string(content))}, "commit": object{"sha": g.heads[branch]}}
}

// git is /git/…: objects and references. https://docs.github.com/rest/git
func (g *ghSide) git(r *http.Request, p []string, body in) (int, any) {
	name := strings.Join(p[1:], "/")
	branch := strings.TrimPrefix(name, "heads/")
	get := r.Method == http.MethodGet
	switch {
	case p[0] == "ref" && get:
		return g.ref(branch)
	case p[0] == "refs" && r.Method == http.MethodPost:
		return g.newRef(strings.TrimPrefix(body.Ref, "refs/heads/"), body.SHA)
	case p[0] == "refs" && r.Method == http.MethodPatch:
		return g.moveRef(branch, body)
	case p[0] == "commits" && get:
		c, ok := g.commits[name]
		if !ok {
			return refuse(404, "Not Found")
		}
		return 200, object{"sha": name, "tree": object{"sha": c.tree}, "parents": []object{}}
	case p[0] == "commits":
		return g.newCommit(body)
	case p[0] == "trees" && !get:
		return g.newTree(body)
	}
	return refuse(404, "Not Found")
}

func (g *ghSide) ref(branch string) (int, any) {
	head, ok := g.heads[branch]
	if !ok {
		return refuse(404, "Not Found")
	}
	return 200, object{"ref": "refs/heads/" + branch, "object": object{"type": "commit", "sha": head}}
}

func (g *ghSide) newRef(branch, sha string) (int, any) {
	_, known := g.commits[sha]
	_, exists := g.heads[branch]
	switch {
	case !known:
		return refuse(422, "Object does not exist")
	case exists:
		return refuse(422, "Reference already exists")
	}
	g.heads[branch] = sha
	return 201, object{"ref": "refs/heads/" + branch, "object": object{"type": "commit", "sha": sha}}
}

// moveRef moves a branch forward only.
func (g *ghSide) moveRef(branch string, body in) (int, any) {
	head, exists := g.heads[branch]
	if _, known := g.commits[body.SHA]; !known || !exists {
		return refuse(422, "Object does not exist")
	}
	if body.Force != nil && *body.Force {
		g.w.wrong = append(g.w.wrong, "a branch was forced")
	}
	for at := body.SHA; at != head; at = g.commits[at].parent {
		if at == "" {
			return refuse(422, "Update is not a fast forward")
		}
	}
	g.heads[branch] = body.SHA
	return 200, object{"ref": "refs/heads/" + branch, "object": object{"type": "commit", "sha": body.SHA}}
}

func (g *ghSide) newCommit(body in) (int, any) {
	files, ok := g.trees[body.Tree]
	if !ok {
		return refuse(422, "Tree SHA does not exist")
	}
	parent := strings.Join(body.Parents, "")
	if _, ok := g.commits[parent]; parent != "" && !ok {
		return refuse(422, "Parent SHA does not exist or is not a commit object")
	}
	id := g.store(files, parent)
	return 201, object{"sha": id, "tree": object{"sha": body.Tree}}
}

func (g *ghSide) newTree(body in) (int, any) {
	base := g.trees[body.BaseTree]
	if base == nil {
		base = g.files(body.BaseTree) // a commit's id will do
	}
	if body.BaseTree != "" && base == nil {
		return refuse(422, "base_tree is not a valid tree oid")
	}
	files := maps.Clone(base)
	if files == nil {
		files = map[string]string{}
	}
	for _, e := range body.Entries {
		files[e.Path] = e.Content
	}
	return 201, object{"sha": g.tree(files)}
}
