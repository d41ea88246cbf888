package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/postferry/postferry/internal/run"
)

// TestMistakeInAWorkflow: a mistyped command of a workflow is told in the configuration's language,
// in English where there is none, and in no case in that of the runner's system.
func TestMistakeInAWorkflow(t *testing.T) {
	for _, tt := range []struct{ name, file, want string }{
		{"no file", "", `::error::postferry has no command "miror"`},
		{"Japanese", "language: ja\n", `::error::コマンド "miror" はありません`},
		{"English", "language: en\n", `::error::postferry has no command "miror"`},
		{"no YAML", "{", `::error::postferry has no command "miror"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			if tt.file != "" {
				if err := os.Mkdir(".github", 0o755); err != nil {
					t.Fatal(err)
				}
				file := filepath.Join(".github", "postferry.yml")
				if err := os.WriteFile(file, []byte(tt.file), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			env := map[string]string{"GITHUB_ACTIONS": "true", "LANG": "ja_JP.UTF-8"}
			var talk bytes.Buffer
			status := Main(t.Context(), &Process{
				Args: []string{"miror"}, Stdout: &talk, Stderr: &talk,
				Getenv: func(name string) string { return env[name] },
			})
			if run.Status(status) != run.Usage || !strings.Contains(talk.String(), tt.want) {
				t.Errorf("status %d, want %q in\n%s", status, tt.want, &talk)
			}
		})
	}
}
