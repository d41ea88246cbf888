package diagnosis

import (
	"errors"

	"github.com/postferry/postferry/internal/build"
	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/lazyregexp"
)

// Diagnosis is what a person reads about a failure.
type Diagnosis struct {
	Key   string // names the cause, "instagram-token-expired"; a heading of docs/operating.md
	Title string // one line, for the issue and the annotation
	Cause string // what it means
	Fix   string // what to do: a line for each step
	Link  string // where to do it; may be empty
}

// The texts name the route's own things in braces, "{INSTAGRAM_TOKEN}": see [Diagnosis.For].

// Anchor links the diagnosis in docs/operating.md.
func (d Diagnosis) Anchor() string { return "docs/operating.md#" + d.Key }

// Explain gives the diagnosis that an error allows by itself, without a probe.
func Explain(err error) Diagnosis {
	if row := ownError(err); row != nil {
		return row.Diagnosis
	}
	e := httpx.As(err)
	if e == nil {
		return unexplained
	}
	row := rowOf(e)
	if row == nil {
		return unexplained
	}
	switch e.Class {
	case httpx.Invalid, httpx.NotFound, httpx.Duplicate, httpx.Unknown:
		return aboutOne(row.Diagnosis, err) // no table says that it is everybody's
	}
	return row.Diagnosis
}

// aboutOne adds the only media that waited to a diagnosis, where the error names it: the refusal
// may be about that one alone.
func aboutOne(d Diagnosis, err error) Diagnosis {
	var one interface{ About() string }
	if errors.As(err, &one) && permalink.MatchString(one.About()) {
		d.Cause += " Nothing but " + one.About() +
			" waits, so that the refusal may be about that one alone: the next media shows it."
	}
	return d
}

// permalink is a media's address without anything that Markdown acts on.
var permalink = lazyregexp.New(`^https://www\.instagram\.com/[A-Za-z0-9_/.-]+$`)

var unexplained = Diagnosis{
	Key: "unexplained", Title: "something that postferry does not know went wrong",
	Cause: "The answer is in none of the tables of known failures. It is quoted in full.",
	Fix: "Read the service's own words.\nIf they do not help, open an issue at " +
		build.Issues() + " and paste them.",
}
