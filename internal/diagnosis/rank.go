package diagnosis

import (
	"slices"
	"strings"
	"time"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/message"
)

// Probe is one read-only request and its answer.
type Probe struct {
	Name  string // "P4 GET /{user}?fields=id,username"
	Asked bool
	Err   error
	Note  string // what a successful answer said
}

// ok reports whether the probe was asked and succeeded.
func (p Probe) ok() bool { return p.Asked && p.Err == nil }

// failed reports whether the probe was asked and refused. A transient failure proves nothing.
func (p Probe) failed() bool { return p.Asked && p.Err != nil && !httpx.IsTransient(p.Err) }

func (p Probe) code() (code, subcode int) {
	if e := httpx.As(p.Err); e != nil {
		return e.Code, e.Subcode
	}
	return 0, 0
}

// Answer is the result of the probe in one line. An error is quoted.
func (p Probe) Answer(w message.Words) string {
	switch {
	case !p.Asked:
		return w.Text("diagnosis.answer.not-asked")
	case p.Err != nil:
		return p.Err.Error()
	case p.Note != "":
		return w.Text("diagnosis.answer.ok-note", "Note", p.Note)
	}
	return w.Text("diagnosis.answer.ok")
}

// FacebookPage is a Page on Facebook as me/accounts shows it.
type FacebookPage struct {
	ID, Name  string
	Instagram []string // ids in its two link fields
	Tasks     []string
}

// Evidence is what the probes of one Instagram account found, and what the run knew before.
type Evidence struct {
	Login   string // "instagram" or "facebook"
	UserID  string // as configured
	Version string // as configured; "" is an unversioned call
	Now     time.Time
	Cause   error // the refusal that the run met; nil if no run has failed
	Words   message.Words

	Me, Debug, Permissions, Account, Media, Accounts, Other Probe

	OtherVersion string
	Answered     string // facebook-api-version of the media call
	AccountType  string // of Me, with Instagram Login
	TokenFits    string // "" or why the token does not look like one of this login
	Valid        bool   // debug_token's is_valid
	DataAccess   time.Time
	Expires      time.Time
	Granted      map[string]string   // me/permissions: permission → granted, declined, expired
	Targets      map[string][]string // granular_scopes: scope → target ids, none for all
	Pages        []FacebookPage
	VersionEnd   time.Time // of Version, zero if not known
}

// Candidate is a possible cause with its evidence.
type Candidate struct {
	Diagnosis Diagnosis
	For       []string
	Weight    int // 100 is proof; a cause without evidence is not listed
}

// Finding is one probe and its answer, as it is shown to a person.
type Finding struct {
	Service string `json:"service"` // instagram, x or github
	Probe   string `json:"probe"`   // "P4 GET /{user}"
	Answer  string `json:"answer"`
	Trace   string `json:"trace_id,omitempty"`
	OK      bool   `json:"ok"`
	Asked   bool   `json:"asked"`
}

// Examination is what probes come to.
type Examination struct {
	Findings []Finding
	Causes   []Candidate // the most likely first
	Ruled    []string    // what the evidence rules out
}

// Sick reports whether something is wrong where no run has failed. A probe that works again, and
// probes in which nothing stands out, are no illness.
func (x Examination) Sick() bool {
	if len(x.Causes) == 0 {
		return false
	}
	first := x.Causes[0]
	return first.Weight > nothing && first.Diagnosis.Key != "instagram-recovered"
}

// nothing is the weight of a cause for which no probe gives evidence.
const nothing = 10

// Rank weighs the causes of an Instagram failure; it finds at least one. The rules are facts about
// the Graph API that people have met, each with its source in docs/operating.md.
func Rank(e Evidence) Examination {
	var r Examination
	for _, rule := range rules {
		weight, why := rule.weigh(e)
		if weight > 0 {
			c := Candidate{Diagnosis: rule.diagnosis(e).In(e.Words), For: why, Weight: weight}
			r.Causes = append(r.Causes, c)
		}
	}
	if len(r.Causes) == 0 {
		why := []string{e.Words.Text("diagnosis.evidence.nothing")}
		r.Causes = []Candidate{{Diagnosis: meaning(e.Cause).In(e.Words), For: why, Weight: nothing}}
	}
	r.Causes = withOwn(r.Causes, e)
	slices.SortStableFunc(r.Causes, func(a, b Candidate) int { return b.Weight - a.Weight })
	r.Ruled = ruled(e, r.Causes)
	return r
}

