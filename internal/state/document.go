package state

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"gopkg.in/yaml.v3"
)

// Version is the only document version this program reads and writes.
const Version = 1

// Path is where a route's document lives on the state branch.
func Path(route string) string { return "state/" + route + ".yaml" }

// Document is everything that a route remembers. Times are UTC seconds.
type Document struct {
	Version  int       `yaml:"version"`
	Route    string    `yaml:"route"`
	Baseline time.Time `yaml:"baseline"` // only younger media are new; zero with start: all
	Cursor   Cursor    `yaml:"cursor"`
	Ledger   []Record  `yaml:"ledger,omitempty"` // oldest first
	Account  Account   `yaml:"account,omitempty"`
	Tokens   Tokens    `yaml:"tokens,omitempty"`
	Spend    Spend     `yaml:"spend,omitempty"`
	History  []Day     `yaml:"history,omitempty"` // oldest first, at most 90
	// RetryAfter holds, by component, the reset time of a 429: no call is made before it.
	RetryAfter map[string]time.Time `yaml:"waits,omitempty"`
	// TransientRuns counts, by component, the runs in a row that ended in a transient failure.
	TransientRuns map[string]int     `yaml:"passing,omitempty"`
	Breakers      map[string]Breaker `yaml:"breakers,omitempty"` // by component
	Incidents     []Incident         `yaml:"incidents,omitempty"`
}

// Cursor is the newest settled media.
type Cursor struct {
	Timestamp time.Time `yaml:"timestamp"`
	ID        string    `yaml:"id,omitempty"`
}

// Account holds whose posts these are. X is asked once, because it bills the question.
type Account struct {
	XUserID           string `yaml:"x_user_id,omitempty"`
	XUsername         string `yaml:"x_username,omitempty"`
	InstagramUsername string `yaml:"instagram_username,omitempty"`
}

// Spend is what X has billed this month by our own count, in US dollars. Month is UTC, "2026-11".
type Spend struct {
	Month string  `yaml:"month,omitempty"`
	USD   float64 `yaml:"usd,omitempty"`
}

// Day is what happened on one UTC day, "2026-11-23".
type Day struct {
	Date      string   `yaml:"date"`
	Media     int      `yaml:"media,omitempty"`          // mirrored
	Incidents []string `yaml:"incidents,omitempty,flow"` // components that failed
}

// MarshalYAML puts a day on one line. It builds the node by hand, because yaml would start an
// encoder for each of the ninety days, which took half of the time of encoding a document.
func (d Day) MarshalYAML() (any, error) {
	n := &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle}
	n.Content = append(n.Content, scalar("date"), scalar(d.Date))
	if d.Media != 0 {
		count := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: strconv.Itoa(d.Media)}
		n.Content = append(n.Content, scalar("media"), count)
	}
	if len(d.Incidents) > 0 {
		components := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
		for _, component := range d.Incidents {
			components.Content = append(components.Content, scalar(component))
		}
		n.Content = append(n.Content, scalar("incidents"), components)
	}
	return n, nil
}

func scalar(s string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
}

// Breaker is the circuit breaker of a service that is not called before NextTry.
type Breaker struct {
	Opened  time.Time `yaml:"opened"`
	Tries   int       `yaml:"tries"` // probes made since it opened
	NextTry time.Time `yaml:"next_try"`
	Digest  string    `yaml:"digest,omitempty"` // of the refused token: another token closes the breaker
}

// Incident is the open (or lately closed) issue of one component.
type Incident struct {
	Component   string `yaml:"area"`
	Fingerprint string `yaml:"fingerprint"`
	Issue       int    `yaml:"issue,omitempty"`
	Cause       string `yaml:"cause,omitempty"` // the key of the diagnosis that the issue shows
	// Reported are the keys of the diagnoses that this incident has reported, the current one last.
	Reported    []string     `yaml:"told,omitempty,flow"`
	First       time.Time    `yaml:"first"`
	Last        time.Time    `yaml:"last"`
	Count       int          `yaml:"count"`
	Commented   time.Time    `yaml:"commented,omitempty"` // when a comment said that it has lasted a day
	Closed      time.Time    `yaml:"closed,omitempty"`
	Occurrences []Occurrence `yaml:"seen,omitempty"` // the last occurrences
}

// Occurrence is one occurrence of an incident.
type Occurrence struct {
	At  time.Time `yaml:"at"`
	Run string    `yaml:"run,omitempty"` // GITHUB_RUN_ID
}

// UnreadableError says that a document exists and can't be understood. Nothing is posted, spent or
// overwritten then.
type UnreadableError struct {
	Path   string
	Reason string
}

func (e *UnreadableError) Error() string { return e.Path + ": " + e.Reason }

// Decode reads a document. An unknown key, a wrong type or another version is an *UnreadableError.
func Decode(path string, body []byte) (*Document, error) {
	dec := yaml.NewDecoder(bytes.NewReader(body))
	dec.KnownFields(true)
	var d Document
	err := dec.Decode(&d)
	if v := versionOf(body, d.Version); v > Version {
		return nil, &UnreadableError{path, fmt.Sprintf(
			"version %d was written by a newer postferry, this one reads version %d: update postferry", v, Version)}
	}
	if err != nil {
		return nil, &UnreadableError{path, "not a state document: " + firstLine(err)}
	}
	if d.Version != Version {
		return nil, &UnreadableError{path, "not a state document: it has no version"}
	}
	if dec.Decode(new(yaml.Node)) != io.EOF {
		return nil, &UnreadableError{path, "not a state document: something follows its end"}
	}
	if err := d.check(); err != nil {
		return nil, &UnreadableError{path, err.Error()}
	}
	return &d, nil
}

// versionOf reads the version alone if the strict decoding did not get that far: a newer document
// has keys that this program does not know.
func versionOf(body []byte, decoded int) int {
	if decoded != 0 {
		return decoded
	}
	var v struct{ Version int }
	_ = yaml.Unmarshal(body, &v) // a body that is no YAML has version 0; the strict error says more
	return v.Version
}

func (d *Document) check() error {
	seen := map[string]bool{}
	for i, r := range d.Ledger {
		switch {
		case r.MediaID == "":
			return fmt.Errorf("ledger record %d has no media_id", i+1)
		case seen[r.MediaID]:
			return fmt.Errorf("media %s is in the ledger twice", r.MediaID)
		case !slices.Contains([]Status{Posting, Posted, Skipped}, r.Status):
			return fmt.Errorf("media %s has the unknown status %q", r.MediaID, r.Status)
		}
		seen[r.MediaID] = true
	}
	return nil
}

// Encode writes the document as it is committed.
func (d *Document) Encode() ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("# Written by postferry. Documented in state/README.md of its main branch; " +
		"edit it only while it is switched off.\n")
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(d); err != nil {
		return nil, err
	}
	return b.Bytes(), enc.Close()
}

// firstLine shortens yaml.v3's errors of several lines.
func firstLine(err error) string {
	var te *yaml.TypeError
	if errors.As(err, &te) && len(te.Errors) > 0 {
		return te.Errors[0]
	}
	return err.Error()
}
