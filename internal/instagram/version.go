package instagram

import (
	"strings"
	"time"
)

// Version is one version of the Graph API. All three hosts share the numbers.
type Version struct {
	Name     string // "v25.0"
	Released time.Time
	Ends     time.Time // zero if Meta has not said
}

// VersionsRead is when the table of versions was last compared with its source.
var VersionsRead = day(2026, 11, 23)

// versions is the table of Graph versions, oldest first.
// Source: https://developers.facebook.com/docs/graph-api/changelog/versions, read on VersionsRead.
var versions = []Version{
	{"v11.0", day(2021, 6, 8), day(2023, 9, 14)},
	{"v12.0", day(2021, 9, 14), day(2024, 2, 8)},
	{"v13.0", day(2022, 2, 8), day(2024, 5, 28)},
	{"v14.0", day(2022, 5, 25), day(2024, 9, 17)},
	{"v15.0", day(2022, 9, 15), day(2024, 11, 20)},
	{"v16.0", day(2023, 2, 2), day(2025, 5, 14)},
	{"v17.0", day(2023, 5, 23), day(2025, 9, 12)},
	{"v18.0", day(2023, 9, 12), day(2026, 1, 26)},
	{"v19.0", day(2024, 1, 23), day(2026, 5, 21)},
	{"v20.0", day(2024, 5, 21), day(2026, 9, 24)},
	{"v21.0", day(2024, 10, 2), day(2027, 1, 21)},
	{"v22.0", day(2025, 1, 21), day(2027, 5, 20)},
	{"v23.0", day(2025, 5, 29), day(2027, 10, 8)},
	{"v24.0", day(2025, 10, 8), day(2028, 2, 18)},
	{"v25.0", day(2026, 2, 18), day(2028, 7, 29)},
	{"v26.0", day(2026, 7, 29), time.Time{}},
}

func day(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// VersionEnds returns the day on which Meta stops answering to a version ("v25.0", "v25" or "25").
// known reports whether that day is known.
func VersionEnds(version string) (day time.Time, known bool) {
	name := "v" + strings.TrimPrefix(version, "v")
	for _, v := range versions {
		if v.Name == name || strings.TrimSuffix(v.Name, ".0") == name {
			return v.Ends, !v.Ends.IsZero()
		}
	}
	return time.Time{}, false
}

// Usable returns the versions that Meta answers to at a moment, oldest first.
func Usable(now time.Time) []Version {
	var out []Version
	for _, v := range versions {
		if !now.Before(v.Released) && (v.Ends.IsZero() || now.Before(v.Ends)) {
			out = append(out, v)
		}
	}
	return out
}
