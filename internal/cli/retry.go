package cli

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/report"
	"github.com/postferry/postferry/internal/state"
)

// everything is the word that means all media of the list.
const everything = "all"

// runRetry puts media back that were given up: the next run mirrors them.
func runRetry(ctx context.Context, p *Process, args []string) error {
	var o options
	rest, err := p.flagsAndArgs("retry", args, o.define)
	if err != nil {
		return err
	}
	if len(rest) != 1 || rest[0] == "" {
		return usagef("retry takes one media: its permalink, its id, or the word %q", everything)
	}
	j, err := p.newJob(ctx, o, need{})
	if err != nil {
		return err
	}
	r := &retrial{job: j, wanted: strings.TrimSpace(rest[0])}
	for _, conf := range j.config.Routes {
		if err := r.route(ctx, j.route(conf)); err != nil {
			return fmt.Errorf("%s: %w", conf.Name, err)
		}
	}
	if r.found || r.wanted == everything {
		return r.nothing()
	}
	return r.unrecorded(ctx)
}

// retrial is one retry, of one media or of all.
type retrial struct {
	*job
	wanted string
	found  bool // a record of it was found
	back   bool // something was put back
}

// nothing says that there was nothing to put back, if there was not.
func (r *retrial) nothing() error {
	if !r.found {
		fmt.Fprintln(r.p.Stdout, "nothing is given up")
	}
	return nil
}

// route looks for the media in one route's document.
func (r *retrial) route(ctx context.Context, one *route) error {
	if err := one.open(ctx); err != nil {
		return err
	}
	if one.session.First() {
		return nil
	}
	for _, rec := range one.session.Doc().Ledger {
		if !r.matches(rec) {
			continue
		}
		r.found = true
		if err := r.putBack(ctx, one, rec); err != nil {
			return err
		}
	}
	return nil
}

// matches reports whether a record is what is asked for. All means the whole list of what was given
// up; a post whose outcome nobody knows is decided only by its own name, because a wrong answer
// posts it twice.
func (r *retrial) matches(rec state.Record) bool {
	if r.wanted == everything {
		return rec.Status == state.GivenUp && !rec.Acknowledged
	}
	return rec.MediaID == r.wanted || samePost(rec.Permalink, r.wanted)
}

// samePost reports whether two addresses name the same post on Instagram. A person may paste one
// with a query, without "www.", or of the other kind (/p/ for /reel/).
func samePost(a, b string) bool {
	code := shortcode(a)
	return code != "" && code == shortcode(b)
}

func shortcode(address string) string {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || !strings.HasSuffix("."+u.Hostname(), ".instagram.com") {
		return ""
	}
	parts := strings.Split(strings.Trim(u.Path, "/"), "/")
	return parts[len(parts)-1]
}

// putBack has the next run mirror a media that is recorded, and says so.
func (r *retrial) putBack(ctx context.Context, one *route, rec state.Record) error {
	name, undecided := nameOf(rec), rec.Intent != nil
	switch {
	case rec.Status == state.Posted:
		return fmt.Errorf("%s is on X already", name)
	case rec.Status == state.Skipped:
		return fmt.Errorf("%s was left out by the configuration (%s): change that first", name, rec.Reason)
	}
	done := false
	err := one.session.Publish(ctx, one.conf.Name+": retry "+rec.MediaID, func(d *state.Document) error {
		if done = d.Retry(rec.MediaID); done && undecided {
			delete(d.Breakers, string(diagnosis.Undecided))
		}
		return nil
	})
	if err != nil {
		return err
	}
	r.back = r.back || done
	fmt.Fprintf(r.p.Stdout, "%s: %s\n", one.conf.Name, report.Quote(name+" "+outcome(rec, done)))
	return nil
}

// outcome says what became of a record that was asked for.
func outcome(rec state.Record, done bool) string {
	switch {
	case !done && rec.Intent != nil:
		return "is being looked for on X: the next run says whether it was posted"
	case !done:
		return "waits already: the next run mirrors it"
	case rec.Status == state.Posting && rec.Intent != nil:
		return "counts as not posted: the next run posts it"
	case rec.Status == state.Posting:
		return "was held: the next run asks again"
	}
	return "is put back: the next run mirrors it"
}

func nameOf(rec state.Record) string {
	if rec.Permalink != "" {
		return rec.Permalink
	}
	return "media " + rec.MediaID
}

// unrecorded looks for the media in Instagram's list: it may have been given up so long ago that no
// record of it is left.
func (r *retrial) unrecorded(ctx context.Context) error {
	if len(r.config.Routes) > 1 {
		return fmt.Errorf("no route has a record of %s: say with --route which one is to mirror it",
			r.wanted)
	}
	one := r.route0()
	if err := one.open(ctx); err != nil {
		return err
	}
	if one.session.First() {
		return errors.New("nothing was mirrored yet, so that nothing can be retried")
	}
	m, err := r.listed(ctx, one)
	if err != nil {
		return err
	}
	says := "is put back: the next run mirrors it"
	err = one.session.Publish(ctx, one.conf.Name+": retry "+m.ID, func(d *state.Document) error {
		if d.New(m.ID, m.Timestamp) {
			says = "is new: the next run mirrors it anyway"
			return nil
		}
		d.Record(m.ID, m.Timestamp, m.Permalink)
		return nil
	})
	if err == nil {
		fmt.Fprintf(r.p.Stdout, "%s: %s\n", one.conf.Name, report.Quote(m.Permalink+" "+says))
	}
	return err
}

// route0 is the only route that was asked for.
func (r *retrial) route0() *route { return r.job.route(r.config.Routes[0]) }

// listed finds the media in the list.
func (r *retrial) listed(ctx context.Context, one *route) (instagram.Media, error) {
	var none instagram.Media
	token := one.instagramToken()
	if token == "" {
		return none, usagef("no record of %s is left, and without %s Instagram's list can't be read",
			r.wanted, one.conf.Instagram.Token)
	}
	matches := func(m instagram.Media) bool {
		return m.ID == r.wanted || samePost(m.Permalink, r.wanted)
	}
	media, err := one.instagram(token).List(ctx, func(page []instagram.Media) bool {
		for _, m := range page {
			if matches(m) {
				return true
			}
		}
		return false
	})
	if err != nil {
		return none, fmt.Errorf("list the media: %w", err)
	}
	for _, m := range media {
		if matches(m) {
			return m, nil
		}
	}
	return none, fmt.Errorf("%s is in no record, and Instagram's list does not show it", r.wanted)
}
