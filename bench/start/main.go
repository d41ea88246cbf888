// Command start times what a workflow waits for before postferry runs: the steps of action.yml, run
// as a runner does, once for each way to the program.
//
//	start -releases FOLDER -version v1.2.3    FOLDER is what scripts/build.sh made
//	start -serve FOLDER                       only serves the folder and prints its address
//
// The release comes from this process, on loopback. On a real network the download takes longer, and
// GitHub needs time to restore a cache.
package main

import (
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"github.com/postferry/postferry/bench/action"
)

func main() {
	releases := flag.String("releases", "", "folder of the released programs, with checksums.txt")
	version := flag.String("version", "v0.0.0", "the version that they were built as")
	rounds := flag.Int("n", 11, "rounds")
	serve := flag.String("serve", "", "serve this folder and measure nothing")
	flag.Parse()
	if *serve != "" {
		server := httptest.NewServer(http.FileServer(http.Dir(*serve)))
		fmt.Println(server.URL)
		select {}
	}
	prefix := "/" + home + "/releases/download/" + *version
	files := http.StripPrefix(prefix, http.FileServer(http.Dir(*releases)))
	server := httptest.NewServer(files)
	defer server.Close()
	if err := run(*releases, *version, *rounds, server.URL); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

// home is the repository that the measured release belongs to.
const home = "someone/ferry"

// way is one of the ways to the program.
type way struct {
	name   string
	rounds int
	remote bool   // the action is a release of another repository
	again  bool   // the cache of the round before is there
	path   string // the folder of the action, or the sources that are copied into the workspace
	env    []string
}

func run(releases, version string, rounds int, url string) error {
	temp, err := os.MkdirTemp("", "start-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(temp) }() // folders of this run's own
	sources, err := os.Getwd()
	if err != nil {
		return err
	}
	released, err := tagged(temp, releases, version)
	if err != nil {
		return err
	}
	fmt.Printf("%-20s %9s  %s\n", "", "median", "of which")
	// A new runner has no module and no package. The modules are writable, so that they can be
	// removed afterwards.
	cold := []string{
		"GOFLAGS=-modcacherw",
		"GOCACHE=" + filepath.Join(temp, "build"), "GOMODCACHE=" + filepath.Join(temp, "modules"),
	}
	for _, w := range []way{
		{"a released action", rounds, true, false, released, nil},
		{"a copy, first run", 1, false, false, sources, cold},
		{"a copy, later runs", rounds, false, true, sources, nil},
	} {
		if err := w.measure(temp, url); err != nil {
			return fmt.Errorf("%s: %w", w.name, err)
		}
	}
	return nil
}

// tagged makes a folder like that of a released commit.
func tagged(temp, releases, version string) (string, error) {
	dir := filepath.Join(temp, "released")
	sums, err := os.ReadFile(filepath.Join(releases, "checksums.txt"))
	if err != nil {
		return "", err
	}
	body, err := os.ReadFile("action.yml")
	if err != nil {
		return "", err
	}
	if err := os.Mkdir(dir, 0o755); err != nil {
		return "", err
	}
	text := fmt.Sprintf("version %s\nhome %s\ngo %s\n%s", version, home, runtime.Version(), sums)
	if err := os.WriteFile(filepath.Join(dir, "release.txt"), []byte(text), 0o644); err != nil {
		return "", err
	}
	return dir, os.WriteFile(filepath.Join(dir, "action.yml"), body, 0o644)
}

// measure runs the action in a new workspace for each round and prints the median.
func (w way) measure(temp, url string) error {
	cache := filepath.Join(temp, "cache")
	var all []time.Duration
	var last []action.Result
	for range w.rounds {
		if !w.again {
			if err := os.RemoveAll(cache); err != nil {
				return err
			}
		}
		if err := os.MkdirAll(cache, 0o755); err != nil {
			return err
		}
		r, err := w.job(temp, url)
		if err != nil {
			return err
		}
		r.Cache = cache
		if last, err = r.Do(); err != nil {
			return err
		}
		var sum time.Duration
		for _, s := range last {
			sum += s.Duration
		}
		all = append(all, sum)
	}
	slices.Sort(all)
	fmt.Printf("%-20s %9s ", w.name, all[len(all)/2].Round(time.Millisecond))
	for _, s := range last {
		fmt.Printf(" %s %s;", s.Name, s.Duration.Round(time.Millisecond))
	}
	fmt.Println()
	return nil
}

// job is a job on a runner with an empty workspace, or with a copy of the sources in it.
func (w way) job(temp, url string) (*action.Run, error) {
	workspace, err := os.MkdirTemp(temp, "workspace-")
	if err != nil {
		return nil, err
	}
	goos := map[string]string{"linux": "Linux", "darwin": "macOS"}
	arch := map[string]string{"amd64": "X64", "arm64": "ARM64"}
	r := &action.Run{
		Path: w.path, Workspace: workspace,
		Inputs: map[string]string{"command": "version"},
		Env: []string{
			"GITHUB_SERVER_URL=" + url,
			"RUNNER_OS=" + goos[runtime.GOOS], "RUNNER_ARCH=" + arch[runtime.GOARCH],
		},
	}
	r.Env = append(r.Env, w.env...)
	if w.remote {
		r.Repository = home
		return r, nil
	}
	r.Path = workspace
	return r, checkout(w.path, workspace)
}

// checkout copies what git tracks, as actions/checkout does.
func checkout(from, to string) error {
	clone := exec.Command("git", "clone", "-q", "--depth=1", "file://"+from, to)
	out, err := clone.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return nil
}
