package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/state"
)

// Attention is what the issue that reminds of what will expire soon is rendered from.
type Attention struct {
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
func StillOnX(username string, deleted []state.Record) Reminder {
	var named []string
	for _, r := range deleted[:min(len(deleted), maxDeletions)] {
		media := "media " + Text(httpx.Truncate(r.MediaID, 100))
		if path := short(r.Permalink); path != "" {
			media = instagramPost + path + "/"
		}
		if urls := postURLs(username, r.Posts); len(urls) > 0 {
			media += " (on X: " + urls[0] + ")"
		}
		named = append(named, media)
	}
	text := message.Words{}.Text("report.page.deleted", "Count", len(deleted))
	text = strings.TrimSuffix(text, ".") + ": " + strings.Join(named, ", ")
	if n := len(deleted) - len(named); n > 0 {
		text += fmt.Sprintf(" and %d more", n)
	}
	return Reminder{
		Text: text + ".",
		Fix:  "Delete what should not be there: postferry deletes nothing on X.",
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
	if a.over() {
		return "postferry: something has run out"
	}
	if !a.ends() {
		return "postferry: something needs your attention"
	}
	return "postferry: something will run out soon"
}

// Body is the text. It is edited in place while anything is due.
func (a Attention) Body() string {
	n := notice{
		lead: "Nothing is broken. This needs somebody before it breaks:",
		standing: standing{
			safe: "Everything is mirrored as always.",
			look: "Every six hours. " + runWorkflow(a.RunWorkflow) +
				" looks now.",
			closing: "It closes by itself when everything is done. Closed by hand it stays closed " +
				"until something else is due.",
		},
		marker: Marker(a.Route, diagnosis.Attention, "attention"),
	}
	switch {
	case a.over():
		n.lead = "A day that postferry has reminded of has come. This needs somebody:"
		n.safe = "Nothing is posted twice and nothing is forgotten."
	case !a.ends():
		n.lead = "Nothing is broken. This is for somebody to decide:"
	}
	for _, r := range a.Due {
		step := "**" + Capitalize(r.Text) + "** " + r.Fix
		if r.Link != "" {
			step += " Here: " + r.Link
		}
		n.steps = append(n.steps, step)
	}
	return n.body()
}
