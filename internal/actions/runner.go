package actions

import (
	"cmp"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/postferry/postferry/internal/message"
)

// Runner is the machine that runs a step of a workflow. Outside of Actions most fields are empty,
// annotations are not written (see InWorkflow), and the summary and the outputs go nowhere.
// Source: https://docs.github.com/en/actions/reference/workflows-and-actions/variables
type Runner struct {
	InWorkflow bool   // reports whether the program runs as a step of a workflow
	APIURL     string // "https://api.github.com", or the address of a GitHub Enterprise server
	ServerURL  string // "https://github.com"
	Owner      string // of the repository, "" if it is not known
	Repo       string // the repository's name without the owner
	RepoID     string // "654321": it stays when the repository is renamed, "" if it is not known
	RunID      string // "7123456789", the same for every attempt of a run
	RunAttempt string // "1", "2" after "Re-run jobs"
	Event      string // "schedule", "workflow_dispatch", …
	Actor      string // who started this run or attempt: a login, "" outside of Actions
	Summary    string // path of the file for the job summary, "" for none
	Output     string // path of the file for step outputs, "" for none
	Env        string // path of the file for variables of the job's later steps, "" for none

	// Log takes workflow commands. The runner reads them from stdout and stderr alike.
	Log io.Writer
	// Plain is Log without redaction: the one place that a secret is written to on purpose, so that
	// the runner learns to hide it. It is Log where it is nil.
	Plain io.Writer
	// Redact, if set, hides secrets in what is written to the runner's files.
	Redact func(string) string
}

// Read fills a Runner from the GITHUB_* variables. The addresses are not checked: the caller checks
// all addresses in the same way. The error is about GITHUB_REPOSITORY.
func Read(getenv func(string) string) (*Runner, error) {
	r := &Runner{
		APIURL:     cmp.Or(getenv("GITHUB_API_URL"), "https://api.github.com"),
		ServerURL:  cmp.Or(getenv("GITHUB_SERVER_URL"), "https://github.com"),
		RepoID:     getenv("GITHUB_REPOSITORY_ID"),
		RunID:      getenv("GITHUB_RUN_ID"),
		RunAttempt: getenv("GITHUB_RUN_ATTEMPT"),
		Event:      getenv("GITHUB_EVENT_NAME"),
		Actor:      cmp.Or(getenv("GITHUB_TRIGGERING_ACTOR"), getenv("GITHUB_ACTOR")),
		Summary:    getenv("GITHUB_STEP_SUMMARY"),
		Output:     getenv("GITHUB_OUTPUT"),
		Env:        getenv("GITHUB_ENV"),
	}
	r.InWorkflow = getenv("GITHUB_ACTIONS") == "true" || r.RunID != ""
	name := getenv("GITHUB_REPOSITORY")
	if name == "" {
		return r, nil
	}
	var ok bool
	if r.Owner, r.Repo, ok = SplitName(name); !ok {
		return r, message.New("actions.stored.repository", "Name", strconv.Quote(name))
	}
	return r, nil
}

// SplitName splits "owner/name". It reports whether both parts are there.
func SplitName(full string) (owner, name string, ok bool) {
	owner, name, _ = strings.Cut(full, "/")
	return owner, name, owner != "" && name != "" && !strings.Contains(name, "/")
}

// RepoURL is the address of the repository's page, "" if the repository is not known.
func (r *Runner) RepoURL() string {
	if r.Repo == "" {
		return ""
	}
	return fmt.Sprintf("%s/%s/%s", r.ServerURL, r.Owner, r.Repo)
}

// RunURL is the address of this run's page, "" outside of Actions.
func (r *Runner) RunURL() string {
	if r.RunID == "" || r.Repo == "" {
		return ""
	}
	return r.RepoURL() + "/actions/runs/" + r.RunID
}

// ByHand reports whether a person started the run with the button "Run workflow".
func (r *Runner) ByHand() bool { return r.Event == "workflow_dispatch" }
