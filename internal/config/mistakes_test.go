package config

import (
	"os"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// mistake is a file that Parse refuses.
type mistake struct {
	name, in, want string
	beyond         bool // the JSON Schema can't refuse the file
}

const mistakesFile = "testdata/mistakes.txtar"

// mistakes reads the mistakes from their archive, in which a file is followed by its problems.
func mistakes(t testing.TB) (out []mistake) {
	t.Helper()
	for pairs := mistakesArchive(t).Files; len(pairs) > 1; pairs = pairs[2:] {
		if pairs[1].Name != "problems" {
			t.Fatalf("%s: %q is not followed by its problems", mistakesFile, pairs[0].Name)
		}
		name, beyond := strings.CutSuffix(pairs[0].Name, " (beyond)")
		want := strings.TrimSuffix(string(pairs[1].Data), "\n")
		out = append(out, mistake{name, string(pairs[0].Data), want, beyond})
	}
	return out
}

func mistakesArchive(t testing.TB) *txtar.Archive {
	t.Helper()
	archive, err := txtar.ParseFile(mistakesFile)
	if err != nil {
		t.Fatal(err)
	}
	return archive
}

func TestMistakesAreToldExactly(t *testing.T) {
	if *update {
		archive := mistakesArchive(t)
		for i := 0; i+1 < len(archive.Files); i += 2 {
			archive.Files[i+1].Data = []byte(problemsOf(string(archive.Files[i].Data)) + "\n")
		}
		if err := os.WriteFile(mistakesFile, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range mistakes(t) {
		t.Run(tt.name, func(t *testing.T) {
			got := problemsOf(tt.in)
			if got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			if got == "" {
				t.Error("the file is accepted")
			}
		})
	}
}
