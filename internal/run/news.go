package run

import (
	"context"
	"fmt"

	"github.com/postferry/postferry/internal/build"
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/plan"
	"github.com/postferry/postferry/internal/provenance"
	"github.com/postferry/postferry/internal/report"
)

// news asks the project's public releases what is new, in one request, and looks which tables of
// this build have aged. A refusal is silent: a person can do nothing about it, and a fork or a
// server of its own has no such page. A build that is no release asks nothing.
func (j *Job) news(ctx context.Context) build.News {
	var list []build.Published
	if build.Release != "" {
		releases, _ := j.project().Releases(ctx)
		for _, r := range releases {
			list = append(list, build.Published{Version: r.Version, At: r.Published})
		}
	}
	facts := []build.Fact{
		{What: "the table of Graph API versions", Read: instagram.VersionsRead},
		{What: "X's price list", Read: plan.PricesRead},
	}
	return build.Read(list, facts, j.clock.now())
}

// printVersion says which version this is, what is new, and whether the program is attested.
func (j *Job) printVersion(ctx context.Context) {
	out := j.console.Out
	fmt.Fprintf(out, "\npostferry %s of %s\n", build.Version(), build.Home)
	for _, line := range j.news(ctx).Lines(j.clock.now()) {
		fmt.Fprintf(out, "  %s\n", line)
		if j.env.Runner.InWorkflow {
			j.console.Notice(line)
		}
	}
	if line := provenance.Sentence(ctx, j.env.GitHubToken); line != "" {
		fmt.Fprintf(out, "  %s\n", report.Quote(line))
	}
}
