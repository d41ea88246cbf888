package instagram

import (
	"testing"
	"time"
)

func TestVersionEnds(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want time.Time
	}{
		{"v25.0", day(2028, 7, 29)},
		{"v11.0", day(2023, 9, 14)},
		{"25", day(2028, 7, 29)},
		{"v26.0", time.Time{}},
		{"v99.0", time.Time{}},
		{"", time.Time{}},
	} {
		got, ok := VersionEnds(tt.in)
		if !got.Equal(tt.want) || ok == tt.want.IsZero() {
			t.Errorf("%q: got %v, %v, want %v", tt.in, got, ok, tt.want)
		}
	}
}

func TestUsable(t *testing.T) {
	for _, tt := range []struct {
		now            time.Time
		oldest, newest string
	}{
		{now, "v21.0", "v26.0"},
		{day(2023, 9, 13), "v11.0", "v18.0"},
		{day(2023, 9, 14), "v12.0", "v18.0"},
	} {
		got := Usable(tt.now)
		if got[0].Name != tt.oldest || got[len(got)-1].Name != tt.newest {
			t.Errorf(
				"%v: got %s to %s, want %s to %s",
				tt.now,
				got[0].Name,
				got[len(got)-1].Name,
				tt.oldest,
				tt.newest,
			)
		}
	}
	if _, ok := VersionEnds(DefaultVersion); !ok {
		t.Errorf("the default version is not in the table")
	}
}

func TestVersionsAreInOrder(t *testing.T) {
	for i, v := range versions[1:] {
		if before := versions[i]; !before.Released.Before(v.Released) ||
			!v.Ends.IsZero() && !before.Ends.Before(v.Ends) {
			t.Errorf("%s comes after %s", before.Name, v.Name)
		}
	}
}
