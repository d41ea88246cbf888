package diagnosis

import "github.com/postferry/postferry/internal/httpx"

// githubRefusals explains what GitHub answers. What the words say comes before what the status
// says.
// Source: https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api
var githubRefusals = []refusalRow{
	{service: "github", class: httpx.Unauthorized,
		Diagnosis: Diagnosis{Key: "github-token", Link: patSettings}},
	{service: "github", typ: "protected-branch", component: State,
		Diagnosis: Diagnosis{Key: "state-protected", Link: "{repo}/settings/rules"}},
	{service: "github", typ: "issues-disabled",
		Diagnosis: Diagnosis{Key: "github-issues-disabled", Link: "{repo}/settings"}},
	{service: "github", typ: "archived",
		Diagnosis: Diagnosis{Key: "github-archived", Link: "{repo}/settings"}},
	{service: "github", class: httpx.Forbidden,
		Diagnosis: Diagnosis{Key: "github-permission", Link: "{repo}/settings/actions"}},
	{service: "github", class: httpx.NotFound,
		Diagnosis: Diagnosis{Key: "github-permission", texts: "github-not-found"}},
	{service: "github", class: httpx.RateLimited,
		Diagnosis: Diagnosis{Key: "github-throttled", Link: "{repo}/actions"}},
	{service: "github", class: httpx.Transient,
		Diagnosis: Diagnosis{Key: "github-down", Link: githubStatus}},
	{service: "github", typ: "unknown-conflict", component: State,
		Diagnosis: Diagnosis{Key: "state-refused", Link: "{repo}/settings/rules"}},
	// The commits of other runs came first, each time.
	{service: "github", class: httpx.Conflict,
		Diagnosis: Diagnosis{Key: "github-race", Link: "{repo}/actions"}},
}
