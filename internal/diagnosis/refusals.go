package diagnosis

import (
	"slices"
	"strings"

	"github.com/postferry/postferry/internal/httpx"
)

// refusals explains the refusals of the services. The first row that matches wins. The fixes are
// what has helped people; docs/operating.md has their sources.
var refusals = slices.Concat(instagramRefusals, xRefusals, githubRefusals, hostRefusals)

// refusalRow explains a refusal of a service. Empty fields match anything.
type refusalRow struct {
	service   string
	op        string // prefix of the operation
	class     httpx.Class
	typ       string
	code      int
	codes     [2]int // a range, inclusive
	subcode   int
	component Component // "" for the service's own
	Diagnosis
}

func (r refusalRow) match(e *httpx.Error) bool {
	inRange := r.codes[1] == 0 || e.Code >= r.codes[0] && e.Code <= r.codes[1]
	return fits(r.service, e.Service) && strings.HasPrefix(e.Op, r.op) && fits(r.class, e.Class) &&
		fits(r.typ, e.Type) && fits(r.code, e.Code) && fits(r.subcode, e.Subcode) && inRange
}

// fits reports whether a field of a row, where it has a value, is the refusal's.
func fits[T comparable](row, refusal T) bool {
	var anything T
	return row == anything || row == refusal
}

// rowOf returns the first row that matches, or nil.
func rowOf(e *httpx.Error) *refusalRow {
	for i := range refusals {
		if refusals[i].match(e) {
			return &refusals[i]
		}
	}
	return nil
}

// hostRefusals is for Instagram's media host, whatever it answers: the answer is quoted.
var hostRefusals = []refusalRow{
	{service: "media", Diagnosis: Diagnosis{Key: "media-host", Link: metaStatus}},
}
