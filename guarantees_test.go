package postferry_test

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"
)

// TestGuarantees: each cell of docs/guarantees.md names a test that is there, and no cell is empty.
func TestGuarantees(t *testing.T) {
	tests := map[string]bool{}
	define := regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	walk(t, "_test.go", func(_ string, body []byte) {
		for _, m := range define.FindAllSubmatch(body, -1) {
			tests[string(m[1])] = true
		}
	})
	scripts, err := fs.Glob(filesystem("internal/cli/testdata/script"), "*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range scripts {
		tests[name] = true
	}
	name := regexp.MustCompile(`\bTest\w+|\b[a-z0-9-]+\.txtar\b`)
	for line := range strings.Lines(read(t, "docs/guarantees.md")) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(cells) < 2 || strings.HasPrefix(line, "|---") ||
			strings.HasPrefix(line, "| boundary") ||
			strings.HasPrefix(line, "| promise") {
			continue
		}
		for _, cell := range cells[1:] {
			named := name.FindAllString(cell, -1)
			if len(named) == 0 {
				t.Errorf("the cell %q of %q names no test", cell, cells[0])
			}
			for _, n := range named {
				if !tests[n] {
					t.Errorf("%q names %s, which is not there", cells[0], n)
				}
			}
		}
	}
}
