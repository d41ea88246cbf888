package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// sameValues leaves out where the values stand in a file.
var sameValues = cmpopts.IgnoreUnexported(Config{})

func problemsOf(in string) string {
	if _, err := Parse("f.yml", []byte(in)); err != nil {
		return err.Error()
	}
	return ""
}

func mustParse(t *testing.T, in string) *Config {
	t.Helper()
	c, err := Parse("f.yml", []byte(in))
	if err != nil {
		t.Fatalf("%s\n%v", in, err)
	}
	return c
}

// contract is the example of the documentation: every value in it is the default.
const contract = `
version: 1
state_branch: postferry-state
language: en                     # or ja
timezone: UTC                    # an IANA name
routes:
  main:
    instagram:
      login: instagram           # or facebook
      api_version: v25.0
      token: INSTAGRAM_TOKEN     # names of variables, never values
      account: ""                # optional @name
    x:
      auth: oauth2               # or keys
      refresh_token: X_REFRESH_TOKEN
      account: ""                # optional @name
    start: now                   # or all, or a date: what the first run takes
    only: [image, video, carousel]
    require_hashtags: []
    exclude_hashtags: ["#igonly"]
    text:
      template: "{caption}"      # {caption} {permalink} {username} {date}
      long: cut                  # or thread
      link: if-cut
      urls: plain
      mentions: plain
      max_length: 280
    carousel: thread             # or first
    alt_text: true
    collaborations: false
    ai_label: true
    paid_hashtags: []
    rejected_video: thumbnail
    rejected_photo: leave-out
    on_deleted: page
    delay: 0m
    limits: {per_run: 10, per_day: 50, usd_per_month: 5, gap: 20s}
incidents:
  transient_after: 3
  assignees: []
  red: once
  slack_mention: ""
`

// defaults are written out once more here: a table that changes must not change what users rely on.
func defaults() *Config {
	return &Config{
		Version: 1, StateBranch: "postferry-state", Language: "en", Timezone: "UTC",
		Routes: []Route{{
			Name: "main", Timezone: "UTC",
			Instagram: Instagram{
				Login: "instagram", APIVersion: "v25.0", Token: "INSTAGRAM_TOKEN",
				UserID: "INSTAGRAM_USER_ID",
				AppID:  "INSTAGRAM_APP_ID", AppSecret: "INSTAGRAM_APP_SECRET",
			},
			X: X{
				Auth:         "oauth2",
				RefreshToken: "X_REFRESH_TOKEN", AccessToken: "X_ACCESS_TOKEN",
				ClientID: "X_CLIENT_ID", ClientSecret: "X_CLIENT_SECRET",
				APIKey: "X_API_KEY", APISecret: "X_API_SECRET",
				AccessTokenSecret: "X_ACCESS_TOKEN_SECRET",
			},
			Start: "now", Only: []string{"image", "video", "carousel"},
			ExcludeHashtags: []string{"#igonly"},
			Text: Text{
				Template: "{caption}", Long: "cut", Link: "if-cut", URLs: "plain",
				Mentions:  "plain",
				MaxLength: 280,
			},
			Carousel: "thread", AltText: true, AILabel: true,
			RejectedVideo: "thumbnail", RejectedPhoto: "leave-out", OnDeleted: "page",
			Limits: Limits{PerRun: 10, PerDay: 50, USDPerMonth: 5, Gap: 20 * time.Second},
		}},
		Incidents: Incidents{TransientAfter: 3, Red: "once"},
	}
}

func TestDefaultsAreTheDocumentedOnes(t *testing.T) {
	for _, tt := range []struct{ name, in string }{
		{"nothing", ""},
		{"comments", "# later\n"},
		{"an empty document", "---\n"},
		{"a byte order mark", "\ufeffversion: 1\n"},
		{"a version", "version: 1\n"},
		{"groups without values", "routes:\nincidents:\n"},
		{"a route without values", "routes: {main: }\n"},
		{"the contract's example", contract},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := mustParse(t, tt.in)
			if diff := cmp.Diff(got, defaults(), sameValues, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("got, want:\n%s", diff)
			}
		})
	}
	if diff := cmp.Diff(Default(), defaults(), sameValues, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("Default: got, want:\n%s", diff)
	}
}

