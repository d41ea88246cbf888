package diagnosis

import (
	"maps"
	"slices"
	"strings"

	"github.com/postferry/postferry/internal/config"
)

// Names are what a person knows the things by that a diagnosis speaks of: the route's own secrets,
// its file, the branch. The texts of a diagnosis name them in braces, "{INSTAGRAM_TOKEN}", because
// another route's secret must never be overwritten by mistake.
type Names map[string]string

// defaults has every name that a text may use, with its value in a repository of one route and
// without a configuration. A link that needs an unknown repository is left out.
var defaults = Names{
	"route": "main", "file": "state/main.yaml", "branch": "postferry-state", "repo": "",
	"INSTAGRAM_TOKEN": "INSTAGRAM_TOKEN", "INSTAGRAM_USER_ID": "INSTAGRAM_USER_ID",
	"INSTAGRAM_APP_ID": "INSTAGRAM_APP_ID", "INSTAGRAM_APP_SECRET": "INSTAGRAM_APP_SECRET",
	"X_REFRESH_TOKEN": "X_REFRESH_TOKEN", "X_CLIENT_ID": "X_CLIENT_ID",
	"X_CLIENT_SECRET": "X_CLIENT_SECRET", "X_API_KEY": "X_API_KEY", "X_API_SECRET": "X_API_SECRET",
	"X_ACCESS_TOKEN": "X_ACCESS_TOKEN", "X_ACCESS_TOKEN_SECRET": "X_ACCESS_TOKEN_SECRET",
}

// NamesOf returns a route's names. branch is the state branch; repo is the repository's address,
// "" if it is not known.
func NamesOf(r config.Route, branch, repo string) Names {
	return Names{
		"route": r.Name, "file": "state/" + r.Name + ".yaml", "branch": branch, "repo": repo,
		"INSTAGRAM_TOKEN": r.Instagram.Token, "INSTAGRAM_USER_ID": r.Instagram.UserID,
		"INSTAGRAM_APP_ID": r.Instagram.AppID, "INSTAGRAM_APP_SECRET": r.Instagram.AppSecret,
		"X_REFRESH_TOKEN": r.X.RefreshToken, "X_CLIENT_ID": r.X.ClientID,
		"X_CLIENT_SECRET": r.X.ClientSecret, "X_API_KEY": r.X.APIKey, "X_API_SECRET": r.X.APISecret,
		"X_ACCESS_TOKEN": r.X.AccessToken, "X_ACCESS_TOKEN_SECRET": r.X.AccessTokenSecret,
	}
}

// replacer puts the names into a text. What n does not have is called by its default.
func (n Names) replacer() *strings.Replacer {
	var pairs []string
	for _, key := range slices.Sorted(maps.Keys(defaults)) {
		value := n[key]
		if value == "" {
			value = defaults[key]
		}
		pairs = append(pairs, "{"+key+"}", value)
	}
	return strings.NewReplacer(pairs...)
}

// Secrets lists the names of the route's secrets.
func (n Names) Secrets() (out []string) {
	for _, key := range slices.Sorted(maps.Keys(n)) {
		if key == strings.ToUpper(key) && n[key] != "" {
			out = append(out, n[key])
		}
	}
	return out
}

// SecretsPage is where a person changes them, "" if the repository is not known.
func (n Names) SecretsPage() string {
	if n["repo"] == "" {
		return ""
	}
	return n["repo"] + "/settings/secrets/actions"
}

// For returns the diagnosis as a person of that route reads it. A nil n has the defaults.
func (d Diagnosis) For(n Names) Diagnosis {
	with := n.replacer()
	if n["repo"] == "" && strings.Contains(d.Link, "{repo}") {
		d.Link = ""
	}
	d.Title, d.Cause = with.Replace(d.Title), with.Replace(d.Cause)
	d.Fix, d.Link = with.Replace(d.Fix), with.Replace(d.Link)
	return d
}

// For returns the examination as a person of that route reads it. The evidence stays as it was
// found: it names the probes, "GET /repos/{repo}/issues", and quotes the services.
func (x Examination) For(n Names) Examination {
	x.Causes = slices.Clone(x.Causes)
	for i, c := range x.Causes {
		x.Causes[i].Diagnosis = c.Diagnosis.For(n)
	}
	return x
}

// Steps are what to do, one after the other.
func (d Diagnosis) Steps() []string { return strings.Split(d.Fix, "\n") }

// Advice is what to do, on one line.
func (d Diagnosis) Advice() string { return strings.Join(d.Steps(), " ") }
