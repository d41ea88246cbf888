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
	"strconv"
	"strings"
	"testing"
)

// notKeys are strings in the code that look like keys and are none.
var notKeys = regexp.MustCompile(`\.(ya?ml|json|md|go|com|txt|svg|sh)$`)

// TestUse reads the program's Go files and compares them with the catalogue.
func TestUse(t *testing.T) {
	u := uses{used: map[string]bool{}}
	files := 0
	for _, folder := range []string{"../../internal", "../../cmd"} {
		err := filepath.WalkDir(folder, func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !isProgram(path) {
				return err
			}
			source, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			files++
			return u.read(path, source)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if files < 100 {
		t.Errorf("only %d files were read", files)
	}
	for _, table := range tables {
		for _, e := range table.entries {
			if !u.used[e.key] {
				u.complain("%s is used nowhere", e.key)
			}
		}
	}
	for _, c := range u.complaints {
		t.Error(c)
	}
}

// isProgram reports whether a file is one of the program's. The tables, which list every key, count
// as the catalogue.
func isProgram(path string) bool {
	name := filepath.Base(path)
	return strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") &&
		name != "tables.go" && !strings.HasPrefix(name, "table_")
}

// TestUseComplains shows that the test above can fail.
func TestUseComplains(t *testing.T) {
	for _, tt := range []struct{ name, call, want string }{
		{"right", `w.Text("message.days", "Count", 2)`, ""},
		{"no such key", `w.Text("message.none")`, "message.none is no message"},
		{"no such key in a table", `table("message.none")`, "message.none is no message"},
		{"lacks a placeholder", `w.Text("message.and", "List", a)`, "lacks Last"},
		{"one too many", `w.Text("message.days", "Count", 2, "Name", a)`, "has no Name"},
		{"no pairs", `w.Text("message.days", "Count")`, "pairs"},
		{"a name that is no literal", `w.Text("message.days", a, 2)`, "literal"},
		{"arguments of a slice", `w.Text("message.days", args...)`, ""},
		{"a family", `w.Text("message."+unit, "Count", 2, "List", a, "Last", b,
			"Sentence", s, "More", m)`, ""},
		{"a family that lacks one", `w.Text("message."+unit, "Count", 2, "List", a)`, "lacks Last"},
		{"a family of none", `w.Text("message."+unit+".title")`, "no message is named so"},
		{"an error", `w.New("message.days", "Name", 2)`, "lacks Count"},
		{"a wrapped error", `w.Wrap(err, "message.days", "Count", 2)`, "has no Why"},
		{"another function", `Say("message.days")`, ""},
		{"no key", `Text("#5 is no key")`, ""},
		{"a verdict", `heldUntil(t, "message.days")`, "lacks Count"},
	} {
		u := uses{used: map[string]bool{}}
		if err := u.read("x.go", []byte("package x\nvar _ = "+tt.call)); err != nil {
			t.Fatal(err)
		}
		got := strings.Join(u.complaints, "; ")
		if tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

// uses collects which messages the code uses, and how.
type uses struct {
	used       map[string]bool
	complaints []string
	set        *token.FileSet
}

func (u *uses) complain(format string, args ...any) {
	u.complaints = append(u.complaints, fmt.Sprintf(format, args...))
}

// read looks at the calls and strings of one file.
func (u *uses) read(path string, source []byte) error {
	u.set = token.NewFileSet()
	file, err := parser.ParseFile(u.set, path, source, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.CallExpr:
			u.call(n)
		case *ast.BasicLit:
			u.literal(n)
		}
		return true
	})
	return nil
}

// literal notes a string that is a key. A string that looks like the key of a package that speaks
// must be one.
func (u *uses) literal(n *ast.BasicLit) {
	key, ok := stringOf(n)
	if !ok || notKeys.MatchString(key) || !looksLikeKey.MatchString(key) || !speaks(key) {
		return
	}
	if find(key) == nil {
		u.complain("%s: %s is no message", u.set.Position(n.Pos()), key)
	}
	u.used[key] = true
}

var looksLikeKey = regexp.MustCompile(`^[a-z]+(\.[a-z0-9-]+)+$`)

// speaks reports whether a catalogue has the name that the key begins with.
func speaks(key string) bool {
	name, _, _ := strings.Cut(key, ".")
	return slices.ContainsFunc(tables[:], func(t table) bool { return t.name == name })
}

// call compares the placeholders of a call of Text with the message. A key that is put together
// ("cause."+id+".title") stands for each message that it can name: none may have a placeholder that
// the call lacks.
func (u *uses) call(n *ast.CallExpr) {
	args, wraps := textArguments(n)
	if len(args) == 0 {
		return
	}
	before, after, whole := keyOf(args[0])
	if !speaks(before) || n.Ellipsis.IsValid() && whole {
		return
	}
	var family []string
	for _, table := range tables {
		for _, e := range table.entries {
			if e.key == before && whole || !whole && len(e.key) > len(before)+len(after) &&
				strings.HasPrefix(e.key, before) && strings.HasSuffix(e.key, after) {
				family = append(family, e.key)
				u.used[e.key] = true
			}
		}
	}
	at := u.set.Position(n.Pos())
	if len(family) == 0 && !whole {
		u.complain("%s: no message is named so", at)
	}
	if n.Ellipsis.IsValid() {
		return
	}
	given, complaint := argumentNames(args[1:])
	if complaint != "" {
		u.complain("%s: %s", at, complaint)
		return
	}
	if wraps {
		given = append(given, "Why")
	}
	needed := []string{}
	for _, key := range family {
		needed = append(needed, names(find(key).en.other)...)
	}
	for _, name := range needed {
		if !slices.Contains(given, name) {
			u.complain("%s: the call lacks %s", at, name)
		}
	}
	for _, name := range given {
		if len(family) > 0 && !slices.Contains(needed, name) {
			u.complain("%s: the message has no %s", at, name)
		}
	}
}

// says are the functions that take a key and placeholders, by where the key stands.
var says = map[string]int{
	"Text": 0, "New": 0, "Wrap": 1,
	// of package verdict
	"proven": 0, "held": 0, "heldUntil": 1,
	// of packages mirror and plan
	"warn": 0, "talk": 0, "note": 0,
}

// textArguments returns the key and the placeholders of a call that says a message, and none for
// any other call. It reports whether the call is one of Wrap, which gives Why itself.
func textArguments(n *ast.CallExpr) (args []ast.Expr, wraps bool) {
	name := ""
	switch f := n.Fun.(type) {
	case *ast.SelectorExpr:
		name = f.Sel.Name
	case *ast.Ident:
		name = f.Name
	}
	at, ok := says[name]
	if !ok || len(n.Args) <= at {
		return nil, false
	}
	return n.Args[at:], name == "Wrap"
}

// argumentNames returns the names of a call's placeholders.
func argumentNames(args []ast.Expr) (given []string, complaint string) {
	if len(args)%2 != 0 {
		return nil, "the arguments are no pairs"
	}
	for i := 0; i < len(args); i += 2 {
		name, ok := stringOf(args[i])
		if !ok {
			return nil, "the name of a placeholder is no literal"
		}
		given = append(given, name)
	}
	return given, ""
}

// keyOf returns a key, or the parts before and after what is put into it.
func keyOf(e ast.Expr) (before, after string, whole bool) {
	if s, ok := stringOf(e); ok {
		return s, "", true
	}
	b, ok := e.(*ast.BinaryExpr)
	if !ok {
		return "", "", false
	}
	if s, ok := stringOf(b.Y); ok {
		after = s
		if inner, ok := b.X.(*ast.BinaryExpr); ok {
			b = inner
		}
	}
	before, _ = stringOf(b.X)
	return before, after, false
}

func stringOf(e ast.Expr) (string, bool) {
	l, ok := e.(*ast.BasicLit)
	if !ok || l.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(l.Value)
	return s, err == nil
}
