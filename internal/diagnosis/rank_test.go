package diagnosis

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/message"
)

func refusal(status, code, subcode int, message string) error {
	e := &httpx.Error{
		Service: "instagram", Op: "GET /{user}/media", Status: status, Code: code,
		Subcode: subcode, Message: message, Class: httpx.Forbidden,
	}
	if code == 190 {
		e.Class = httpx.Unauthorized
	}
	if code == 100 && subcode == 0 {
		e.Class = httpx.Invalid
	}
	return e
}

func good(name string) Probe { return Probe{Name: name, Asked: true} }

func bad(name string, err error) Probe { return Probe{Name: name, Asked: true, Err: err} }

// healthy is the evidence of an account of Facebook Login with nothing wrong.
func healthy() Evidence {
	return Evidence{
		Login: "facebook", UserID: "17841400000000001", Version: "v25.0", Now: now, Valid: true,
		OtherVersion: "v26.0", Answered: "v25.0",
		Me: good("P1"), Debug: good("P2"), Permissions: good("P3"), Account: good("P4"),
		Media: good("P5"), Accounts: good("P6"),
		Granted: map[string]string{
			"instagram_basic": "granted", "pages_show_list": "granted",
			"pages_read_engagement": "granted", "business_management": "granted",
		},
		Targets: map[string][]string{"instagram_basic": {"17841400000000001"}},
		Pages:   []FacebookPage{{ID: "1", Instagram: []string{"17841400000000001"}}},
	}
}

// denied10 is the same account whose media are refused with (#10), on another version too.
func denied10() Evidence {
	e := healthy()
	e.Cause = refusal(400, 10, 0, "(#10) Application does not have permission for this action")
	e.Media, e.Other = bad("P5", e.Cause), bad("P7", e.Cause)
	return e
}

// instagramLogin is an account of Instagram Login whose media are refused.
func instagramLogin(cause error) Evidence {
	return Evidence{
		Login: "instagram", Version: "v25.0", Now: now, Cause: cause, AccountType: "BUSINESS",
		OtherVersion: "v26.0", Me: good("Q1"), Media: bad("Q2", cause), Other: bad("P7", cause),
	}
}

