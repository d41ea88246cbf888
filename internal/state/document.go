package state

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"gopkg.in/yaml.v3"
)

// Version is the document version that this program writes. It reads version 1 too.
const Version = 2

// Path is where a route's document lives on the state branch.
func Path(route string) string { return "state/" + route + ".yaml" }

// Document is everything that a route remembers. Times are UTC seconds.
type Document struct {
	Version  int       `yaml:"version"`
	Route    string    `yaml:"route"`
	Baseline time.Time `yaml:"baseline"` // only younger media are new; zero with start: all
	Cursor   Cursor    `yaml:"cursor"`
	Ledger   Ledger    `yaml:"ledger,omitempty"`
	Account  Account   `yaml:"account,omitempty"`
	// ListFields spares an idle run the question that Instagram refuses.
	ListFields ListFields `yaml:"list_fields,omitempty"`
	Tokens     Tokens     `yaml:"tokens,omitempty"`
	Spend      Spend      `yaml:"spend,omitempty"`
	History    History    `yaml:"history,omitempty"`
	Today      Today      `yaml:"today,omitempty"`
	X          Answers    `yaml:"x,omitempty"`
	// RetryAfter holds, by component, the moment before which nothing is tried there: the reset
	// time of a 429.
	RetryAfter map[string]time.Time `yaml:"retry_after,omitempty"`
	// TransientRuns counts, by component, the runs in a row that ended in a transient fault.
	TransientRuns map[string]int     `yaml:"transient_runs,omitempty"`
	Breakers      map[string]Breaker `yaml:"breakers,omitempty"` // by component
	Incidents     []Incident         `yaml:"incidents,omitempty"`
	// Forgotten is when the newest post was made whose record the ledger has dropped.
	Forgotten time.Time `yaml:"forgotten,omitempty"`
	// Intents counts the intents ever written: of two documents the one with more is the newer.
	Intents int `yaml:"intents,omitempty"`
	// Repository is the id of the repository whose state this is.
	Repository string `yaml:"repository,omitempty"`
	// Activity is the newest entry of the state branch's activity list that passed.
	Activity int64 `yaml:"activity,omitempty"`
	// LookBack is when a person said to go on from a state that was put back: media that are older
	// are looked for on X before they are posted.
	LookBack time.Time `yaml:"look_back,omitempty"`
	// Releases is what is known of postferry's own releases, in the first route's document alone.
	Releases Releases `yaml:"releases,omitempty"`
	// Daily is what a rotation asks once a day, because it changes slowly.
	Daily Daily `yaml:"daily,omitempty"`

	// Zone is the person's, while a Session changes the document; nil is UTC. It is not written.
	Zone *time.Location `yaml:"-"`
}

// Releases is the answer to a question that is asked once a day at most.
type Releases struct {
	Asked    time.Time `yaml:"asked"` // answered or not
	Own      string    `yaml:"own,omitempty"`
	OwnAt    time.Time `yaml:"own_at,omitempty"`
	Newest   string    `yaml:"newest,omitempty"`
	NewestAt time.Time `yaml:"newest_at,omitempty"`
}

// ListFields is which optional fields Instagram refused when the list last asked for all of them.
type ListFields struct {
	LeftOut int       `yaml:"left_out,omitempty"` // groups of fields: package instagram's LeftOut
	Since   time.Time `yaml:"since,omitempty"`
}

// Answers is what X's answers to posts have in common: it is kept once, and not in each record.
type Answers struct {
	Taken      time.Time `yaml:"taken,omitempty"`       // when X last took a post of this route
	TakenReply time.Time `yaml:"taken_reply,omitempty"` // when X last took a reply
	// Suspect is the media at which the last run stopped: the next run asks it first, and then a
	// witness.
	Suspect string `yaml:"suspect,omitempty"`
	// RefusedRuns is how many runs in a row X refused posts and took none.
	RefusedRuns int `yaml:"refused_runs,omitempty"`
	// Words is the key of the refusal that was everybody's, while its incident is open.
	Words string `yaml:"words,omitempty"`
	// Slow is until when only a few media are posted a run, after X called them automated.
	Slow time.Time `yaml:"slow,omitempty"`
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
	InstagramID       string `yaml:"instagram_id,omitempty"`
	InstagramUsername string `yaml:"instagram_username,omitempty"`
	// InstagramLogin names the login whose account this is: package token's InstagramLogin.
	InstagramLogin string `yaml:"instagram_login,omitempty"`
	// Question is whether another account is wanted, while that is not answered with yes.
	Question *AccountQuestion `yaml:"question,omitempty"`
}

// AccountQuestion is asked in an issue about a login that belongs to another account.
type AccountQuestion struct {
	Service string `yaml:"service"` // "Instagram" or "X"
	Login   string `yaml:"login"`   // names the login that is of another account
	ID      string `yaml:"id"`      // of that account
	Name    string `yaml:"name,omitempty"`
	Issue   int    `yaml:"issue"`
}

