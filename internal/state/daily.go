package state

import "time"

// Daily is what a rotation found out on one day. The first route's document has it.
type Daily struct {
	Asked   time.Time `yaml:"asked,omitempty"`
	Commit  time.Time `yaml:"commit,omitempty"` // the newest one on the default branch
	Private bool      `yaml:"private,omitempty"`
}

// quietFor is how long a public repository may go without a commit on its default branch before
// GitHub switches its schedules off. Only commits are known to count.
// Source: https://docs.github.com/actions/how-tos/manage-workflow-runs/disable-and-enable-workflows
const quietFor = 60 * 24 * time.Hour

// ScheduleEnds is when GitHub switches the repository's schedules off, zero if that is not known or
// if it never does.
func (d Daily) ScheduleEnds() time.Time {
	if d.Private || d.Commit.IsZero() {
		return time.Time{}
	}
	return d.Commit.Add(quietFor)
}
