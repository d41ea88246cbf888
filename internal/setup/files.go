package setup

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// file is a file that set-up would write.
type file struct{ path, body string }

// missingFiles lists the files that a clone lacks: the workflows and the configuration. In a
// repository that is no copy of postferry's own, the workflows use the published action at pin
// ("<commit> # v1").
func missingFiles(dir string, workflows fs.FS, login, pin string) ([]file, error) {
	own := isCopy(dir)
	if !own && pin == "" {
		return nil, advise("Run set-up from a released postferry, or add --pin '<commit> #"+
			" <version>'.", "this folder is no copy of postferry's repository, and this build"+
			" does not know which commit of the action to name")
	}
	var out []file
	for _, name := range []string{"mirror.yml", "rotate.yml", "doctor.yml"} {
		f := file{path: path.Join(".github", "workflows", name)}
		if exists(dir, f.path) {
			continue
		}
		body, err := fs.ReadFile(workflows, f.path)
		if err != nil {
			return nil, fmt.Errorf("read the built-in %s: %w", f.path, err)
		}
		f.body = string(body)
		if !own {
			f.body = strings.ReplaceAll(f.body, "uses: ./\n", "uses: postferry/postferry@"+pin+"\n")
		}
		out = append(out, f)
	}
	if config := path.Join(".github", "postferry.yml"); !exists(dir, config) {
		out = append(out, file{config, configuration(login)})
	}
	return out, nil
}

// isCopy reports whether the repository contains the action itself. Git on Windows ends lines with
// a carriage return too.
func isCopy(dir string) bool {
	body, err := os.ReadFile(filepath.Join(dir, "action.yml"))
	name, _, _ := strings.Cut(string(body), "\n")
	return err == nil && strings.TrimSuffix(name, "\r") == "name: postferry"
}

func exists(dir, file string) bool {
	_, err := os.Stat(filepath.Join(dir, filepath.FromSlash(file)))
	return err == nil
}

func configuration(login string) string {
	return `# yaml-language-server: $schema=https://raw.githubusercontent.com/postferry/postferry/main/docs/postferry.schema.json
# Everything else has a default: postferry config prints it.
version: 1
routes:
  main:
    instagram:
      login: ` + login + `
    exclude_hashtags: ["#igonly"]
    limits: {usd_per_month: 5}
`
}

// diff shows the new file as a review would.
func (f file) diff() string {
	lines := strings.Split(strings.TrimSuffix(f.body, "\n"), "\n")
	var b strings.Builder
	fmt.Fprintf(&b, "--- /dev/null\n+++ %s\n@@ -0,0 +1,%d @@\n", f.path, len(lines))
	for _, l := range lines {
		b.WriteString("+" + l + "\n")
	}
	return b.String()
}

// write creates the file and the folders above it. It never replaces a file.
func (f file) write(dir string) error {
	full := filepath.Join(dir, filepath.FromSlash(f.path))
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
