package alert

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/github"
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/state"
)

// A person is reminded soon before most ends, and earlier of a Graph version's, because a changelog
// has to be read.
const (
	soon        = 14 * 24 * time.Hour
	soonVersion = 90 * 24 * time.Hour
)

// Expiry is something that ends on a known day.
type Expiry struct {
	What  string    // "the token behind SECRETS_TOKEN"; the state keeps it
	Name  string    // What in the person's words, "" for What
	At    time.Time // zero if it is not known, or never
	Fix   string
	Link  string
	Ahead time.Duration // how long before the end a person is reminded
	// Sentence, if set, says what is so already and stands instead of the end.
	Sentence string
}

// called names what ends, for the state and for the person.
func (e Expiry) called(w message.Words, key string, args ...any) Expiry {
	e.What, e.Name = message.Words{}.Text(key, args...), w.Text(key, args...)
	return e
}

// RouteExpiries lists what of a route ends on a known day.
func RouteExpiries(w message.Words, r config.Route, d *state.Document) []Expiry {
	const (
		apps      = "https://developers.facebook.com/apps/"
		changelog = "https://developers.facebook.com/docs/graph-api/changelog/versions"
	)
	version, _ := instagram.VersionEnds(r.Instagram.APIVersion)
	t, unrenewable := d.Tokens.Instagram, ""
	if t.Unrenewable() {
		unrenewable = w.Text("alert.renew.unrenewable", "Route", r.Name)
	}
	renew := w.Text("alert.renew.instagram", "Secret", r.Instagram.Token)
	return []Expiry{
		{Sentence: unrenewable, Link: apps, Fix: renew},
		Expiry{At: t.Expires, Ahead: soon, Link: apps, Fix: renew}.
			called(w, "alert.end.instagram", "Route", r.Name),
		Expiry{
			At: t.DataAccess, Ahead: soon, Link: apps,
			Fix: w.Text("alert.renew.data-access", "Secret", r.Instagram.Token),
		}.called(w, "alert.end.data-access", "Route", r.Name),
		Expiry{
			At: version, Ahead: soonVersion, Link: changelog, Fix: w.Text("alert.renew.version"),
		}.called(w, "alert.end.version", "Version", r.Instagram.APIVersion, "Route", r.Name),
	}
}

// SecretsTokenExpiry asks GitHub when the token behind SECRETS_TOKEN ends, which GitHub says in a
// header of any answer. Without a token (secrets is nil) the time is zero. The result ok is false
// if GitHub refused, as it does when the token has ended.
func SecretsTokenExpiry(
	ctx context.Context, w message.Words, secrets *github.Secrets,
) (e Expiry, ok bool) {
	e = Expiry{
		Ahead: soon, Link: "https://github.com/settings/personal-access-tokens",
		Fix: w.Text("alert.renew.secrets-token"),
	}.called(w, "alert.end.secrets-token")
	if secrets == nil {
		return e, true
	}
	_, err := secrets.PublicKey(ctx) // a refusal is reported where the key is needed
	e.At = secrets.Client.TokenExpires()
	return e, err == nil
}

// due lists the expiries of which a person is to be reminded now, the nearest first.
func due(all []Expiry, now time.Time) []Expiry {
	var out []Expiry
	for _, e := range all {
		if e.Sentence != "" || !e.At.IsZero() && e.At.Sub(now) <= e.Ahead {
			out = append(out, e)
		}
	}
	slices.SortStableFunc(out, func(a, b Expiry) int { return a.At.Compare(b.At) })
	return out
}

// sentence says when e ends. It depends on the day alone, so that an issue is edited once a day.
func (e Expiry) sentence(w message.Words, now time.Time) string {
	if e.Sentence != "" {
		return e.Sentence
	}
	name, day := cmp.Or(e.Name, e.What), w.Date(e.At)
	switch days := int(e.At.Sub(now).Hours() / 24); {
	case !e.At.After(now):
		return w.Text("alert.ends.ended", "What", name, "Day", day)
	case days == 0:
		return w.Text("alert.ends.today", "What", name, "Day", day)
	default:
		return w.Text("alert.ends.in", "What", name, "Day", day, "Count", days)
	}
}

// over reports whether the end has come: something may not work by now.
func (e Expiry) over(now time.Time) bool { return e.Sentence == "" && !e.At.After(now) }

// Warning is what a person is told of an end.
type Warning struct {
	Text string // the end, as a sentence
	Fix  string // what to do, in sentences
	Over bool   // the end has come: something is wrong by now
}

// Warnings lists what is due, the nearest first, as the attention issue says it.
func Warnings(w message.Words, all []Expiry, now time.Time) (out []Warning) {
	for _, e := range due(all, now) {
		out = append(out, Warning{e.sentence(w, now), e.Fix, e.over(now)})
	}
	return out
}
