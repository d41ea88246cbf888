package report

import (
	"github.com/postferry/postferry/internal/build"
	"github.com/postferry/postferry/internal/message"
)

// Question is what the issue of a question to a person is rendered from. The answer is how the
// person closes it.
type Question struct {
	Words       message.Words
	Title       string
	Facts       string // what was found
	Completed   string // what closing it as completed does
	NotPlanned  string // what closing it as not planned does
	Safe        string // what is not done before it is answered
	Otherwise   string // another way to answer, "" for none
	More        string // the heading that explains it: "docs/operating.md#another-account"
	RunWorkflow string // the page with the button "Run workflow", "" if it is not known
	Marker      string // see Marker
}

// Body is the text.
func (q Question) Body() string {
	w := q.Words
	n := notice{
		w: w, lead: q.Facts,
		steps: []string{
			w.Text("report.question.completed", "Text", q.Completed),
			w.Text("report.question.not-planned", "Text", q.NotPlanned),
		},
		standing: standing{
			safe:    q.Safe,
			look:    w.Text("report.question.look", "Run", runWorkflow(w, q.RunWorkflow)),
			closing: w.Text("report.question.closing"),
		},
		more: build.Doc(q.More), marker: q.Marker,
	}
	if q.Otherwise != "" {
		n.steps = append(n.steps, q.Otherwise)
	}
	return n.body()
}
