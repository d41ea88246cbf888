package cli

import (
	"context"
	"fmt"
	"io"

	"github.com/postferry/postferry/internal/actions"
	"github.com/postferry/postferry/internal/build"
	"github.com/postferry/postferry/internal/github"
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/plan"
	"github.com/postferry/postferry/internal/provenance"
	"github.com/postferry/postferry/internal/report"
)

// news asks the project's public releases what is new, in one request, and looks which tables of
// this build have aged. A refusal is silent: a person can do nothing about it, and a fork or a
// server of its own has no such page. A build that is no release asks nothing.
func (j *job) news(ctx context.Context) build.News {
	var list []build.Published
	if build.Release != "" {
		o := j.repoOptions(j.githubToken)
		o.Owner, o.Repo, _ = actions.SplitName(build.Home)
		releases, _ := github.New(o).Releases(ctx)
		for _, r := range releases {
			list = append(list, build.Published{Version: r.Version, At: r.Published})
		}
	}
	facts := []build.Fact{
		{What: "the table of Graph API versions", Read: instagram.VersionsRead},
		{What: "X's price list", Read: plan.PricesRead},
	}
	return build.Read(list, facts, j.now())
}

// printVersion says which version this is, what is new, and whether the program is attested.
func (j *job) printVersion(ctx context.Context, out io.Writer) {
	fmt.Fprintf(out, "\npostferry %s of %s\n", build.Version(), build.Home)
	for _, line := range j.news(ctx).Lines(j.now()) {
		fmt.Fprintf(out, "  %s\n", line)
		if j.runner.InWorkflow {
			j.notice(line)
		}
	}
	if line := provenance.Sentence(ctx, j.githubToken); line != "" {
		fmt.Fprintf(out, "  %s\n", report.Quote(line))
	}
}