// withOwn adds what the refusal itself means, whatever the probes say: a probe is another call, and
// may be answered well where the refused one is not.
func withOwn(causes []Candidate, ev Evidence) []Candidate {
	refused, own := ev.Cause, meaning(ev.Cause).In(ev.Words)
	known := func(c Candidate) bool { return c.Diagnosis.Key == own.Key }
	if refused == nil || own.Key == unexplained.Key || slices.ContainsFunc(causes, known) {
		return causes
	}
	weight := generalMeaning
	if e := httpx.As(refused); e != nil && (e.Class == httpx.Unauthorized || e.Code == 0) {
		weight = plainMeaning
	}
	why := ev.Words.Text("diagnosis.evidence.refusal")
	if e := httpx.As(refused); e != nil && e.Message != "" {
		why = ev.Words.Text("diagnosis.evidence.refusal-words", "Words", e.Message)
	}
	return append(causes, Candidate{Diagnosis: own, For: []string{why}, Weight: weight})
}

// The weights of what a refusal itself means. Meta's words for a missing permission stand for many
// causes, and count less than that everything else is in order; its words for a token do not.
const (
	generalMeaning = 15
	plainMeaning   = 30
)

// ofToken are the causes that the token itself has.
var ofToken = []string{
	"instagram-token-dead", "instagram-token-expired", "instagram-password-changed",
	"instagram-checkpoint", "instagram-page-role", "instagram-flavour", "instagram-reconnect",
}

// ruled lists what the evidence rules out, in the words in which a person would suspect it. Nothing
// is ruled out that is among the causes.
func ruled(e Evidence, causes []Candidate) (out []string) {
	for _, s := range suspicions {
		ranked := slices.ContainsFunc(causes, func(c Candidate) bool {
			return slices.Contains(s.causes, c.Diagnosis.Key)
		})
		if !ranked && s.cleared(e) {
			out = append(out, s.words(e))
		}
	}
	return out
}

// suspicion is what a person would suspect, and the evidence that clears it.
type suspicion struct {
	causes  []string // it is not ruled out where one of these is a cause
	cleared func(Evidence) bool
	words   func(Evidence) string
}

var suspicions = []suspicion{
	{ofToken, accepted, says("diagnosis.ruled.token")},
	{[]string{"instagram-data-access"}, mayRead, says("diagnosis.ruled.data-access")},
	{[]string{"instagram-scope"}, func(e Evidence) bool {
		return e.Permissions.ok() && len(missing(e)) == 0
	}, func(e Evidence) string {
		return e.Words.Text("diagnosis.ruled.scope", "Scopes", needed(e))
	}},
	{nil, func(e Evidence) bool { return e.Other.failed() }, func(e Evidence) string {
		return e.Words.Text("diagnosis.ruled.version", "Version", e.OtherVersion)
	}},
}

// says is for words that do not depend on the evidence.
func says(key string) func(Evidence) string {
	return func(e Evidence) string { return e.Words.Text(key) }
}

// accepted reports whether a call with the token was answered well, or the debugger calls the token
// valid, and neither says otherwise.
func accepted(e Evidence) bool {
	invalid := e.Debug.ok() && !e.Valid
	return (e.Me.ok() || e.Debug.ok()) && !invalid && !e.Me.failed()
}

// mayRead reports whether the debugger says that the token may read data now.
func mayRead(e Evidence) bool {
	return e.Debug.ok() && e.Valid && (e.DataAccess.IsZero() || e.DataAccess.After(e.Now))
}

// missing lists the scopes that are not granted and that Facebook Login needs for one's own media.
// Either of the two pages_ scopes is enough to list the media.
// Source: https://developers.facebook.com/docs/instagram-platform/instagram-api-with-facebook-login/get-started
func missing(e Evidence) []string {
	granted := func(scope string) bool { return e.Granted[scope] == "granted" }
	var out []string
	if !granted("instagram_basic") {
		out = append(out, "instagram_basic")
	}
	if !granted("pages_read_engagement") && !granted("pages_show_list") {
		out = append(out, "pages_read_engagement")
	}
	return out
}

// needed lists the permissions for the media that are granted.
func needed(e Evidence) string {
	var out []string
	for _, scope := range []string{"instagram_basic", "pages_show_list", "pages_read_engagement"} {
		if e.Granted[scope] == "granted" {
			out = append(out, scope)
		}
	}
	return e.Words.And(out...)
}

// reaches reports whether the tokens' granular scopes name the account, or name nothing, which
// means everything.
func reaches(e Evidence) bool {
	ids, ok := e.Targets["instagram_basic"]
	return !ok || len(ids) == 0 || slices.Contains(ids, e.UserID)
}

func contains(err error, words ...string) bool {
	if err == nil {
		return false
	}
	text := strings.ToLower(err.Error())
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
}
