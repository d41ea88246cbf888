package config

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// outcome is what Parse makes of a file: the routes that can run, and the others.
type outcome struct {
	Runs   string
	Broken map[string]int // name → number of problems
	Stops  bool           // no route can run
}

func outcomeOf(t *testing.T, in string) outcome {
	t.Helper()
	c, err := Parse("f.yml", []byte(in))
	if c == nil {
		return outcome{Stops: true}
	}
	var runs []string
	for _, r := range c.Routes {
		runs = append(runs, r.Name)
	}
	out := outcome{Runs: strings.Join(runs, " ")}
	var all Problems
	for _, b := range c.Broken {
		if out.Broken == nil {
			out.Broken = map[string]int{}
		}
		out.Broken[b.Name] = len(b.Problems)
		all = append(all, b.Problems...)
	}
	var ps Problems
	if errors.As(err, &ps); len(all) != len(ps) {
		t.Errorf("%s\nthe routes have %d problems, the file has %d", in, len(all), len(ps))
	}
	return out
}

// A mistake in one route's block leaves the other routes alone. A mistake outside of the blocks
// stops all of them.
func TestBrokenRoutes(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		want     outcome
	}{
		{"none", "routes: {a: {}, b: {x: {refresh_token: X_B}}}", outcome{Runs: "a b"}},
		{"a value", "routes: {a: {carousel: x}, b: {x: {refresh_token: X_B}}}",
			outcome{Runs: "b", Broken: map[string]int{"a": 1}}},
		{"values and keys of two routes",
			"routes:\n  a: {carousel: x, only: [gif]}\n  b: {x: {refresh_token: X_B}}\n" +
				"  c: {x: {refresh_token: X_C}, colour: red}\n",
			outcome{Runs: "b", Broken: map[string]int{"a": 2, "c": 1}}},
		{"a key twice",
			"routes:\n  a: {}\n  b:\n    x: {refresh_token: X_B}\n    start: now\n    start: all\n",
			outcome{Runs: "a", Broken: map[string]int{"b": 1}}},
		{"a block that is a text", "routes: {a: now, b: {x: {refresh_token: X_B}}}",
			outcome{Runs: "b", Broken: map[string]int{"a": 1}}},
		{
			"a name that begins with another's",
			"routes: {a: {}, a-b: {x: {refresh_token: X_B}, start: x}}",
			outcome{Runs: "a", Broken: map[string]int{"a-b": 1}},
		},
		{"a merged mistake",
			"routes:\n  a: &a {start: x}\n  b: {<<: *a, x: {refresh_token: X_B}}\n" +
				"  c: {x: {refresh_token: X_C}}\n",
			outcome{Runs: "c", Broken: map[string]int{"a": 1, "b": 1}}},
		{"all routes", "routes: {a: {start: x}}", outcome{Broken: map[string]int{"a": 1}}},
		{"a route's name", "routes: {a: {}, B: {x: {refresh_token: X_B}}}", outcome{Stops: true}},
		{"a route twice", "routes:\n  a: {}\n  a: {}\n", outcome{Stops: true}},
		{"a setting of all", "version: x\nroutes: {a: {}}", outcome{Stops: true}},
		{"a setting of all, and one of a route", "timezone: x\nroutes: {a: {start: x}}",
			outcome{Stops: true}},
		{"no YAML", "routes: {a: {}", outcome{Stops: true}},
		{"a newer version", "version: 2\n", outcome{Stops: true}},
		{
			"a route's key beside its route", "routes:\n  a: {}\n  start: all\n",
			outcome{Stops: true},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(outcomeOf(t, tt.in), tt.want); diff != "" {
				t.Errorf("got, want:\n%s", diff)
			}
		})
	}
}

// A good route must not use the token of a broken one: it would post to the other's account.
func TestBrokenRouteKeepsItsTokens(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		want     outcome
	}{
		{"the broken route uses the defaults, too",
			"routes: {a: {start: x}, b: {}}",
			outcome{Broken: map[string]int{"a": 1, "b": 1}}},
		{"the broken route names the token",
			"routes: {a: {start: x, x: {refresh_token: X_A}}, b: {x: {refresh_token: X_A}}}",
			outcome{Broken: map[string]int{"a": 1, "b": 1}}},
		{"the broken route names the token beside a key that is unknown",
			"routes: {a: {colour: red, x: {refresh_token: X_A}}, b: {x: {refresh_token: X_A}}}",
			outcome{Broken: map[string]int{"a": 1, "b": 1}}},
		{"the broken route has no use for what is wrong in it",
			"routes: {a: {x: {auth: keys, refresh_token: 1}}, b: {}}",
			outcome{Broken: map[string]int{"a": 1, "b": 1}}},
		{"the broken route's token can't be read",
			"routes: {a: {x: {refresh_token: 1}}, b: {}}",
			outcome{Runs: "b", Broken: map[string]int{"a": 1}}},
		{"the broken route's token may be under an unknown key",
			"routes: {a: {x: {refresh_tokn: X_A}}, b: {}}",
			outcome{Runs: "b", Broken: map[string]int{"a": 1}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(outcomeOf(t, tt.in), tt.want); diff != "" {
				t.Errorf("got, want:\n%s", diff)
			}
		})
	}
}
