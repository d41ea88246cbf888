package setup

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/postferry/postferry/internal/build"
	"github.com/postferry/postferry/internal/config"
)

// own are the workflows as they are built in.
var own = os.DirFS("../..")

const pinned = "0123456789abcdef0123456789abcdef01234567 # v1"

// newClone is a folder with files: path → body.
func newClone(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, body := range files {
		full := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(body), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const (
	mirrorFile = ".github/workflows/mirror.yml"
	rotateFile = ".github/workflows/rotate.yml"
	doctorFile = ".github/workflows/doctor.yml"
	configFile = ".github/postferry.yml"
)

// filesOf is what set-up would write to a folder.
func filesOf(dir, pin string) ([]file, error) {
	files, _, err := clone{dir: dir, template: own, pin: pin, login: "instagram"}.files()
	return files, err
}

func TestFiles(t *testing.T) {
	for _, tt := range []struct {
		name, pin string
		clone     map[string]string
		want      []string
		uses      string // how the workflows name the action
	}{
		{
			"a copy of the repository", "", map[string]string{"action.yml": "name: postferry\n"},
			[]string{mirrorFile, rotateFile, doctorFile, configFile}, "./",
		},
		{
			"a copy on Windows", "",
			map[string]string{"action.yml": "name: postferry\r\ndescription: x\r\n"},
			[]string{mirrorFile, rotateFile, doctorFile, configFile}, "./",
		},
		{
			"a copy is not pinned", pinned, map[string]string{"action.yml": "name: postferry\n"},
			[]string{mirrorFile, rotateFile, doctorFile, configFile}, "./",
		},
		{
			"a repository of one's own", pinned, nil,
			[]string{mirrorFile, rotateFile, doctorFile, configFile},
			build.Home + "@" + pinned,
		},
		{
			"another action's repository", pinned,
			map[string]string{"action.yml": "name: postferry-like\n"},
			[]string{mirrorFile, rotateFile, doctorFile, configFile},
			build.Home + "@" + pinned,
		},
		{
			"some are there", "",
			map[string]string{
				"action.yml": "name: postferry\n", mirrorFile: "mine", configFile: "mine",
			},
			[]string{rotateFile, doctorFile}, "./",
		},
		{
			"all are there", "",
			map[string]string{
				"action.yml": "name: postferry\n", mirrorFile: "", rotateFile: "", doctorFile: "",
				configFile: "",
			},
			nil, "./",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			files, err := filesOf(newClone(t, tt.clone), tt.pin)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range files {
				got = append(got, f.path)
				if strings.HasSuffix(f.path, "postferry.yml") {
					continue
				}
				if strings.Count(f.body, "uses: "+tt.uses+"\n") == 0 ||
					tt.uses != "./" && strings.Contains(f.body, "uses: ./") {
					t.Errorf("%s does not use %s:\n%s", f.path, tt.uses, f.body)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
		})
	}
}

// TestFilesOfSeveralAccounts: a workflow that lacks a secret of the configuration is updated, and
// keeps its pin. One that a person has rewritten is not touched: the lines are shown.
func TestFilesOfSeveralAccounts(t *testing.T) {
	first := clone{dir: newClone(t, nil), template: own, pin: pinned, login: "instagram"}
	files, _, err := first.files()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if f.path == rotateFile {
			f.body = strings.Replace(f.body, "ubuntu-latest", "my-own", 1)
		}
		if err := f.write(first.dir); err != nil {
			t.Fatal(err)
		}
	}
	if files, byHand, err := first.files(); len(files)+len(byHand) != 0 || err != nil {
		t.Fatalf("got %v, %v, %v, want nothing to do", files, byHand, err)
	}
	more := first
	more.pin, more.want.Secrets = "", []string{"X_REFRESH_TOKEN_CAFE"}
	files, byHand, err := more.files()
	if err != nil {
		t.Fatal(err)
	}
	const line = "          X_REFRESH_TOKEN_CAFE: ${{ secrets.X_REFRESH_TOKEN_CAFE }}\n"
	if len(byHand) != 1 || byHand[0].path != rotateFile || !strings.Contains(byHand[0].body, line) {
		t.Errorf("by hand: %v", byHand)
	}
	if len(files) != 2 || files[0].path != mirrorFile || files[1].path != doctorFile {
		t.Fatalf("got %v, want mirror and doctor", files)
	}
	if diff := files[0].diff(); !strings.Contains(diff, "+"+line) || strings.Contains(diff, "\n-") {
		t.Errorf("the difference is\n%s", diff)
	}
	if !strings.Contains(files[0].body, pinned) {
		t.Error("the pin is lost")
	}
	if err := files[0].write(first.dir); err != nil {
		t.Fatal(err)
	}
	if err := files[0].write(first.dir); err == nil {
		t.Error("a file that has changed meanwhile is replaced")
	}
	if files, _, _ := more.files(); len(files) != 1 {
		t.Errorf("got %d files, want the doctor's only", len(files))
	}
}

func TestFilesRefused(t *testing.T) {
	_, err := filesOf(newClone(t, nil), "")
	wantAdvice(t, err, "no copy of postferry's repository", "--pin")
	empty := clone{dir: t.TempDir(), template: fstest.MapFS{}, pin: pinned}
	_, _, err = empty.files()
	if err == nil || !strings.Contains(err.Error(), "read the built-in "+mirrorFile) {
		t.Errorf("got %v", err)
	}
}

// The configuration that is written is one that a run takes.
func TestConfiguration(t *testing.T) {
	for _, login := range []string{"instagram", "facebook"} {
		conf, err := config.Parse(configFile, []byte(clone{login: login}.configuration()))
		if err != nil {
			t.Fatal(err)
		}
		want := config.Default().Routes
		want[0].Instagram.Login = login
		if diff := cmp.Diff(want, conf.Routes); diff != "" {
			t.Errorf("%s: besides the login only defaults (-want +got):\n%s", login, diff)
		}
	}
}

func TestDiff(t *testing.T) {
	want := "--- /dev/null\n+++ a/b.yml\n@@ -0,0 +1,2 @@\n+one: 1\n+two: 2\n"
	if got := (file{path: "a/b.yml", body: "one: 1\ntwo: 2\n"}).diff(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestWrite(t *testing.T) {
	dir := t.TempDir()
	f := file{path: mirrorFile, body: "name: mirror\n"}
	if err := f.write(dir); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			body, _ := os.ReadFile(filepath.Join(dir, path))
			got[path] = string(body)
		}
		return err
	})
	if diff := cmp.Diff(map[string]string{mirrorFile: "name: mirror\n"}, got); diff != "" ||
		err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

// What a person has written is never replaced, also if it came after the look at what is missing.
func TestWriteReplacesNothing(t *testing.T) {
	dir := newClone(t, map[string]string{mirrorFile: "mine"})
	if err := (file{path: mirrorFile, body: "name: mirror\n"}).write(dir); !os.IsExist(err) {
		t.Errorf("got %v, want that it exists", err)
	}
	if body, _ := os.ReadFile(filepath.Join(dir, mirrorFile)); string(body) != "mine" {
		t.Errorf("it is %q now", body)
	}
	if err := (file{path: mirrorFile + "/below/a/file"}).write(dir); err == nil {
		t.Error("a folder was made where a file is")
	}
}
