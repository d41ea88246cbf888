package diagnosis

import (
	"strings"

	"github.com/postferry/postferry/internal/httpx"
)

// Component is the part of a route that a failure stops. A route has at most one open incident of
// each component.
type Component string

// The components.
const (
	Instagram Component = "instagram" // listing the media and reading their files
	X         Component = "x"         // uploading and posting
	XToken    Component = "x-token"   // the chain of X's tokens
	GitHub    Component = "github"
	State     Component = "state"   // the document itself
	Budget    Component = "budget"  // limits.usd_per_month
	Account   Component = "account" // whose the tokens are
	Job       Component = "job"     // a run that ended without a report
	// Attention is not a failure, and no run is red for it: it reminds of what will expire soon.
	Attention Component = "attention"
)

// tokenCall is the operation that rotates X's tokens.
const tokenCall = "POST /2/oauth2/token"

// names are the components as a person knows them.
var names = map[Component]string{
	Instagram: "Instagram", X: "X", XToken: "X's login", GitHub: "GitHub",
	State: "the state document", Account: "the account", Budget: "the month's budget", Job: "the job",
}

// Name is the component as a person knows it, "" if it has no such name.
func (c Component) Name() string { return names[c] }

// ComponentOf gives the component that an error stops.
func ComponentOf(err error) Component {
	if row := ownError(err); row != nil {
		return row.component
	}
	e := httpx.As(err)
	switch {
	case e == nil:
		return Job
	case e.Service == "x" && strings.HasPrefix(e.Op, tokenCall):
		return XToken
	case e.Service == "media":
		return Instagram
	}
	return Component(e.Service)
}
