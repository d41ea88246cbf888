package postferry_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/plan"
	"github.com/postferry/postferry/internal/setup"
	"github.com/postferry/postferry/internal/state"
)

// TestNumbersInDocuments compares each sentence that names a figure with the code that decides it.
// A sentence that loses its figure, and a constant that changes, both fail here.
func TestNumbersInDocuments(t *testing.T) {
	const operating, guide, decisions = "docs/operating.md", "docs/setup.md", "docs/decisions.md"
	soon := days(duration(t, "alert", "soon"))
	post, link, alt := dollars(t, "usdPost"), dollars(t, "usdURLPost"), dollars(t, "usdAltText")
	for _, tt := range []struct{ file, sentence string }{
		{operating, "renews it when it is " + days(duration(t, "token", "renewAfter")) + " old"},
		{operating, "warns you " + soon + " before it ends"},
		{operating, "warns you " + soon + " before it."},
		{guide, "`postferry rotate` renews it every " + days(duration(t, "token", "renewAfter"))},
		{guide, "postferry warns you " + soon + " before"},
		{operating, "uses it when it is " + hours(duration(t, "token", "due")) + " old"},
		{operating, "every store for " + minutes(duration(t, "token", "storeFor")) + " before"},
		{operating, "after " + hours(duration(t, "verdict", "missingFor")) + " without a file"},
		{operating, "waits " + breakerWaits(t) + " between tries"},
		{operating, fmt.Sprintf("%d media a run and %d a day", config.Default().Routes[0].Limits.PerRun,
			config.Default().Routes[0].Limits.PerDay)},
		{operating, "ref=refs/heads/" + config.Default().StateBranch},
		{operating, "git/refs/heads/" + config.Default().StateBranch},
		{operating, fmt.Sprintf("the default is %d", config.Default().Incidents.TransientAfter)},
		{operating, "a post costs " + post + ", a post with a web address " + link +
			", an alt text " + alt},
		{"README.md", post + " for a post, " + link + " for a post with a web address, and " +
			alt + " for each alt text"},
		{"README.md", "read " + plan.PricesRead.Format(time.DateOnly) + "). postferry posts"},
		{"README.ja.md", plan.PricesRead.Format(time.DateOnly) + " 確認）。postferry は"},
		{"README.md", "when an answer was lost (" + dollars(t, "USDRead") + ")"},
		{"README.md", "asks X which account has logged in (" + dollars(t, "USDUser") + ")"},
		{"README.ja.md", "1 件 " + dollars(t, "USDRead")},
		{"README.ja.md", "1 回 " + dollars(t, "USDUser")},
		{"README.ja.md", "1 件 " + post + "、URL を含む投稿は " + link + "、代替テキストは 1 件 " + alt},
		{guide, fmt.Sprintf("`http://127.0.0.1:%d/callback`", setup.DefaultPort)},
		{"docs/symptoms.md", fmt.Sprintf("`http://127.0.0.1:%d/callback`", setup.DefaultPort)},
		{"docs/running.md", "| a photo | one post | " + post + " |"},
		{"docs/running.md", "| one post with a link | " + link + " |"},
		{decisions, minutes(duration(t, "verdict", "TimelineLag")) + " after the intent"},
		{decisions, "within " + short(duration(t, "mirror", "startBy")) + " of its intent"},
		{decisions, "X has " + short(duration(t, "xapi", "postTimeout")) + " to answer"},
		{decisions, fmt.Sprintf("the last %d spent tokens", constant(t, "state", "keepSpent"))},
		{"docs/security.md", fmt.Sprintf("up to %d MiB", constant(t, "httpx", "maxBody")>>20)},
		{"docs/performance.md",
			fmt.Sprintf("the same %d MiB", constant(t, "xapi", "bufferBudget")>>20)},
		{"docs/performance.md",
			fmt.Sprintf("segments of %d MiB", constant(t, "xapi", "segment")>>20)},
		{"state/README.md", fmt.Sprintf("`version` | %d.", state.Version)},
		{"state/README.md", fmt.Sprintf("except the last %d", constant(t, "state", "keepSettled"))},
		{"state/README.md", fmt.Sprintf("the last %d spent", constant(t, "state", "keepSpent"))},
		{"state/README.md", fmt.Sprintf("the last %d days", constant(t, "state", "keepDays"))},
	} {
		if !strings.Contains(strings.ToLower(unwrapped(t, tt.file)), strings.ToLower(tt.sentence)) {
			t.Errorf("%s does not say %q, as the code does", tt.file, tt.sentence)
		}
	}
}

