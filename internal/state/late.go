package state

import (
	"slices"
	"time"

	"gopkg.in/yaml.v3"
)

// lateClasses are the upper ends of the classes in which lateness is counted. The last class has
// none. Six numbers a day are enough to say what most posts have waited for.
var lateClasses = [...]time.Duration{
	15 * time.Minute, 30 * time.Minute, time.Hour, 3 * time.Hour, 12 * time.Hour,
}

// LateClasses returns the ends of the classes of Late. The last class has none.
func LateClasses() []time.Duration { return slices.Clone(lateClasses[:]) }

// Late counts by class how long media took from their publication on Instagram to their last post
// on X. Of those that nothing held, it adds up the minutes, and how many of them had passed when
// the run came that posted them: that is the schedule's share.
type Late struct {
	Classes  []int `yaml:"classes,flow"` // without the zeros at the end
	Minutes  int   `yaml:"minutes,omitempty"`
	Schedule int   `yaml:"schedule,omitempty"`
	Unheld   int   `yaml:"unheld,omitempty"` // how many media the minutes are of
}

// add counts a media that is posted now.
func (l *Late) add(r *Record, now time.Time) {
	took := max(now.Sub(r.Timestamp), 0)
	class := 0
	for class < len(lateClasses) && took > lateClasses[class] {
		class++
	}
	for len(l.Classes) <= class {
		l.Classes = append(l.Classes, 0)
	}
	l.Classes[class]++
	if r.Reason != "" || r.Evidence != nil {
		return // It was held.
	}
	came := now
	for _, at := range []time.Time{r.Uploaded, r.LastPost} {
		if !at.IsZero() && at.Before(came) {
			came = at
		}
	}
	l.Unheld++
	l.Minutes += int(took.Minutes())
	l.Schedule += int(min(max(came.Sub(r.Timestamp), 0), took).Minutes())
}

// node is the counts as they are written.
func (l *Late) node() *yaml.Node {
	classes := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
	for _, n := range l.Classes {
		classes.Content = append(classes.Content, integer(n))
	}
	n := &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle}
	n.Content = append(n.Content, scalar("classes"), classes)
	for _, f := range []struct {
		name string
		n    int
	}{{"minutes", l.Minutes}, {"schedule", l.Schedule}, {"unheld", l.Unheld}} {
		if f.n != 0 {
			n.Content = append(n.Content, scalar(f.name), integer(f.n))
		}
	}
	return n
}

// keepLate is of how many days the lateness is kept.
const keepLate = 30

// forgetLate drops what is older than the lateness of the last days.
func (h History) forgetLate() {
	for i := range h[:max(len(h)-keepLate, 0)] {
		h[i].Late = nil
	}
}

// Late adds up the lateness of the days from a date on, "2026-10-25".
func (h History) Late(from string) Late {
	sum := Late{Classes: make([]int, len(lateClasses)+1)}
	for _, day := range h {
		if day.Late == nil || day.Date < from {
			continue
		}
		for class, n := range day.Late.Classes {
			if class < len(sum.Classes) && n > 0 {
				sum.Classes[class] += n
			}
		}
		sum.Minutes += day.Late.Minutes
		sum.Schedule += day.Late.Schedule
		sum.Unheld += day.Late.Unheld
	}
	return sum
}

// Media is how many media are counted.
func (l Late) Media() (n int) {
	for _, of := range l.Classes {
		n += of
	}
	return n
}

// Within returns the end of the class within which a share of the media was posted: half of them
// with 0.5. It returns 0 if only the last class, which has no end, holds so many.
func (l Late) Within(share float64) time.Duration {
	sum := 0
	for class, n := range l.Classes {
		sum += n
		if class < len(lateClasses) && float64(sum) >= share*float64(l.Media()) {
			return lateClasses[class]
		}
	}
	return 0
}
