package caption

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/postferry/postferry/internal/twittertext"
)

var update = flag.Bool("update", false, "write what Compose answers into testdata/*.txtar")

// TestComposeFiles reads testdata/*.txtar. A file says in its first lines what it shows, then
// gives rules ("long: thread"), fields ("username: someone") and the caption, then the parts
// expected, each under its weight. Characters that one cannot see or tell apart are written as
// their code point in white brackets: ⟦200B⟧.
func TestComposeFiles(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) < 60 {
		t.Fatalf("%d files, want 60 or more; %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			in := readCase(t, archive)
			got := show(Compose(in.rules, in.fields))
			if *update {
				archive.Files = append(in.input, got...)
				if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(got, in.want); diff != "" && !*update {
				t.Errorf("parts (-got +want):\n%s", diff)
			}
		})
	}
}

type composeCase struct {
	rules       Rules
	fields      Fields
	input, want []txtar.File
}

func readCase(t *testing.T, archive *txtar.Archive) composeCase {
	c := composeCase{rules: Rules{Max: DefaultMax}, fields: Fields{
		Permalink: "https://www.instagram.com/p/C9xAbCdEfGh/", Username: "someone",
		Date: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC),
	}}
	for _, f := range archive.Files {
		switch text := strings.TrimSuffix(string(f.Data), "\n"); f.Name {
		case "rules":
			for line := range strings.Lines(text) {
				c.set(t, strings.TrimSuffix(line, "\n"))
			}
		case "caption":
			c.fields.Caption = reveal(text)
		default:
			c.want = append(c.want, f)
			continue
		}
		c.input = append(c.input, f)
	}
	return c
}

func (c *composeCase) set(t *testing.T, line string) {
	key, value, _ := strings.Cut(line, ": ")
	texts := map[string]*string{
		"template": &c.rules.Template, "long": &c.rules.Long, "link": &c.rules.Link,
		"urls": &c.rules.URLs, "mentions": &c.rules.Mentions,
		"username": &c.fields.Username, "permalink": &c.fields.Permalink,
	}
	switch to := texts[key]; {
	case to != nil:
		*to = strings.ReplaceAll(reveal(value), `\n`, "\n")
	case key == "number":
		c.rules.Number = value == "true"
	case key == "max":
		c.rules.Max, _ = strconv.Atoi(value)
	default:
		t.Fatalf("rules: unknown line %q", line)
	}
}

// show writes a Text as the files have it.
func show(text Text) (files []txtar.File) {
	for i, part := range text.Posts {
		name := fmt.Sprintf("part %d, weight %d", i+1, twittertext.Weight(part))
		if text.Cut {
			name += ", cut"
		}
		if HasURL(part) {
			name += ", with a URL"
		}
		files = append(files, txtar.File{Name: name, Data: []byte(conceal(part) + "\n")})
	}
	return files
}

const unseen = "\u200b\u200c\u2024\u2060\u200e\u200f\u202e\u202d\u2028" +
	"\ufeff\u2800\u00a0\r\t\x00\x07\v"

// conceal keeps the joiner and the variation selectors: within an emoji they show.
func conceal(s string) string {
	var out strings.Builder
	for _, r := range s {
		if strings.ContainsRune(unseen, r) {
			fmt.Fprintf(&out, "⟦%04X⟧", r)
			continue
		}
		out.WriteRune(r)
	}
	return out.String()
}

var brackets = regexp.MustCompile(`⟦([0-9A-F]{4,5})⟧`)

func reveal(s string) string {
	return brackets.ReplaceAllStringFunc(s, func(m string) string {
		r, _ := strconv.ParseUint(strings.Trim(m, "⟦⟧"), 16, 32)
		return string(rune(r))
	})
}
