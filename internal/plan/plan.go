package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/postferry/postferry/internal/caption"
	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/state"
)

// Input is what a plan is made from.
type Input struct {
	Route    config.Route
	Media    []instagram.Media // as listed
	Doc      *state.Document
	Username string // the account's own, "" if not known
	Now      time.Time
}

// Result is a plan.
type Result struct {
	Threads []Thread // oldest first: unfinished ones and new ones, within the limits
	Skips   []Reason
	Pending int    // media that wait for a later run
	HeldBy  string // the limit that holds them back, "" if none
}

// Reason says why a media is not mirrored.
type Reason struct {
	Media instagram.Media
	Why   string
}

// Make plans a run.
func Make(in Input) Result {
	var res Result
	var left []instagram.Media
	for _, m := range wanted(in) {
		if why := in.refuses(m); why != "" && in.Doc.Find(m.ID) == nil {
			res.Skips = append(res.Skips, Reason{m, why})
			continue
		}
		left = append(left, m)
	}
	in.fill(&res, left)
	return res
}

// fill takes posts until a limit is met. From there on only threads that were begun are taken: they are finished, whatever
// the limits. Nothing else overtakes what waits.
func (in Input) fill(res *Result, media []instagram.Media) {
	month, day := in.Doc.SpentIn(in.Now), in.Doc.MirroredOn(in.Now)
	for _, m := range media {
		r := in.Doc.Find(m.ID)
		begun := r != nil && len(r.Posts) > 0
		if !begun && res.HeldBy != "" {
			res.Pending++
			continue
		}
		p := Compose(in.Route, m, fallbackOf(r))
		n, usd := len(res.Threads), p.left(r)
		if !begun {
			res.HeldBy = in.holds(n, day+n, month+usd)
		}
		if !begun && res.HeldBy != "" {
			res.Pending++
			continue
		}
		month += usd
		res.Threads = append(res.Threads, p)
	}
}

// left is what X will bill for the parts that are not posted yet.
func (p Thread) left(r *state.Record) float64 {
	if r != nil {
		p.Posts = p.Posts[min(len(r.Posts), len(p.Posts)):]
	}
	return p.USD()
}

// wanted is what is new or unfinished, oldest first, each once: pages may overlap when a media is published between two
// of them.
func wanted(in Input) []instagram.Media {
	var out []instagram.Media
	seen := map[string]bool{}
	for _, m := range in.Media {
		if seen[m.ID] {
			continue
		}
		seen[m.ID] = true
		if r := in.Doc.Find(m.ID); r != nil && r.Status == state.Posting || in.Doc.New(m.ID, m.Timestamp) {
			out = append(out, m)
		}
	}
	slices.SortStableFunc(out, func(a, b instagram.Media) int {
		return cmp.Or(a.Timestamp.Compare(b.Timestamp), state.CompareIDs(a.ID, b.ID))
	})
	return out
}

// refuses gives the reason why the configuration leaves a media out, "" if it does not.
func (in Input) refuses(m instagram.Media) string {
	kind := map[string]string{"IMAGE": "image", "VIDEO": "video", "CAROUSEL_ALBUM": "carousel"}[m.Type]
	tags := caption.Hashtags(m.Caption)
	switch {
	case kind == "":
		return fmt.Sprintf("its media_type %q is not one that postferry knows", m.Type)
	case !slices.Contains(in.Route.Only, kind):
		return fmt.Sprintf("only: %s", strings.Join(in.Route.Only, ", "))
	case !in.Route.Collaborations && in.Username != "" && m.Username != "" && !strings.EqualFold(m.Username, in.Username):
		return "it is another account's post that yours took part in (collaborations: false)"
	}
	for _, t := range in.Route.RequireHashtags {
		if !slices.Contains(tags, fold(t)) {
			return "it lacks the hashtag #" + fold(t)
		}
	}
	for _, t := range in.Route.ExcludeHashtags {
		if slices.Contains(tags, fold(t)) {
			return "it has the hashtag #" + fold(t)
		}
	}
	return ""
}

// fold is a configured hashtag as caption.Hashtags spells them.
func fold(tag string) string {
	if tags := caption.Hashtags("#" + strings.TrimLeft(tag, "#＃")); len(tags) == 1 {
		return tags[0]
	}
	return strings.ToLower(strings.TrimLeft(tag, "#＃"))
}

// holds names the limit that the n-th media of this run (0-based) meets, "" if none.
func (in Input) holds(n, today int, month float64) string {
	l := in.Route.Limits
	switch {
	case n >= l.PerRun:
		return fmt.Sprintf("per_run: %d", l.PerRun)
	case today >= l.PerDay:
		return fmt.Sprintf("per_day: %d", l.PerDay)
	case month > l.USDPerMonth+0.0005:
		return fmt.Sprintf("usd_per_month: %g", l.USDPerMonth)
	}
	return ""
}

func fallbackOf(r *state.Record) string {
	if r == nil {
		return ""
	}
	return r.Fallback
}
