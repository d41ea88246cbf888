package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
)

// Version is the only version of the format that this program reads.
const Version = 1

// maxSize is the largest file that is read. A hundred routes that set every key need a tenth.
const maxSize = 1 << 20

// Config is a whole configuration. Load, Parse and Default make it; the zero value is not valid.
type Config struct {
	Version            int
	StateBranch        string  // the branch's name, without refs/heads/
	SecretsEnvironment string  // the Actions environment of the secrets; "" is the repository
	Routes             []Route // at least one, in the file's order
	Incidents          Incidents

	file string         // the name that Parse was given
	set  map[string]int // path of a key that the file sets → its line
}

// Route is one Instagram account and the X account that receives its media.
type Route struct {
	Name            string // lower case letters, digits and -: it is part of file names
	Instagram       Instagram
	X               X
	Start           Start
	Only            []string // image, video, carousel; never empty
	RequireHashtags []string // as written: "#tag", "＃tag" or "tag"
	ExcludeHashtags []string
	Text            Text
	Carousel        string // thread or first
	AltText         bool
	RejectedVideo   string // thumbnail, link or skip
	Limits          Limits
	Collaborations  bool // also mirror media of another username
}

// Instagram says how a route reads its account. The last four are names of variables.
type Instagram struct {
	Login                           string // instagram or facebook
	APIVersion                      string // "v25.0"
	Token, UserID, AppID, AppSecret string
}

// X names the variables that hold X's credentials.
type X struct{ RefreshToken, AccessToken, ClientID, ClientSecret string }

// Text says how a caption becomes the text of a post.
type Text struct {
	Template  string // with {caption}, {permalink}, {username}, {date}
	Long      string // cut or thread
	Link      string // if-cut, never or always
	URLs      string // plain or keep
	Mentions  string // plain or keep
	MaxLength int    // weighted length of one post, 1 to 25000
	Number    bool   // number the parts of a thread
}

// Limits bound what is posted: media a run, media a UTC day, US dollars a UTC month.
type Limits struct {
	PerRun, PerDay int
	USDPerMonth    float64
}

// Incidents says how failures are reported.
type Incidents struct {
	TransientAfter int      // runs in a row, at least 1
	Assignees      []string // GitHub logins, at most ten
	Red            string   // once, always or never
	SlackMention   string   // the beginning of a Slack message, verbatim
}

// Default returns the configuration that is in force without a file. Its one route is main.
func Default() *Config {
	c := &Config{}
	for _, k := range c.keys() {
		k.value.reset()
	}
	return c
}

// Load reads the file at path. If the file does not exist, Load returns the defaults, unless the
// path is explicit, which means that a person asked for it. The error is of type Problems.
func Load(path string, explicit bool) (*Config, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return missing(path, explicit)
	}
	if err != nil {
		return nil, unreadable(path, err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxSize+1))
	if err != nil {
		return nil, unreadable(path, err)
	}
	return Parse(path, data)
}

// missing returns what Load returns for a file that does not exist. A file of the same name with
// the other ending (.yaml for .yml) is a problem, because its settings would be ignored silently.
func missing(path string, explicit bool) (*Config, error) {
	problem := Problem{File: path, Message: "the file does not exist"}
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

func unreadable(path string, err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err // the problem names the path already
	}
	return Problems{{File: path, Message: fmt.Sprintf("the file can't be read: %v", err)}}
}

// Parse reads a configuration. Problems call the file by name. An empty file stands for the
// defaults, and so does a key without a value. The error is of type Problems and holds all of
// them.
func Parse(name string, data []byte) (*Config, error) {
	root, problem := parseYAML(name, data)
	if problem != nil {
		return nil, Problems{*problem}
	}
	c := Default()
	c.file = name
	if root == nil {
		return c, nil
	}
	d := newDecoder(name)
	d.config(c, root)
	if len(d.problems) > 0 {
		d.problems.sort()
		return nil, d.problems
	}
	c.set = d.set
	return c, nil
}
