package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx)
	stop()
	os.Exit(code)
}

// run returns the exit status: 0 if every change was noticed or is listed, 1 if not, 2 if the tests
// can't be run.
func run(ctx context.Context) int {
	var s session
	flag.StringVar(&s.root, "root", ".", "the root of the module")
	flag.IntVar(&s.workers, "workers", runtime.NumCPU(), "how many changes are tried at once")
	flag.DurationVar(&s.limit, "limit", time.Minute, "how long the tests of a change may take")
	list := flag.String("equivalent", "equivalent.txt", "the changes that make no difference")
	flag.Parse()
	err := s.readList(*list)
	for _, pkg := range flag.Args() {
		if err == nil {
			err = s.try(ctx, filepath.ToSlash(filepath.Clean(pkg)))
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		return 2
	}
	return s.report(flag.Args())
}

// session is one run of the command.
type session struct {
	root       string
	workers    int
	limit      time.Duration
	equivalent map[string]string // reason by id
	met        map[string]bool   // the listed changes that were found

	mu        sync.Mutex
	counts    map[outcome]int
	survivors []mutant
}

// outcome is what became of a change.
type outcome string

const (
	killed     outcome = "killed"
	survived   outcome = "survived"
	notViable  outcome = "did not compile"
	equivalent outcome = "make no difference"
)

// readList reads the changes that make no difference, a line each: the id, " # ", and the reason.
func (s *session) readList(file string) error {
	s.equivalent, s.met, s.counts = map[string]string{}, map[string]bool{}, map[outcome]int{}
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		id, reason, ok := strings.Cut(line, " # ")
		if !ok || reason == "" {
			return fmt.Errorf("%s:%d: the line gives no reason after \" # \"", file, n)
		}
		s.equivalent[id] = reason
	}
	return lines.Err()
}

// try makes each change of a package, and runs the package's tests.
func (s *session) try(ctx context.Context, pkg string) error {
	files, err := filepath.Glob(filepath.Join(s.root, pkg, "*.go"))
	if err != nil {
		return err
	}
	var all []mutant
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		found, err := mutantsOf(file, pkg+"/"+filepath.Base(file))
		if err != nil {
			return err
		}
		all = append(all, found...)
	}
	if len(all) == 0 {
		return fmt.Errorf("%s: there is nothing to change", pkg)
	}
	if out, err := s.test(ctx, pkg, ""); err != nil {
		return fmt.Errorf("%s: the tests fail without any change:\n%s", pkg, out)
	}
	return s.tryAll(ctx, pkg, all)
}

// tryAll tries the changes side by side: those of functions in one program, and each of the others
// in one of its own.
func (s *session) tryAll(ctx context.Context, pkg string, all []mutant) error {
	dir, err := os.MkdirTemp("", "mutate")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	inFunctions := map[int]mutant{}
	for i, m := range all {
		switch {
		case s.equivalent[m.id] != "":
			s.note(m, equivalent)
		case m.fn != nil:
			inFunctions[i+1] = m
		}
	}
	tests, broken, err := s.build(ctx, pkg, dir, inFunctions)
	if err != nil {
		return err
	}
	for _, n := range broken {
		s.note(all[n-1], notViable)
	}
	queue := make(chan int)
	failed := make(chan error, s.workers)
	var workers sync.WaitGroup
	for w := range s.workers {
		workers.Go(func() {
			for n := range queue {
				m, err := all[n-1], error(nil)
				if _, ok := inFunctions[n]; ok {
					err = s.inProgram(ctx, tests, m, n)
				} else {
					err = s.alone(ctx, pkg, m, filepath.Join(dir, fmt.Sprint(w)))
				}
				if err != nil {
					failed <- err
					return
				}
			}
		})
	}
	err = feed(queue, failed, s.left(all, inFunctions))
	close(queue)
	workers.Wait()
	return cmp.Or(err, ctx.Err())
}

// left lists, by number, the changes that are to be tried.
func (s *session) left(all []mutant, inFunctions map[int]mutant) (out []int) {
	for i, m := range all {
		_, compiled := inFunctions[i+1]
		if s.equivalent[m.id] == "" && (compiled || m.fn == nil) {
			out = append(out, i+1)
		}
	}
	return out
}

// feed hands the changes to the workers until one of them fails.
func feed(queue chan<- int, failed <-chan error, all []int) error {
	for _, n := range all {
		select {
		case queue <- n:
		case err := <-failed:
			return err
		}
	}
	return nil
}

// inProgram tries a change that the compiled tests contain.
func (s *session) inProgram(ctx context.Context, tests program, m mutant, n int) error {
	err := tests.run(ctx, n, s.limit.String())
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err == nil:
		s.note(m, survived)
	default:
		s.note(m, killed)
	}
	return nil
}

// alone tries a change by compiling the package with it. The compiler sees the changed file through
// an overlay, so that the file itself is never touched.
func (s *session) alone(ctx context.Context, pkg string, m mutant, scratch string) error {
	original, err := filepath.Abs(filepath.Join(s.root, m.file))
	if err != nil {
		return err
	}
	src, err := os.ReadFile(original)
	if err != nil {
		return err
	}
	changed, overlay := scratch+".go", scratch+".json"
	paths, err := json.Marshal(map[string]any{"Replace": map[string]string{original: changed}})
	if err != nil {
		return err
	}
	if err := os.WriteFile(changed, m.apply(src), 0o600); err != nil {
		return err
	}
	if err := os.WriteFile(overlay, paths, 0o600); err != nil {
		return err
	}
	out, err := s.test(ctx, pkg, overlay)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err == nil:
		s.note(m, survived)
	case isBroken(out):
		s.note(m, notViable)
	default:
		s.note(m, killed)
	}
	return nil
}

// test runs the tests of a package, with an overlay if one is named.
func (s *session) test(ctx context.Context, pkg, overlay string) (string, error) {
	args := []string{"test", "-count=1", "-failfast", "-vet=off", "-timeout=" + s.limit.String()}
	if overlay != "" {
		args = append(args, "-overlay="+overlay)
	}
	cmd := exec.CommandContext(ctx, "go", append(args, "./"+pkg)...)
	cmd.Dir = s.root
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func (s *session) note(m mutant, o outcome) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts[o]++
	switch o {
	case survived:
		s.survivors = append(s.survivors, m)
	case equivalent:
		s.met[m.id] = true
	}
}

// report prints the survivors and the score, and returns the exit status.
func (s *session) report(packages []string) int {
	slices.SortFunc(s.survivors, func(a, b mutant) int {
		return cmp.Or(strings.Compare(a.file, b.file), a.line-b.line, a.start-b.start)
	})
	for _, m := range s.survivors {
		fmt.Printf("line %d survives: %s\n", m.line, m.id)
	}
	stale := 0
	for id := range s.equivalent {
		if !s.met[id] && inOneOf(id, packages) {
			fmt.Printf("equivalent.txt names no change any more: %s\n", id)
			stale++
		}
	}
	fmt.Printf("%d changes: %d noticed, %d not; %d more make no difference, %d do not compile\n",
		s.counts[killed]+s.counts[survived], s.counts[killed], s.counts[survived],
		s.counts[equivalent], s.counts[notViable])
	if len(s.survivors)+stale > 0 {
		return 1
	}
	return 0
}

// inOneOf reports whether a listed change is one of a file of the packages.
func inOneOf(id string, packages []string) bool {
	file, _, _ := strings.Cut(id, " ")
	return slices.ContainsFunc(packages, func(pkg string) bool {
		return filepath.ToSlash(filepath.Clean(pkg)) == filepath.ToSlash(filepath.Dir(file))
	})
}
