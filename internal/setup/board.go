package setup

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/github"
	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/report"
)

// Label is on every issue of ours.
const label = "postferry"

// Errors that end a wait. None of them is the run's failure.
var (
	errNewer  = errors.New("a newer set-up has taken over the issue")
	errClosed = errors.New("the issue was closed")
)

// board is the issue of a set-up, as this run knows it. It finds, opens and writes the issue, and
// knows nothing of what the text says.
type board struct {
	*github.Issues
	words      message.Words
	route, run string
	several    bool // reports whether other routes have issues, too
	number     int
	title      string // the title that the issue gets with its next text, "" to leave it
	written    string // the issue's body as this run last wrote it
	created    bool   // by this run
}

// find looks for the route's issue. A closed one is opened again: its address is the callback that
// the person has entered at X.
func (b *board) find(ctx context.Context) (found bool, err error) {
	list, err := b.List(ctx, label, "all", time.Time{})
	if err != nil {
		return false, b.unwritable(err)
	}
	for _, one := range list {
		if !b.ours(ctx, one) {
			continue
		}
		b.number, b.written, b.title = one.Number, one.Body, b.translated(one.Title)
		if one.State == "open" {
			return true, nil
		}
		again := github.Edit{State: "open", Reason: "reopened"}
		if _, err := b.Edit(ctx, one.Number, again); err != nil {
			return false, b.unwritable(err)
		}
		return true, nil
	}
	return false, nil
}

// translated returns the issue's title in the person's language if it has our own title in another
// one, and "" if it is right or a person has renamed the issue.
func (b *board) translated(title string) string {
	wanted := b.titleIn(b.words)
	for _, language := range []message.Language{message.English, message.Japanese} {
		if title != wanted && title == b.titleIn(message.Words{Language: language}) {
			return wanted
		}
	}
	return ""
}

// titleIn returns the issue's title in a language. One of several names its route.
func (b *board) titleIn(w message.Words) string {
	if b.several {
		return w.Text("setup.issue.title-route", "Route", b.route)
	}
	return w.Text("setup.issue.title")
}

// ours reports whether an issue is the route's set-up, by its hidden marker and its author.
func (b *board) ours(ctx context.Context, one github.Issue) bool {
	route, component, _, ok := report.Body(one.Body).Marker()
	if !ok || component != diagnosis.Setup || route != b.route {
		return false
	}
	mine, err := b.Mine(ctx, one)
	return err == nil && mine
}

// open makes the issue.
func (b *board) open(ctx context.Context, issue github.NewIssue) error {
	// A label that can't be made costs nothing but the label: Create makes the issue all the same.
	_ = b.EnsureLabel(ctx, label, "d4a72c", "postferry: says what is going on here")
	issue.Labels = []string{label}
	made, err := b.Create(ctx, issue)
	if err != nil {
		return b.unwritable(err)
	}
	b.number, b.written, b.created = made.Number, made.Body, true
	return nil
}

// publish brings the issue up to date. It writes nothing if nothing changed.
func (b *board) publish(ctx context.Context, body string) error {
	if same(body, b.written) && b.title == "" {
		return nil
	}
	if _, err := b.Edit(ctx, b.number, github.Edit{Title: b.title, Body: body}); err != nil {
		return b.unwritable(err)
	}
	b.written, b.title = body, ""
	return nil
}

// same forgives what GitHub does to white space.
func same(a, b string) bool {
	tidy := func(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")) }
	return tidy(a) == tidy(b)
}

// check looks whether the issue is still open and this run's. It reports whether somebody has
// changed the text: the consent link of a stranger must not stand there.
func (b *board) check(ctx context.Context) (changed bool, err error) {
	one, err := b.Get(ctx, b.number)
	switch {
	case httpx.ClassOf(err) == httpx.NotFound:
		return false, errClosed
	case err != nil:
		return false, nil // the next look may work
	case one.State != "open":
		return false, errClosed
	}
	if err := b.superseded(one); err != nil {
		return false, err
	}
	return !same(one.Body, b.written), nil
}

// newest reports as an error whether a newer run has the issue: its login would end this one's.
func (b *board) newest(ctx context.Context) error {
	one, err := b.Get(ctx, b.number)
	if err != nil {
		return nil // the 30 seconds of X's code pass
	}
	return b.superseded(one)
}

// superseded reports as an error whether another run has written the issue since.
func (b *board) superseded(one github.Issue) error {
	if run := runOf(one.Body); run != "" && run != b.run {
		return errNewer
	}
	return nil
}

// remove deletes a comment. One that stays does no harm, because its code is used or worthless.
func (b *board) remove(ctx context.Context, c github.Comment) {
	out, stop := httpx.Grace(ctx, leaveTime)
	defer stop()
	_ = b.DeleteComment(out, c.ID)
}

// address is the issue's own. It is a callback of X's too.
func (b *board) address(home string) string { return fmt.Sprintf("%s/issues/%d", home, b.number) }

// unwritable says what a person can do about an issue that can't be read or written.
func (b *board) unwritable(err error) error {
	fix := b.words.Text("setup.issue.denied")
	if httpx.ClassOf(err) == httpx.NotFound || httpx.As(err) != nil && httpx.As(err).Status == 410 {
		fix = b.words.Text("setup.issue.off")
	}
	return adviseOn(err, fix, b.words.Text("setup.issue.unwritable", "Why", err))
}
