package report

import (
	"slices"

	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/state"
)

// Attention is what the issue that reminds of what will expire soon is rendered from.
type Attention struct {
	Words       message.Words
	Route       string
	Due         []Reminder // the nearest first
	RunWorkflow string     // the page with the button "Run workflow", "" if it is not known
}

// Reminder is one thing that needs a person.
type Reminder struct {
	Text string // "the token behind SECRETS_TOKEN ends on 2026-12-03, in 10 days."
	Fix  string
	Link string // may be empty
	Over bool   // its day has come: something may not work by now
	Ends bool   // it ends on a known day
}

// maxDeletions bounds the media that one reminder names.
const maxDeletions = 20

// StillOnX says which media were deleted on Instagram and are still on X, with the address of each
// on both. username is of the account on X, "" if it is not known.
func StillOnX(w message.Words, username string, deleted []state.Record) Reminder {
	var named []string
	for _, r := range deleted[:min(len(deleted), maxDeletions)] {
		media := w.Text("report.media", "ID", Text(httpx.Truncate(r.MediaID, 100)))
		if path := short(r.Permalink); path != "" {
			media = instagramPost + path + "/"
		}
		if urls := postURLs(username, r.Posts); len(urls) > 0 {
			media += w.Text("report.attention.on-x", "Link", urls[0])
		}
		named = append(named, media)
	}
	list := w.Join(named...)
	if n := len(deleted) - len(named); n > 0 {
		list = w.Text("report.given-up.more", "List", list, "Count", n)
	}
	return Reminder{
		Text: w.Text("report.attention.deleted", "Count", len(deleted), "List", list),
		Fix:  w.Text("report.attention.deleted-fix"),
	}
}

func (a Attention) over() bool {
	return slices.ContainsFunc(a.Due, func(r Reminder) bool { return r.Over })
}

// ends reports whether anything of it ends on a known day.
func (a Attention) ends() bool {
	return slices.ContainsFunc(a.Due, func(r Reminder) bool { return r.Ends })
}

// Title is the title of the issue.
func (a Attention) Title() string {
	switch {
	case a.over():
		return a.Words.Text("report.attention.title.over")
	case !a.ends():
		return a.Words.Text("report.attention.title.needs")
	}
	return a.Words.Text("report.attention.title.soon")
}

// Body is the text. It is edited in place while anything is due.
func (a Attention) Body() string {
	w := a.Words
	n := notice{
		w: w, lead: w.Text("report.attention.lead.soon"),
		standing: standing{
			safe:    w.Text("report.attention.safe"),
			look:    w.Text("report.attention.look", "Run", runWorkflow(w, a.RunWorkflow)),
			closing: w.Text("report.attention.closing"),
		},
		marker: Marker(a.Route, diagnosis.Attention, "attention"),
	}
	switch {
	case a.over():
		n.lead = w.Text("report.attention.lead.over")
		n.safe = w.Text("report.attention.safe.over")
	case !a.ends():
		n.lead = w.Text("report.attention.lead.needs")
	}
	for _, r := range a.Due {
		text := Capitalize(r.Text)
		step := w.Text("report.attention.step", "Text", text, "Fix", r.Fix)
		if r.Link != "" {
			step = w.Text("report.attention.step-here", "Text", text, "Fix", r.Fix, "Link", r.Link)
		}
		n.steps = append(n.steps, step)
	}
	return n.body()
}
