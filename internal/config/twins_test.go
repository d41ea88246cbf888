package config

import (
	"strings"
	"testing"
)

func TestTwins(t *testing.T) {
	route := func(name, token string) Route {
		r := Default().Routes[0]
		r.Name, r.Instagram.Token = name, token
		return r
	}
	known := map[string]string{"c": "kamo", "d": "kamo", "e": "other"}
	for _, tt := range []struct {
		name   string
		routes []Route
		want   string // "" if nothing is wrong
	}{
		{"one route", []Route{route("a", "T")}, ""},
		{"two accounts", []Route{route("a", "T"), route("b", "U")}, ""},
		{"one token", []Route{route("a", "T"), route("b", "t")}, "routes a, b mirror"},
		{"two tokens of one account", []Route{route("c", "T"), route("d", "U")},
			"routes c, d mirror"},
		{"a token that names two accounts", []Route{route("c", "T"), route("e", "T")}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := &Config{Routes: tt.routes}
			got := c.Twins(func(name string) string { return known[name] })
			if all := strings.Join(got, "; "); !strings.Contains(all, tt.want) ||
				tt.want == "" && all != "" {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
