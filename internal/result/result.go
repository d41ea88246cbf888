// Package result is what one run of one route came to. The flows fill it in, and package report
// renders it; neither hands a rendered text back.
package result

import (
	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/mirror"
	"github.com/postferry/postferry/internal/state"
)

// Route is the result of one route.
type Route struct {
	Name     string
	Username string // of the X account, "" if it is not known

	Outcome  mirror.Outcome
	Rotation string // what `rotate` did; "" for a mirror run
	Waiting  string // why nothing was tried: an open circuit breaker or a reset time

	Err       error                // what stopped the route
	Diagnosis *diagnosis.Diagnosis // of Err
	Transient bool                 // Err is not an incident yet: the next run may well succeed
	Incident  bool                 // this run met an incident, of whatever component
	Well      bool                 // nothing keeps the route from being well
	Issue     int                  // the number of the incident's issue, 0 if none is open
	IssueURL  string
	Notes     []string // what happened to incidents: "incident #12: open"

	State    State // where the state stands after the run
	Tokens   state.Tokens
	USDMonth float64 // what X has billed this month by postferry's count
	USDCap   float64 // limits.usd_per_month
}

// State names where a route's state stands, so that a person can put it back there. It is empty for
// a folder.
type State struct {
	Branch   string
	Commit   string // the newest commit that the run has made; "" if it made none
	Document string // the blob of the route's document; "" if there is none
}

// Status is one word for programs: incident, waiting, transient, put-off, held or ok.
func (r Route) Status() string {
	switch {
	case r.Incident, r.Err != nil && !r.Transient:
		return "incident"
	case r.Waiting != "":
		return "waiting"
	case r.Err != nil:
		return "transient"
	case r.Outcome.PutOff != "":
		return "put-off"
	case len(r.Outcome.Held) > 0:
		return "held"
	}
	return "ok"
}
