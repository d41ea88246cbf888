package run

import (
	"context"
	"fmt"
	"time"

	"github.com/postferry/postferry/internal/alert"
	"github.com/postferry/postferry/internal/build"
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/plan"
	"github.com/postferry/postferry/internal/provenance"
	"github.com/postferry/postferry/internal/report"
	"github.com/postferry/postferry/internal/state"
)

// releasesAsked is how long the answer about the project's releases is good.
const releasesAsked = 24 * time.Hour

// facts are the tables of this build that age. Their names are those of their messages.
func facts() []build.Fact {
	return []build.Fact{
		{Name: "run.news.graph-versions", Read: instagram.VersionsRead},
		{Name: "run.news.x-prices", Read: plan.PricesRead},
	}
}

// news is what a person should know of this build: a newer release, and tables that have aged.
type news struct{ *Job }

// ask asks the project's public releases what is new, in one request, and looks which tables of
// this build have aged. A refusal is silent: a person can do nothing about it, and a fork or a
// server of its own has no such page. A build that is no release asks nothing.
func (j news) ask(ctx context.Context) build.News {
	var list []build.Published
	if build.Release != "" {
		releases, _ := j.project().Releases(ctx)
		for _, r := range releases {
			list = append(list, build.Published{Version: r.Version, At: r.Published})
		}
	}
	return build.Read(list, facts(), j.clock.now())
}

// ofTheDay is the news as the document has it. It asks when the answer is a day old, and notes
// that it asked even if there is no answer.
func (j news) ofTheDay(ctx context.Context, s *state.Session) build.News {
	known, now := s.Doc().Releases, j.clock.now()
	age := now.Sub(known.Asked)
	if build.Release != "" && (age >= releasesAsked || age < 0) {
		n := j.ask(ctx)
		if !n.Own.At.IsZero() || n.Newest.Version != "" || known.Own != build.Release {
			known = state.Releases{
				Own: build.Release, OwnAt: n.Own.At,
				Newest: n.Newest.Version, NewestAt: n.Newest.At,
			}
		}
		known.Asked = now.UTC().Truncate(time.Second)
		// If the write fails, the next rotation asks again.
		_ = s.Update(ctx, s.Route+": asked for postferry's releases",
			func(d *state.Document) error {
				d.Releases = known
				return nil
			})
	}
	list := []build.Published{
		{Version: known.Own, At: known.OwnAt}, {Version: known.Newest, At: known.NewestAt},
	}
	return build.Read(list, facts(), now)
}

// item is one thing of the news: what is so, and what to do about it.
type item struct{ text, fix string }

// items says the news in sentences; none if there is nothing to say. They depend on the day alone,
// so that an issue is edited once a day.
func items(w message.Words, n build.News, now time.Time) (out []item) {
	page := build.URL() + "/releases"
	if n.Newest.Version != "" {
		own := n.Own.Version
		if !n.Own.At.IsZero() {
			own = w.Text("run.news.own", "Version", own,
				"Day", w.Date(n.Own.At), "Count", days(n.Own.At, now))
		}
		out = append(out, item{
			text: w.Text("run.news.newer", "Version", n.Newest.Version,
				"Day", w.Date(n.Newest.At), "Own", own),
			fix: w.Text("run.news.update", "Page", page),
		})
	}
	for _, f := range n.Aged {
		fix := w.Text("run.news.aged-newer")
		if n.Newest.Version == "" {
			fix = w.Text("run.news.aged-newest", "Page", page)
		}
		text := w.Text("run.news.aged", "What", w.Text(f.Name), "Day", w.Date(f.Read),
			"Count", days(f.Read, now))
		out = append(out, item{text, fix})
	}
	return out
}

// days counts whole days.
func days(from, to time.Time) int { return int(to.Sub(from).Hours() / 24) }

// reminders tells the news in the attention issue.
func (j news) reminders(ctx context.Context, s *state.Session) (out []alert.Expiry) {
	n := j.ofTheDay(ctx, s)
	for _, i := range items(j.console.Words, n, j.clock.now()) {
		// An issue that a person has closed is opened again for another version alone.
		what := "postferry " + n.Newest.Version
		out = append(out, alert.Expiry{What: what, Sentence: i.text, Fix: i.fix})
	}
	return out
}

// print says which version this is, what is new, and whether the program is attested.
func (j news) print(ctx context.Context) {
	out := j.console.Out
	fmt.Fprintf(out, "\n%s\n",
		j.console.Words.Text("run.news.build", "Version", build.Version(), "Home", build.Home))
	for _, i := range items(j.console.Words, j.ask(ctx), j.clock.now()) {
		line := j.console.Words.Sentences(i.text, i.fix)
		fmt.Fprintf(out, "  %s\n", line)
		if j.env.Runner.InWorkflow {
			j.console.Notice(line)
		}
	}
	if line := provenance.Sentence(ctx, j.console.Words, j.env.GitHubToken); line != "" {
		fmt.Fprintf(out, "  %s\n", report.Quote(line))
	}
}
