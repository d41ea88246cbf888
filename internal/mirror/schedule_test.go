package mirror_test

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/mirror"
	"github.com/postferry/postferry/internal/sim"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/verdict"
)

// schedule runs the program every ten minutes or so, with the breakers that the program keeps
// around a run.
type schedule struct {
	*scene
	every      time.Duration // between two runs; 0 is ten minutes
	x, replies breaker
	ended      []mirror.Entry // given up, skipped or withdrawn
	incidents  []string       // the components that failed, each time that a breaker opened
	faults     int            // of the media host
}

// breaker is one circuit breaker.
type breaker struct {
	tries int
	next  time.Time
}

func (b *breaker) failed(now time.Time) (opened bool) {
	b.tries++
	b.next = now.Add(verdict.ProbeWait(b.tries))
	return b.tries == 1
}

// tick is one scheduled run.
func (c *schedule) tick() {
	c.t.Helper()
	c.w.Advance(cmp.Or(c.every, 10*time.Minute))
	now := c.w.Now()
	if now.Before(c.x.next) {
		return
	}
	c.probe, c.noReplies = c.x.tries, now.Before(c.replies.next)
	c.probesReplies = c.replies.tries > 0 && !c.noReplies
	p := c.start(c.w.Transport())
	c.ended = slices.Concat(c.ended, p.out.GivenUp, p.out.Skipped, p.out.Withdrawn)
	for _, f := range p.out.Faults {
		if f.Component == "media-host" {
			c.faults++
		}
		if f.Component == "x-replies" && c.replies.failed(now) {
			c.incidents = append(c.incidents, f.Component)
		}
	}
	if p.out.Works.Reply {
		c.replies = breaker{}
	}
	c.settleX(p, now)
}

// settleX keeps the breaker of X.
func (c *schedule) settleX(p *process, now time.Time) {
	c.t.Helper()
	var refused *mirror.RefusedError
	switch {
	case errors.As(p.err, &refused):
		if c.x.failed(now) {
			c.incidents = append(c.incidents, refused.Component())
		}
	case httpx.ClassOf(p.err) == httpx.OutOfCredit, httpx.ClassOf(p.err) == httpx.Unauthorized:
		if c.x.failed(now) {
			c.incidents = append(c.incidents, "x")
		}
	case httpx.IsTransient(p.err):
	case p.err != nil && httpx.ClassOf(p.err) != httpx.Ambiguous:
		c.t.Fatalf("run %d: %v", c.runs, p.err)
	case p.out.Works.Post || p.out.Works.Reply:
		c.x = breaker{}
	}
}

// ticks runs for a time.
func (c *schedule) ticks(d time.Duration) {
	c.t.Helper()
	for end := c.w.Now().Add(d); c.w.Now().Before(end); {
		c.tick()
	}
}

// record is the record of a media.
func (c *schedule) record(id string) state.Record {
	c.t.Helper()
	if rec := c.doc().Find(id); rec != nil {
		return *rec
	}
	return state.Record{Status: "none"}
}

// texts are the posts on X that answer none, oldest first.
func (s *scene) texts() (out []string) {
	for _, tw := range s.w.X().Tweets() {
		if tw.InReplyTo == "" {
			out = append(out, tw.Text)
		}
	}
	return out
}

// sized is a photo of another size than every other one: a fault finds it again when it is written
// anew.
func sized(caption string, width int) sim.Media {
	m := photo(caption)
	m.Items[0].Bytes = sim.PhotoBytes(width, 64, width)
	m.Items[0].AltText = ""
	return m
}

// clip is a video of a length of its own.
func clip(caption string, seconds int) sim.Media {
	m := video(caption)
	m.Items[0].Bytes = sim.VideoBytes(seconds, seconds)
	return m
}

// hits makes a fault meet one media for good: a photo of a width, or a video of a size.
func hits(f sim.Fault, m sim.Media) sim.Fault {
	f.Times = -1
	before := f.When
	width, size := 0, int64(len(m.Items[0].Bytes))
	sum := sha256.Sum256(m.Items[0].Bytes)
	digest := hex.EncodeToString(sum[:])
	if m.Items[0].Kind == "photo" {
		fmt.Sscan(m.Caption, &width)
	}
	f.When = func(s sim.Subject) bool {
		if before != nil && !before(s) {
			return false
		}
		for _, file := range s.Files {
			if width > 0 && file.Width == width ||
				width == 0 && (file.Size == size || file.SHA256 == digest) {
				return true
			}
		}
		return false
	}
	return f
}

// refusals are the seen answers of one service and fault.
func refusals(service string, whose ...string) (out []sim.Refusal) {
	for _, r := range sim.Refusals {
		if r.Service == service && slices.Contains(whose, r.Whose) {
			out = append(out, r)
		}
	}
	return out
}
