package config

import (
	"fmt"
	"strings"
	"testing"
)

// secrets returns texts that look like the three services' secrets. They are put together here, so
// that nothing takes them for real ones.
func secrets() map[string]string {
	return map[string]string{
		"Instagram token":     "IGAA" + strings.Repeat("Zx7", 30),
		"old Instagram token": "IGQV" + strings.Repeat("Zx7", 5),
		"Facebook token":      "EAA" + strings.Repeat("Gb0", 40),
		"app secret":          strings.Repeat("0a1b", 8),
		"numeric app secret":  strings.Repeat("4071", 8),
		"X refresh token":     strings.Repeat("bW9x", 16) + "OjE2",
		"X client secret":     strings.Repeat("q-R_8", 9),
		"short X client id":   "a1" + strings.Repeat("Xz", 10),
		"GitHub token":        "ghp_" + strings.Repeat("k9", 18),
		"fine-grained token":  "github_pat_" + strings.Repeat("k9", 18),
		"Slack token":         "xoxb-" + strings.Repeat("12", 6),
		"without digits":      strings.Repeat("aBcDeFgHiJ", 7),
	}
}

// pasted are the ways in which a secret gets into a file.
var pasted = []string{
	"%s", "'%s'", "' %s'", "'Bearer %s'", "'#%s'", "'@%s'", "'refs/heads/%s '", "['%s']", "'{%s}'",
	"'{caption} {%s'",
	"'https://graph.instagram.com/me?access_token=%s&x=1'", "!x %s", "\"%s\\n\"",
}

// wrongPlaces are keys of every kind, and some that are none.
var wrongPlaces = []string{
	"state_branch", "secrets_environment", "routes", "incidents", "incidents.slack_mention",
	"routes.main",
	"routes.main.instagram.api_version", "routes.main.instagram.token", "routes.main.start",
	"routes.main.only",
	"routes.main.require_hashtags", "routes.main.text.template", "routes.main.limits.usd_per_month",
	"routes.main.alt_text", "routes.main.tokens",
	"timezone", "language", "routes.main.delay", "routes.main.x.auth", "routes.main.x.account",
}

func TestSecretIsNeverRepeated(t *testing.T) {
	for name, secret := range secrets() {
		var files []string
		for _, way := range pasted {
			for _, path := range wrongPlaces {
				files = append(files, nested(path, fmt.Sprintf(way, secret)))
			}
		}
		for _, outer := range []string{
			"", "routes.", "routes.main.", "routes.main.x.", "incidents.",
		} {
			for _, key := range []string{secret, "'" + secret + " '", "'#" + secret + "'"} {
				files = append(files, nested(outer+key, "1"),
					nested(outer+key, "{"+key+": "+key+"}"))
			}
		}
		files = append(files, "routes:\n  "+secret+": {}\ntext:\n  long: thread\n")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, in := range files {
				got := problemsOf(in)
				if strings.Contains(strings.ToLower(got), strings.ToLower(secret[:12])) {
					t.Fatalf("%s\nis answered with: %s", in, got)
				}
			}
		})
	}
}

// A secret in the place of a variable's name is an error, and not a variable that is unset.
func TestSecretIsNoVariable(t *testing.T) {
	for name, secret := range secrets() {
		for _, v := range Default().Routes[0].Variables() {
			got := problemsOf(nested("routes.main."+v.Key, "'"+secret+"'"))
			want := v.Key + ": the value looks like a secret; " +
				"everybody who reads this file can use it, so make a new one; "
			if !strings.Contains(got, want) {
				t.Errorf("%s in %s: got %q", name, v.Key, got)
			}
		}
	}
}

// What people really call things must not be taken for a secret.
func TestNamesAreNoSecrets(t *testing.T) {
	for _, name := range []string{
		"INSTAGRAM_TOKEN", "X_REFRESH_TOKEN_2", "INSTAGRAM_TOKEN_CAFE_KYOTO_2026",
		"x_refresh_token_cafe_2", "IG", "E",
		"_x", "TOKEN_OF_THE_ACCOUNT_WITH_A_REALLY_LONG_NAME_2026",
	} {
		c := mustParse(t, nested("routes.main.x.client_secret", name))
		if got := c.Routes[0].X.ClientSecret; got != name {
			t.Errorf("got %q, want %q", got, name)
		}
	}
}

func TestAccessTokenIsNamedAfterTheRefreshToken(t *testing.T) {
	for _, tt := range []struct{ refresh, want string }{
		{"X_REFRESH_TOKEN", "X_ACCESS_TOKEN"},
		{"X_REFRESH_TOKEN_CAFE", "X_ACCESS_TOKEN_CAFE"},
		{"x_refresh_token2", "x_access_token2"},
		{"REFRESH_REFRESH", "ACCESS_REFRESH"},
		{"XTOKEN", "XTOKEN_ACCESS"},
		{"token_of_the_cafe_2", "token_of_the_cafe_2_access"},
	} {
		c := mustParse(t, nested("routes.main.x.refresh_token", tt.refresh))
		if got := c.Routes[0].X.AccessToken; got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.refresh, got, tt.want)
		}
	}
}

func TestShown(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"", `""`},
		{"a\nb", `"a\nb"`},
		{"字\u202e", `"字\u202e"`},
		{strings.Repeat("字", 41), `"` + strings.Repeat("字", 40) + `…"`},
		{strings.Repeat("a", 60), `"` + strings.Repeat("a", 40) + `…"`},
		{strings.Repeat("a", 61), "a text of 61 characters"},
	} {
		if got := (&speech{}).shown(tt.in); got != tt.want {
			t.Errorf("%q: got %s, want %s", tt.in, got, tt.want)
		}
	}
}
