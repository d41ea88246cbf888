package diagnosis

import (
	"slices"
	"strings"
	"testing"

	"github.com/postferry/postferry/internal/httpx"
)

// TestSecrets: only what is in the repository's secrets is listed, by its own name, and what has no
// name is left out.
func TestSecrets(t *testing.T) {
	for _, tt := range []struct {
		what  string
		names Names
		want  []string
	}{
		{"nothing", nil, nil},
		{"no secrets", Names{"route": "shop", "branch": "memory", "repo": "address"}, nil},
		{"sorted by what they are for",
			Names{"X_CLIENT_ID": "A", "INSTAGRAM_TOKEN": "B", "route": "shop"}, []string{"B", "A"}},
		{"one without a name", Names{"X_API_KEY": "", "X_API_SECRET": "C"}, []string{"C"}},
	} {
		if got := tt.names.Secrets(); !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %q, want %q", tt.what, got, tt.want)
		}
	}
	if got := len(defaults.Secrets()); got != len(defaults)-4 {
		t.Errorf("%d secrets of %d names, of which four are no secrets", got, len(defaults))
	}
}

// TestSecretsPage: without a known repository there is no page to send a person to.
func TestSecretsPage(t *testing.T) {
	for _, tt := range []struct {
		names Names
		want  string
	}{
		{nil, ""},
		{Names{"repo": ""}, ""},
		{Names{"repo": "https://example.org/r"}, "https://example.org/r/settings/secrets/actions"},
	} {
		if got := tt.names.SecretsPage(); got != tt.want {
			t.Errorf("%v: got %q, want %q", tt.names, got, tt.want)
		}
	}
}

// TestSteps: each line of a fix is a step, and the advice is all of them on one line.
func TestSteps(t *testing.T) {
	for _, tt := range []struct {
		fix, advice string
		steps       []string
	}{
		{"Wait.", "Wait.", []string{"Wait."}},
		{"Log in.\nStore it.", "Log in. Store it.", []string{"Log in.", "Store it."}},
	} {
		d := Diagnosis{Fix: tt.fix}
		if got := d.Steps(); !slices.Equal(got, tt.steps) {
			t.Errorf("%q: steps %q, want %q", tt.fix, got, tt.steps)
		}
		if got := d.Advice(); got != tt.advice {
			t.Errorf("%q: advice %q, want %q", tt.fix, got, tt.advice)
		}
	}
	for _, d := range Diagnoses() {
		if slices.Contains(d.Steps(), "") {
			t.Errorf("%s has an empty step", d.Key)
		}
		if strings.Contains(d.Advice(), "\n") {
			t.Errorf("%s: the advice has more than one line: %q", d.Key, d.Advice())
		}
	}
}

// TestNotSick: what needs nobody to do anything is no illness.
func TestNotSick(t *testing.T) {
	of := func(key string, weight int) Examination {
		c := Candidate{Diagnosis: Diagnosis{Key: key}, Weight: weight}
		return Examination{Causes: []Candidate{c}}
	}
	for _, tt := range []struct {
		what string
		x    Examination
		want bool
	}{
		{"no causes", Examination{}, false},
		{"without evidence", of("instagram-meta", nothing), false},
		{"recovered", of("instagram-recovered", 94), false},
		{"with evidence", of("instagram-meta", nothing+1), true},
	} {
		if got := tt.x.Sick(); got != tt.want {
			t.Errorf("%s: sick %t, want %t", tt.what, got, tt.want)
		}
	}
}

// TestDebuggerKnows: where only the token debugger calls the token dead, a refusal of the token
// says why; any other refusal says nothing about it.
func TestDebuggerKnows(t *testing.T) {
	for _, tt := range []struct {
		what  string
		cause error
		want  string
	}{
		{"expired", refusal(400, 190, 463, "Session has expired"), "instagram-token-expired"},
		{"password", refusal(400, 190, 460, "Password changed"), "instagram-password-changed"},
		{"a permission", refusal(400, 10, 0, "(#10) No permission"), "instagram-token-dead"},
		{"no run has failed", nil, "instagram-token-dead"},
	} {
		e := Evidence{Login: "facebook", Version: "v25.0", Now: now, Cause: tt.cause}
		e.Debug = good("P2")
		first := Rank(e).Causes[0]
		if first.Diagnosis.Key != tt.want {
			t.Errorf("%s: got %s, want %s", tt.what, first.Diagnosis.Key, tt.want)
		}
		if !strings.Contains(strings.Join(first.For, "; "), "is_valid: false") {
			t.Errorf("%s: the debugger's word is no evidence: %q", tt.what, first.For)
		}
	}
}

// TestPortfolio: an empty list of Pages speaks for a portfolio only where nothing plainer explains
// it.
func TestPortfolio(t *testing.T) {
	for _, tt := range []struct {
		what   string
		change func(*Evidence)
		want   int
	}{
		{"business_management is missing", func(*Evidence) {}, 85},
		{"it is granted", func(e *Evidence) { e.Granted["business_management"] = "granted" }, 0},
		{"so is a plainer one", func(e *Evidence) { delete(e.Granted, "instagram_basic") }, 0},
		{"a Page is shown", func(e *Evidence) { e.Pages = []FacebookPage{{ID: "1"}} }, 0},
		{"the other login", func(e *Evidence) { e.Login = "instagram" }, 0},
		{"refused", func(e *Evidence) { e.Accounts = bad("P6", &httpx.Error{Code: 10}) }, 0},
	} {
		e := healthy()
		e.Pages = nil
		delete(e.Granted, "business_management")
		tt.change(&e)
		weight, why := portfolio(e)
		if weight != tt.want || (len(why) > 0) != (tt.want > 0) {
			t.Errorf("%s: weight %d for %q, want %d", tt.what, weight, why, tt.want)
		}
	}
}
