package report

import (
	"encoding/json"
	"strconv"

	"github.com/postferry/postferry/internal/result"
)

// Outputs are the step outputs that action.yml lists: counts, ids and one line of JSON; never a
// text from outside.
func Outputs(routes []result.Route) map[string]string {
	var posted, skipped, pending int
	issue := ""
	status := map[string]any{}
	for _, r := range routes {
		posted += len(r.Outcome.Posted)
		left := len(r.Outcome.Skipped) + len(r.Outcome.GivenUp)
		skipped += left
		pending += r.Outcome.Pending
		if r.Issue > 0 && issue == "" {
			issue = strconv.Itoa(r.Issue)
		}
		status[r.Name] = map[string]any{
			"status":  r.Status(),
			"posted":  len(r.Outcome.Posted),
			"skipped": left,
			"pending": r.Outcome.Pending, "reconciled": r.Outcome.Reconciled, "incident": r.Issue,
		}
	}
	line, _ := json.Marshal(status) // maps of strings and numbers always encode
	return map[string]string{
		"posted":   strconv.Itoa(posted),
		"skipped":  strconv.Itoa(skipped),
		"pending":  strconv.Itoa(pending),
		"incident": issue, "route-status": string(line),
	}
}
