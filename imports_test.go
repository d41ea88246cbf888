// Package postferry_test holds what is true of the whole repository: which package may import
// which, what action.yml passes on, what the documents promise, and that no credential is in a
// file.
package postferry_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/postferry/postferry/"

// imports is the direction of things: each package with those of ours that it may import. Flows
// import decisions and clients; decisions import no client, but for plan, which names
// instagram.Media; clients never import each other.
var imports = map[string]string{
	".":             "",
	"cmd/postferry": "cli",
	"internal/cli": "actions build config console demo environment httpx instagram message" +
		" provenance report retry run setup workflow",

	// What makes a run out of the flows, and shows it.
	"internal/run": "actions alert build config console diagnosis doctor environment github guard" +
		" httpx instagram mediahost message mirror plan provenance report result retry setup state" +
		" token vault verdict xapi",
	"internal/console": "actions diagnosis environment httpx message report result",

	// Flows.
	"internal/mirror": "httpx config instagram plan mediahost token verdict state xapi",
	"internal/guard":  "config github httpx instagram message state token verdict xapi",
	"internal/token":  "httpx config instagram github state vault verdict xapi",
	"internal/doctor": "column httpx config diagnosis instagram github message report token state vault xapi",
	"internal/demo":   "sim",
	"internal/retry":  "diagnosis instagram state",
	"internal/setup": "actions build httpx config diagnosis environment instagram github report" +
		" token state vault workflow xapi",
	"internal/alert": "guard httpx config diagnosis github instagram message mirror report result state" +
		" verdict",
	"internal/result": "diagnosis mirror state",
	"internal/report": "build httpx config diagnosis instagram message mirror plan result" +
		" state twittertext",

	// Decisions.
	"internal/config":      "message",
	"internal/environment": "actions config httpx vault xapi",
	"internal/message":     "",
	"internal/caption":     "twittertext",
	"internal/plan":        "caption config instagram state twittertext",
	"internal/state":       "httpx message verdict",
	"internal/diagnosis":   "build config httpx message state vault",
	"internal/verdict":     "",
	"internal/vault":       "",
	"internal/build":       "",
	"internal/provenance":  "build",
	"internal/workflow":    "config",
	"internal/twittertext": "",

	// Clients.
	"internal/instagram": "httpx",
	"internal/xapi":      "httpx",
	"internal/github":    "httpx state",
	"internal/mediahost": "httpx",
	"internal/httpx":     "",
	"internal/actions":   "message",

	"internal/column":     "",
	"internal/lazyregexp": "",

	// Plays the program against the stand-in, for tests alone.
	"internal/explore": "cli report sim state vault",

	// The stand-in imports none of ours, or both would share one mistake.
	"internal/sim": "",

	// A program of go generate, which is no part of the product.
	"internal/message/generate": "",

	// Modules of their own, which measure the product or its tests and are no part of it.
	"compat":        "",
	"mutate":        "",
	"bench":         "mediahost xapi",
	"bench/action":  "",
	"bench/bare":    "",
	"bench/calls":   "bench/stage sim",
	"bench/ferry":   "bench",
	"bench/idle":    "bench/bare",
	"bench/measure": "",
	"bench/pipe":    "bench/bare",
	"bench/stage":   "sim state",
	"bench/standin": "bench/stage",
	"bench/start":   "bench/action",
}

// anywhere are the packages that any package but the stand-in may import: what the standard library
// lacks, and the texts for people.
var anywhere = map[string]bool{"column": true, "lazyregexp": true, "message": true}

// TestImports reads every file that is no test. The files are opened by this process, so that a
// cached result is not taken for today's.
func TestImports(t *testing.T) {
	seen := map[string]bool{}
	walk(t, ".go", func(file string, _ []byte) {
		if strings.HasSuffix(file, "_test.go") {
			return
		}
		pkg := path.Dir(file)
		allowed, listed := imports[pkg]
		if !listed {
			t.Errorf("%s: the package %s is not in the table of imports", file, pkg)
			return
		}
		seen[pkg] = true
		for _, name := range ours(t, file) {
			if anywhere[name] && pkg != "internal/sim" {
				continue
			}
			if !slices.Contains(strings.Fields(allowed), name) {
				t.Errorf("%s imports %s, which the table does not allow", file, name)
			}
		}
	})
	if len(seen) < 15 {
		t.Errorf("only %d packages were found", len(seen))
	}
}

// ours lists the packages of this project that a file imports, without internal/.
func ours(t *testing.T, file string) (names []string) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), filepath.FromSlash(file), nil,
		parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	for _, spec := range f.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		if rest, ok := strings.CutPrefix(p, module); ok {
			names = append(names, strings.TrimPrefix(rest, "internal/"))
		}
	}
	return names
}

// walk reads every file of the repository with one of the endings (none: all files).
func walk(t *testing.T, ending string, visit func(file string, body []byte)) {
	t.Helper()
	root := filesystem(".")
	err := fs.WalkDir(root, ".", func(file string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == ".git" || d.Name() == "node_modules"):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(file, ending):
			return nil
		}
		body, err := fs.ReadFile(root, file)
		visit(file, body)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
