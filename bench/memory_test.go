//go:build linux && !race

package bench_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"github.com/postferry/postferry/bench/stage"
	"github.com/postferry/postferry/internal/cli"
)

// asProgram turns the test's own binary into the program, so that the memory of one process can be
// measured.
const asProgram = "BENCH_AS_POSTFERRY"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		code := cli.Main(context.Background(), cli.OS())
		// wait4 would also count the pages that were resident before exec, which are the parent's.
		status, _ := os.ReadFile("/proc/self/status")
		os.Stdout.Write(status)
		os.Exit(code)
	}
	os.Exit(m.Run())
}

var resident = regexp.MustCompile(`(?m)^VmHWM:\s+(\d+) kB$`)

// TestGibibyte mirrors a video of 1 GiB. The run must not use more memory than one with 64 MiB, and
// must not write a file. The program alone has 34 MB resident (docs/performance.md); the limit
// leaves room for the test binary.
func TestGibibyte(t *testing.T) {
	const limit = 48 << 10 // KiB
	for name, size := range map[string]int64{"64 MiB": 64 << 20, "1 GiB": 1 << 30} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, stage.Options{Videos: 1, Size: size})
			config, err := filepath.Abs("testdata/postferry.yml")
			if err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command(os.Args[0], "mirror", "--config", config)
			cmd.Dir = t.TempDir()
			cmd.Env = []string{asProgram + "=1", "TMPDIR=" + filepath.Join(t.TempDir(), "none")}
			for k, v := range s.Env {
				cmd.Env = append(cmd.Env, k+"="+v)
			}
			out, err := cmd.CombinedOutput()
			peak := resident.FindSubmatch(out)
			if err != nil || peak == nil {
				t.Fatalf("%v:\n%s", err, out)
			}
			tweets := s.World.X().Tweets()
			if len(tweets) != 1 || tweets[0].Media[0].Size != size {
				t.Fatalf("on X: %+v", tweets)
			}
			kib, _ := strconv.Atoi(string(peak[1]))
			if t.Logf("%d MiB resident", kib>>10); kib > limit {
				t.Errorf("%d KiB resident, want at most %d", kib, limit)
			}
		})
	}
}
