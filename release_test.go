package postferry_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// project is a repository with the template and its scripts, at an annotated tag.
type project struct {
	t       *testing.T
	dir     string
	remote  string // the template repository, bare
	commit  string // of the tag
	version string
}

// git runs git in a folder and returns what it prints.
func git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	who := []string{"-c", "user.name=test", "-c", "user.email=test@example.com"}
	cmd := exec.Command("git", append(who, args...)...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

func newProject(t *testing.T) *project {
	t.Helper()
	for _, tool := range []string{"bash", "git"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("no %s here", tool)
		}
	}
	p := &project{t: t, dir: t.TempDir(), remote: t.TempDir(), version: "v1.2.3"}
	for _, folder := range []string{"template", "scripts"} {
		if err := os.CopyFS(filepath.Join(p.dir, folder), os.DirFS(folder)); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"template.sh", "publish-template.sh"} {
		if err := os.Chmod(filepath.Join(p.dir, "scripts", name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	git(t, p.dir, "init", "-q")
	git(t, p.dir, "add", "-A")
	git(t, p.dir, "commit", "-q", "-m", "release")
	git(t, p.dir, "tag", "-a", p.version, "-m", "release")
	p.commit = git(t, p.dir, "rev-parse", "HEAD")
	git(t, p.remote, "init", "-q", "--bare", "--initial-branch=main")
	return p
}

// publish runs the script as release.yml does, and returns what it prints.
func (p *project) publish(key string) string {
	p.t.Helper()
	cmd := exec.Command("scripts/publish-template.sh")
	cmd.Dir = p.dir
	cmd.Env = append(cmd.Environ(), "KEY="+key, "TEMPLATE_REMOTE="+p.remote, "REPOSITORY=",
		"GITHUB_REPOSITORY=someone/ferry", "GITHUB_REF_NAME="+p.version)
	out, err := cmd.CombinedOutput()
	if err != nil {
		p.t.Fatalf("%v\n%s", err, out)
	}
	return string(out)
}

// TestPublishTemplate: the template repository calls the commit that the tag points to. The tag
// object's own id is no commit, and Dependabot finds no newer version of it.
func TestPublishTemplate(t *testing.T) {
	p := newProject(t)
	if out := p.publish(""); !strings.Contains(out, "::notice::") {
		t.Errorf("without a key it says %q", out)
	}
	if refs := git(t, p.remote, "for-each-ref"); refs != "" {
		t.Fatalf("without a key something was pushed: %s", refs)
	}
	p.publish("key")
	text := git(t, p.remote, "show", "main:.github/workflows/mirror.yml")
	if want := "uses: someone/ferry@" + p.commit + " # v1.2.3"; strings.Count(text, want) != 2 {
		t.Errorf("want twice %q in\n%s", want, text)
	}
	for _, file := range strings.Fields(git(t, p.remote, "ls-tree", "-r", "--name-only", "main")) {
		if body := git(t, p.remote, "show", "main:"+file); strings.Contains(body, "{{A") {
			t.Errorf("%s has a placeholder left", file)
		}
	}
	if out := p.publish("key"); !strings.Contains(out, "up to date") {
		t.Errorf("a second time it says %q", out)
	}
	if err := os.Remove(filepath.Join(p.dir, "template/.github/dependabot.yml")); err != nil {
		t.Fatal(err)
	}
	p.publish("key")
	all := git(t, p.remote, "ls-tree", "-r", "--name-only", "main")
	if strings.Contains(all, "dependabot") {
		t.Errorf("a file that the template dropped is still there:\n%s", all)
	}
	if n := git(t, p.remote, "rev-list", "--count", "main"); n != "2" {
		t.Errorf("%s commits, want one for each change", n)
	}
}

// TestTemplateRefusesATag: the id of an annotated tag looks like a commit's.
func TestTemplateRefusesATag(t *testing.T) {
	p := newProject(t)
	tag := git(t, p.dir, "rev-parse", p.version)
	for _, args := range [][]string{
		{"someone/ferry", tag, p.version, t.TempDir()},
		{"someone", p.commit, p.version, t.TempDir()},
		{"someone/ferry", "main", p.version, t.TempDir()},
		{"someone/ferry", p.commit, "latest", t.TempDir()},
		{"someone/ferry", p.commit, p.version},
	} {
		cmd := exec.Command("scripts/template.sh", args...)
		cmd.Dir = p.dir
		if out, err := cmd.CombinedOutput(); err == nil {
			t.Errorf("%q is taken: %s", args, out)
		}
	}
}
