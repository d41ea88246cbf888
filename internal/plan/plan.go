package plan

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
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
	// More are the next ones that only per_run holds back: they are asked for after X refused an
	// earlier one, to find out whose fault that is.
	More []Thread
	Own  []Thread // held by themselves: asked after the others
	// Skips are left out by the configuration, and older than everything that waits for a later
	// run. Younger ones are looked at again then: the ledger moves past nothing that waits.
	Skips []Reason
	Ended []Reason // have a record, and are left out by the configuration now
	// Unfiltered are those whose filter can't be evaluated: they are held.
	Unfiltered []Reason
	// Waiting are the media that wait, beside Threads and Own.
	Waiting []instagram.Media
	Limit   string // the limit that holds them back, "" if none
}

// Reason says why a media is not mirrored.
type Reason struct {
	Media instagram.Media
	Why   string
}

// Make plans a run.
func Make(in Input) Result {
	s := sorter{Input: in}
	for _, m := range wanted(in) {
		s.sort(m)
	}
	pending := earlier(s.pending, in.fill(&s.res, s.postable))
	for _, skip := range s.skips {
		if pending == nil || Compare(skip.Media, *pending) < 0 {
			s.res.Skips = append(s.res.Skips, skip)
		}
	}
	return s.res
}

// sorter puts each media, oldest first, where it belongs before the limits are looked at.
type sorter struct {
	Input
	res      Result
	postable []instagram.Media
	skips    []Reason         // all that the configuration leaves out
	pending  *instagram.Media // the oldest media that waits for a later run
	blocked  bool             // something older waits for a filter for the first time
}

func (s *sorter) sort(m instagram.Media) {
	rec := s.Doc.Find(m.ID)
	why, evaluated := s.excludes(m)
	switch {
	case rec.Begun():
		s.postable = append(s.postable, m) // it is finished, whatever a filter then says
	case s.Route.Delay > 0 && s.Now.Sub(m.Timestamp) < s.Route.Delay:
		// Its owner may still edit or delete it: what it is then decides.
		s.pending = cmp.Or(s.pending, &m)
		if why == "" {
			s.res.Waiting = append(s.res.Waiting, m)
		}
	case !evaluated:
		s.res.Unfiltered = append(s.res.Unfiltered, Reason{m, why})
		s.pending = cmp.Or(s.pending, &m)
		s.blocked = s.blocked || rec.Hold() != state.HeldFilter
		s.res.Waiting = append(s.res.Waiting, m)
	case why != "":
		s.leaveOut(m, why)
	case s.blocked:
		s.res.Waiting = append(s.res.Waiting, m)
	default:
		s.postable = append(s.postable, m)
	}
}

// leaveOut notes that the configuration leaves a media out: now, or since it was tried.
func (s *sorter) leaveOut(m instagram.Media, why string) {
	if s.Doc.Find(m.ID) != nil {
		s.res.Ended = append(s.res.Ended, Reason{m, why})
		return
	}
	s.skips = append(s.skips, Reason{m, why})
}

// earlier returns the older of two media, either of which may be nil.
func earlier(a, b *instagram.Media) *instagram.Media {
	if a == nil || b != nil && Compare(*b, *a) < 0 {
		return b
	}
	return a
}

// Compare orders media by their age, the oldest first.
func Compare(a, b instagram.Media) int {
	return cmp.Or(a.Timestamp.Compare(b.Timestamp), state.CompareIDs(a.ID, b.ID))
}

// fill takes threads until a limit is met. After that it only takes threads that were begun,
// because those are finished whatever the limits say. No other media overtakes one that waits. It
// returns the first media that waits for a later run, or nil.
func (in Input) fill(res *Result, media []instagram.Media) (firstPending *instagram.Media) {
	month, day := in.Doc.Spend.In(in.Now), in.Doc.MirroredOn(in.Now)
	var own []instagram.Media
	for _, m := range media {
		rec := in.Doc.Find(m.ID)
		if rec.Hold().ByItself() {
			own = append(own, m)
			continue
		}
		if res.Limit != "" && !rec.Begun() {
			in.wait(res, m)
			continue
		}
		t := Compose(in.Route, m, KnownOf(rec))
		n, usd := len(res.Threads), t.usdLeft(rec)
		if !rec.Begun() {
			res.Limit = in.limit(n, day+n, month+usd)
		}
		if !rec.Begun() && res.Limit != "" {
			firstPending = &m
			in.wait(res, m)
			continue
		}
		month += usd
		res.Threads = append(res.Threads, t)
	}
	in.fillOwn(res, own, day, month)
	return firstPending
}

