package diagnosis

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/postferry/postferry/internal/httpx"
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

// Answer is the result of the probe in one line.
func (p Probe) Answer() string {
	switch {
	case !p.Asked:
		return "not asked"
	case p.Err != nil:
		return p.Err.Error()
	case p.Note != "":
		return "ok: " + p.Note
	}
	return "ok"
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
			c := Candidate{Diagnosis: rule.diagnosis(e), For: why, Weight: weight}
			r.Causes = append(r.Causes, c)
		}
	}
	slices.SortStableFunc(r.Causes, func(a, b Candidate) int { return b.Weight - a.Weight })
	if len(r.Causes) == 0 {
		const why = "the probes found nothing that stands out; this is what the refusal itself says"
		r.Causes = []Candidate{{Diagnosis: Explain(e.Cause), For: []string{why}, Weight: nothing}}
	}
	r.Ruled = ruled(e)
	return r
}

// ruled lists what the evidence rules out, in the words in which a person would suspect it.
func ruled(e Evidence) []string {
	var out []string
	if e.Me.ok() || e.Debug.ok() && e.Valid {
		out = append(out, "the token itself (it is accepted)")
	}
	if e.Debug.ok() && e.Valid && (e.DataAccess.IsZero() || e.DataAccess.After(e.Now)) {
		out = append(out, "the 90-day data access window")
	}
	if e.Permissions.ok() && len(missing(e)) == 0 {
		out = append(out, "a scope that was not ticked (all are granted)")
	}
	if e.Other.Asked && e.Other.failed() {
		out = append(out, fmt.Sprintf("the API version (%s says the same)", e.OtherVersion))
	}
	return out
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
