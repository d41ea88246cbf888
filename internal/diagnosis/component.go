package diagnosis

import (
	"errors"
	"iter"
	"maps"
	"strings"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/message"
)

// Component is the part of a route that a failure stops. A route has at most one open incident of
// each component.
type Component string

// The components.
const (
	Instagram Component = "instagram"  // listing the media
	MediaHost Component = "media-host" // reading their files
	X         Component = "x"          // uploading and posting
	XReplies  Component = "x-replies"  // the further posts of a thread
	XToken    Component = "x-token"    // the chain of X's tokens
	Undecided Component = "undecided"  // a post whose answer was lost, and that can't be looked up
	GitHub    Component = "github"
	State     Component = "state"   // the document itself
	Account   Component = "account" // whose the tokens are
	Config    Component = "config"
	Budget    Component = "budget"   // limits.usd_per_month
	Job       Component = "job"      // a run that ended without a report
	GivenUp   Component = "given-up" // the list of media that were ended by a verdict
	// Attention is not a failure, and no run is red for it: it reminds of what will expire soon.
	Attention Component = "attention"
	// Setup is not a failure either: the first set-up works through its issue.
	Setup Component = "setup"
)

// tokenCall is the operation that rotates X's tokens.
const tokenCall = "POST /2/oauth2/token"

// names are the messages that call a component as a person knows it.
var names = map[Component]string{
	Instagram: "diagnosis.stored.component.instagram", MediaHost: "diagnosis.stored.component.media-host",
	X: "diagnosis.component.x", XReplies: "diagnosis.stored.component.x-replies",
	XToken: "diagnosis.stored.component.x-token", Undecided: "diagnosis.stored.component.undecided",
	GitHub: "diagnosis.component.github", State: "diagnosis.stored.component.state",
	Account: "diagnosis.stored.component.account", Config: "diagnosis.stored.component.config",
	Budget: "diagnosis.stored.component.budget", Job: "diagnosis.stored.component.job",
	GivenUp: "diagnosis.stored.component.given-up",
}

// Components returns all components that can have an incident.
func Components() iter.Seq[Component] { return maps.Keys(names) }

// Name is the component as a person knows it, "" if it has no such name.
func (c Component) Name(w message.Words) string {
	if names[c] == "" {
		return ""
	}
	return w.Text(names[c])
}

// breaks are the components whose calls a circuit breaker stops. Everything else is tried by every
// run, and its issue says so.
var breaks = map[Component]bool{
	Instagram: true, X: true, XReplies: true, XToken: true, Undecided: true, Account: true,
}

// Breaks reports whether a circuit breaker stops the component's calls after a permanent failure.
func Breaks(c Component) bool { return breaks[c] }

// Failure reports whether an open incident of the component means that something does not work.
func (c Component) Failure() bool { return c != Attention && c != Setup }

// ComponentOf gives the component that an error stops. An error that knows it names it.
func ComponentOf(err error) Component {
	var named interface{ Component() string }
	if errors.As(err, &named) {
		return Component(named.Component())
	}
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
		return MediaHost
	}
	if row := rowOf(e); row != nil && row.component != "" {
		return row.component // a protected state branch stops the state, not GitHub
	}
	return Component(e.Service)
}
