package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strconv"
	"strings"
)

// mutant is one change of a file: the bytes from start to end are replaced.
type mutant struct {
	file       string // as it is shown, relative to the root of the module
	line       int
	start, end int
	text       string // what takes their place
	id         string // what equivalent.txt calls it; unique in a package

	// fn is the function that it is in, nil if it is in a declaration outside of one or in a
	// function that can't be copied.
	fn *function
}

// apply returns the changed source.
func (m mutant) apply(src []byte) []byte {
	return []byte(string(src[:m.start]) + m.text + string(src[m.end:]))
}

// finder collects the mutants of one file.
type finder struct {
	file string
	src  []byte
	fset *token.FileSet
	in   string    // the declaration that is being read
	fn   *function // and the function, if it can be copied
	seen map[string]int
	out  []mutant
}

// mutantsOf lists the changes of a file. name is how the file is shown.
func mutantsOf(path, name string) ([]mutant, error) {
	src, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	fset := token.NewFileSet()
	parsed, err := parser.ParseFile(fset, path, src, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	f := &finder{file: name, src: src, fset: fset, seen: map[string]int{}}
	for _, decl := range parsed.Decls {
		if d, ok := decl.(*ast.FuncDecl); ok {
			f.in, f.fn = funcName(d), f.function(d)
			f.walk(d.Body, nil)
			continue
		}
		for _, spec := range decl.(*ast.GenDecl).Specs {
			if s, ok := spec.(*ast.ValueSpec); ok {
				f.in, f.fn = s.Names[0].Name, nil
				for _, v := range s.Values {
					f.walk(v, nil)
				}
			}
		}
	}
	return f.out, nil
}

// funcName names a function as a doc comment would: Refusal.Add.
func funcName(d *ast.FuncDecl) string {
	if d.Recv == nil {
		return d.Name.Name
	}
	t := d.Recv.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	if id, ok := t.(*ast.Ident); ok {
		return id.Name + "." + d.Name.Name
	}
	return d.Name.Name
}

// walk visits a node and all below it. parent is the node above.
func (f *finder) walk(root, parent ast.Node) {
	if root == nil || isNil(root) {
		return
	}
	stack := []ast.Node{parent}
	ast.Inspect(root, func(n ast.Node) bool {
		if n == nil {
			stack = stack[:len(stack)-1]
			return true
		}
		f.visit(n, stack[len(stack)-1])
		stack = append(stack, n)
		return true
	})
}

// isNil reports whether a node is the body of a function that has none.
func isNil(n ast.Node) bool {
	b, ok := n.(*ast.BlockStmt)
	return ok && b == nil
}

func (f *finder) visit(n, parent ast.Node) {
	switch n := n.(type) {
	case *ast.BinaryExpr:
		f.binary(n)
	case *ast.UnaryExpr:
		if n.Op == token.SUB {
			f.replace(n, f.text(n.X))
		}
	case *ast.BasicLit:
		f.literal(n)
	case *ast.SelectorExpr:
		f.duration(n, parent)
	case *ast.CallExpr:
		f.call(n)
	case *ast.Ident:
		f.ident(n)
	case *ast.CompositeLit:
		f.rows(n)
	case *ast.CaseClause:
		f.caseClause(n)
	case *ast.ReturnStmt:
		f.results(n)
	case *ast.ForStmt:
		f.condition(n.Cond)
	case *ast.IfStmt:
		f.condition(n.Cond)
		if n.Else == nil {
			f.remove(n)
		}
	case *ast.AssignStmt:
		f.assign(n)
	case *ast.IncDecStmt:
		f.incDec(n)
	case *ast.ExprStmt, *ast.BranchStmt, *ast.DeferStmt, *ast.GoStmt:
		f.remove(n)
	}
}

var (
	complements = map[token.Token]string{
		token.EQL: "!=", token.NEQ: "==", token.LSS: ">=", token.GEQ: "<", token.GTR: "<=", token.LEQ: ">",
	}
	bounds = map[token.Token]string{
		token.LSS: "<=", token.LEQ: "<", token.GTR: ">=", token.GEQ: ">",
	}
	opposites = map[token.Token]string{
		token.ADD: "-", token.SUB: "+", token.MUL: "/", token.QUO: "*", token.SHL: ">>", token.SHR: "<<",
	}
)

func (f *finder) binary(n *ast.BinaryExpr) {
	x, y := f.text(n.X), f.text(n.Y)
	switch {
	case n.Op == token.LAND, n.Op == token.LOR:
		f.replace(n, x)
		f.replace(n, y)
		f.negateLeaf(n.X)
		f.negateLeaf(n.Y)
	case complements[n.Op] != "":
		f.replace(n, x+" "+complements[n.Op]+" "+y)
		if to := bounds[n.Op]; to != "" {
			f.replace(n, x+" "+to+" "+y)
		}
	case opposites[n.Op] != "" && !hasString(n):
		f.replace(n, x+" "+opposites[n.Op]+" "+y)
	}
}

// hasString reports whether an expression joins strings.
func hasString(n ast.Node) (found bool) {
	ast.Inspect(n, func(n ast.Node) bool {
		lit, ok := n.(*ast.BasicLit)
		found = found || ok && lit.Kind == token.STRING
		return !found
	})
	return found
}

// condition negates a condition that is no comparison: those are negated where they are met.
func (f *finder) condition(e ast.Expr) {
	if e != nil {
		f.negateLeaf(e)
	}
}

// negateLeaf negates an operand that has no operator of its own to be changed.
func (f *finder) negateLeaf(e ast.Expr) {
	switch e := e.(type) {
	case *ast.ParenExpr, *ast.BinaryExpr:
	case *ast.UnaryExpr:
		if e.Op == token.NOT {
			f.replace(e, f.text(e.X))
		}
	default:
		f.replace(e, "!"+f.text(e))
	}
}

// literal moves a number by one, both ways.
func (f *finder) literal(n *ast.BasicLit) {
	if n.Kind != token.INT {
		return
	}
	if v, err := strconv.ParseInt(n.Value, 0, 64); err == nil {
		f.replace(n, strconv.FormatInt(v+1, 10))
		f.replace(n, strconv.FormatInt(v-1, 10))
	}
}

// duration moves a unit of time that stands alone by a nanosecond, both ways.
func (f *finder) duration(n *ast.SelectorExpr, parent ast.Node) {
	if pkg, ok := n.X.(*ast.Ident); !ok || pkg.Name != "time" {
		return
	}
	switch n.Sel.Name {
	case "Second", "Minute", "Hour":
	default:
		return
	}
	if b, ok := parent.(*ast.BinaryExpr); ok && b.Op == token.MUL {
		return // the factor is moved
	}
	f.replace(n, "("+f.text(n)+" + 1)")
	f.replace(n, "("+f.text(n)+" - 1)")
}

// call exchanges min and max.
func (f *finder) call(n *ast.CallExpr) {
	id, ok := n.Fun.(*ast.Ident)
	if !ok {
		return
	}
	switch id.Name {
	case "min":
		f.replace(id, "max")
	case "max":
		f.replace(id, "min")
	}
}

func (f *finder) ident(n *ast.Ident) {
	switch n.Name {
	case "true":
		f.replace(n, "false")
	case "false":
		f.replace(n, "true")
	}
}

// rows removes each element of a literal: a row of a table, a field of a struct.
func (f *finder) rows(n *ast.CompositeLit) {
	for i := range n.Elts {
		f.removeFrom(n.Elts, i)
	}
}

// caseClause removes a case, or one of its expressions if it has several.
func (f *finder) caseClause(n *ast.CaseClause) {
	f.remove(n)
	for i, e := range n.List {
		f.negateCase(e)
		if len(n.List) > 1 {
			f.removeFrom(n.List, i)
		}
	}
}

// negateCase negates the condition of a case. In a switch with a tag the change does not compile.
func (f *finder) negateCase(e ast.Expr) {
	if _, ok := e.(*ast.BasicLit); !ok {
		f.negateLeaf(e)
	}
}

// results negates what a function returns, if that is a plain boolean: another type does not
// compile, and is left out of the count.
func (f *finder) results(n *ast.ReturnStmt) {
	for _, e := range n.Results {
		switch e := e.(type) {
		case *ast.SelectorExpr, *ast.CallExpr:
			f.negateLeaf(e)
		case *ast.Ident:
			if e.Name != "true" && e.Name != "false" && e.Name != "nil" {
				f.negateLeaf(e)
			}
		case *ast.UnaryExpr:
			f.negateLeaf(e)
		}
	}
}

func (f *finder) assign(n *ast.AssignStmt) {
	switch n.Tok {
	case token.DEFINE:
		return
	case token.ADD_ASSIGN, token.SUB_ASSIGN:
		op := map[token.Token]string{token.ADD_ASSIGN: "-=", token.SUB_ASSIGN: "+="}[n.Tok]
		f.replace(n, f.text(n.Lhs[0])+" "+op+" "+f.text(n.Rhs[0]))
	}
	f.remove(n)
	if len(n.Lhs) == len(n.Rhs) && len(n.Lhs) > 1 {
		for i := range n.Lhs {
			f.replace(n, f.without(n, i))
		}
	}
}

// without is an assignment of several values without the i-th one.
func (f *finder) without(n *ast.AssignStmt, i int) string {
	var left, right []string
	for k := range n.Lhs {
		if k != i {
			left, right = append(left, f.text(n.Lhs[k])), append(right, f.text(n.Rhs[k]))
		}
	}
	return strings.Join(left, ", ") + " " + n.Tok.String() + " " + strings.Join(right, ", ")
}

func (f *finder) incDec(n *ast.IncDecStmt) {
	to := "++"
	if n.Tok == token.INC {
		to = "--"
	}
	f.replace(n, f.text(n.X)+to)
	f.remove(n)
}

// removeFrom removes an element of a list together with its comma.
func (f *finder) removeFrom(list []ast.Expr, i int) {
	start, end := f.offset(list[i].Pos()), f.offset(list[i].End())
	for end < len(f.src) && (f.src[end] == ',' || f.src[end] == ' ') {
		end++
	}
	if i == len(list)-1 && i > 0 {
		start = f.offset(list[i-1].End())
		end = f.offset(list[i].End())
	}
	f.add(list[i], start, end, "", f.text(list[i])+" → nothing")
}

func (f *finder) remove(n ast.Node) {
	f.add(n, f.offset(n.Pos()), f.offset(n.End()), "", firstLine(f.text(n))+" → nothing")
}

func (f *finder) replace(n ast.Node, to string) {
	f.add(n, f.offset(n.Pos()), f.offset(n.End()), to, oneLine(f.text(n))+" → "+oneLine(to))
}

// add keeps a change. Two like changes in one declaration are told apart by a number.
func (f *finder) add(n ast.Node, start, end int, text, what string) {
	id := fmt.Sprintf("%s %s: %s", f.file, f.in, what)
	f.seen[id]++
	if k := f.seen[id]; k > 1 {
		id += fmt.Sprintf(" (%d)", k)
	}
	f.out = append(f.out, mutant{file: f.file, line: f.fset.Position(n.Pos()).Line,
		start: start, end: end, text: text, id: id, fn: f.fn})
}

func (f *finder) offset(p token.Pos) int { return f.fset.Position(p).Offset }

func (f *finder) text(n ast.Node) string {
	return string(f.src[f.offset(n.Pos()):f.offset(n.End())])
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func firstLine(s string) string {
	line, rest, _ := strings.Cut(s, "\n")
	if line = oneLine(line); rest != "" {
		return line + " …"
	}
	return line
}
