package alert

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/message"
)

// fault is one failure of one run.
type fault struct {
	route     string
	component diagnosis.Component
	err       error
	diagnosis diagnosis.Diagnosis
}

// newFault files an error under its component, with the diagnosis that the error allows by itself.
func newFault(route string, err error) fault {
	return fault{route, diagnosis.ComponentOf(err), err, diagnosis.Explain(err)}
}

// said gives a fault whose diagnosis is said in the person's words, and names the route's own
// things.
func (f fault) said(w message.Words, n diagnosis.Names) fault {
	f.diagnosis = f.diagnosis.In(w).For(n)
	return f
}

// call is the call that failed, "" if the failure is no refusal.
func (f fault) call() string {
	if e := httpx.As(f.err); e != nil {
		return e.Op
	}
	return ""
}

// knownFault is a failure whose diagnosis is known beforehand, by its key.
func knownFault(route string, c diagnosis.Component, key string, err error) fault {
	d, _ := diagnosis.DiagnosisOf(key)
	return fault{route, c, err, d}
}

// base is the key of the diagnosis that the refusal itself allows. Another base is another cause.
// The codes would be too fine for that: a service that is down answers in several ways.
func (f fault) base() string { return diagnosis.Explain(f.err).Key }

// fingerprint names the failure in 12 hex digits, the same in every run that meets it. It goes by
// the answer and not by the diagnosis, which the probes may refine.
func (f fault) fingerprint() string {
	key := []string{f.route, string(f.component), f.base()}
	if e := httpx.As(f.err); e != nil {
		code, subcode := strconv.Itoa(e.Code), strconv.Itoa(e.Subcode)
		key = append(key, e.Service, e.Op, string(e.Class), code, subcode)
	}
	sum := sha256.Sum256([]byte(strings.Join(key, "\n")))
	return hex.EncodeToString(sum[:6])
}

// transient reports whether the failure may go away by itself.
func (f fault) transient() bool {
	switch f.component {
	case diagnosis.XToken:
		// A store was asked for minutes before the token was lost, so GitHub's last answer says
		// nothing: the loss is final.
		return f.base() != "token-lost" && httpx.IsTransient(f.err)
	case diagnosis.MediaHost:
		return true // a host that gives no file, whatever it answers
	case diagnosis.State, diagnosis.Account, diagnosis.Config, diagnosis.Budget, diagnosis.Job,
		diagnosis.Undecided, diagnosis.XReplies:
		return false
	}
	return httpx.IsTransient(f.err)
}