// TestDefaultsInSetup compares the table of settings with the configuration's own defaults.
func TestDefaultsInSetup(t *testing.T) {
	defaults := map[string]string{}
	for _, s := range config.Default().Effective() {
		defaults[strings.TrimPrefix(s.Path, "routes.main.")] = strings.Trim(s.Value, `"`)
	}
	text := read(t, "docs/setup.md")
	_, text, _ = strings.Cut(text, "\n## Configuration\n")
	rows := regexp.MustCompile("(?m)^\\| (`[^|]*) \\| ([^|]*) \\|").FindAllStringSubmatch(text, -1)
	if len(rows) < 15 {
		t.Fatalf("docs/setup.md has only %d settings", len(rows))
	}
	quoted := regexp.MustCompile("`([^`]*)`")
	for _, row := range rows {
		names := quoted.FindAllStringSubmatch(row[1], -1)
		values := strings.Split(strings.ReplaceAll(row[2], "`", ""), ", ")
		for i, name := range names {
			want, known := defaults[name[1]]
			got := values[min(i, len(values)-1)]
			switch {
			case !known:
				t.Errorf("docs/setup.md explains %q, which is no setting", name[1])
			case got == "none" && (want == "" || want == "[]"), got == "all":
			case got != want && "["+strconv.Quote(got)+"]" != want:
				t.Errorf("docs/setup.md says that %s is %s by default, it is %s",
					name[1], got, want)
			}
		}
	}
}

// TestSetupSteps compares the steps of the set-up with those that the documents describe.
func TestSetupSteps(t *testing.T) {
	var steps, japanese []string
	call := regexp.MustCompile(`\.step\((\d+), w\.Text\("([^"]+)"\)\)`)
	walk(t, ".go", func(file string, body []byte) {
		for _, m := range call.FindAllStringSubmatch(string(body), -1) {
			if !strings.HasSuffix(file, "_test.go") {
				ja := message.Words{Language: message.Japanese}
				steps = append(steps, m[1]+". "+message.Words{}.Text(m[2]))
				japanese = append(japanese, m[1]+". "+ja.Text(m[2]))
			}
		}
	})
	slices.Sort(steps)
	slices.Sort(japanese)
	count := map[int]string{7: "seven"}[len(steps)]
	if len(steps) < 3 || count == "" {
		t.Fatalf("the set-up has the steps %q", steps)
	}
	numbered := func(file, expression string) (out []string) {
		for _, m := range regexp.MustCompile(expression).FindAllStringSubmatch(read(t, file), -1) {
			out = append(out, m[1]+". "+m[2])
		}
		return out
	}
	if got := numbered("docs/setup.md", `(?m)^## (\d+)\. (.*)$`); !slices.Equal(got, steps) {
		t.Errorf("docs/setup.md has the steps %q, set-up has %q", got, steps)
	}
	if got := numbered("README.md", `(?m)^(\d+)\. \*\*(.*)\*\*:`); !slices.Equal(got, steps) {
		t.Errorf("README.md has the steps %q, set-up has %q", got, steps)
	}
	if got := numbered("docs/setup.ja.md", `(?m)^## (\d+)\. (.*)$`); !slices.Equal(got, japanese) {
		t.Errorf("docs/setup.ja.md has the steps %q, set-up has %q", got, japanese)
	}
	got := numbered("README.ja.md", `(?m)^(\d+)\. \*\*(.*)\*\*：`)
	if !slices.Equal(got, japanese) {
		t.Errorf("README.ja.md has the steps %q, set-up has %q", got, japanese)
	}
	want := "Set-up has " + count + " steps"
	if !strings.Contains(unwrapped(t, "README.md"), want) {
		t.Errorf("README.md does not say %q", want)
	}
	want = fmt.Sprintf("セットアップは %d ステップ", len(steps))
	if !strings.Contains(read(t, "README.ja.md"), want) {
		t.Errorf("README.ja.md does not say %q", want)
	}
}

// unwrapped returns a document with each run of white space as one space.
func unwrapped(t *testing.T, file string) string {
	t.Helper()
	return strings.Join(strings.Fields(read(t, file)), " ")
}

