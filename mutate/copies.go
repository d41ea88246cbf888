package main

import (
	"fmt"
	"go/ast"
	"strings"
)

// function is where a function stands in its file, and how a copy of it is called. A package is
// compiled once with a copy of a function for each change of it. That takes a second where
// compiling and linking each change takes minutes.
type function struct {
	start, name, body, end int // offsets: of the declaration, behind its name, behind its {
	call                   string
	results                bool
}

// function reads a declaration. It returns nil for one that can't be copied: a generic one, or one
// that does not name what it is given.
func (f *finder) function(d *ast.FuncDecl) *function {
	if d.Body == nil || d.Type.TypeParams != nil || d.Name.Name == "init" || d.Name.Name == "main" {
		return nil
	}
	out := &function{start: f.offset(d.Pos()), name: f.offset(d.Name.End()),
		body: f.offset(d.Body.Lbrace) + 1, end: f.offset(d.End()), results: d.Type.Results != nil}
	if d.Recv != nil {
		names := d.Recv.List[0].Names
		if len(names) == 0 || names[0].Name == "_" {
			return nil
		}
		out.call = names[0].Name + "."
	}
	var args []string
	for _, p := range d.Type.Params.List {
		if len(p.Names) == 0 {
			return nil
		}
		for _, n := range p.Names {
			if n.Name == "_" {
				return nil
			}
			arg := n.Name
			if _, variadic := p.Type.(*ast.Ellipsis); variadic {
				arg += "..."
			}
			args = append(args, arg)
		}
	}
	out.call += d.Name.Name + "%s(" + strings.Join(args, ", ") + ")"
	return out
}

// suffix is what the name of the copy for the n-th change ends with.
func suffix(n int) string { return fmt.Sprintf("__%d", n) }

// branch is what a function begins with to call its copy for the n-th change.
func (fn *function) branch(n int) string {
	call := fmt.Sprintf(fn.call, suffix(n))
	if fn.results {
		return fmt.Sprintf("case %d: return %s; ", n, call)
	}
	return fmt.Sprintf("case %d: %s; return; ", n, call)
}

// copied is a file with a copy of a function for each change.
type copied struct {
	text  string
	lines []int // the change in whose copy a line is; -1 for none
}

// copies puts the changes of one file, by number, into copies of their functions.
func copies(src string, changes map[int]mutant, order []int) copied {
	branches := map[*function]string{}
	for _, n := range order {
		branches[changes[n].fn] += changes[n].fn.branch(n)
	}
	var text strings.Builder
	at := 0
	var done *function
	for _, n := range order { // functions in their order
		fn := changes[n].fn
		if fn == done {
			continue
		}
		done = fn
		text.WriteString(src[at:fn.body] + " switch " + selector + " { " + branches[fn] + "}; ")
		at = fn.body
	}
	text.WriteString(src[at:] + "\n")
	out := copied{text: text.String()}
	for range strings.Count(out.text, "\n") {
		out.lines = append(out.lines, -1)
	}
	for _, n := range order {
		m := changes[n]
		fn := m.fn
		clone := src[fn.start:fn.name] + suffix(n) + src[fn.name:m.start] + m.text +
			src[m.end:fn.end] + "\n"
		out.text += clone
		for range strings.Count(clone, "\n") {
			out.lines = append(out.lines, n)
		}
	}
	return out
}

// selector is the variable that names the change to be made, 0 for none.
const selector = "mutateNow"

// selectorFile declares it.
const selectorFile = `package %s

import (
	"os"
	"strconv"
)

var ` + selector + `, _ = strconv.Atoi(os.Getenv("MUTATE_NOW"))
`
