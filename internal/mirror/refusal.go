package mirror

import (
	"errors"
	"time"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/plan"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/verdict"
	"github.com/postferry/postferry/internal/xapi"
)

// refusal is one media that X refused in this run.
type refusal struct {
	thread   plan.Thread
	step     verdict.Step
	key      string
	kind     string
	children []string // the files that were refused, by child
	limit    bool     // the words name a limit that this very file exceeds
	at       time.Time
	err      error
	posted   bool         // X had taken a post in this run before
	next     verdict.Next // what it was found to be; "" until the run ends
	witness  bool         // it was asked as a witness
	// race reports whether X did not show the answered post yet, and parentGone whether it is gone.
	race, parentGone bool
}

// hostFailure is one media whose file did not come.
type hostFailure struct {
	thread plan.Thread
	err    error
	shown  bool // another file of the host came in this run
}

// hold is a media that waits for something that is nobody's refusal.
type hold struct {
	why  state.Hold
	says string
	next time.Time
	ends bool // it ends the media
}

// fileError says which files of a post X refused.
type fileError struct {
	err      error
	kind     plan.Kind
	children []string // by child
	limit    bool     // the words name a limit that this very file exceeds
}

func (e *fileError) Error() string { return e.err.Error() }
func (e *fileError) Unwrap() error { return e.err }

// kindError says that the bytes of a file are of another kind than Instagram's list says.
type kindError struct {
	child string
	kind  plan.Kind
}

func (e *kindError) Error() string { return "file " + e.child + " is a " + string(e.kind) }

// steps are the calls at which X's refusal may be a media's own fault.
var steps = map[string]verdict.Step{
	"POST /2/media/upload/initialize":    verdict.Initialize,
	"POST /2/media/upload/{id}/append":   verdict.Append,
	"POST /2/media/upload/{id}/finalize": verdict.Finalize,
	"GET /2/media/upload":                verdict.Processing,
	"POST /2/tweets":                     verdict.AtPost,
}

// refusalOf reads a failure as a refusal of a media. It returns nil for anything else: an outage, a
// limit of X and a refused token are not.
func (r *Run) refusalOf(t plan.Thread, err error) *refusal {
	e := httpx.As(err)
	if !isRefusal(e) {
		return nil
	}
	parts := 0 // on X already
	if rec := r.Session.Doc().Find(t.Media.ID); rec != nil {
		parts = len(rec.Posts)
	}
	out := &refusal{thread: t, step: steps[e.Op], key: e.Type, at: r.Now(), err: err}
	if out.step == verdict.AtPost && parts > 0 {
		out.step = verdict.AtReply
	}
	var file *fileError
	switch {
	case errors.As(err, &file):
		out.kind, out.children, out.limit = string(file.kind), file.children, file.limit
	case parts < len(t.Posts):
		out.kind = string(t.Posts[parts].Kind())
	}
	return out
}

// isRefusal reports whether X said no to what a media is made of, at one of the steps.
func isRefusal(e *httpx.Error) bool {
	if e == nil || e.Service != "x" || steps[e.Op] == "" {
		return false
	}
	switch e.Class {
	case httpx.Invalid, httpx.Unknown, httpx.Forbidden, httpx.Duplicate, httpx.NotFound:
		return true
	}
	return e.Type == xapi.TypeAuthUnknown // passing, but once more did not help
}

// isHosts reports whether a failure is the media host's: its answers are its own fault.
func isHosts(err error) bool {
	e := httpx.As(err)
	return e != nil && e.Service == "media"
}

// media is the id of the refused media.
func (r *refusal) media() string { return r.thread.Media.ID }

// whose is whose fault the words of a refusal say it is.
func (r *refusal) whose() verdict.Whose { return verdict.WhoseFault(r.key) }

// album reports whether the refused file is one of several.
func (r *refusal) album() bool { return r.thread.FileCount() > 1 }

// partOfAlbum reports whether some files of a carousel were refused, and not all of them.
func (r *refusal) partOfAlbum() bool {
	return r.album() && len(r.children) < r.thread.FileCount()
}

// ofVideo reports whether the refused file is one that X processes: an account may have no other
// one for weeks.
func (r *refusal) ofVideo() bool {
	return r.kind == string(plan.Video) || r.kind == string(plan.GIF)
}

// aboutFile reports whether a file was refused, at a step or by the words.
func (r *refusal) aboutFile() bool { return r.step.Upload() || r.whose() == verdict.File }

// words are what X said.
func (r *refusal) words() string {
	if e := httpx.As(r.err); e != nil {
		return e.Message
	}
	return r.err.Error()
}
