package sim

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"slices"
	"strings"
)

func (g *ghSide) getCommit(c ghCall) (int, any) { return g.showCommit(c.PathValue("sha")) }

func (g *ghSide) showCommit(id string) (int, any) {
	c, ok := g.commits[id]
	if !ok {
		return refuse(404, "Not Found")
	}
	parents := []object{}
	for _, p := range c.parents {
		parents = append(parents, object{"sha": p})
	}
	return 200, object{"sha": id, "message": c.message, "tree": object{"sha": c.tree},
		"parents": parents}
}

// newCommit makes a commit with its parents: none for the root of an orphan branch, two for a
// merge.
func (g *ghSide) newCommit(c ghCall) (int, any) {
	body := c.body
	files, ok := g.trees[body.Tree]
	if !ok {
		return refuse(422, "Tree SHA does not exist")
	}
	if body.Message == "" {
		return refuse(422, "Invalid request.\n\n\"message\" wasn't supplied.")
	}
	for _, p := range body.Parents {
		if _, ok := g.commits[p]; !ok {
			return refuse(422, "Parent SHA does not exist or is not a commit object")
		}
	}
	status, out := g.showCommit(g.store(files, body.Message, body.Parents...))
	return status + 1, out
}

// modes are the kinds of entry that a tree can have.
var modes = []string{"100644", "100755", "040000", "160000", "120000"}

// newTree makes a tree of what base_tree holds and the entries; without base_tree it holds the
// entries alone.
func (g *ghSide) newTree(c ghCall) (int, any) {
	body := c.body
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
		if wrong := g.apply(files, e); wrong != "" {
			return refuse(422, wrong)
		}
	}
	if len(files) == 0 {
		return refuse(422, "Invalid tree info")
	}
	return 201, g.treeJSON(g.tree(files))
}

// apply puts an entry among the files.
func (g *ghSide) apply(files map[string]string, e entry) (wrong string) {
	var sha *string
	if len(e.SHA) > 0 && json.Unmarshal(e.SHA, &sha) != nil {
		return "tree.sha is not a string"
	}
	content, known := "", false
	if sha != nil {
		content, known = g.blob(*sha)
	}
	switch {
	case e.Path == "" || strings.HasPrefix(e.Path, "/") || !slices.Contains(modes, e.Mode):
		return "tree.path contains a malformed path component, or tree.mode is none of " +
			strings.Join(modes, ", ")
	case sha != nil && !known:
		return "tree.sha " + *sha + " is not a valid blob"
	case sha != nil:
		files[e.Path] = content
	case e.Content != nil:
		files[e.Path] = *e.Content
	case len(e.SHA) > 0: // null
		delete(files, e.Path)
	default:
		return "Must supply either tree.sha or tree.content"
	}
	return ""
}

// blob is a content by its name, from wherever it is kept.
func (g *ghSide) blob(sha string) (string, bool) {
	if content, ok := g.blobs[sha]; ok {
		return content, true
	}
	for _, files := range g.trees {
		for _, content := range files {
			if blobSHA(content) == sha {
				return content, true
			}
		}
	}
	return "", false
}

func (g *ghSide) getTree(c ghCall) (int, any) {
	id := c.PathValue("sha")
	if commit, ok := g.commits[id]; ok {
		id = commit.tree
	}
	if _, ok := g.trees[id]; !ok {
		return refuse(404, "Not Found")
	}
	return 200, g.treeJSON(id)
}

// treeJSON lists a tree whole, as ?recursive=1 does.
func (g *ghSide) treeJSON(id string) object {
	entries := []object{}
	for _, path := range slices.Sorted(maps.Keys(g.trees[id])) {
		content := g.trees[id][path]
		entries = append(entries, object{"path": path, "mode": "100644", "type": "blob",
			"size": len(content), "sha": blobSHA(content)})
	}
	return object{"sha": id, "tree": entries, "truncated": false}
}

func (g *ghSide) getBlob(c ghCall) (int, any) {
	sha := c.PathValue("sha")
	content, ok := g.blob(sha)
	if !ok {
		return refuse(404, "Not Found")
	}
	return 200, object{"sha": sha, "size": len(content), "encoding": "base64",
		"content": wrapped(content)}
}

func (g *ghSide) newBlob(c ghCall) (int, any) {
	body := c.body
	if body.Content == nil {
		return refuse(422, "Invalid request.\n\n\"content\" wasn't supplied.")
	}
	content := *body.Content
	if body.Encoding == "base64" {
		b, err := base64.StdEncoding.DecodeString(content)
		if err != nil {
			return refuse(422, "content is not valid Base64")
		}
		content = string(b)
	}
	sha := blobSHA(content)
	g.blobs[sha] = content
	return 201, object{"sha": sha}
}
