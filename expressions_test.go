package postferry_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestExpressions compiles each expression that package lazyregexp is given: a mistake would show
// only at its first use. An expression that the program compiles when it starts costs every run
// time, so that no variable of a package may hold one. The stand-ins can't use lazyregexp.
func TestExpressions(t *testing.T) {
	lazy := 0
	walk(t, ".go", func(file string, body []byte) {
		if !strings.HasPrefix(file, "internal/") || strings.HasSuffix(file, "_test.go") ||
			strings.Contains(file, "/generate/") {
			return
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, body, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range f.Decls {
			g, isVariable := decl.(*ast.GenDecl)
			ast.Inspect(decl, func(n ast.Node) bool {
				if _, inside := n.(*ast.FuncLit); inside {
					return false
				}
				call, ok := n.(*ast.CallExpr)
				if !ok {
					return true
				}
				switch called(call) {
				case "regexp.MustCompile":
					if isVariable && g.Tok == token.VAR && !strings.Contains(file, "/sim/") {
						t.Errorf("%s compiles an expression when the program starts", file)
					}
				case "lazyregexp.New":
					lazy++
					if _, err := regexp.Compile(constantText(t, file, call.Args[0])); err != nil {
						t.Errorf("%s: %v", file, err)
					}
				}
				return true
			})
		}
	})
	if lazy < 20 {
		t.Errorf("only %d expressions were found", lazy)
	}
}

// called returns what a call names: "package.Function".
func called(call *ast.CallExpr) string {
	if s, ok := call.Fun.(*ast.SelectorExpr); ok {
		if pkg, ok := s.X.(*ast.Ident); ok {
			return pkg.Name + "." + s.Sel.Name
		}
	}
	return ""
}

// constantText evaluates a text that is written out, in one piece or in several.
func constantText(t *testing.T, file string, e ast.Expr) string {
	t.Helper()
	switch e := e.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		if err != nil {
			t.Fatal(err)
		}
		return text
	case *ast.BinaryExpr:
		return constantText(t, file, e.X) + constantText(t, file, e.Y)
	}
	t.Fatalf("%s: an expression is not written out", file)
	return ""
}
