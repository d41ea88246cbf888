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

	"github.com/postferry/postferry/internal/message"
)

// parseYAML returns the root node of a file's only document, or nil if the file is empty.
func parseYAML(name string, data []byte, words message.Words) (*yaml.Node, *Problem) {
	if len(data) > maxSize {
		return nil, &Problem{
			File: name, Message: words.Text("config.too-large"),
			Want: words.Text("config.want.configuration"), Language: words.Language,
		}
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !utf8.Valid(data) {
		line, column := invalidUTF8(data)
		return nil, &Problem{
			File: name, Line: line, Column: column,
			Message: words.Text("config.not-utf8"), Want: words.Text("config.want.utf8"),
			Language: words.Language,
		}
	}
	root, err := document(data)
	if err == nil {
		return root, nil
	}
	p := syntaxProblem(data, err, words)
	p.File, p.Language = name, words.Language
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

// hints translate the library's errors into messages. The first row whose words an error contains
// counts.
var hints = []struct{ says, message, want string }{
	{"mapping values are not allowed", "config.yaml.colon", "config.want.yaml.colon"},
	{"cannot start any token", "config.yaml.reserved", "config.want.yaml.quoted"},
	{"did not find expected ',' or ']'", "config.yaml.list", "config.want.yaml.list"},
	{"did not find expected ',' or '}'", "config.yaml.mapping", "config.want.yaml.mapping"},
	{"did not find expected node content", "config.yaml.brackets", "config.want.yaml.brackets"},
	{"did not find expected key", "config.yaml.line", "config.want.yaml.line"},
	{"did not find expected '-' indicator", "config.yaml.item", "config.want.yaml.item"},
	{"could not find expected ':'", "config.yaml.no-colon", "config.want.yaml.pair"},
	{"found unexpected end of stream", "config.yaml.quote", "config.want.yaml.closed"},
	{"unknown anchor", "config.yaml.anchor", "config.want.yaml.text-quoted"},
	{"second document", "config.yaml.second", "config.want.yaml.one"},
	{"control characters", "config.yaml.control", "config.want.yaml.without"},
	{"escape", "config.yaml.escape", "config.want.yaml.escape"},
}

// syntaxProblem explains why data is not YAML. The library names the line of the mapping around the
// error, or a line beside it. So syntaxProblem looks for the first line at which the file, cut
// after that line, fails with the same error as the whole file.
func syntaxProblem(data []byte, err error, words message.Words) *Problem {
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
		if p := fullWidth(string(lines[i]), words); p != nil {
			p.Line = i + 1
			return p
		}
	}
	line := string(lines[n])
	indent := line[:len(line)-len(strings.TrimLeft(line, " \t"))]
	p := &Problem{
		Line: n + 1, Column: utf8.RuneCountInString(indent) + 1,
		Message: words.Text("config.yaml.other"), Want: words.Text("config.want.yaml.pair"),
	}
	if tab := strings.IndexByte(indent, '\t'); tab >= 0 {
		p.Column = tab + 1
		p.Message, p.Want = words.Text("config.yaml.tab"), words.Text("config.want.spaces")
		return p
	}
	for _, h := range hints {
		if strings.Contains(err.Error(), h.says) {
			p.Message, p.Want = words.Text(h.message), words.Text(h.want)
			break
		}
	}
	return p
}