// TestRank has an outcome for each row of symptom, probe and cause that people have met;
// docs/operating.md has the sources.
func TestRank(t *testing.T) {
	change := func(e Evidence, do func(*Evidence)) Evidence { do(&e); return e }
	dead := func(subcode int, text string) Evidence {
		err := refusal(400, 190, subcode, text)
		return Evidence{
			Login: "facebook", UserID: "1", Version: "v25.0", Now: now, Cause: err,
			Me: bad("P1", err), Media: bad("P5", err),
		}
	}
	appOff := func() Evidence {
		err := refusal(400, 10, 0, "API access deactivated. To regain access, complete the Data "+
			"Use Checkup.")
		httpx.As(err).Type = "app-disabled"
		return Evidence{
			Login: "facebook", Version: "v25.0", Now: now, Cause: err, Me: bad("P1", err),
			Media: bad("P5", err),
		}
	}
	for _, tt := range []struct {
		name string
		in   Evidence
		want string // key of the likeliest
	}{
		{"190/463: expired", dead(463, "Session has expired"), "instagram-token-expired"},
		{
			"190/460: password", dead(460, "the user changed their password"),
			"instagram-password-changed",
		},
		{"190/467: logged out", dead(467, "the user logged out"), "instagram-token-dead"},
		{
			"190/458: app removed", dead(458, "the user has not authorized application"),
			"instagram-token-dead",
		},
		{
			"190/459: checkpoint", dead(459, "You cannot access the app till you log in"),
			"instagram-checkpoint",
		},
		{"190/464: checkpoint", dead(464, "not a confirmed user"), "instagram-checkpoint"},
		{
			"190/492: Page role", dead(492, "does not have sufficient administrative permission"),
			"instagram-page-role",
		},
		{
			"cannot parse, and it looks like the other flavour",
			change(dead(0, "Invalid OAuth access token - Cannot parse access token"),
				func(e *Evidence) { e.TokenFits = "the token looks like one of Instagram Login" }),
			"instagram-flavour",
		},
		{
			"cannot parse", dead(0, "Invalid OAuth access token - Cannot parse access token"),
			"instagram-flavour",
		},
		{
			"another refusal, and it looks like the other flavour",
			change(dead(0, "Invalid OAuth access token"), func(e *Evidence) {
				e.Me = bad("P1", refusal(400, 100, 0, "Unsupported request"))
				e.TokenFits = "the token looks like one of Instagram Login"
			}), "instagram-flavour",
		},
		{
			"the plainest call works, the debugger says it is invalid",
			change(denied10(), func(e *Evidence) { e.Valid = false }), "instagram-token-dead",
		},
		{"#10, no pages_ scope", change(denied10(), func(e *Evidence) {
			delete(e.Granted, "pages_show_list")
			delete(e.Granted, "pages_read_engagement")
		}), "instagram-scope"},
		{
			"#10, scope not granted",
			change(denied10(), func(e *Evidence) { delete(e.Granted, "instagram_basic") }),
			"instagram-scope",
		},
		{
			"#10, scope declined",
			change(denied10(), func(e *Evidence) { e.Granted["instagram_basic"] = "declined" }),
			"instagram-scope",
		},
		{
			"#10, no Pages, no business_management: 2023-09-19",
			change(denied10(),
				func(e *Evidence) { e.Pages = nil; delete(e.Granted, "business_management") }),
			"instagram-portfolio",
		},
		{
			"the same, unversioned",
			change(denied10(),
				func(e *Evidence) {
					e.Pages, e.Version = nil, ""
					delete(e.Granted,
						"business_management")
				}),
			"instagram-portfolio",
		},
		{
			"#10, the login was for another account",
			change(denied10(),
				func(e *Evidence) { e.Targets["instagram_basic"] = []string{"17841499999999999"} }),
			"instagram-asset",
		},
		{
			"#10, the Page has no link",
			change(denied10(), func(e *Evidence) { e.Pages[0].Instagram = nil }),
			"instagram-unlinked",
		},
		{"100/33, the Page has no link", change(denied10(), func(e *Evidence) {
			e.Pages[0].Instagram = nil
			e.Cause = refusal(400, 100, 33, "does not exist")
			e.Media = bad("P5", e.Cause)
		}), "instagram-unlinked"},
		{
			"data access is over",
			change(denied10(), func(e *Evidence) { e.DataAccess = now.Add(-time.Hour) }),
			"instagram-data-access",
		},
		{
			"data access is over, an empty list",
			change(healthy(), func(e *Evidence) { e.DataAccess = now.Add(-time.Hour) }),
			"instagram-data-access",
		},
		{"the app is switched off", appOff(), "instagram-app-state"},
		{
			"ids work, the full list does not",
			change(healthy(),
				func(e *Evidence) {
					e.Cause = refusal(400, 100, 0,
						"Tried accessing nonexisting field")
				}),
			"instagram-field",
		},
		{
			"works on another version",
			change(denied10(), func(e *Evidence) { e.Other = good("P7") }), "instagram-version",
		},
		{"everything in order, refused all the same", denied10(), "instagram-meta"},
		{
			"it works again",
			change(healthy(), func(e *Evidence) { e.Cause = refusal(400, 10, 0, "(#10)") }),
			"instagram-recovered",
		},
		{
			"Instagram Login: code 10, account answers",
			instagramLogin(refusal(403, 10, 0,
				"Application does not have permission for this action")),
			"instagram-media-permission",
		},
		{
			"Instagram Login: personal account",
			change(instagramLogin(refusal(400, 100, 0, "")),
				func(e *Evidence) { e.AccountType = "PERSONAL" }),
			"instagram-not-professional",
		},
		{"100/33 on the id, the Page is linked to another", change(denied10(), func(e *Evidence) {
			e.UserID = "1234"
			e.Targets = nil
			e.Cause = refusal(400, 100, 33, "does not exist")
			e.Account, e.Media = bad("P4", e.Cause), bad("P5", e.Cause)
		}), "instagram-account-id"},
		{"100/33 on the id, and no Page to compare it with", change(denied10(), func(e *Evidence) {
			e.UserID, e.Targets, e.Pages = "1234", nil, nil
			e.Granted["business_management"] = "granted"
			e.Accounts = Probe{Name: "P6"}
			e.Cause = refusal(400, 100, 33, "does not exist")
			e.Account, e.Media = bad("P4", e.Cause), bad("P5", e.Cause)
		}), "instagram-account-id"},
		{
			"works on another version than none",
			change(denied10(), func(e *Evidence) { e.Version, e.Other = "", good("P7") }),
			"instagram-version",
		},
		{
			"the version has ended, and no other was asked",
			change(denied10(),
				func(e *Evidence) {
					e.VersionEnd, e.Other = now.Add(-time.Hour), Probe{
						Name: "P7",
					}
				}),
			"instagram-version",
		},
		{
			"no probe was answered",
			Evidence{Login: "facebook", Now: now, Cause: refusal(400, 10, 0, "(#10)")},
			"instagram-permission",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := Rank(tt.in)
			if got := r.Causes[0].Diagnosis.Key; got != tt.want {
				t.Errorf("got %s, want %s; all: %+v", got, tt.want, r.Causes)
			}
			for _, c := range r.Causes {
				if len(c.For) == 0 || c.Diagnosis.Fix == "" {
					t.Errorf("%s has no evidence or no fix", c.Diagnosis.Key)
				}
			}
		})
	}
}

