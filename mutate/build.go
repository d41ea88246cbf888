package main

import (
	"context"
	"encoding/json"
	"fmt"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// program is the tests of a package, compiled with a copy of a function for each change.
type program struct {
	path, dir string
}

// run runs the tests with the n-th change.
func (p program) run(ctx context.Context, n int, limit string) error {
	cmd := exec.CommandContext(ctx, p.path, "-test.failfast", "-test.timeout="+limit)
	cmd.Dir = p.dir
	cmd.Env = append(os.Environ(), "MUTATE_NOW="+strconv.Itoa(n))
	return cmd.Run()
}

// build compiles the tests of a package with all changes of its functions, by number. It takes out
// what does not compile, and returns those numbers.
func (s *session) build(ctx context.Context, pkg, scratch string, all map[int]mutant) (
	p program, broken []int, err error,
) {
	dir, err := filepath.Abs(filepath.Join(s.root, pkg))
	if err != nil {
		return p, nil, err
	}
	p = program{path: filepath.Join(scratch, "tests"), dir: dir}
	for range 20 { // an error may hide another
		files, err := s.write(pkg, scratch, all)
		if err != nil {
			return p, nil, err
		}
		out, err := s.compile(ctx, pkg, scratch, p.path)
		if err == nil {
			return p, broken, nil
		}
		bad := blamed(out, files)
		if len(bad) == 0 {
			return p, nil, fmt.Errorf("%s does not compile:\n%s", pkg, out)
		}
		for _, n := range bad {
			delete(all, n)
		}
		broken = append(broken, bad...)
	}
	return p, nil, fmt.Errorf("%s does not compile after 20 rounds", pkg)
}

// write writes the changed files, by their base name, and the overlay that shows them to the
// compiler.
func (s *session) write(pkg, scratch string, all map[int]mutant) (map[string]copied, error) {
	byFile := map[string][]int{}
	for n, m := range all {
		byFile[m.file] = append(byFile[m.file], n)
	}
	files, overlay := map[string]copied{}, map[string]string{}
	name := ""
	for file, order := range byFile {
		slices.Sort(order)
		original, err := filepath.Abs(filepath.Join(s.root, file))
		if err != nil {
			return nil, err
		}
		src, err := os.ReadFile(original)
		if err != nil {
			return nil, err
		}
		base := filepath.Base(file)
		files[base] = copies(string(src), all, order)
		overlay[original] = filepath.Join(scratch, base)
		if err := os.WriteFile(overlay[original], []byte(files[base].text), 0o600); err != nil {
			return nil, err
		}
		if name, err = packageOf(src); err != nil {
			return nil, err
		}
		overlay[filepath.Join(filepath.Dir(original), "zz_mutate_now.go")] =
			filepath.Join(scratch, "zz_mutate_now.go")
	}
	err := os.WriteFile(filepath.Join(scratch, "zz_mutate_now.go"),
		fmt.Appendf(nil, selectorFile, name), 0o600)
	if err != nil {
		return nil, err
	}
	paths, err := json.Marshal(map[string]any{"Replace": overlay})
	if err != nil {
		return nil, err
	}
	return files, os.WriteFile(filepath.Join(scratch, "overlay.json"), paths, 0o600)
}

func packageOf(src []byte) (string, error) {
	f, err := parser.ParseFile(token.NewFileSet(), "", src, parser.PackageClauseOnly)
	if err != nil {
		return "", err
	}
	return f.Name.Name, nil
}

// compile makes the test program. The compiler names every error, not the first ten.
func (s *session) compile(ctx context.Context, pkg, scratch, to string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", "test", "-c", "-vet=off", "-gcflags=-e",
		"-overlay="+filepath.Join(scratch, "overlay.json"), "-o", to, "./"+pkg)
	cmd.Dir = s.root
	out, err := cmd.CombinedOutput()
	return string(out), err
}

var position = regexp.MustCompile(`(?m)^(?:.*[/\\])?([^/\\\s]+\.go):(\d+):\d+: `)

// blamed lists the changes in whose copies the compiler found errors.
func blamed(out string, files map[string]copied) (bad []int) {
	for _, m := range position.FindAllStringSubmatch(out, -1) {
		line, _ := strconv.Atoi(m[2]) // digits only
		lines := files[m[1]].lines
		if line < 1 || line > len(lines) || lines[line-1] < 0 || slices.Contains(bad, lines[line-1]) {
			continue
		}
		bad = append(bad, lines[line-1])
	}
	return bad
}

// isBroken reports whether the tests did not run because a change does not compile.
func isBroken(out string) bool {
	return strings.Contains(out, "[build failed]") || strings.Contains(out, "[setup failed]")
}
