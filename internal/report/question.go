package report

import "github.com/postferry/postferry/internal/build"

// Question is what the issue of a question to a person is rendered from. The answer is how the
// person closes it.
type Question struct {
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
	n := notice{
		lead: q.Facts,
		steps: []string{
			"Either **close as completed**: " + q.Completed,
			"Or **close as not planned** (the arrow beside *Close issue*): " + q.NotPlanned,
		},
		standing: standing{
			safe: q.Safe,
			look: "Each run looks for the answer. " + runWorkflow(q.RunWorkflow) + " starts one now.",
			closing: "It is the answer; a bot's closing is none. The issue closes by itself if the " +
				"question settles itself.",
		},
		more: build.Doc(q.More), marker: q.Marker,
	}
	if q.Otherwise != "" {
		n.steps = append(n.steps, q.Otherwise)
	}
	return n.body()
}
