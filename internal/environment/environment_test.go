package environment

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/message"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func read(vars map[string]string) (*Environment, *httpx.Redactor) {
	secrets := &httpx.Redactor{}
	getenv := func(name string) string { return vars[name] }
	return Read(getenv, secrets, func() time.Time { return noon }), secrets
}

// TestFix: what to do depends on what is wrong: with the file, with a secret, or with neither.
func TestFix(t *testing.T) {
	file := InFile(message.Words{}, config.Problems{{File: "a.yml", Message: "no"}})
	manual := Manual(message.Words{})
	const page = "https://github.com/kamo/mirror/settings/secrets/actions"
	for _, tt := range []struct {
		name string
		vars map[string]string
		err  error
		want []string
		not  string
	}{
		{"a variable", map[string]string{"POSTFERRY_NOW": "noon"}, nil, []string{manual}, "setup`"},
		{"a secret", map[string]string{"VAULT_KEY": "c2hvcnQ="}, nil,
			[]string{"`postferry setup`", "the repository's Settings"}, manual},
		{"a secret of a known repository",
			map[string]string{"VAULT_KEY": "c2hvcnQ=", "GITHUB_REPOSITORY": "kamo/mirror"}, nil,
			[]string{page}, "the repository's Settings"},
		{"the file", nil, file, []string{"mend the file"}, "setup`"},
		{"both", map[string]string{"VAULT_KEY": "c2hvcnQ="}, file,
			[]string{"mend the file", "`postferry setup`"}, manual},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e, _ := read(tt.vars)
			if tt.err != nil {
				e.Add(tt.err)
			}
			var got *Error
			if !errors.As(e.Err(e.Mistakes), &got) {
				t.Fatal("no mistake was found")
			}
			for _, want := range tt.want {
				if !strings.Contains(got.Fix, want) || strings.Contains(got.Fix, tt.not) {
					t.Errorf("got %q, want %q and not %q", got.Fix, want, tt.not)
				}
			}
			if strings.Contains(got.Error(), "c2hvcnQ=") {
				t.Errorf("a secret is repeated: %v", got)
			}
		})
	}
	e, _ := read(nil)
	if err := e.Err(e.Mistakes); err != nil {
		t.Errorf("nothing is wrong: %v", err)
	}
}

// TestAddresses: an address that can't be used is not returned, and a secret one is not repeated.
func TestAddresses(t *testing.T) {
	const hook = "https://hooks.example/T0/se cret\x7f"
	e, secrets := read(map[string]string{
		"X_API_URL": "https://x.example/", "INSTAGRAM_API_URL": "http://ig.example",
		"SLACK_WEBHOOK_URL": hook, "HEARTBEAT_URL": "https://beat.example/uuid",
	})
	if e.XURL != "https://x.example" || e.InstagramURL != "" || e.Slack != "" {
		t.Errorf("got %q, %q, %q", e.XURL, e.InstagramURL, e.Slack)
	}
	err := e.Err(e.Mistakes)
	for _, want := range []string{"INSTAGRAM_API_URL", "SLACK_WEBHOOK_URL: it is not a URL"} {
		if err == nil || !strings.Contains(err.Error(), want) ||
			strings.Contains(err.Error(), "T0") {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if got := secrets.String("a " + e.Heartbeat); strings.Contains(got, "uuid") {
		t.Errorf("the heartbeat's address is shown: %s", got)
	}
}

// TestRehearsal: POSTFERRY_NOW replaces the clock, which goes on from there.
func TestRehearsal(t *testing.T) {
	now := noon
	vars := map[string]string{"POSTFERRY_NOW": "2030-01-01T00:00:00Z"}
	getenv := func(name string) string { return vars[name] }
	e := Read(getenv, &httpx.Redactor{}, func() time.Time { return now })
	now = now.Add(time.Minute)
	want := time.Date(2030, 1, 1, 0, 1, 0, 0, time.UTC)
	if got := e.Now(); !e.Rehearsal || !got.Equal(want) {
		t.Errorf("rehearsal %v, got %v, want %v", e.Rehearsal, got, want)
	}
}

// TestCredentials: what is missing depends on what the command needs, and a vault may hold the
// login.
func TestCredentials(t *testing.T) {
	const key = "YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE="
	login := config.Default().Routes[0]
	keys := login
	keys.X.Auth = config.Keys
	for _, tt := range []struct {
		name  string
		route config.Route
		vars  map[string]string
		need  Need
		want  []string // the variables that are missing
	}{
		{"nothing is needed", login, nil, Need{}, nil},
		{"mirror", login, nil, Everything,
			[]string{"INSTAGRAM_TOKEN", "X_CLIENT_ID", "X_REFRESH_TOKEN"}},
		{"rotate", login, nil, Need{X: true}, []string{"X_CLIENT_ID", "X_REFRESH_TOKEN"}},
		{"with a vault", login, map[string]string{"VAULT_KEY": key}, Need{X: true},
			[]string{"X_CLIENT_ID"}},
		{"X's own keys", keys, map[string]string{"X_API_KEY": "k"}, Need{X: true},
			[]string{"X_API_SECRET", "X_ACCESS_TOKEN", "X_ACCESS_TOKEN_SECRET"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e, _ := read(tt.vars)
			own := &Mistakes{}
			c := e.Credentials(tt.route, tt.need, own)
			var got []string
			for _, err := range own.problems {
				name, _, _ := strings.Cut(err.Error(), " ")
				got = append(got, name)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
			if tt.route.X.Auth == config.Keys {
				if diff := cmp.Diff(tt.want, c.LacksKeys(tt.route)); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
}

// TestJapanese: each mistake, and what to do, is told in the language of the configuration.
func TestJapanese(t *testing.T) {
	e, _ := read(map[string]string{
		"POSTFERRY_NOW": "noon", "VAULT_KEY": "c2hvcnQ=", "X_API_URL": "http://x.example",
		"GITHUB_REPOSITORY": "mirror",
	})
	e.Words.Language = message.Japanese
	e.NeedGitHub()
	e.Credentials(config.Default().Routes[0], Everything, e.Mistakes)
	err := e.Err(e.Mistakes)
	got := e.Words.Error(err)
	for _, want := range []string{
		"POSTFERRY_NOW には 2026-11-23T09:00:00Z のような日時を指定してください（現在の値は \"noon\"）",
		"VAULT_KEY には、base64 で表した 32 バイト",
		"X_API_URL: http を使えるのはループバックアドレスだけです。x.example には https を使ってください",
		"GITHUB_REPOSITORY には owner/name の形式で指定してください",
		"GITHUB_TOKEN が設定されていません: ジョブ自身のトークン",
		"INSTAGRAM_TOKEN が設定されていません: Instagram のアクセストークン（ルート main）",
		"X_CLIENT_ID が設定されていません: X アプリの Client ID（ルート main）",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is missing in:\n%s", want, got)
		}
	}
	var own *Error
	if !errors.As(err, &own) ||
		!strings.HasPrefix(own.Fix, "`postferry setup` でシークレットを") {
		t.Errorf("got the fix %q", own.Fix)
	}
}
