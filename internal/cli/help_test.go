package cli

import (
	"bytes"
	"flag"
	"regexp"
	"strings"
	"testing"

	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/run"
)

// TestHelp: each command explains itself, each of its flags, and what its exit statuses mean, in the
// system's language.
func TestHelp(t *testing.T) {
	for _, locale := range []string{"C.UTF-8", "ja_JP.UTF-8"} {
		testHelp(t, locale)
	}
}

func testHelp(t *testing.T, locale string) {
	row := regexp.MustCompile(`(?m)^  --\S+.*$`)
	explained := regexp.MustCompile(`^  --[a-z-]+( [A-Z/]+)?  +\S.+$`)
	for _, c := range commands() {
		var out, talk bytes.Buffer
		p := &Process{
			Args: []string{"help", c.name}, Stdout: &out, Stderr: &talk,
			Getenv: func(name string) string { return map[string]string{"LANG": locale}[name] },
		}
		if status := run.Status(Main(t.Context(), p)); status != run.Done || talk.Len() > 0 {
			t.Errorf("%s: status %d, %s", c.name, status, &talk)
		}
		text, w := out.String(), message.Words{Language: message.ForLocale(locale)}
		for status, means := range []string{
			run.Done: "  0  ", run.Incident: "  1  ", run.Usage: "  2  ",
		} {
			sentence := w.Text(c.status[status])
			if !strings.Contains(text, "\n"+means+sentence+"\n") || c.status[status] == "" {
				t.Errorf("%s does not say what status %d means:\n%s", c.name, status, text)
			}
		}
		for _, line := range row.FindAllString(text, -1) {
			if !explained.MatchString(line) {
				t.Errorf("%s: %q names no value, or explains nothing", c.name, line)
			}
			if strings.Contains(line, "cli.flag.") {
				t.Errorf("%s: %q is no message", c.name, line)
			}
		}
		for _, used := range regexp.MustCompile(`--[a-z-]+`).FindAllString(c.args, -1) {
			if !strings.Contains(text, "\n  "+used+" ") {
				t.Errorf("%s: the usage line has %s, and the flags have not", c.name, used)
			}
		}
	}
}

// TestPrintFlags shows a default where it says something.
func TestPrintFlags(t *testing.T) {
	fs := flag.NewFlagSet("x", flag.ContinueOnError)
	fs.Bool("force", false, "try now")
	fs.Int("port", 8417, "return to `PORT`")
	fs.String("route", "", "only `R`")
	var out bytes.Buffer
	printFlags(&out, message.Words{}, fs)
	want := "\nFlags:\n" +
		"  --force                try now\n" +
		"  --port PORT            return to PORT (default 8417)\n" +
		"  --route R              only R\n"
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", &out, want)
	}
}
