package report

import (
	"encoding/json"
	"strconv"
)

// Outputs are the step outputs that action.yml lists: counts, ids and one line of JSON; never a
// text from outside.
func (r Run) Outputs() map[string]string {
	var posted, skipped, pending int
	issue := ""
	status := map[string]any{}
	for _, one := range r.Routes {
		posted += len(one.Outcome.Posted)
		left := len(one.Outcome.Skipped) + len(one.Outcome.GivenUp)
		skipped += left
		pending += one.Outcome.Pending
		if one.Issue > 0 && issue == "" {
			issue = strconv.Itoa(one.Issue)
		}
		status[one.Name] = map[string]any{
			"status":  one.Status(),
			"posted":  len(one.Outcome.Posted),
			"skipped": left,
			"pending": one.Outcome.Pending, "reconciled": one.Outcome.Reconciled, "incident": one.Issue,
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
