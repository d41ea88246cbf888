package config

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/postferry/postferry/internal/message"
)

// maxSize is the largest file that is read. A hundred routes that set every key need a tenth.
const maxSize = 1 << 20

// Reader reads configurations. The zero value tells of mistakes in English where the file does not
// say a language.
type Reader struct {
	// Language is that of the problems if the file is missing, or is so broken that not even its
	// language can be read. A good file without the key is in English.
	Language message.Language
}

// Load reads the file at path. If the file does not exist, Load returns the defaults, unless the
// path is explicit, which means that a person asked for it. The results are those of Parse.
func Load(path string, explicit bool) (*Config, error) { return Reader{}.Load(path, explicit) }

// Parse reads a configuration. Problems call the file by name. An empty file stands for the
// defaults, and so does a key without a value.
//
// The error is of type Problems and holds all of them. If every problem lies in the block of a
// route, Parse returns the Config along with the error: its Routes can run, and its Broken holds
// the other routes with their problems. Routes may then be empty. A problem outside the routes'
// blocks stops all routes, so the Config is nil.
func Parse(name string, data []byte) (*Config, error) { return Reader{}.Parse(name, data) }

// Load is the function Load for a person who reads the reader's language.
func (r Reader) Load(path string, explicit bool) (*Config, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return r.missing(path, explicit)
	}
	if err != nil {
		return nil, r.unreadable(path, err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxSize+1))
	if err != nil {
		return nil, r.unreadable(path, err)
	}
	return r.Parse(path, data)
}

// missing returns what Load returns for a file that does not exist. A file of the same name with
// the other ending (.yaml for .yml) is a problem, because its settings would be ignored silently.
func (r Reader) missing(path string, explicit bool) (*Config, error) {
	problem := r.problem(path, r.words().Text("config.file-missing"))
	for ending, other := range map[string]string{".yml": ".yaml", ".yaml": ".yml"} {
		base, ok := strings.CutSuffix(path, ending)
		if !ok {
			continue
		}
		if _, err := os.Stat(base + other); err == nil {
			problem.Nearest = base + other
		}
	}
	if explicit || problem.Nearest != "" {
		return nil, Problems{problem}
	}
	return Default(), nil
}

func (r Reader) unreadable(path string, err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err // the problem names the path already
	}
	return Problems{r.problem(path, r.words().Text("config.file-unreadable", "Why", err))}
}

// problem is one of the file as a whole.
func (r Reader) problem(path, text string) Problem {
	return Problem{File: path, Message: text, Language: r.Language}
}

func (r Reader) words() message.Words { return message.Words{Language: r.Language} }

// Parse is the function Parse for a person who reads the reader's language.
func (r Reader) Parse(name string, data []byte) (*Config, error) {
	language, said := languageOf(data)
	if said {
		r.Language = language
	}
	root, problem := parseYAML(name, data, r.words())
	if problem != nil {
		return nil, Problems{*problem}
	}
	c := Default()
	c.file = name
	if root == nil {
		return c, nil
	}
	d := newDecoder(name, data, message.Words{Language: language})
	d.config(c, root)
	c.set = d.set
	c.noteNames()
	for i := range c.Routes {
		c.Routes[i].Timezone = c.Timezone
	}
	if len(d.problems) == 0 {
		return c, nil
	}
	d.explainFullWidth()
	d.problems.sort()
	if !c.setAside(d.problems) {
		return nil, d.problems
	}
	return c, d.problems
}

// languageOf finds the language in a file whether it is YAML or not, so that its mistakes are told
// in it. It is English if the file does not say one.
func languageOf(data []byte) (language message.Language, said bool) {
	for line := range bytes.Lines(data) {
		value, ok := bytes.CutPrefix(line, []byte("language"))
		value = bytes.TrimLeft(value, " \t")
		if !ok || !bytes.HasPrefix(value, []byte(":")) && !bytes.HasPrefix(value, []byte("：")) {
			continue
		}
		value, _, _ = bytes.Cut(value, []byte(" #"))
		name := strings.ToLower(strings.Trim(string(value), ":： \t\r\n\"'"))
		if name == string(message.Japanese) || languageNames[name] == string(message.Japanese) {
			return message.Japanese, true
		}
		return message.English, true
	}
	return message.English, false
}
