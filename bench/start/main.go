// Command start times what a workflow waits for before postferry runs: the steps of action.yml, run as a runner runs them, once
// for each of the ways there are.
//
//	start -releases FOLDER -version v1.2.3    FOLDER is what scripts/build.sh made
//	start -releases FOLDER -serve             only serves them, until it is interrupted, and prints the address
//
// The release comes from this process, on loopback: what a download of its size takes on a network comes on top, and so does
// what GitHub takes to restore a cache.
package main

import (
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
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
	serve := flag.Bool("serve", false, "serve the releases and measure nothing")
	flag.Parse()
	server := httptest.NewServer(http.StripPrefix("/"+*version, http.FileServer(http.Dir(*releases))))
	defer server.Close()
	if *serve {
		fmt.Println(server.URL)
		select {}
	}
	if err := run(*releases, *version, *rounds, server.URL); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

// way is one of the ways to a program.
type way struct {
	name   string
	rounds int
	again  bool // the cache of the round before is there
	path   string
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
	// As a new runner: no module and no package is there. The modules are writable, or nobody could clear them away.
	cold := []string{"GOFLAGS=-modcacherw", "GOCACHE=" + filepath.Join(temp, "build"), "GOMODCACHE=" + filepath.Join(temp, "modules")}
	for _, w := range []way{
		{"a released action", rounds, false, released, nil},
		{"a copy, first run", 1, false, sources, cold},
		{"a copy, later runs", rounds, true, sources, nil},
	} {
		if err := w.measure(temp, url); err != nil {
			return fmt.Errorf("%s: %w", w.name, err)
		}
	}
	return nil
}

// tagged is a folder as a released commit has it.
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
	text := fmt.Sprintf("version %s\ngo %s\n%s", version, runtime.Version(), sums)
	if err := os.WriteFile(filepath.Join(dir, "release.txt"), []byte(text), 0o644); err != nil {
		return "", err
	}
	return dir, os.WriteFile(filepath.Join(dir, "action.yml"), body, 0o644)
}

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
		workspace, err := os.MkdirTemp(temp, "workspace-")
		if err != nil {
			return err
		}
		r := &action.Run{Path: w.path, Workspace: workspace, Cache: cache, Inputs: map[string]string{"command": "version"}, Env: []string{
			"POSTFERRY_RELEASES=" + url, "RUNNER_OS=" + map[string]string{"linux": "Linux", "darwin": "macOS"}[runtime.GOOS],
			"RUNNER_ARCH=" + map[string]string{"amd64": "X64", "arm64": "ARM64"}[runtime.GOARCH],
		}}
		r.Env = append(r.Env, w.env...)
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
