package diagnosis

import (
	"github.com/postferry/postferry/internal/build"
	"github.com/postferry/postferry/internal/httpx"
)

// Diagnosis is what a person reads about a failure.
type Diagnosis struct {
	Key   string // names the cause, "instagram-token-expired"; a heading of docs/operating.md
	Title string // one line, for the issue and the annotation
	Cause string // what it means
	Fix   string // what to do
	Link  string // where to do it; may be empty
}

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
	for _, row := range refusals {
		if row.match(e) {
			return row.Diagnosis
		}
	}
	return unexplained
}

var unexplained = Diagnosis{
	Key: "unexplained", Title: "something that postferry does not know went wrong",
	Cause: "The answer is in none of the tables of known failures. It is quoted in full.",
	Fix: "Read the service's own words above. If they do not help, open an issue at " +
		build.Issues() + " and paste them.",
}
