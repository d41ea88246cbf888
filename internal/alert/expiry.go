package alert

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/github"
	"github.com/postferry/postferry/internal/instagram"
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
	What  string    // "the token behind SECRETS_TOKEN"
	At    time.Time // zero if it is not known, or never
	Fix   string
	Link  string
	Ahead time.Duration // how long before the end a person is reminded
	// Sentence, if set, says what is so already and stands instead of the end.
	Sentence string
}

// RouteExpiries lists what of a route ends on a known day.
func RouteExpiries(r config.Route, d *state.Document) []Expiry {
	const (
		apps      = "https://developers.facebook.com/apps/"
		changelog = "https://developers.facebook.com/docs/graph-api/changelog/versions"
	)
	version, _ := instagram.VersionEnds(r.Instagram.APIVersion)
	t, unrenewable := d.Tokens.Instagram, ""
	if t.Unrenewable() {
		unrenewable = fmt.Sprintf("Instagram refuses to renew the token of route %s, which ends "+
			"60 days after it was made.", r.Name)
	}
	return []Expiry{
		{
			Sentence: unrenewable, Link: apps,
			Fix: fmt.Sprintf("Make a new one and put it into the secret %s.", r.Instagram.Token),
		},
		{
			What: "the Instagram token of route " + r.Name, At: t.Expires, Ahead: soon, Link: apps,
			Fix: fmt.Sprintf("Make a new one and put it into the secret %s.", r.Instagram.Token),
		},
		{
			What: "the right to read the data of route " + r.Name, At: t.DataAccess,
			Ahead: soon, Link: apps,
			Fix: fmt.Sprintf("It ends 90 days after the last login: log in again and put the new "+
				"token into the secret %s.", r.Instagram.Token),
		},
		{
			What: fmt.Sprintf("the Graph API version %s of route %s", r.Instagram.APIVersion,
				r.Name),
			At: version, Ahead: soonVersion, Link: changelog,
			Fix: "Read what has changed and set `api_version` to a newer one.",
		},
	}
}

// SecretsTokenExpiry asks GitHub when the token behind SECRETS_TOKEN ends, which GitHub says in a
// header of any answer. Without a token (secrets is nil) the time is zero. The result ok is false
// if GitHub refused, as it does when the token has ended.
func SecretsTokenExpiry(ctx context.Context, secrets *github.Secrets) (e Expiry, ok bool) {
	e = Expiry{
		What: "the token behind SECRETS_TOKEN", Ahead: soon,
		Link: "https://github.com/settings/personal-access-tokens",
		Fix: "Make a new fine-grained token for this repository with Secrets: read and write, " +
			"and put it into the secret SECRETS_TOKEN.",
	}
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
func (e Expiry) sentence(now time.Time) string {
	if e.Sentence != "" {
		return e.Sentence
	}
	day := e.At.UTC().Format(time.DateOnly)
	switch days := int(e.At.Sub(now).Hours() / 24); {
	case !e.At.After(now):
		return fmt.Sprintf("%s ended on %s.", e.What, day)
	case days == 0:
		return fmt.Sprintf("%s ends today (%s).", e.What, day)
	default:
		return fmt.Sprintf("%s ends on %s, in %d days.", e.What, day, days)
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
func Warnings(all []Expiry, now time.Time) (out []Warning) {
	for _, e := range due(all, now) {
		out = append(out, Warning{e.sentence(now), e.Fix, e.over(now)})
	}
	return out
}
