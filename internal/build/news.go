package build

import (
	"strconv"
	"strings"
	"time"
)

// Published is a release of Home.
type Published struct {
	Version string // "v1.2.3"
	At      time.Time
}

// Fact is a table of this program that its owner changes without notice.
type Fact struct {
	Name string    // tells one table from another
	Read time.Time // when it was last compared with its source
}

// factAge is how old a fact may become before a person hears of it. Meta releases a Graph version
// three times a year, and X has changed its prices twice in 2026.
const factAge = 180 * 24 * time.Hour

// News is what a person should know of this version: a newer one, and facts in it that have aged.
type News struct {
	Own    Published // At is zero if Home's releases do not list this version
	Newest Published // zero if none is newer
	Aged   []Fact
}

// Read makes the news of a list of releases and of this build's facts. A build that is no release
// has no version to compare, so that only its facts can age. The list may be nil: it could not be
// had.
func Read(releases []Published, facts []Fact, now time.Time) News {
	n := News{Own: Published{Version: Version()}}
	for _, r := range releases {
		if r.Version == Release {
			n.Own.At = r.At
		}
		if newer(r.Version, Release) && (n.Newest.Version == "" || newer(r.Version, n.Newest.Version)) {
			n.Newest = r
		}
	}
	for _, f := range facts {
		if now.Sub(f.Read) > factAge {
			n.Aged = append(n.Aged, f)
		}
	}
	return n
}

// newer reports whether version a comes after version b. A text that is no version of three numbers
// comes after nothing, and nothing comes after it.
func newer(a, b string) bool {
	x, ok := numbers(a)
	y, known := numbers(b)
	if !ok || !known {
		return false
	}
	for i := range x {
		if x[i] != y[i] {
			return x[i] > y[i]
		}
	}
	return false
}

func numbers(version string) (out [3]int, ok bool) {
	rest, ok := strings.CutPrefix(version, "v")
	parts := strings.Split(rest, ".")
	if !ok || len(parts) != len(out) {
		return out, false
	}
	for i, p := range parts {
		n, err := strconv.ParseUint(p, 10, 31)
		if err != nil {
			return out, false
		}
		out[i] = int(n)
	}
	return out, true
}