// other sets every key to something that is not its default.
const other = `
state_branch: mirror/state
language: ja
timezone: Asia/Tokyo
secrets_environment: pröd uction
routes:
  cafe-2:
    instagram:
      login: facebook
      api_version: v26.1
      account: "@my.cafe"
      token: IG
      user_id: IG_USER
      app_id: IG_APP
      app_secret: IG_SECRET
    x:
      auth: keys
      account: My_Cafe
      refresh_token: XR
      access_token: XA
      client_id: XC
      client_secret: XS
      api_key: XK
      api_secret: XKS
      access_token_secret: XAS
    start: 2026-11-01
    only: [video]
    require_hashtags: ["#京都", "news"]
    exclude_hashtags: []
    text:
      template: "{caption}\n\n— {username}, {date} {permalink}"
      long: thread
      link: never
      urls: keep
      mentions: keep
      max_length: 25000
      number: true
    carousel: first
    alt_text: false
    collaborations: true
    ai_label: false
    paid_hashtags: ["#pr"]
    rejected_video: skip
    rejected_photo: link
    on_deleted: tell
    delay: 1h30m
    limits: {per_run: 50, per_day: 1000, usd_per_month: 0.25, gap: 0s}
incidents:
  transient_after: 1
  assignees: [octocat, a-b_c]
  red: always
  slack_mention: "<!here> \"x\""
`

func TestEveryKeyCanBeSet(t *testing.T) {
	want := &Config{
		Version: 1, StateBranch: "mirror/state", SecretsEnvironment: "pröd uction",
		Language: "ja", Timezone: "Asia/Tokyo",
		Routes: []Route{{
			Name: "cafe-2", Timezone: "Asia/Tokyo",
			Instagram: Instagram{
				Login: "facebook", APIVersion: "v26.1", Account: "my.cafe",
				Token: "IG", UserID: "IG_USER", AppID: "IG_APP", AppSecret: "IG_SECRET",
			},
			X: X{
				Auth: "keys", Account: "My_Cafe",
				RefreshToken: "XR", AccessToken: "XA", ClientID: "XC", ClientSecret: "XS",
				APIKey: "XK", APISecret: "XKS", AccessTokenSecret: "XAS",
			},
			Start: "2026-11-01", Only: []string{"video"},
			RequireHashtags: []string{"#京都", "news"}, ExcludeHashtags: []string{},
			Text: Text{
				Template: "{caption}\n\n— {username}, {date} {permalink}",
				Long:     "thread", Link: "never", URLs: "keep", Mentions: "keep",
				MaxLength: 25000, Number: true,
			},
			Carousel: "first", Collaborations: true, PaidHashtags: []string{"#pr"},
			RejectedVideo: "skip", RejectedPhoto: "link", OnDeleted: "tell",
			Delay:  90 * time.Minute,
			Limits: Limits{PerRun: 50, PerDay: 1000, USDPerMonth: 0.25},
		}},
		Incidents: Incidents{
			TransientAfter: 1, Assignees: []string{"octocat", "a-b_c"}, Red: "always",
			SlackMention: `<!here> "x"`,
		},
	}
	c := mustParse(t, other)
	if diff := cmp.Diff(c, want, sameValues); diff != "" {
		t.Errorf("got, want:\n%s", diff)
	}
	// A key that is new must be added above.
	for i, s := range c.Effective() {
		if s.Path != "version" &&
			(s.Source == "default" || s.Value == Default().Effective()[i].Value) {
			t.Errorf("%s is %s, from %s: it is not set", s.Path, s.Value, s.Source)
		}
	}
}

func TestKeyWithoutValueIsTheDefault(t *testing.T) {
	for _, s := range Default().Effective() {
		in := nested(s.Path, "")
		if diff := cmp.Diff(mustParse(t, in), Default(), sameValues); diff != "" {
			t.Errorf("%s: got, want:\n%s", s.Path, diff)
		}
	}
}

// nested is a file that sets the key at path, in block style.
func nested(path, value string) string {
	var b strings.Builder
	for depth, name := range strings.Split(path, ".") {
		b.WriteString("\n" + strings.Repeat("  ", depth) + name + ":")
	}
	return strings.TrimPrefix(b.String(), "\n") + " " + value + "\n"
}

func TestRoutesKeepTheirOrderAndShareWhatIsMerged(t *testing.T) {
	c := mustParse(t, `
routes:
  zoo: &zoo
    x: {refresh_token: X_REFRESH_ZOO}
    limits: &limits {per_run: 1, per_day: 2}
    text: &text {long: thread}
  ant:
    <<: *zoo
    x: {refresh_token: X_ANT}
    limits: {<<: [*limits, {per_run: 3, usd_per_month: 4}], per_day: 5}
  bee: {x: {refresh_token: x_refresh_bee}, text: *text}
`)
	type route struct {
		Name, Refresh, Access, Long string
		Limits                      Limits
	}
	var got []route
	for _, r := range c.Routes {
		got = append(got, route{r.Name, r.X.RefreshToken, r.X.AccessToken, r.Text.Long, r.Limits})
	}
	want := []route{
		{"zoo", "X_REFRESH_ZOO", "X_ACCESS_ZOO", "thread", Limits{1, 2, 5, 20 * time.Second}},
		{"ant", "X_ANT", "X_ANT_ACCESS", "thread", Limits{1, 5, 4, 20 * time.Second}},
		{"bee", "x_refresh_bee", "x_access_bee", "thread", Limits{10, 50, 5, 20 * time.Second}},
	}
	if diff := cmp.Diff(got, want); diff != "" {
		t.Errorf("got, want:\n%s", diff)
	}
}

