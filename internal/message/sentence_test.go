package message

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// unread are the packages whose strings no user reads in the person's language, and why.
var unread = map[string]string{
	"explore":          "the tests' library, no part of the program",
	"github":           "errors and commit messages: evidence of a failed call, quoted as it is",
	"httpx":            "errors: evidence of a failed call, quoted as it is",
	"mediahost":        "errors: evidence of a failed download, quoted as it is",
	"message/generate": "a program for developers",
	"sim":              "what the stand-ins of the services say, which is English as theirs is",
	"state":            "commit messages, and errors of a damaged document",
	"twittertext":      "errors that only a developer can cause",
	"workflow":         "comments of workflow files, which are English as all of the code is",
}

// later are the packages that still have sentences of their own beside the catalogue.
var later = map[string]string{
	"doctor":    "two evidence lines",
	"config":    "the JSON Schema's descriptions, and the YAML library's own words",
	"instagram": "errors, and what the token inspector says",
	"setup":     "commit messages, and what a secret is for",
	"xapi":      "errors",
}

// pass is a string of a package that looks like a sentence and is none for people.
type pass struct{ pkg, begins, why string }

// passes are the strings that are let pass.
var passes = []pass{
	{"alert", ": ", "a commit message: it stands behind a route's name"},
	{"alert", "its address is not a URL", "the cause within a warning, as evidence"},
	{"alert", "read the answer in #", "an error that names the operation"},
	{"alert", "#%d is not the issue", "an error of an issue that is not ours any more"},
	{"alert", "#%d is closed and holds", "an error of an issue that is not ours any more"},
	{"alert", "reopen #%d", "an error that names the operation"},
	{"alert", "close #%d", "an error that names the operation"},
	{"alert", "postferry: a failure", "the description of the label on GitHub, one for all readers"},
	{"report", "<style>", "the chart's style"},
	{"report", " [Continue running", "a button's name on GitHub"},
	{"cli", "flag needs an argument: -", "what package flag says, to be recognized"},
	{"cli", "invalid boolean value %q", "what package flag says, to be recognized"},
	{"cli", "bad flag syntax: ", "what package flag says, to be recognized"},
	{"demo", "Seven mugs, fresh", "a caption of the demo's account"},
	{"demo", " Shop at mugs", "a caption of the demo's account"},
	{"demo", "A mug with a", "a caption of the demo's account"},
	{"demo", "All seven on", "a caption of the demo's account"},
	{"demo", "Rain on the", "a caption of the demo's account"},
	{"demo", "The last one", "a caption of the demo's account"},
	{"demo", "While it was", "a caption of the demo's account"},
	{"demo", "Only once, please", "a caption of the demo's account"},
	{"demo", "In the meantime", "a caption of the demo's account"},
	{"demo", "Photo %d of", "a caption of the demo's account"},
	{"demo", `{"error":{"message"`, "what a stand-in answers in the demo"},
	{"diagnosis", "cannot parse access token", "what Meta says, to be recognized"},
	{"guard", ": ", "a commit message: it stands behind a route's name"},
	{"mirror", "commit of an intent", "the name of a call within an error"},
	{"mirror", "GET media file", "the name of a call within an error"},
	{"mirror", "the commit took longer", "what GitHub's error says, as evidence"},
	{"mirror", "the media host sends a file", "what the media host's error says, as evidence"},
	{"mirror", "its address has expired", "what the media host's error says, as evidence"},
	{"mirror", "X has not processed", "what X's error says, as evidence"},
	{"mirror", "no answer for ", "a commit message"},
	{"mirror", "another run is posting", "a sentinel error, which is replaced before it is shown"},
	{"mirror", "%w; and the state could", "two errors that are joined, as evidence"},
	{"run", "this machine's clock", "tells one reminder from another, and is not shown"},
	{"run", ": ", "a commit message: it stands behind a route's name"},
	{"token", "the chain has moved on", "a sentinel error, which is replaced before it is shown"},
	{"token", "setup: a new vault", "a commit message"},
	{"token", "written by postferry to see", "the value of a secret that is written as a trial"},
	{"token", ": ", "a commit message: it stands behind a route's name"},
	{"token", "rotate: ", "a commit message"},
	{"verdict", `(?i)(?:at most|file size`, "a pattern for what X says"},
}

// sentence finds three words one behind the other.
var sentence = regexp.MustCompile(`[A-Za-z'’]{2,}[,:;]? ([a-zA-Z'’]+[,:;]? )+[a-zA-Z'’]{2,}`)

// TestSentences lists the sentences in the program's code that did not go through the catalogue. A
// string that names an operation within an error ("list the media: %w") is the error's, and what is
// shown of it is a message.
func TestSentences(t *testing.T) {
	used := map[string]bool{}
	const root = "../../internal"
	err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !isProgram(path) {
			return err
		}
		pkg := filepath.ToSlash(strings.TrimPrefix(filepath.Dir(path), root+"/"))
		if unread[pkg] != "" || later[pkg] != "" {
			used[pkg] = true
			return nil
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		found, err := sentencesIn(path, source)
		for _, s := range found {
			if p := passOf(pkg, s.text); p != nil {
				used[p.pkg+p.begins] = true
				continue
			}
			t.Errorf("%s: %q is no message of the catalogue", s.at, s.text)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, list := range []map[string]string{unread, later} {
		for name := range list {
			if !used[name] {
				t.Errorf("%s is let pass, and is no package", name)
			}
		}
	}
	for _, p := range passes {
		if !used[p.pkg+p.begins] && later[p.pkg] == "" {
			t.Errorf("%q is let pass, and is not in %s", p.begins, p.pkg)
		}
	}
}

// passOf returns why a string of a package is let pass, nil if it is not.
func passOf(pkg, text string) *pass {
	for i, p := range passes {
		if p.pkg == pkg && strings.HasPrefix(text, p.begins) {
			return &passes[i]
		}
	}
	return nil
}

// TestSentencesIn shows that the test above can fail.
func TestSentencesIn(t *testing.T) {
	for _, tt := range []struct {
		code string
		want []string
	}{
		{`fmt.Println("nothing is given up")`, []string{"nothing is given up"}},
		{`x := y + " is not there any more"`, []string{" is not there any more"}},
		{`errors.New("this app may not reply")`, []string{"this app may not reply"}},
		{`fmt.Errorf("list the media: %w", err)`, nil},
		{`fmt.Errorf("%s is not a name: %w", name, err)`, []string{"%s is not a name: %w"}},
		{`w.Text("run.retry.none")`, nil},
		{`[]string{"image", "video"}`, nil},
	} {
		found, err := sentencesIn("x.go", []byte("package x\nfunc f() { _ = "+
			strings.TrimPrefix(tt.code, "x := ")+" }"))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, s := range found {
			got = append(got, s.text)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %q, want %q", tt.code, got, tt.want)
		}
	}
}

// literal is a string of the code, and where it stands.
type literal struct{ at, text string }

// wrapping matches an error that names the operation which failed.
var wrapping = regexp.MustCompile(`^[a-z][A-Za-z' ,-]*(%s[a-z' ,-]*)?: %w(: %s)?$`)

// sentencesIn lists the strings of a file that look like sentences.
func sentencesIn(path string, source []byte) (out []literal, err error) {
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, path, source, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if e, ok := n.(ast.Expr); ok {
			text, ok := stringOf(e)
			if ok && sentence.MatchString(text) && !wrapping.MatchString(text) {
				out = append(out, literal{fmt.Sprint(set.Position(e.Pos())), text})
			}
		}
		return true
	})
	return out, nil
}
