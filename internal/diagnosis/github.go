package diagnosis

import "github.com/postferry/postferry/internal/httpx"

// githubRefusals explains what GitHub answers. What the words say comes before what the status
// says.
// Source: https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api
var githubRefusals = []refusalRow{
	{service: "github", class: httpx.Unauthorized, Diagnosis: Diagnosis{
		"github-token", "GitHub does not accept a token",
		"GITHUB_TOKEN or SECRETS_TOKEN is wrong or has expired.",
		"In a workflow leave `github-token` at its default.\n" +
			"For SECRETS_TOKEN make a new fine-grained token and put it into the secret " +
			"SECRETS_TOKEN.",
		patSettings}},
	{service: "github", typ: "protected-branch", component: State, Diagnosis: Diagnosis{
		"state-protected", "the state branch is protected against postferry's writes",
		"A ruleset or a branch protection covers the branch {branch}. Without its memory " +
			"postferry posts nothing and spends no token. It is no race and no missing " +
			"permission.",
		"Leave the branch {branch} out of it: Settings > Rules > Rulesets. A ruleset for all " +
			"branches needs an exclusion.\n" +
			"Where no ruleset names it, look at Settings > Branches for an older branch " +
			"protection.",
		"{repo}/settings/rules"}},
	{service: "github", typ: "issues-disabled", Diagnosis: Diagnosis{
		"github-issues-disabled", "issues are switched off in this repository",
		"postferry tells of failures by an issue.",
		"Settings > General > Features: switch Issues on.", "{repo}/settings"}},
	{service: "github", typ: "archived", Diagnosis: Diagnosis{
		"github-archived", "the repository is archived",
		"An archived repository is read only: nothing can be stored in it, and no schedule runs.",
		"Settings > General > Danger zone: press Unarchive this repository.", "{repo}/settings"}},
	{service: "github", class: httpx.Forbidden, Diagnosis: Diagnosis{
		"github-permission", "GitHub does not let the token do that",
		"The job's token lacks a permission. The answer names the one that the call needs, where " +
			"GitHub says it.",
		"Give the job `permissions: {contents: write, issues: write}` in the workflow.\n" +
			"An organisation may limit it: Settings > Actions > General > Workflow permissions.",
		"{repo}/settings/actions"}},
	{service: "github", class: httpx.NotFound, Diagnosis: Diagnosis{
		"github-permission", "GitHub does not show the repository to this token",
		"GitHub says 404 for what a token may not see.",
		"Check GITHUB_REPOSITORY, and that the token is for this repository with Contents: read " +
			"and write.",
		""}},
	{service: "github", class: httpx.RateLimited, Diagnosis: Diagnosis{
		"github-throttled", "GitHub's rate limit is used up",
		"A job's own token has 1,000 requests an hour for the whole repository.",
		"Nothing to do: it is lifted within the hour.\nLook for other workflows that use it up.",
		"{repo}/actions"}},
	{service: "github", class: httpx.Transient, Diagnosis: Diagnosis{
		"github-down", "GitHub does not answer properly",
		"Server errors or time-outs on GitHub's side.",
		"Nothing to do: the next run tries again.", githubStatus}},
	{service: "github", typ: "unknown-conflict", component: State, Diagnosis: Diagnosis{
		"state-refused", "GitHub refuses to write the state branch",
		"GitHub calls it a conflict, in words that say neither that the branch {branch} has " +
			"moved nor that it is protected. Without its memory postferry posts nothing and " +
			"spends no token.",
		"Read GitHub's own words, and look at the settings of the branch {branch} and at " +
			"Settings > Rules > Rulesets.\n" +
			"If neither helps, open an issue in this repository and paste the words.",
		"{repo}/settings/rules"}},
	// The commits of other runs came first, each time.
	{service: "github", class: httpx.Conflict, Diagnosis: Diagnosis{
		"github-race", "another run keeps writing the state first",
		"GitHub refused each write to the branch {branch}, because it had moved meanwhile.",
		"Nothing to do: the next run tries again.\n" +
			"If it stays, look for a second copy of the workflow without a `concurrency` group.",
		"{repo}/actions"}},
}