func TestVariables(t *testing.T) {
	instagram := []Variable{
		{"instagram.token", "IG"}, {"instagram.user_id", "INSTAGRAM_USER_ID"},
		{"instagram.app_id", "INSTAGRAM_APP_ID"}, {"instagram.app_secret", "INSTAGRAM_APP_SECRET"},
	}
	for _, tt := range []struct {
		x    string
		want []Variable
	}{
		{"{refresh_token: X_TOKEN_REFRESH}", []Variable{
			{"x.refresh_token", "X_TOKEN_REFRESH"}, {"x.access_token", "X_TOKEN_ACCESS"},
			{"x.client_id", "X_CLIENT_ID"}, {"x.client_secret", "X_CLIENT_SECRET"},
		}},
		{"{auth: keys}", []Variable{
			{"x.access_token", "X_ACCESS_TOKEN"}, {"x.api_key", "X_API_KEY"},
			{"x.api_secret", "X_API_SECRET"}, {"x.access_token_secret", "X_ACCESS_TOKEN_SECRET"},
		}},
		{"{auth: keys, access_token: X_CAFE}", []Variable{
			{"x.access_token", "X_CAFE"}, {"x.api_key", "X_API_KEY"},
			{"x.api_secret", "X_API_SECRET"}, {"x.access_token_secret", "X_CAFE_SECRET"},
		}},
	} {
		c := mustParse(t, "routes: {main: {x: "+tt.x+", instagram: {token: IG}}}")
		got := c.Routes[0].Variables()
		if diff := cmp.Diff(got, append(instagram[:4:4], tt.want...)); diff != "" {
			t.Errorf("%s: got, want:\n%s", tt.x, diff)
		}
	}
}

// A route may be called as a key is.
func TestRouteNamesThatAreKeys(t *testing.T) {
	for _, in := range []string{
		"{start: }", "{text: {}}", "{x: {start: now}}", "{x: {x: {auth: keys}}}",
	} {
		mustParse(t, "routes: "+in)
	}
}

// Two routes may share one app, with each way to log in.
func TestRoutesShareAnApp(t *testing.T) {
	mustParse(t, "routes: {a: {}, b: {x: {refresh_token: X_B}}}")
	mustParse(t, "routes: {a: {x: {auth: keys}}, b: {x: {auth: keys, access_token: X_B}}}")
}

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"good.yml": "state_branch: loaded", "bad.yml": "red: once", "long.yaml": "",
		"short.yml": "",
		"huge.yml":  strings.Repeat("#", maxSize+1),
		"full.yml":  "state_branch: loaded\n" + strings.Repeat("#", maxSize-21),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		name, path string
		explicit   bool
		branch     string
		problem    string // $ is the path
	}{
		{"a file", "good.yml", true, "loaded", ""},
		{"a file that nobody asked for", "good.yml", false, "loaded", ""},
		{"no file", "none.yml", false, "postferry-state", ""},
		{"no file, and no ending", "none", false, "postferry-state", ""},
		{"no file where one was asked for", "none.yml", true, "", "$: the file does not exist"},
		{"a .yaml beside it", "long.yml", false, "",
			"$: the file does not exist; did you mean DIR/long.yaml?"},
		{"a .yml beside it", "short.yaml", true, "",
			"$: the file does not exist; did you mean DIR/short.yml?"},
		{"a folder", ".", false, "", "$: the file can't be read: is a directory"},
		{"a file below a file", "good.yml/x.yml", false, "",
			"$: the file can't be read: not a directory"},
		{"a mistake", "bad.yml", false, "",
			`$:1:1: the key "red" is in the wrong place; it should be indented further, under incidents`},
		{"as large as can be", "full.yml", true, "loaded", ""},
		{"too large", "huge.yml", true, "",
			"$: the file is larger than 1 MiB; it should be a postferry configuration"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(dir, tt.path)
			c, err := Load(path, tt.explicit)
			branch, problem := "", ""
			if err != nil {
				problem = strings.ReplaceAll(strings.ReplaceAll(err.Error(), path, "$"), dir, "DIR")
			} else {
				branch = c.StateBranch
			}
			if branch != tt.branch || problem != tt.problem {
				t.Errorf("got branch %q, problem %s\nwant branch %q, problem %s",
					branch, problem, tt.branch, tt.problem)
			}
		})
	}
}
