package diagnosis

import (
	"regexp"
	"strings"
	"testing"

	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/message"
)

// TestNames: no text of a route names another route's things, and none has a name that is left in
// braces.
func TestNames(t *testing.T) {
	shop := config.Default().Routes[0]
	shop.Name = "shop"
	shop.Instagram.Token, shop.Instagram.UserID = "IG_SHOP", "IG_SHOP_ID"
	shop.Instagram.AppID, shop.Instagram.AppSecret = "APP_SHOP", "APP_SHOP_KEY"
	shop.X = config.X{
		RefreshToken: "REFRESH_SHOP", AccessToken: "ACCESS_SHOP", ClientID: "CLIENT_SHOP",
		ClientSecret: "CLIENT_SHOP_KEY", APIKey: "API_SHOP", APISecret: "API_SHOP_KEY",
		AccessTokenSecret: "ACCESS_SHOP_KEY",
	}
	names := NamesOf(shop, "memory", "https://github.com/o/r")
	open := regexp.MustCompile(`\{[A-Za-z_]+\}`)
	filled := 0
	for _, d := range Diagnoses() {
		if strings.Contains(d.Title, "{") {
			t.Errorf("%s: the status page shows the title as it is: %s", d.Key, d.Title)
		}
		for _, n := range []Names{names, nil} {
			got := d.For(n)
			text := strings.Join([]string{got.Title, got.Cause, got.Fix, got.Link}, "\n")
			if left := open.FindString(text); left != "" {
				t.Errorf("%s: %s is left open", d.Key, left)
			}
			if n == nil {
				continue
			}
			if text != d.Title+"\n"+d.Cause+"\n"+d.Fix+"\n"+d.Link {
				filled++
			}
			for name := range defaults {
				if strings.ToUpper(name) == name &&
					regexp.MustCompile(`\b`+name+`\b`).MatchString(text) {
					t.Errorf("%s names %s to a route that has another one", d.Key, name)
				}
			}
			if strings.Contains(text, "postferry-state") || strings.Contains(text, "main.yaml") {
				t.Errorf("%s names another branch or file: %s", d.Key, text)
			}
		}
	}
	if filled < 15 {
		t.Errorf("only %d diagnoses have names", filled)
	}
	d, _ := DiagnosisOf("state-protected")
	if got := d.For(nil); got.Link != "" || !strings.Contains(got.Fix, "postferry-state") {
		t.Errorf("a link without its repository: %+v", got)
	}
}

// TestEvidenceIsQuoted: a probe's name and a service's words may have braces, and keep them.
func TestEvidenceIsQuoted(t *testing.T) {
	names := NamesOf(config.Default().Routes[0], "memory", "https://github.com/someone/mirror")
	const why, ruled = "GET /repos/{repo}/issues: 403 on {branch}", "{file}"
	x := Examination{
		Causes: []Candidate{{Diagnosis: instagramID.In(message.Words{}), For: []string{why}}}, Ruled: []string{ruled},
	}.For(names)
	if x.Causes[0].For[0] != why || x.Ruled[0] != ruled {
		t.Errorf("the evidence reads %v and %v", x.Causes[0].For, x.Ruled)
	}
	if !strings.Contains(x.Causes[0].Diagnosis.Fix, "INSTAGRAM_USER_ID") {
		t.Errorf("the fix names nothing: %s", x.Causes[0].Diagnosis.Fix)
	}
}

// TestAboutOne: a refusal that may be about one media alone names it, if its address is one.
func TestAboutOne(t *testing.T) {
	refused := &httpx.Error{Service: "x", Op: "POST /2/tweets", Status: 400, Class: httpx.Unknown}
	for permalink, want := range map[string]bool{
		"https://www.instagram.com/p/C1_x-2/": true, "": false,
		"https://www.instagram.com/p/[x](y)": false, "https://example.org/p/1": false,
	} {
		got := Explain(alone{refused, permalink})
		if strings.Contains(got.Cause, "that one alone") != want || got.Key != "x-refuses" {
			t.Errorf("%q: %+v", permalink, got)
		}
	}
	locked := &httpx.Error{
		Service: "x", Op: "POST /2/tweets", Class: httpx.Forbidden, Type: "locked",
	}
	if got := Explain(alone{locked, "https://www.instagram.com/p/C1/"}); got.Key != "x-locked" ||
		strings.Contains(got.Cause, "alone") {
		t.Errorf("a lock is about one media: %+v", got)
	}
}

// TestByItself: a cause that only a new token cures is not what it was, if the old one works again.
func TestByItself(t *testing.T) {
	for _, key := range needsToken {
		if _, ok := DiagnosisOf(key); !ok {
			t.Errorf("%s is no diagnosis", key)
		}
	}
	for _, tt := range []struct {
		c     Component
		cause string
		want  string
	}{
		{
			Instagram, "instagram-token-dead",
			"It came back by itself, with the same token, so that " +
				"the fault was rather Instagram's.",
		},
		{
			X, "x-credit",
			"No token has changed here: unless somebody mended it at X, it came back by " +
				"itself and was rather X's.",
		},
		{GitHub, "github-permission", ""},
	} {
		if got := ByItself(message.Words{}, tt.c, tt.cause); got != tt.want {
			t.Errorf("%s, %s: got %q", tt.c, tt.cause, got)
		}
	}
}

type alone struct {
	error
	permalink string
}

func (a alone) Unwrap() error { return a.error }
func (a alone) About() string { return a.permalink }
