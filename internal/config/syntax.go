package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sort"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// parseYAML returns the root node of a file's only document, or nil if the file is empty.
func parseYAML(name string, data []byte) (*yaml.Node, *Problem) {
	if len(data) > maxSize {
		return nil, &Problem{
			File: name, Message: "the file is larger than 1 MiB", Want: "a postferry configuration",
		}
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !utf8.Valid(data) {
		line, column := invalidUTF8(data)
		return nil, &Problem{
			File: name, Line: line, Column: column,
			Message: "the file is not UTF-8", Want: "saved as UTF-8",
		}
	}
	root, err := document(data)
	if err == nil {
		return root, nil
	}
	p := syntaxProblem(data, err)
	p.File = name
	return nil, p
}

// invalidUTF8 returns the place of the first byte that is not UTF-8.
func invalidUTF8(data []byte) (line, column int) {
	good := bytes.ToValidUTF8(data, []byte("\xff")) // each invalid run becomes one \xff
	before := good[:bytes.IndexByte(good, 0xff)]
	start := bytes.LastIndexByte(before, '\n') + 1
	return bytes.Count(before, []byte("\n")) + 1, utf8.RuneCount(before[start:]) + 1
}

// secondDocument is the error of a file with two documents. Its value is the line of the second.
type secondDocument int

func (e secondDocument) Error() string { return "second document" }

// document returns the root node of the only document in data.
func document(data []byte) (root *yaml.Node, err error) {
	defer func() {
		// The library has panicked on broken input before. A file must not end a run that way.
		if r := recover(); r != nil {
			root, err = nil, fmt.Errorf("%v", r)
		}
	}()
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc, more yaml.Node
	if err := dec.Decode(&doc); errors.Is(err, io.EOF) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	if err := dec.Decode(&more); err == nil {
		return nil, secondDocument(more.Line)
	} else if !errors.Is(err, io.EOF) {
		return nil, err
	}
	if len(doc.Content) == 0 {
		return nil, nil
	}
	return doc.Content[0], nil
}

// hints translate the library's errors. The first row whose words an error contains counts.
var hints = []struct{ says, message, want string }{
	{"mapping values are not allowed", "a colon or the indentation is in the wrong place",
		`indented like the lines around it; put a text that contains ": " in quotes`},
	{"cannot start any token", "a value begins with a character that YAML reserves", "in quotes"},
	{"did not find expected ',' or ']'", "a list is opened with [ and not closed",
		"closed with ]; a # begins a comment, so put a hashtag in quotes"},
	{"did not find expected ',' or '}'", "a mapping is opened with { and not closed",
		"closed with }; put a template in quotes"},
	{"did not find expected node content", "a list or mapping in brackets is broken",
		"closed; a # begins a comment, so put a hashtag in quotes"},
	{"did not find expected key", "the line does not fit the lines before it",
		"indented like them, as key: value"},
	{"did not find expected '-' indicator", "the line does not fit the list before it",
		"indented like the list, and begin with a dash"},
	{"could not find expected ':'", "a key has no colon", "key: value"},
	{"found unexpected end of stream", "a quote is not closed", "closed"},
	{"unknown anchor", "an alias (*name) has no anchor (&name)", "in quotes if it is a text"},
	{"second document", "a second document begins here", "one document, with no other ---"},
	{"control characters", "the line contains a control character", "without it"},
	{"escape", `a text in double quotes has an unknown escape (\)`, `in single quotes, or with \\`},
}

// syntaxProblem explains why data is not YAML. The library names the line of the mapping around the
// error, or a line beside it. So syntaxProblem looks for the first line at which the file, cut
// after that line, fails with the same error as the whole file.
func syntaxProblem(data []byte, err error) *Problem {
	lines := bytes.SplitAfter(data, []byte("\n"))
	n := sort.Search(len(lines), func(i int) bool {
		_, e := document(bytes.Join(lines[:i+1], nil))
		return e != nil && e.Error() == err.Error()
	})
	if second, ok := err.(secondDocument); ok {
		n = int(second) - 1
	}
	n = min(n, len(lines)-1) // YAML knows other line ends than \n
	for i := n; i >= 0; i-- {
		if p := fullWidth(string(lines[i])); p != nil {
			p.Line = i + 1
			return p
		}
	}
	line := string(lines[n])
	indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
	p := &Problem{
		Line: n + 1, Column: utf8.RuneCountInString(indent) + 1,
		Message: "the line is not YAML", Want: "key: value",
	}
	if tab := strings.IndexByte(indent, '\t'); tab >= 0 {
		p.Column, p.Message, p.Want = tab+1, "the indentation contains a tab", "spaces"
		return p
	}
	for _, h := range hints {
		if strings.Contains(err.Error(), h.says) {
			p.Message, p.Want = h.message, h.want
			break
		}
	}
	return p
}
