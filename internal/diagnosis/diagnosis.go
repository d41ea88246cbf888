package diagnosis

import (
	"cmp"
	"errors"

	"github.com/postferry/postferry/internal/build"
	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/lazyregexp"
	"github.com/postferry/postferry/internal/message"
)

// Diagnosis is what a person reads about a failure.
type Diagnosis struct {
	Key   string // names the cause, "instagram-token-expired"; a heading of docs/operating.md
	Title string // one line, for the issue and the annotation
	Cause string // what it means
	Fix   string // what to do: a line for each step
	Link  string // where to do it; may be empty

	texts   string // what the catalogue calls the three texts, "" for Key
	version string // the Graph version that the texts name, where they name any
	alone   string // the permalink of the only media that waited, "" for none
}

// The texts name the route's own things in braces, "{INSTAGRAM_TOKEN}": see [Diagnosis.For].

// In returns the diagnosis with its texts in a person's words. The tables of this package hold no
// texts, because a start must not make hundreds of them. A Fix that a mistake brings itself is
// replaced.
func (d Diagnosis) In(w message.Words) Diagnosis {
	if d.Key == "" {
		return d
	}
	texts := cmp.Or(d.texts, d.Key)
	version := cmp.Or(d.version, w.Text("diagnosis.another-version"))
	d.Title = w.Text("diagnosis." + texts + ".title")
	d.Cause = w.Text("diagnosis."+texts+".cause", "Version", version)
	d.Fix = w.Text("diagnosis."+texts+".fix", "Version", version, "Issues", build.Issues())
	if d.alone != "" {
		d.Cause = w.Sentences(d.Cause, w.Text("diagnosis.about-one", "Media", d.alone))
	}
	return d
}

// Anchor links the diagnosis in docs/operating.md.
func (d Diagnosis) Anchor() string { return "docs/operating.md#" + d.Key }

// Explain gives the diagnosis that an error allows by itself, without a probe, in English.
func Explain(err error) Diagnosis { return meaning(err).In(message.Words{}) }

// meaning is the diagnosis of an error, without texts.
func meaning(err error) Diagnosis {
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

// aboutOne notes the only media that waited, where the error names it: the refusal may be about
// that one alone.
func aboutOne(d Diagnosis, err error) Diagnosis {
	var one interface{ About() string }
	if errors.As(err, &one) && permalink.MatchString(one.About()) {
		d.alone = one.About()
	}
	return d
}

// permalink is a media's address without anything that Markdown acts on.
var permalink = lazyregexp.New(`^https://www\.instagram\.com/[A-Za-z0-9_/.-]+$`)

var unexplained = Diagnosis{Key: "unexplained"}
