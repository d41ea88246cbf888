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

// parseYAML reads the one document of a file, nil if there is none.
func parseYAML(name string, data []byte) (*yaml.Node, *Problem) {
	if len(data) > maxSize {
		return nil, &Problem{File: name, Message: "the file is larger than 1 MiB", Want: "a postferry configuration"}
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !utf8.Valid(data) {
		line, column := invalidUTF8(data)
		return nil, &Problem{File: name, Line: line, Column: column, Message: "the file is not UTF-8", Want: "saved as UTF-8"}
	}
	root, err := document(data)
	if err == nil {
		return root, nil
	}
	p := syntaxProblem(data, err)
	p.File = name
	return nil, p
}

func invalidUTF8(data []byte) (line, column int) {
	good := bytes.ToValidUTF8(data, []byte("\xff")) // the first \xff is where it ends
	before := good[:bytes.IndexByte(good, 0xff)]
	start := bytes.LastIndexByte(before, '\n') + 1
	return bytes.Count(before, []byte("\n")) + 1, utf8.RuneCount(before[start:]) + 1
}

// secondDocument says that there is more than one, and on which line it begins.
type secondDocument int

func (e secondDocument) Error() string { return "a second document begins here" }

// document is the root node of the only document.
func document(data []byte) (root *yaml.Node, err error) {
	defer func() {
		// The library has panicked on broken input before; a configuration must not bring a run down.
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

// hints translate what the library says. The first that it contains counts.
var hints = []struct{ says, message, want string }{
	{"mapping values are not allowed", "a colon or an indentation is not in its place", "indented as the lines around it, and a text with \": \" in it in quotes"},
	{"cannot start any token", "a value begins with a character that YAML keeps for itself", "in quotes"},
	{"did not find expected ',' or ']'", "a list that was opened with [ is not closed", "closed with ]; a # begins a comment, so put a hashtag in quotes"},
	{"did not find expected ',' or '}'", "a mapping that was opened with { is not closed", "closed with }; put a template in quotes"},
	{"did not find expected node content", "a list or mapping in brackets is broken", "closed; a # begins a comment, so put a hashtag in quotes"},
	{"did not find expected key", "this line does not fit to the ones before it", "indented as they are, as key: value"},
	{"did not find expected '-' indicator", "this line does not fit to the list before it", "indented as it is, beginning with - "},
	{"could not find expected ':'", "a key is without its colon", "key: value"},
	{"found unexpected end of stream", "a quote is not closed", "closed"},
	{"unknown anchor", "an alias (*name) stands for nothing", "in quotes if it is a text"},
	{"second document", "a second document begins here", "one document, without another ---"},
	{"control characters", "a control character is in the file", "without it"},
	{"escape", "an unknown escape (\\) is in double quotes", "in single quotes, or with \\\\"},
}

// syntaxProblem explains why data is no YAML. The library's line is that of the mapping around the error, or one off:
// what is looked for is the first line with which the file fails as it does as a whole.
func syntaxProblem(data []byte, err error) *Problem {
	lines := bytes.SplitAfter(data, []byte("\n"))
	n := sort.Search(len(lines), func(i int) bool {
		_, e := document(bytes.Join(lines[:i+1], nil))
		return e != nil && e.Error() == err.Error()
	})
	if second, ok := err.(secondDocument); ok {
		n = int(second) - 1
	}
	n = min(n, len(lines)-1) // YAML ends a line at more than \n
	line := string(lines[n])
	indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
	p := &Problem{Line: n + 1, Column: utf8.RuneCountInString(indent) + 1, Message: "this is not YAML", Want: "key: value"}
	if tab := strings.IndexByte(indent, '\t'); tab >= 0 {
		p.Column, p.Message, p.Want = tab+1, "a tab is in the indentation", "spaces"
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
