package config

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/postferry/postferry/internal/message"
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

// japanese matches a character that no English problem has.
var japanese = regexp.MustCompile(`[ぁ-んァ-ヶ一-龠]`)

// TestMistakesInJapanese makes each mistake in a file whose language is Japanese. There are as many
// problems, at the same places, and none is in English.
func TestMistakesInJapanese(t *testing.T) {
	for _, tt := range mistakes(t) {
		if strings.Contains(tt.in, "language") || strings.HasPrefix(tt.name, "an empty") {
			continue
		}
		_, err := Reader{Language: message.Japanese}.Parse("f.yml", []byte(tt.in))
		_, inFile := Parse("f.yml", []byte(tt.in+"\nlanguage: ja\n"))
		if inFile == nil || err == nil {
			t.Errorf("%s: the file is accepted", tt.name)
			continue
		}
		first, _, _ := strings.Cut(inFile.Error(), "\n")
		if !japanese.MatchString(first) || strings.Contains(first, "it should be") {
			t.Errorf("%s: got %s", tt.name, first)
		}
	}
}

// TestLanguageOfProblems: the file says the language, as far as it can be read, and else the reader.
func TestLanguageOfProblems(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		reader   message.Language
		japanese bool
	}{
		{"the default", "rutes: {}", "", false},
		{"a good file without a language is English", "rutes: {}", message.Japanese, false},
		{"the file's", "language: ja\nrutes: {}", "", true},
		{"the file's, by another name", "rutes: {}\nlanguage: '日本語' # ours", "", true},
		{"English in the file", "language: en\nroutes: [", message.Japanese, false},
		{"no YAML, with a language", "routes: [\nlanguage: ja", "", true},
		{"no YAML, with a full-width colon", "language： ja", "", true},
		{"no YAML", "routes: [", message.Japanese, true},
		{"no UTF-8", "routes: \xff", message.Japanese, true},
		{"another key's language", "routes:\n  main: {language: ja}", "", false},
	} {
		_, err := Reader{Language: tt.reader}.Parse("f.yml", []byte(tt.in))
		if err == nil || japanese.MatchString(err.Error()) != tt.japanese {
			t.Errorf("%s: got %v", tt.name, err)
		}
	}
	_, err := Reader{Language: message.Japanese}.Load("testdata/none.yml", true)
	if err == nil || !japanese.MatchString(err.Error()) {
		t.Errorf("a missing file: got %v", err)
	}
}
