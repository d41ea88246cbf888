package diagnosis

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/vault"
)

// Component is the part of a route that a failure stops. A route has at most one open incident in each.
type Component string

// The areas.
const (
	Instagram Component = "instagram" // listing
	X         Component = "x"         // uploading and posting
	XToken    Component = "x-token"   // the token chain
	GitHub    Component = "github"
	State     Component = "state" // the document itself
	Price     Component = "price" // usd_per_month
	Job       Component = "job"   // a run that died without a word
)

// Fault is one failure of one run.
type Fault struct {
	Route     string
	Component Component
	Err       error
	Diagnosis Diagnosis
}

// NewFault files an error under its area, with the diagnosis that it allows by itself.
func NewFault(route string, err error) Fault {
	return Fault{Route: route, Component: areaOf(err), Err: err, Diagnosis: Explain(err)}
}

func areaOf(err error) Component {
	var unreadable *state.UnreadableError
	e := httpx.As(err)
	switch {
	case errors.As(err, &unreadable):
		return State
	case causeOf(err) != "", errors.Is(err, vault.ErrSealed):
		return XToken
	case e == nil:
		return Job
	case e.Service == "x" && strings.HasPrefix(e.Op, "POST /2/oauth2/token"):
		return XToken
	case e.Service == "media":
		return Instagram
	}
	return Component(e.Service)
}

// Base is the key of the diagnosis that the refusal itself allows: a change of it is a change of cause. The codes are too
// fine for that: a service that is down answers in several ways.
func (f Fault) Base() string { return Explain(f.Err).Key }

// Fingerprint names the failure: the same in every run that it meets, 12 hex digits. It goes by what was answered, not by
// the diagnosis, which is a better one when the probes have been asked.
func (f Fault) Fingerprint() string {
	key := []string{f.Route, string(f.Component), f.Base()}
	if e := httpx.As(f.Err); e != nil {
		key = append(key, e.Service, e.Op, string(e.Class), fmt.Sprint(e.Code), fmt.Sprint(e.Subcode))
	}
	sum := sha256.Sum256([]byte(strings.Join(key, "\n")))
	return hex.EncodeToString(sum[:6])
}

// Transient says whether the failure goes away by itself.
func (f Fault) Transient() bool {
	switch f.Component {
	case XToken:
		// A store that did not take the token is no passing fault even where GitHub's answer is: it is asked for minutes.
		return causeOf(f.Err) != "token-lost" && httpx.IsTransient(f.Err)
	case State, Price, Job:
		return false
	}
	return httpx.IsTransient(f.Err)
}

// Label is on every issue that postferry opens.
const Label = "postferry"

// Marker is the hidden comment by which an issue is found again, whatever became of the state.
func Marker(route string, area Component, fingerprint string) string {
	return fmt.Sprintf("<!-- postferry:incident route=%s area=%s fingerprint=%s -->", route, area, fingerprint)
}

var marker = regexp.MustCompile(`(?m)^<!-- postferry:incident route=([a-z0-9-]{1,64}) area=([a-z-]{1,20}) fingerprint=([0-9a-z]{1,40}) -->\s*$`)

// ReadMarker finds the marker in an issue's body: only one on a line of its own at the very end counts, which is where
// Render puts it and where quoted text never is.
func ReadMarker(body string) (route string, area Component, fingerprint string, ok bool) {
	all := marker.FindAllStringSubmatchIndex(body, -1)
	if len(all) == 0 {
		return "", "", "", false
	}
	last := all[len(all)-1]
	if strings.TrimSpace(body[last[1]:]) != "" {
		return "", "", "", false
	}
	return body[last[2]:last[3]], Component(body[last[4]:last[5]]), body[last[6]:last[7]], true
}
