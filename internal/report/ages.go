package report

import (
	"time"

	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/state"
)

// endsSoon is how long before the end of a token a summary names it.
const endsSoon = 14 * 24 * time.Hour

// unusedMonths is how long X keeps a login that nobody renews. X's documents do not give a time;
// its developer relations name six months. We assume that each renewal begins them again.
// Source: https://dev.to/xdevs
const unusedMonths = 6

// ages says how old the tokens are and how long they last.
type ages struct {
	w message.Words
	t state.Tokens
}

// x is the age of the login that posts to X, "" if none was renewed yet.
func (a ages) x() string {
	t := a.t.X
	if t.Generation == 0 {
		return ""
	}
	return a.w.Text("report.token.x", "Count", t.Generation, "Last", t.Rotated,
		"Until", t.Expires, "End", a.w.Date(a.xEnds()))
}

// xEnds is when the login ends if nobody renews it.
func (a ages) xEnds() time.Time { return a.t.X.Rotated.UTC().AddDate(0, unusedMonths, 0) }

// instagram is the age of Instagram's token, "" if none was used yet.
func (a ages) instagram() string {
	t := a.t.Instagram
	if t.Seen.IsZero() {
		return ""
	}
	parts := []string{a.w.Text("report.token.seen", "At", t.Seen)}
	if !t.Refreshed.IsZero() {
		parts[0] = a.w.Text("report.token.renewed", "At", t.Refreshed)
	}
	if !t.Expires.IsZero() {
		parts = append(parts, a.w.Text("report.token.good-until", "At", t.Expires))
	}
	if !t.DataAccess.IsZero() {
		parts = append(parts, a.w.Text("report.token.may-read", "At", t.DataAccess))
	}
	return a.w.Join(parts...)
}

// endingBy lists, as sentences without a full stop, the tokens that end before a moment.
func (a ages) endingBy(at time.Time) (out []string) {
	before := func(t time.Time) bool { return !t.IsZero() && t.Before(at) }
	if x := a.x(); x != "" && before(a.xEnds()) {
		out = append(out, a.w.Text("report.token.x-login", "Text", x))
	}
	i := a.t.Instagram
	if text := a.instagram(); text != "" && (before(i.Expires) || before(i.DataAccess)) {
		out = append(out, a.w.Text("report.token.instagram", "Text", text))
	}
	return out
}
