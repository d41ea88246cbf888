package config

import (
	"testing"
	"time"
)

func TestWarnings(t *testing.T) {
	now := time.Date(2026, 11, 23, 20, 0, 0, 0, time.UTC)
	for _, tt := range []struct{ name, in, want string }{
		{"the defaults", "", ""},
		{"a start that has passed", "routes: {main: {start: 2026-11-23}}", ""},
		{"a start ahead", "routes: {main: {start: 2062-11-01}}",
			"f.yml:1:24: routes.main.start: 2062-11-01 lies ahead, so nothing is mirrored that is " +
				"published before it; it should be now, all, or a date that has passed, unless you " +
				"mean this"},
		{"a start that has begun in Tokyo only",
			"timezone: Asia/Tokyo\nroutes: {main: {start: 2026-11-24}}", ""},
		{"a start that has not begun in UTC", "routes: {main: {start: 2026-11-24}}",
			"f.yml:1:24: routes.main.start: 2026-11-24 lies ahead, so nothing is mirrored that is " +
				"published before it; it should be now, all, or a date that has passed, unless you " +
				"mean this"},
		{"no budget", "routes:\n  main: {limits: {usd_per_month: 0}}\n",
			"f.yml:2:34: routes.main.limits.usd_per_month: 0 holds every post back; it should" +
				" be the " +
				"dollars that X may bill in a month, such as 5, unless you mean this"},
		{"both, in the file's order",
			"routes:\n  main:\n    limits: {usd_per_month: 0}\n    start: 2062-11-01\n",
			"f.yml:3:29: routes.main.limits.usd_per_month: 0 holds every post back; it should" +
				" be the " +
				"dollars that X may bill in a month, such as 5, unless you mean this\n" +
				"f.yml:4:12: routes.main.start: 2062-11-01 lies ahead, so nothing is mirrored" +
				" that is " +
				"published before it; it should be now, all, or a date that has passed, unless you " +
				"mean this"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := mustParse(t, tt.in).Warnings(now).Error(); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestLocation(t *testing.T) {
	c := mustParse(t, "timezone: Asia/Tokyo\nroutes: {main: {start: 2026-11-24}}")
	got := c.Routes[0].Start.Date(c.Routes[0].Location())
	if want := time.Date(2026, 11, 23, 15, 0, 0, 0, time.UTC); !got.Equal(want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := c.Words().Zone.String(); got != "Asia/Tokyo" {
		t.Errorf("got %s", got)
	}
	for _, r := range []Route{{}, {Timezone: "Nowhere"}, {Timezone: "Local"}, Default().Routes[0]} {
		if got := r.Location(); got != time.UTC {
			t.Errorf("%q: got %v, want UTC", r.Timezone, got)
		}
	}
}

func TestDelay(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want time.Duration
		text string
	}{
		{"0m", 0, "0m"}, {"0s", 0, "0m"}, {"90s", 90 * time.Second, "1m30s"},
		{"48h", 48 * time.Hour, "48h"}, {"2880m", 48 * time.Hour, "48h"},
		{"1h0m5s", time.Hour + 5*time.Second, "1h5s"},
	} {
		c := mustParse(t, "routes: {main: {delay: "+tt.in+"}}")
		got := c.Routes[0].Delay
		if text := (duration{at: &got, unit: "m"}).String(); got != tt.want || text != tt.text {
			t.Errorf("%s: got %v, printed as %s; want %v, %s", tt.in, got, text, tt.want, tt.text)
		}
	}
}
