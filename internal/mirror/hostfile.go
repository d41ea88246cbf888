package mirror

import (
	"context"
	"time"

	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/plan"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/verdict"
)

// hostSide knows what becomes of a media whose file does not come: because the media host does not
// give it, or because Instagram's list has no address for it.
type hostSide struct{ *round }

// failed notes that a file did not come, and looks whether the host gives another one: whose fault
// it is shows by that. In the first run that lacks the file nothing overtakes it.
func (h *hostSide) failed(ctx context.Context, t plan.Thread, err error) error {
	m := hostFailure{thread: t, err: err, shown: h.file || h.gives(ctx, t)}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	h.missing = append(h.missing, m)
	rec := h.Session.Doc().Find(t.Media.ID)
	if rec == nil || rec.Evidence == nil || rec.Evidence.Missing == nil {
		h.stop = true
	}
	return nil
}

// gives reports whether the media host gives a byte of another listed media's file.
func (h *hostSide) gives(ctx context.Context, not plan.Thread) bool {
	left := 3 // a host that is down is not asked for every file
	for _, m := range h.media {
		url := anyFile(m)
		if m.ID == not.Media.ID || url == "" {
			continue
		}
		if left == 0 {
			return false
		}
		left--
		if h.Files.Probe(ctx, url) == nil {
			h.fileCame()
			return true
		}
	}
	return false
}

// anyFile is the address of a file of a media, "" if the list has none.
func anyFile(m instagram.Media) string {
	if m.URL != "" {
		return m.URL
	}
	for _, c := range m.Children {
		if c.URL != "" {
			return c.URL
		}
	}
	return ""
}

// report adds a fault of the host's own if no file at all came in this run: it counts towards an
// incident of its component.
func (h *hostSide) report() {
	if len(h.missing) == 0 || h.file {
		return
	}
	fault := Fault{Component: "media-host", Err: h.missing[0].err}
	h.out.Faults = append(h.out.Faults, fault)
}

// awaited holds a media for which Instagram's list gives no file. It is proven by two lists an hour
// apart; in the first run nothing overtakes it. It reports whether the media waits.
func (h *hostSide) awaited(t plan.Thread) bool {
	rec, since := h.Session.Doc().Find(t.Media.ID), time.Time{}
	if rec != nil && rec.Evidence != nil {
		since = rec.Evidence.NoFile
	}
	v := verdict.NoFile(since, h.Now())
	if v.Proven {
		return false
	}
	h.stop = h.stop || since.IsZero()
	h.waiting[t.Media.ID] = hold{why: state.HeldNoFile, says: v.Why, next: v.Next}
	return true
}

// withoutVideo composes a reel for which Instagram gives no file, and none will come: with its
// cover, or with what the configuration says.
func (h *hostSide) withoutVideo(t plan.Thread) plan.Thread {
	if t.Media.Type != "VIDEO" || t.Fallback != "" || h.Route.RejectedVideo == plan.Skip {
		return t
	}
	known := plan.KnownOf(h.Session.Doc().Find(t.Media.ID))
	known.Fallback = h.Route.RejectedVideo
	return plan.Compose(h.Route, t.Media, known)
}
