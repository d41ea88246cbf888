package report

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/postferry/postferry/internal/message"
)

var update = flag.Bool("update", false, "write what is rendered into testdata")

// golden compares with testdata/name: what a person meets, as a file that can be read.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", filepath.FromSlash(name))
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(got), "\n"), strings.Split(string(want), "\n")); diff != "" {
		t.Errorf("%s (-got +want, -update takes what is got):\n%s", name, diff)
	}
}

// inBoth runs a test in English and UTC, and in Japanese and Tokyo's time, whose goldens are in a
// folder of their own.
func inBoth(t *testing.T, name string, test func(*testing.T, message.Words, string)) {
	tokyo := time.FixedZone("JST", 9*60*60)
	t.Run(name, func(t *testing.T) { test(t, message.Words{}, "") })
	t.Run(name+" in Japanese", func(t *testing.T) {
		test(t, message.Words{Language: message.Japanese, Zone: tokyo}, "ja/")
	})
}
