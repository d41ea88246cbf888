package diagnosis

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/message"
)

// named is an error that names its component.
type named string

func (n named) Error() string     { return "an error of " + string(n) }
func (n named) Component() string { return string(n) }

// TestComponents: each component that can have an incident has a name, and only the two that remind
// are no failures.
func TestComponents(t *testing.T) {
	all := slices.Sorted(Components())
	for _, tt := range []struct {
		component               Component
		name                    string
		listed, breaks, failure bool
	}{
		{Instagram, "Instagram", true, true, true},
		{MediaHost, "Instagram's media host", true, false, true},
		{X, "X", true, true, true},
		{XReplies, "replies on X", true, true, true},
		{XToken, "X's login", true, true, true},
		{Undecided, "a post of unknown outcome", true, true, true},
		{GitHub, "GitHub", true, false, true},
		{State, "the state document", true, false, true},
		{Account, "the account", true, true, true},
		{Config, "the configuration", true, false, true},
		{Budget, "the month's budget", true, false, true},
		{Job, "the job", true, false, true},
		{GivenUp, "the list of media that were given up", true, false, true},
		{Attention, "", false, false, false},
		{Setup, "", false, false, false},
	} {
		c := tt.component
		if got := c.Name(message.Words{}); got != tt.name {
			t.Errorf("%s: named %q, want %q", c, got, tt.name)
		}
		if got := slices.Contains(all, c); got != tt.listed {
			t.Errorf("%s: listed %t, want %t", c, got, tt.listed)
		}
		if got := Breaks(c); got != tt.breaks {
			t.Errorf("%s: breaks %t, want %t", c, got, tt.breaks)
		}
		if got := c.Failure(); got != tt.failure {
			t.Errorf("%s: failure %t, want %t", c, got, tt.failure)
		}
	}
	if len(all) != 13 {
		t.Errorf("%d components are listed, and the table above has 13: %v", len(all), all)
	}
}

// TestComponentOf: an error that names its component is believed, then our own errors are, and then
// what a service answered.
func TestComponentOf(t *testing.T) {
	for _, tt := range []struct {
		what string
		err  error
		want Component
	}{
		{"named", named("budget"), Budget},
		{"named, around another's refusal",
			errors.Join(&httpx.Error{Service: "x"}, named("undecided")), Undecided},
		{"our own", caused("state-lost"), State},
		{"our own, around a refusal",
			errors.Join(&httpx.Error{Service: "github"}, caused("x-login-again")), XToken},
		{"a cause that no row has", caused("no such cause"), Job},
		{"no refusal", errors.New("what?"), Job},
		{"the rotation", &httpx.Error{Service: "x", Op: tokenCall}, XToken},
		{"the same path elsewhere", &httpx.Error{Service: "other", Op: tokenCall}, "other"},
		{"the media host", &httpx.Error{Service: "media", Op: "GET file"}, MediaHost},
		{"a protected branch", &httpx.Error{Service: "github", Type: "protected-branch"}, State},
		{"a permission", &httpx.Error{Service: "github", Class: httpx.Forbidden}, GitHub},
		{"a dead token", &httpx.Error{Service: "instagram", Code: 190}, Instagram},
		{"a service without a row", &httpx.Error{Service: "other", Class: httpx.Unknown}, "other"},
	} {
		if got := ComponentOf(fmt.Errorf("wrapped: %w", tt.err)); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.what, got, tt.want)
		}
	}
}

// TestNoRow: a refusal of which no table knows anything is not explained by another one's row.
func TestNoRow(t *testing.T) {
	for _, e := range []*httpx.Error{
		{Service: "other", Class: httpx.Forbidden},
		{Service: "github", Op: "GET /x", Class: httpx.Unknown},
	} {
		if row := rowOf(e); row != nil {
			t.Errorf("%s: the row %s matches", e.Service, row.Key)
		}
		if got := Explain(e); got.Key != unexplained.Key {
			t.Errorf("%s: explained as %s", e.Service, got.Key)
		}
	}
}
