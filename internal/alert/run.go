package alert

import (
	"net/http"
	"time"

	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/github"
	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/report"
)

// maxNew is how many issues one run may open. When everything fails at once, the first few issues
// say it.
const maxNew = 5

// Run is what the routes of one run of the program share when they report failures.
type Run struct {
	Issues   *github.Issues // nil without GITHUB_TOKEN and GITHUB_REPOSITORY: nothing can be opened
	Settings config.Incidents
	Now      func() time.Time
	Secrets  *httpx.Redactor
	Words    message.Words // of the person who reads issues and warnings

	ID      string // GITHUB_RUN_ID, "" outside of Actions
	Attempt string // GITHUB_RUN_ATTEMPT from the second attempt on, "" for the first
	// OnlyRoute is the one route of this job, "" for a job that runs all of them.
	OnlyRoute string
	URL       string // the page of this run, "" outside of Actions
	RunsURL   string // "https://github.com/o/r/actions/runs/"; an id is added
	// WorkflowsURL is "https://github.com/o/r/actions/workflows/"; a file's name is added. It is ""
	// if the repository is not known.
	WorkflowsURL string

	HTTP      *http.Client // for Slack and the heartbeat
	Slack     string       // the address of an incoming webhook, "" for none
	Heartbeat string       // an address that is read after each completed run, "" for none

	Warn    func(text string)                      // an annotation
	Explain func(err error, d diagnosis.Diagnosis) // a failure in three parts

	red    bool
	news   bool // an issue was opened or reopened, or could not be
	opened int
	listed bool // listOpen has asked
	open   []github.Issue
	seen   map[int]github.Issue // read by their number in this run
}

// Red reports whether the run has to fail: an incident is new, or it could not be reported.
func (r *Run) Red() bool { return r.red && r.Settings.Red != "never" }

// News reports whether an incident is new in this run, whatever incidents.red says.
func (r *Run) News() bool { return r.news }

// warn warns of an error in the person's words. The message of the key has the placeholder Why.
func (r *Run) warn(err error, key string, args ...any) {
	args = append(args, "Why", r.Words.Error(err))
	r.Warn(r.Words.Text(key, args...))
}

// The workflows of a repository, each with a button "Run workflow" on its page.
const (
	mirrorFile = "mirror.yml"
	rotateFile = "rotate.yml"
)

// workflow is the page of a workflow, "" if the repository is not known.
func (r *Run) workflow(file string) string {
	if r.WorkflowsURL == "" {
		return ""
	}
	return r.WorkflowsURL + file
}

// marker is the end of an issue's body: which attempt of a run wrote it, and what it is about.
func (r *Run) marker(route string, c diagnosis.Component, fingerprint string) string {
	marker := report.Marker(route, c, fingerprint)
	if r.ID == "" {
		return marker
	}
	return report.RunMarker(r.ID, r.Attempt) + "\n" + marker
}
