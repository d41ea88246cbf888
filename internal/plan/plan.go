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
	Limit   string // the limit that they wait for ("per_run: 2"), "" if none
}

// Reason says why a media is not mirrored.
type Reason struct {
	Media instagram.Media
	Why   string
}

// Make plans one run of a route.
func Make(in Input) Result {
	var res Result
	var left []instagram.Media
	for _, m := range wanted(in) {
		// A media that is in the ledger was begun under an older configuration, and is finished.
		if why := in.excludes(m); why != "" && in.Doc.Find(m.ID) == nil {
			res.Skips = append(res.Skips, Reason{m, why})
			continue
		}
		left = append(left, m)
	}
	in.fill(&res, left)
	return res
}

// fill takes media until a limit is met. After that it only takes threads that were begun, because
// those are finished whatever the limits say. No other media overtakes one that waits.
func (in Input) fill(res *Result, media []instagram.Media) {
	month, day := in.Doc.SpentIn(in.Now), in.Doc.MirroredOn(in.Now)
	for _, m := range media {
		r := in.Doc.Find(m.ID)
		begun := r != nil && len(r.Posts) > 0
		if !begun && res.Limit != "" {
			res.Pending++
			continue
		}
		t := Compose(in.Route, m, fallbackOf(r))
		n, usd := len(res.Threads), t.usdLeft(r)
		if !begun {
			res.Limit = in.limit(n, day+n, month+usd)
		}
		if !begun && res.Limit != "" {
			res.Pending++
			continue
		}
		month += usd
		res.Threads = append(res.Threads, t)
	}
}

// usdLeft returns what X will bill for the posts that are not made yet.
func (t Thread) usdLeft(r *state.Record) float64 {
	if r != nil {
		t.Posts = t.Posts[min(len(r.Posts), len(t.Posts)):]
	}
	return t.USD()
}

// wanted returns the media that are new or unfinished, oldest first. It takes each once: pages
// overlap when a media is published between two of them.
func wanted(in Input) []instagram.Media {
	var out []instagram.Media
	listed := map[string]bool{}
	for _, m := range in.Media {
		if listed[m.ID] {
			continue
		}
		listed[m.ID] = true
		r := in.Doc.Find(m.ID)
		unfinished := r != nil && r.Status == state.Posting
		if unfinished || in.Doc.New(m.ID, m.Timestamp) {
			out = append(out, m)
		}
	}
	slices.SortStableFunc(out, func(a, b instagram.Media) int {
		return cmp.Or(a.Timestamp.Compare(b.Timestamp), state.CompareIDs(a.ID, b.ID))
	})
	return out
}

// kinds are the values of only, by media_type.
var kinds = map[string]string{"IMAGE": "image", "VIDEO": "video", "CAROUSEL_ALBUM": "carousel"}

// excludes returns the reason why the configuration leaves a media out, "" if it does not.
func (in Input) excludes(m instagram.Media) string {
	kind := kinds[m.Type]
	tags := caption.Hashtags(m.Caption)
	switch {
	case kind == "":
		return fmt.Sprintf("its media_type %q is not one that postferry knows", m.Type)
	case !slices.Contains(in.Route.Only, kind):
		return fmt.Sprintf("only: %s", strings.Join(in.Route.Only, ", "))
	case !in.Route.Collaborations && in.isOthers(m):
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

// isOthers reports whether m is known to be the post of another account.
func (in Input) isOthers(m instagram.Media) bool {
	return in.Username != "" && m.Username != "" && !strings.EqualFold(m.Username, in.Username)
}

// fold spells a configured hashtag as caption.Hashtags does.
func fold(tag string) string {
	if tags := caption.Hashtags("#" + strings.TrimLeft(tag, "#＃")); len(tags) == 1 {
		return tags[0]
	}
	return strings.ToLower(strings.TrimLeft(tag, "#＃"))
}

// limit returns the limit that keeps the n-th media of this run (0-based) waiting, "" if none does.
func (in Input) limit(n, today int, month float64) string {
	l := in.Route.Limits
	switch {
	case n >= l.PerRun:
		return fmt.Sprintf("per_run: %d", l.PerRun)
	case today >= l.PerDay:
		return fmt.Sprintf("per_day: %d", l.PerDay)
	case month > l.USDPerMonth+roundingError:
		return fmt.Sprintf("usd_per_month: %g", l.USDPerMonth)
	}
	return ""
}

// roundingError is half of the smallest price that is shown: a sum of prices may exceed a limit
// by a rounding error of float64.
const roundingError = 0.0005

func fallbackOf(r *state.Record) string {
	if r == nil {
		return ""
	}
	return r.Fallback
}
