package postferry_test

import (
	"flag"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/postferry/postferry/internal/build"
	"github.com/postferry/postferry/internal/diagnosis"
)

var update = flag.Bool("update", false, "write the diagnoses into docs/operating.md")

const operatingFile = "docs/operating.md"

// fromEvidence holds the diagnoses that name what the probes found. Their sections are written by
// hand.
var fromEvidence = []string{"instagram-version"}

// TestDiagnosesAreDocumented compares the sections of docs/operating.md with the diagnoses. An
// issue links to its section, so the section must exist and must say the same. What stands between
// a section's first and last paragraph is written by hand.
func TestDiagnosesAreDocumented(t *testing.T) {
	head, sections := causes(t)
	if *update {
		writeCauses(t, head, sections)
		_, sections = causes(t)
	}
	for _, d := range diagnosed() {
		section, ok := sections[d.Key]
		if !ok {
			t.Errorf("%s has no section %s: run go test . -update", operatingFile, d.Key)
			continue
		}
		delete(sections, d.Key)
		if slices.Contains(fromEvidence, d.Key) {
			continue
		}
		text := strings.Join(strings.Fields(section), " ")
		opening, closing := d.Title+".** "+d.Cause, "**What to do:** "+fixHere(d)
		if d.Link != "" {
			closing += " (" + d.Link + ")"
		}
		if !strings.EqualFold(text[:min(len(text), 2+len(opening))], "**"+opening) ||
			!strings.HasSuffix(text, closing) {
			t.Errorf("%s says something else about %s: run go test . -update", operatingFile, d.Key)
		}
	}
	for key := range sections {
		t.Errorf("%s explains %s, which is no diagnosis", operatingFile, key)
	}
}

// diagnosed are the diagnoses as a route without a configuration reads them.
func diagnosed() (out []diagnosis.Diagnosis) {
	for _, d := range diagnosis.Diagnoses() {
		out = append(out, d.For(nil))
	}
	return out
}

// causes returns what stands before the sections of the causes, and each section by its key.
func causes(t *testing.T) (head string, sections map[string]string) {
	t.Helper()
	sections = map[string]string{}
	heading := regexp.MustCompile(`(?m)^### (\S+)\n`)
	text := read(t, operatingFile)
	found := heading.FindAllStringSubmatchIndex(text, -1)
	for i, m := range found {
		end := len(text)
		if i+1 < len(found) {
			end = found[i+1][0]
		}
		key := text[m[2]:m[3]]
		if _, twice := sections[key]; twice {
			t.Errorf("%s has two headings for %s", operatingFile, key)
		}
		sections[key] = strings.TrimSpace(text[m[1]:end])
	}
	if len(found) == 0 {
		t.Fatalf("%s has no sections", operatingFile)
	}
	return text[:found[0][0]], sections
}

// writeCauses writes every diagnosis into its section and keeps what was written by hand.
func writeCauses(t *testing.T, head string, sections map[string]string) {
	t.Helper()
	out := strings.TrimSpace(head) + "\n"
	for _, d := range diagnosed() {
		if section, ok := sections[d.Key]; ok && slices.Contains(fromEvidence, d.Key) {
			out += "\n### " + d.Key + "\n\n" + section + "\n"
			continue
		}
		title := strings.ToUpper(d.Title[:1]) + d.Title[1:]
		paragraphs := []string{wrap("**" + title + ".** " + d.Cause)}
		paragraphs = append(paragraphs, byHand(sections[d.Key])...)
		last := wrap("**What to do:** " + fixHere(d))
		if d.Link != "" {
			last += "\n(" + d.Link + ")"
		}
		paragraphs = append(paragraphs, last)
		out += "\n### " + d.Key + "\n\n" + strings.Join(paragraphs, "\n\n") + "\n"
	}
	if err := os.WriteFile(operatingFile, []byte(out), 0o644); err != nil {
		t.Fatal(err)
	}
}

// byHand returns the paragraphs between the first and the last of a section.
func byHand(section string) []string {
	paragraphs := strings.Split(section, "\n\n")
	last := slices.IndexFunc(paragraphs, func(p string) bool {
		return strings.HasPrefix(p, "**What to do:**")
	})
	if last < 1 {
		return nil
	}
	return paragraphs[1:last]
}

// fixHere is what to do, as a page of the repository says it: the page does not name the
// repository.
func fixHere(d diagnosis.Diagnosis) string {
	return strings.ReplaceAll(d.Advice(), "at "+build.Issues(), "in this repository")
}

// wrap breaks a paragraph into lines of up to 100 characters.
func wrap(paragraph string) string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(paragraph) {
		if line != "" && len([]rune(line+" "+word)) > 100 {
			lines = append(lines, line)
			line = word
			continue
		}
		line = strings.TrimSpace(line + " " + word)
	}
	return strings.Join(append(lines, line), "\n")
}