// fillOwn takes the media that are held by themselves, as far as the other threads leave room
// within the limits of a day and of a month: they are asked after the others. They have records, so
// that others may pass them.
func (in Input) fillOwn(res *Result, media []instagram.Media, day int, month float64) {
	for _, m := range media {
		rec := in.Doc.Find(m.ID)
		t := Compose(in.Route, m, KnownOf(rec))
		usd := t.usdLeft(rec)
		ahead := day + len(res.Threads) + len(res.Own)
		if !rec.Begun() && in.limit(0, ahead, month+usd) != "" {
			res.Waiting = append(res.Waiting, m)
			continue
		}
		month += usd
		res.Own = append(res.Own, t)
	}
}

// wait notes a media that a limit holds back. If only per_run does, its files may be asked for.
func (in Input) wait(res *Result, m instagram.Media) {
	res.Waiting = append(res.Waiting, m)
	if !strings.HasPrefix(res.Limit, "per_run") || len(res.More) == mostMore {
		return
	}
	t := Compose(in.Route, m, KnownOf(in.Doc.Find(m.ID)))
	if in.limit(0, in.Doc.MirroredOn(in.Now), in.Doc.Spend.In(in.Now)+t.USD()) == "" {
		res.More = append(res.More, t)
	}
}

// mostMore bounds the media that are composed beyond per_run.
const mostMore = 50

// Selected are all media that are selected and not ended, oldest first.
func (r Result) Selected() (out []instagram.Media) {
	for _, t := range slices.Concat(r.Threads, r.Own) {
		out = append(out, t.Media)
	}
	out = append(out, r.Waiting...)
	slices.SortStableFunc(out, Compare)
	return out
}

// usdLeft returns what X will bill for the posts that are not made yet.
func (t Thread) usdLeft(rec *state.Record) float64 {
	if rec != nil {
		t.Posts = t.Posts[min(len(rec.Posts), len(t.Posts)):]
	}
	return t.USD()
}

// wanted is what is new or unfinished, oldest first, each once: pages may overlap when a media is
// published between two of them. A timestamp that lies ahead counts as published now: such a media
// is wanted, and the newest.
func wanted(in Input) []instagram.Media {
	var out []instagram.Media
	seen := map[string]bool{}
	for _, m := range in.Media {
		if seen[m.ID] {
			continue
		}
		seen[m.ID] = true
		if r := in.Doc.Find(m.ID); r != nil && r.Status == state.Posting ||
			in.Doc.New(m.ID, m.Timestamp) {
			out = append(out, m)
		}
	}
	slices.SortStableFunc(out, Compare)
	return out
}

// excludes returns the reason why the configuration leaves a media out, "" if it does not. A filter
// that can't be evaluated lets nothing pass.
func (in Input) excludes(m instagram.Media) (why string, evaluated bool) {
	kind := map[string]string{
		"IMAGE": "image", "VIDEO": "video", "CAROUSEL_ALBUM": "carousel",
	}[m.Type]
	switch {
	case kind == "":
		return english.Text("plan.stored.media-type",
			"Type", strconv.Quote(m.Type)), true
	case !slices.Contains(in.Route.Only, kind):
		return fmt.Sprintf("only: %s", strings.Join(in.Route.Only, ", ")), true
	}
	if why := in.excludesTags(m); why != "" {
		return why, true
	}
	switch {
	case in.Route.Collaborations || m.Username == "" || !in.severalNames():
	case in.Username == "":
		return english.Text("plan.stored.whose"), false
	case !strings.EqualFold(m.Username, in.Username):
		return english.Text("plan.stored.collaboration"), true
	}
	return "", true
}

// severalNames reports whether the list shows media of more than one account.
func (in Input) severalNames() bool {
	name := ""
	for _, m := range in.Media {
		if name == "" {
			name = m.Username
		}
		if m.Username != "" && !strings.EqualFold(m.Username, name) {
			return true
		}
	}
	return in.Username != ""
}

func (in Input) excludesTags(m instagram.Media) string {
	tags := caption.Hashtags(m.Caption)
	for _, t := range in.Route.RequireHashtags {
		if !slices.Contains(tags, fold(t)) {
			return english.Text("plan.stored.lacks-tag", "Tag", fold(t))
		}
	}
	for _, t := range in.Route.ExcludeHashtags {
		if slices.Contains(tags, fold(t)) {
			return english.Text("plan.stored.has-tag", "Tag", fold(t))
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

// limit returns the limit that keeps the n-th media of this run (0-based) waiting, "" if none.
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
