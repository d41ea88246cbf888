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

// maxSize bounds a file; a hundred routes that set everything are a tenth of it.
const maxSize = 1 << 20

// Config is a whole configuration. It is made by Load, Parse or Default, never by hand: the zero value is none.
type Config struct {
	Version            int
	StateBranch        string  // name of the branch, without refs/heads/
	SecretsEnvironment string  // the Actions environment that holds the secrets, "" for the repository's own
	Routes             []Route // at least one, in the file's order
	Incidents          Incidents

	file string         // as given to Parse
	set  map[string]int // path of a key that the file sets → its line
}

// Route is one Instagram account and the X account that its media go to. Its name is fit for a file name.
type Route struct {
	Name            string
	Instagram       Instagram
	X               X
	Start           Start
	Only            []string // of image, video, carousel; never empty
	RequireHashtags []string // as written: "#tag", "＃tag" or "tag"
	ExcludeHashtags []string
	Text            Text
	Carousel        string // thread or first
	AltText         bool
	RejectedVideo   string // thumbnail, link or skip
	Limits          Limits
	Collaborations  bool // take media of another username too
}

// Instagram says how a route reads its account. The last four are names of variables.
type Instagram struct {
	Login                           string // instagram or facebook
	APIVersion                      string // "v25.0"
	Token, UserID, AppID, AppSecret string
}

// X holds the names of the variables that X's credentials are in.
type X struct{ RefreshToken, AccessToken, ClientID, ClientSecret string }

// Text says how a caption becomes the text of a post.
type Text struct {
	Template  string // with {caption}, {permalink}, {username}, {date}
	Long      string // cut or thread
	Link      string // if-cut, never or always
	URLs      string // plain or keep
	Mentions  string // plain or keep
	MaxLength int    // weighted length of a part, 1 to 25000
	Number    bool   // number the parts of a thread
}

// Limits hold posts back: media a run, media a UTC day, US dollars a UTC month.
type Limits struct {
	PerRun, PerDay int
	USDPerMonth    float64
}

// Incidents says how failures are told.
type Incidents struct {
	TransientAfter int      // runs in a row, at least 1
	Assignees      []string // GitHub logins, at most ten
	Red            string   // once, always or never
	SlackMention   string   // put in front of a Slack message, as it is
}

// Default is the configuration without a file: one route, main.
func Default() *Config {
	c := &Config{}
	for _, k := range c.keys() {
		k.value.reset()
	}
	return c
}

// Load reads the file at path. One that is not there stands for the defaults, unless explicit: a person asked for it.
// The error is Problems.
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

// missing is the configuration that no file stands for. A file under the other ending would be ignored in silence.
func missing(path string, explicit bool) (*Config, error) {
	problem := Problem{File: path, Message: "there is no such file"}
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
		err = pe.Err // the path is said already
	}
	return Problems{{File: path, Message: fmt.Sprintf("it can't be read: %v", err)}}
}

// Parse reads a configuration; name is what problems call the file. An empty one stands for the defaults, and so does a
// key without a value. The error is Problems: all of them.
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
