package setup

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/postferry/postferry/internal/build"
	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/workflow"
)

// file is one that set-up would write. old is what is there now, "" if nothing is.
type file struct{ path, body, old string }

// clone is the folder that set-up writes to, and what its files depend on.
type clone struct {
	words    message.Words
	dir      string
	template fs.FS            // the template of a person's repository
	pin      string           // "<commit> # v1.2.3" of the published action
	login    string           // the login type of the first route
	want     workflow.Options // what the configuration asks of a workflow
}

// files lists what set-up would write: the workflows that are missing or lack a secret of the
// configuration, and a configuration where there is none. byHand are the workflows that lack a
// secret and that a person has rewritten; their body is only the lines that they lack.
func (c clone) files() (out, byHand []file, err error) {
	names := workflow.Names()
	if exists(c.dir, workflow.Path(setupWorkflow)) {
		names = append(names, setupWorkflow)
	}
	for _, name := range names {
		f, ours, err := c.workflow(name)
		switch {
		case err != nil:
			return nil, nil, err
		case f.body == f.old:
		case ours:
			out = append(out, f)
		case f.body != "":
			byHand = append(byHand, f)
		}
	}
	if config := path.Join(".github", "postferry.yml"); !exists(c.dir, config) {
		out = append(out, file{path: config, body: c.configuration()})
	}
	return out, byHand, nil
}

// workflow is one workflow as it has to be. ours reports whether set-up may write it.
func (c clone) workflow(name string) (f file, ours bool, err error) {
	f.path = workflow.Path(name)
	body, err := fs.ReadFile(c.template, path.Join("template", f.path))
	if err != nil {
		return f, false, fmt.Errorf("read the built-in %s: %w", f.path, err)
	}
	template := string(body)
	if old, err := os.ReadFile(filepath.Join(c.dir, filepath.FromSlash(f.path))); err == nil {
		f.old = string(old)
		if f.body, ours = workflow.Update(f.old, template, c.want); !ours {
			f.body = workflow.Missing(f.old, c.want.Secrets)
		}
		return f, ours, nil
	}
	uses, err := c.uses()
	if err != nil {
		return f, false, err
	}
	o := c.want
	o.Uses = uses
	f.body, err = workflow.Render(template, o)
	return f, true, err
}

// uses names the action. A copy of postferry's own repository uses the action beside its workflows,
// every other repository the published one at the pin.
func (c clone) uses() (string, error) {
	switch {
	case isCopy(c.dir):
		return "./", nil
	case c.pin == "":
		return "", advise(c.words.Text("setup.fix.pin"), c.words.Text("setup.files.no-pin"))
	}
	return build.Home + "@" + c.pin, nil
}

// isCopy reports whether the repository contains the action itself. Git on Windows ends lines with
// a carriage return too.
func isCopy(dir string) bool {
	body, err := os.ReadFile(filepath.Join(dir, "action.yml"))
	name, _, _ := strings.Cut(string(body), "\n")
	return err == nil && strings.TrimSuffix(name, "\r") == "name: postferry"
}

// setupWorkflow runs set-up in a browser. It is in a copy of the template, and set-up in a terminal
// adds it to no repository.
const setupWorkflow = "setup"

// unpassed lists the workflows of a checkout that do not pass a secret to the program: GitHub gives
// a workflow only the secrets that its text names.
func unpassed(dir, secret string) (paths []string) {
	for _, name := range append(workflow.Names(), setupWorkflow) {
		path := workflow.Path(name)
		text, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(path)))
		if err == nil && workflow.Missing(string(text), []string{secret}) != "" {
			paths = append(paths, path)
		}
	}
	return paths
}

// exists reports whether a file of the clone is there, whatever it holds.
func exists(dir, file string) bool {
	_, err := os.Stat(filepath.Join(dir, filepath.FromSlash(file)))
	return err == nil
}

// configuration is the file for a person who has none: what a first run needs, a cap on the bill,
// and the person's language and zone if they are not the defaults.
func (c clone) configuration() string {
	language := ""
	if c.words.Language != "" && c.words.Language != message.English {
		language = "language: " + string(c.words.Language) + "\n"
		if c.words.Zone != nil {
			language += "timezone: " + c.words.Zone.String() + "\n"
		}
	}
	return `# yaml-language-server: $schema=https://raw.githubusercontent.com/` + build.Home +
		`/main/docs/postferry.schema.json
# ` + c.words.Text("setup.files.comment") + `
version: 1
` + language + `routes:
  main:
    instagram:
      login: ` + c.login + `
    exclude_hashtags: ["#igonly"]
    limits: {usd_per_month: 5}
`
}

// diff shows a file as a review would: a new one whole, a changed one from the first line that
// differs to the last.
func (f file) diff() string {
	from, before, after := "/dev/null", []string(nil), lines(f.body)
	if f.old != "" {
		from, before = f.path, lines(f.old)
	}
	head := 0
	for head < min(len(before), len(after)) && before[head] == after[head] {
		head++
	}
	tail := 0
	for tail < min(len(before), len(after))-head &&
		before[len(before)-1-tail] == after[len(after)-1-tail] {
		tail++
	}
	before, after = before[head:len(before)-tail], after[head:len(after)-tail]
	var b strings.Builder
	at := func(n int) int { return min(head+1, head+n) } // a diff counts an empty range from 0
	fmt.Fprintf(&b, "--- %s\n+++ %s\n@@ -%d,%d +%d,%d @@\n", from, f.path,
		at(len(before)), len(before), at(len(after)), len(after))
	for _, l := range before {
		b.WriteString("-" + l + "\n")
	}
	for _, l := range after {
		b.WriteString("+" + l + "\n")
	}
	return b.String()
}

func lines(text string) []string { return strings.Split(strings.TrimSuffix(text, "\n"), "\n") }

// errChanged says that a file is not the one that was shown.
var errChanged = errors.New("it has changed meanwhile")

// write makes the file, and the folders above it. It replaces a file only if that one is still the
// old one: what a person has written is never lost.
func (f file) write(dir string) error {
	full := filepath.Join(dir, filepath.FromSlash(f.path))
	if f.old != "" {
		now, err := os.ReadFile(full)
		if err == nil && string(now) != f.old {
			err = errChanged
		}
		if err != nil {
			return err
		}
		return os.WriteFile(full, []byte(f.body), 0o644)
	}
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		return err
	}
	out, err := os.OpenFile(full, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	if _, err := out.WriteString(f.body); err != nil {
		out.Close()
		return err
	}
	return out.Close()
}