// Breaker is the circuit breaker of a service that is not called before NextTry.
type Breaker struct {
	Opened  time.Time `yaml:"opened"`
	Tries   int       `yaml:"tries"` // probes made since it opened
	NextTry time.Time `yaml:"next_try"`
	// Digest names the refused credentials: others close the breaker.
	Digest string `yaml:"digest,omitempty"`
	// Dispatched is when a run that a person started was last let through.
	Dispatched time.Time `yaml:"dispatched,omitempty"`
}

// Incident is the open (or lately closed) issue of one component.
type Incident struct {
	Component   string `yaml:"component"`
	Fingerprint string `yaml:"fingerprint"`
	Issue       int    `yaml:"issue,omitempty"`
	Cause       string `yaml:"cause,omitempty"` // the key of the diagnosis that the issue shows
	// Call is the call that failed ("POST /2/tweets"): the incident is over when it is answered
	// well.
	Call string `yaml:"call,omitempty"`
	// ByHand reports whether the issue was reopened after a person closed it. Closed again, it is
	// left.
	ByHand bool `yaml:"by_hand,omitempty"`
	// Reported are the causes, as the refusals themselves say them, that were told of in this
	// incident; the last is today's.
	Reported    []string     `yaml:"reported,omitempty,flow"`
	First       time.Time    `yaml:"first"`
	Last        time.Time    `yaml:"last"`
	Count       int          `yaml:"count"`
	Commented   time.Time    `yaml:"commented,omitempty"` // as having lasted a day
	Closed      time.Time    `yaml:"closed,omitempty"`
	Occurrences []Occurrence `yaml:"occurrences,omitempty"` // the last occurrences
}

// Occurrence is one occurrence of an incident.
type Occurrence struct {
	At  time.Time `yaml:"at"`
	Run string    `yaml:"run,omitempty"` // GITHUB_RUN_ID
	// Attempt is GITHUB_RUN_ATTEMPT after a person has pressed "Re-run jobs": "2" or more.
	Attempt string `yaml:"attempt,omitempty"`
}

// UnreadableError says that a document exists and can't be understood. Nothing is posted, spent or
// overwritten then.
type UnreadableError struct {
	Path   string
	Reason string
}

func (e *UnreadableError) Error() string { return e.Path + ": " + e.Reason }

// Decode reads a document of version 1 or 2. An unknown key, a wrong type or another version is an
// *UnreadableError.
func Decode(path string, body []byte) (*Document, error) {
	version := versionOf(body)
	if version > Version {
		return nil, &UnreadableError{
			path, fmt.Sprintf("version %d was written by a newer postferry, "+
				"and this one reads version %d: update postferry", version, Version),
		}
	}
	if version == 1 {
		body = migrated(body)
	}
	dec := yaml.NewDecoder(bytes.NewReader(body))
	dec.KnownFields(true)
	var d Document
	if err := dec.Decode(&d); err != nil {
		return nil, &UnreadableError{path, "not a state document: " + firstLine(err)}
	}
	if d.Version != Version {
		return nil, &UnreadableError{path, "not a state document: it has no version"}
	}
	if dec.Decode(new(yaml.Node)) != io.EOF {
		return nil, &UnreadableError{path, "not a state document: something follows its end"}
	}
	if err := d.Ledger.check(); err != nil {
		return nil, &UnreadableError{path, err.Error()}
	}
	return &d, nil
}

// versionOf reads the version alone: a newer document has keys that this program does not know. It
// is 0 for a body that is no document; the strict decoding says more.
func versionOf(body []byte) int {
	var v struct{ Version int }
	_ = yaml.Unmarshal(body, &v)
	return v.Version
}

// migrated is a version 1 document as version 2. A body that can't be read stays as it is, so that
// the strict decoding names the line.
func migrated(body []byte) []byte {
	dec := yaml.NewDecoder(bytes.NewReader(body))
	var doc yaml.Node
	if dec.Decode(&doc) != nil || dec.Decode(new(yaml.Node)) != io.EOF {
		return body
	}
	migrate(&doc)
	out, err := yaml.Marshal(&doc)
	if err != nil {
		return body // Unreachable: what was decoded encodes.
	}
	return out
}

// check returns the first record that no version of this program would have written.
func (l Ledger) check() error {
	seen := map[string]bool{}
	for i, r := range l {
		switch {
		case r.MediaID == "":
			return fmt.Errorf("ledger record %d has no media_id", i+1)
		case seen[r.MediaID]:
			return fmt.Errorf("media %s is in the ledger twice", r.MediaID)
		case !slices.Contains([]Status{Posting, Posted, Skipped, GivenUp, Withdrawn}, r.Status):
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
