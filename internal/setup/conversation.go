package setup

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/postferry/postferry/internal/github"
	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/report"
)

// Times of the wait for the person. X's code lives 30 seconds, and an unchanged list of comments
// costs nothing of GitHub's limit.
const (
	waitFor   = 10 * time.Minute
	askEvery  = 2 * time.Second
	lookEvery = 15                      // looks at the comments before one at the issue itself
	leaveTime = 2500 * time.Millisecond // for taking the link out of the issue when cancelled
	leastWait = 2 * time.Minute         // a person needs as long to log in
)

// question is what a comment of the person answers.
type question interface {
	// show puts the question into the checklist, or takes it out.
	show(l *checklist, shown bool)
	// meant reports whether a comment is meant as an answer. People may talk, too.
	meant(body string) bool
	// take acts on an answer. It reports whether the question is answered.
	take(ctx context.Context, body string) (done bool, err error)
	// missed says that no answer came.
	missed() string
}

// await shows a question in the issue and waits for the answer of the person who started the run.
// It reports whether the answer came. All questions of a run share ten minutes.
func (g *Guide) await(ctx context.Context, q question) (answered bool, err error) {
	if g.list.until.IsZero() {
		g.list.until = g.Now().Add(waitFor)
	}
	left := min(g.list.until.Sub(g.Now()), waitFor)
	if left < leastWait {
		g.list.note(g.Text("setup.note.no-time"))
		return false, nil
	}
	q.show(&g.list, true)
	if err := g.publish(ctx); err != nil {
		return false, err
	}
	wait, cancel := context.WithTimeout(ctx, left)
	err = (&conversation{Guide: g, question: q, seen: map[string]bool{}}).wait(wait)
	cancel()
	if errors.Is(err, errNewer) {
		return false, err // the issue is the other run's
	}
	q.show(&g.list, false)
	return err == nil, g.unanswered(ctx, q, err)
}

// unanswered says in the issue why a wait has ended without an answer.
func (g *Guide) unanswered(ctx context.Context, q question, why error) error {
	switch {
	case why == nil:
		return nil
	case errors.Is(why, errClosed):
		_ = g.publish(ctx) // the issue may be gone
		return why
	case ctx.Err() != nil:
		g.list.note(g.Text("setup.note.cancelled"))
		g.Talk(g.Text("setup.log.cancelled"))
		leave, stop := httpx.Grace(ctx, leaveTime)
		defer stop()
		return errors.Join(ctx.Err(), g.publish(leave))
	case errors.Is(why, context.DeadlineExceeded):
		g.list.note(q.missed())
		return nil
	}
	return errors.Join(why, g.publish(ctx))
}

// conversation reads the comments on the issue until a question is answered.
type conversation struct {
	*Guide
	question question
	seen     map[string]bool // comments that were read, by id and text: one may be edited
	etag     string          // of the list that was read last
}

// wait returns nil once the question is answered, or ctx's error.
func (c *conversation) wait(ctx context.Context) error {
	for n := 1; ; n++ {
		if done, err := c.look(ctx); done || err != nil {
			return err
		}
		if n%lookEvery == 0 {
			if err := c.keep(ctx); err != nil {
				return err
			}
		}
		if err := httpx.Sleep(ctx, askEvery); err != nil {
			return err
		}
	}
}

// look reads the list of comments once. Where GitHub fails for a moment the next look may work.
func (c *conversation) look(ctx context.Context) (done bool, err error) {
	got, err := c.board.Comments(ctx, c.board.number, c.etag)
	if err != nil {
		if httpx.IsTransient(err) || ctx.Err() != nil {
			return false, nil
		}
		return false, c.board.unwritable(err)
	}
	c.etag = got.ETag
	return c.readAll(ctx, got.List)
}

// keep puts back what somebody changed in the issue.
func (c *conversation) keep(ctx context.Context) error {
	changed, err := c.board.check(ctx)
	if err != nil || !changed {
		return err
	}
	c.list.note(c.Text("setup.note.put-back"))
	return c.publish(ctx)
}

// readAll reads the comments that are new or were edited, and brings the issue up to date.
func (c *conversation) readAll(ctx context.Context, list []github.Comment) (done bool, err error) {
	for _, one := range list {
		key := fmt.Sprint(one.ID, " ", one.Body)
		if c.seen[key] {
			continue
		}
		c.seen[key] = true
		if done, err = c.read(ctx, one); done || err != nil {
			return done, err
		}
	}
	return false, c.publish(ctx)
}

// read acts on one comment. It reports whether the question is answered.
func (c *conversation) read(ctx context.Context, one github.Comment) (done bool, err error) {
	if one.Bot || c.leak(ctx, one) || !c.question.meant(one.Body) {
		return false, nil
	}
	if !strings.EqualFold(one.Author, c.Actor) {
		c.list.note(c.Text("setup.note.stranger", "Who", report.Text("@"+one.Author),
			"Actor", report.Text("@"+c.Actor)))
		return false, nil
	}
	if err := c.board.newest(ctx); err != nil {
		return false, err
	}
	// X's code lives 30 seconds, so the answer is taken first. The comment goes whatever came of
	// it.
	done, err = c.question.take(ctx, one.Body)
	c.board.remove(ctx, one)
	return done, err
}

// sweep deletes what must not stand in a comment, and the addresses of earlier links.
func (g *Guide) sweep(ctx context.Context) error {
	if g.board.created {
		return nil
	}
	got, err := g.board.Comments(ctx, g.board.number, "")
	if err != nil {
		return g.board.unwritable(err)
	}
	for _, c := range got.List {
		_, q := returned(c.Body)
		switch {
		case g.leak(ctx, c):
		case c.Author == g.Actor && q != nil:
			g.board.remove(ctx, c)
		}
	}
	return nil
}

// leak deletes a comment that holds a secret, or what looks like one, and says which key to renew.
func (g *Guide) leak(ctx context.Context, c github.Comment) bool {
	renew := leaks{g.Words, g.Route, g.Values, g.secretLink}.found(c.Body)
	if c.Bot || renew == "" {
		return false
	}
	if err := g.board.DeleteComment(ctx, c.ID); err != nil {
		renew += " " + g.Text("setup.leak.not-deleted")
	}
	g.list.warn(renew)
	return true
}

// confirmation is a question that a comment with the word yes answers.
type confirmation struct {
	text   string
	none   string // what the issue says if no answer came
	accept func(context.Context) error
}

// meant reports whether a comment is the word yes. Nothing else is taken for an answer.
func (q *confirmation) meant(body string) bool { return isYes(body) }

// missed says that the account of before stays.
func (q *confirmation) missed() string { return q.none }

// show puts the question at the top of the issue.
func (q *confirmation) show(l *checklist, shown bool) {
	l.asked = ""
	if shown {
		l.asked = q.text
	}
}

// take keeps what the person said yes to. A cancelled run does that too.
func (q *confirmation) take(ctx context.Context, _ string) (bool, error) {
	keep, stop := httpx.Grace(ctx, leaveTime)
	defer stop()
	return true, q.accept(keep)
}

// isYes reports whether a comment is the word yes.
func isYes(body string) bool {
	word := strings.ToLower(strings.Trim(body, " \t\r\n.!`。"))
	return word == "yes" || word == "はい"
}
