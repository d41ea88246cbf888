package mirror

import (
	"context"
	"time"

	"github.com/postferry/postferry/internal/plan"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/verdict"
)

// hostFailed notes that a file did not come, and looks whether the host gives another one: whose
// fault it is shows by that. In the first run that lacks the file nothing overtakes it.
func (o *round) hostFailed(ctx context.Context, t plan.Thread, err error) error {
	m := hostFailure{thread: t, err: err, shown: o.out.Works.File || o.hostGives(ctx, t)}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	o.missing = append(o.missing, m)
	rec := o.Session.Doc().Find(t.Media.ID)
	known := rec != nil && rec.Evidence != nil && rec.Evidence.Missing != nil
	if !known {
		o.stop = true
	}
	return nil
}

// hostGives reports whether the media host gives a byte of another listed media's file.
func (o *round) hostGives(ctx context.Context, not plan.Thread) bool {
	const most = 3 // a host that is down is not asked for every file
	asked := 0
	for _, m := range o.media {
		if m.ID == not.Media.ID || asked == most {
			continue
		}
		url := m.URL
		for _, c := range m.Children {
			if url == "" {
				url = c.URL
			}
		}
		if url == "" {
			continue
		}
		asked++
		if o.Files.Probe(ctx, url) == nil {
			o.out.Works.File = true
			return true
		}
	}
	return false
}

// hostFault reports a host that gave no file at all in this run: it is the host's, and counts
// towards an incident of its own.
func (o *round) hostFault() {
	if len(o.missing) == 0 || o.out.Works.File {
		return
	}
	o.out.Faults = append(o.out.Faults, Fault{Component: "media-host", Err: o.missing[0].err})
}

// writeMissing notes the run in the record of a media, and asks for the verdict.
func (c *conclusion) writeMissing(d *state.Document, m hostFailure) {
	media := m.thread.Media
	c.recordOvertaken(d, media)
	rec := d.Record(media.ID, media.Timestamp, media.Permalink)
	if rec.Status != state.Posting || rec.Intent != nil {
		return
	}
	ev, sofar := rec.Ev(), verdict.Missing{}
	if ev.Missing != nil {
		sofar = *ev.Missing
	}
	now := c.Now().UTC().Truncate(time.Second)
	next := sofar.Add(now, m.shown || c.out.Works.File, clip(m.err.Error()))
	ev.Missing, ev.Hold, rec.Reason = &next, state.HeldMissing, clip(m.err.Error())
	v := next.Lost(now)
	if !v.Proven {
		// The host is asked in every run: v.Next is only when the day is over.
		c.held = append(c.held, entryOf(*rec, v.Why+": "+rec.Reason))
		return
	}
	d.GiveUp(rec, v.Why+": "+rec.Reason, c.Now())
	c.givenUp = append(c.givenUp, entryOf(*rec, rec.Reason))
}

// noFile holds a media for which Instagram's list gives no file. It is proven by two lists an hour
// apart; in the first run nothing overtakes it. It reports whether the media waits.
func (o *round) noFile(t plan.Thread) bool {
	rec, since := o.Session.Doc().Find(t.Media.ID), time.Time{}
	if rec != nil && rec.Evidence != nil {
		since = rec.Evidence.NoFile
	}
	v := verdict.NoFile(since, o.Now())
	if v.Proven {
		return false
	}
	if since.IsZero() {
		o.stop = true
	}
	o.waiting[t.Media.ID] = hold{why: state.HeldNoFile, says: v.Why, next: v.Next}
	return true
}

// withoutVideo composes a reel for which Instagram gives no file, and none will come: with its cover,
// or with what the configuration says.
func (o *round) withoutVideo(t plan.Thread) plan.Thread {
	if t.Media.Type != "VIDEO" || t.Fallback != "" || o.Route.RejectedVideo == plan.Skip {
		return t
	}
	known := plan.KnownOf(o.Session.Doc().Find(t.Media.ID))
	known.Fallback = o.Route.RejectedVideo
	return plan.Compose(o.Route, t.Media, known)
}

// clip bounds what is kept of an answer.
func clip(s string) string {
	const most = 200
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}