// breakerWaits returns the pauses of an open circuit breaker: "1 h, 2 h, then 6 h".
func breakerWaits(t *testing.T) string {
	t.Helper()
	list, ok := declared(t, "verdict", "probeWaits").(*ast.CompositeLit)
	if !ok || len(list.Elts) < 2 {
		t.Fatal("verdict.probeWaits is no list")
	}
	var waits []string
	for _, e := range list.Elts {
		n, ok := evaluate(e)
		if !ok {
			t.Fatal("verdict.probeWaits holds more than numbers of units of time")
		}
		waits = append(waits, fmt.Sprintf("%d h", time.Duration(n)/time.Hour))
	}
	last := len(waits) - 1
	return strings.Join(waits[:last], ", ") + ", then " + waits[last]
}

func days(d time.Duration) string    { return fmt.Sprintf("%d days", d/(24*time.Hour)) }
func hours(d time.Duration) string   { return fmt.Sprintf("%d hours", d/time.Hour) }
func minutes(d time.Duration) string { return fmt.Sprintf("%d minutes", d/time.Minute) }
func short(d time.Duration) string   { return fmt.Sprintf("%d s", d/time.Second) }

func duration(t *testing.T, pkg, name string) time.Duration {
	t.Helper()
	return time.Duration(constant(t, pkg, name))
}

// dollars returns a price of X as the documents write it: "$0.015".
func dollars(t *testing.T, name string) string {
	t.Helper()
	lit, ok := declared(t, "plan", name).(*ast.BasicLit)
	if !ok {
		t.Fatalf("plan.%s is not a plain number", name)
	}
	return "$" + lit.Value
}

// constant evaluates a constant of one of our packages, exported or not.
func constant(t *testing.T, pkg, name string) int64 {
	t.Helper()
	n, ok := evaluate(declared(t, pkg, name))
	if !ok {
		t.Fatalf("%s.%s is more than a product of numbers and units of time", pkg, name)
	}
	return n
}

// declared returns the expression of a constant in internal/pkg.
func declared(t *testing.T, pkg, name string) ast.Expr {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("internal", pkg, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, source, 0)
		if err != nil {
			t.Fatal(err)
		}
		if e := valueOf(f, name); e != nil {
			return e
		}
	}
	t.Fatalf("internal/%s has no constant %s: a document quotes it", pkg, name)
	return nil
}

// valueOf returns the expression that a file declares the constant or variable name with, or nil.
func valueOf(f *ast.File, name string) (e ast.Expr) {
	ast.Inspect(f, func(n ast.Node) bool {
		if s, ok := n.(*ast.ValueSpec); ok {
			for i, ident := range s.Names {
				if ident.Name == name && i < len(s.Values) {
					e = s.Values[i]
				}
			}
		}
		return e == nil
	})
	return e
}

var units = map[string]time.Duration{
	"Second": time.Second, "Minute": time.Minute, "Hour": time.Hour,
}

// evaluate computes products and shifts of whole numbers and of time's units.
func evaluate(e ast.Expr) (int64, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		n, err := strconv.ParseInt(e.Value, 0, 64)
		return n, err == nil
	case *ast.SelectorExpr:
		return int64(units[e.Sel.Name]), units[e.Sel.Name] > 0
	case *ast.BinaryExpr:
		x, ok := evaluate(e.X)
		y, ok2 := evaluate(e.Y)
		if e.Op == token.SHL {
			return x << y, ok && ok2
		}
		return x * y, ok && ok2 && e.Op == token.MUL
	}
	return 0, false
}

// TestPackagesAreExplained finds a row of CONTRIBUTING.md for each package of the product.
func TestPackagesAreExplained(t *testing.T) {
	text := read(t, "CONTRIBUTING.md")
	entries, err := os.ReadDir("internal")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if n := strings.Count(text, "\n| `"+e.Name()+"` |"); n != 1 {
			t.Errorf("CONTRIBUTING.md has %d rows for the package %s, want 1: "+
				"what it knows, what it may touch, what it must not do", n, e.Name())
		}
	}
}

// TestFilesInContributing finds each Go file that CONTRIBUTING.md names, with or without its
// folder.
func TestFilesInContributing(t *testing.T) {
	var files []string
	walk(t, ".go", func(file string, _ []byte) { files = append(files, "/"+file) })
	text := read(t, "CONTRIBUTING.md")
	named := regexp.MustCompile("`([\\w/]+\\.go)`").FindAllStringSubmatch(text, -1)
	if len(named) < 5 {
		t.Errorf("CONTRIBUTING.md names only %d files", len(named))
	}
	for _, m := range named {
		named := func(f string) bool { return strings.HasSuffix(f, "/"+m[1]) }
		if !slices.ContainsFunc(files, named) {
			t.Errorf("CONTRIBUTING.md names %s, which is not there", m[1])
		}
	}
}