// TestSick: an account that works has no causes.
func TestSick(t *testing.T) {
	if r := Rank(healthy()); r.Sick() {
		t.Errorf("a healthy account is ill: %+v", r.Causes)
	}
	e := healthy()
	e.DataAccess = now.Add(-time.Hour)
	if !Rank(e).Sick() {
		t.Error("data access that is over is not seen")
	}
}

// TestRuled: what the person of the story looked at in vain is said to be in order.
func TestRuled(t *testing.T) {
	e := denied10()
	e.Pages = nil
	delete(e.Granted, "business_management")
	got := strings.Join(Rank(e).Ruled, "; ")
	for _, want := range []string{
		"the token itself", "data access", "a permission for the media", "the API version (v26.0",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not ruled out: %s", want, got)
		}
	}
	both := Rank(e).Causes[0].Diagnosis.Fix
	if !strings.Contains(both, "business_management") ||
		!strings.Contains(both, "login: instagram") {
		t.Errorf("not both ways out: %s", both)
	}
}

// TestOwnMeaning: what was refused is among the causes with its own meaning, whatever the probes
// say, and nothing that is a cause is ruled out.
func TestOwnMeaning(t *testing.T) {
	expired := refusal(400, 190, 463, "Session has expired")
	e := healthy()
	e.Cause, e.Media, e.Other = expired, bad("P5", expired), bad("P7", expired)
	got := Rank(e)
	if keys := keysOf(got); keys[0] != "instagram-token-expired" || keys[1] != "instagram-meta" {
		t.Errorf("a token that is accepted elsewhere: %v", keys)
	}
	if strings.Contains(strings.Join(got.Ruled, "; "), "the token itself") {
		t.Errorf("the token is a cause and is ruled out: %v", got.Ruled)
	}
	if keys := keysOf(Rank(denied10())); keys[0] != "instagram-meta" ||
		keys[1] != "instagram-permission" {
		t.Errorf("a permission that is there: %v", keys)
	}
	e = healthy()
	e.Me, e.Valid = bad("P1", refusal(400, 10, 0, "no")), true
	if r := strings.Join(Rank(e).Ruled, "; "); strings.Contains(r, "the token itself") {
		t.Errorf("P1 was refused, and %s", r)
	}
	e = denied10()
	e.Pages = nil
	delete(e.Granted, "business_management")
	got = Rank(e)
	if r := strings.Join(got.Ruled, "; "); strings.Contains(r, "all are granted") ||
		!strings.Contains(r, "instagram_basic") {
		t.Errorf("business_management is not granted, and %s", r)
	}
}

func keysOf(x Examination) (out []string) {
	for _, c := range x.Causes {
		out = append(out, c.Diagnosis.Key)
	}
	return append(out, "", "")
}

// TestPassingProves: a probe that met a passing fault is evidence for nothing.
func TestPassingProvesNothing(t *testing.T) {
	e := denied10()
	down := &httpx.Error{Service: "instagram", Status: 500, Class: httpx.Transient}
	e.Me, e.Accounts, e.Permissions, e.Debug, e.Account, e.Other = bad("P1",
		down), bad("P6", down), bad("P3", down), bad("P2", down), bad("P4", down), bad("P7", down)
	if got := Rank(e).Causes[0].Diagnosis.Key; got != "instagram-permission" {
		t.Errorf("got %s", got)
	}
}

func TestAnswer(t *testing.T) {
	for _, tt := range []struct {
		in   Probe
		want string
	}{
		{Probe{}, "not asked"},
		{good("P1"), "ok"},
		{Probe{Asked: true, Note: "@kamo"}, "ok: @kamo"},
		{bad("P1", errors.New("mirror.yml is disabled_inactivity")), "mirror.yml is " +
			"disabled_inactivity"},
	} {
		if got := tt.in.Answer(message.Words{}); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}

func TestDiagnoses(t *testing.T) {
	seen := map[string]bool{}
	for _, d := range Diagnoses() {
		if seen[d.Key] || d.Title == "" || d.Cause == "" || d.Fix == "" {
			t.Errorf("%+v is there twice, or half", d)
		}
		seen[d.Key] = true
		if got, ok := DiagnosisOf(d.Key); !ok || got.Title != d.Title {
			t.Errorf("DiagnosisOf(%s) = %+v", d.Key, got)
		}
	}
	if _, ok := DiagnosisOf("nonsense"); ok {
		t.Error("nonsense has a diagnosis")
	}
}
