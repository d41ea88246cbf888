package diagnosis

import (
	"slices"
	"strings"

	"github.com/postferry/postferry/internal/message"
)

// budgetHeld means that the month's budget is used up. A person has set that limit; it is no
// failure.
var budgetHeld = Diagnosis{
	Key: "budget-held", Link: "https://docs.x.com/x-api/getting-started/pricing",
}

// jobDied means that a run ended and reported nothing.
var jobDied = Diagnosis{Key: "job-died"}

// givenUp means that media were ended by a verdict. The list names each with its proof.
var givenUp = Diagnosis{Key: "given-up"}

// Diagnoses lists every diagnosis in English, sorted by key, each key once. They are the headings
// of docs/operating.md.
func Diagnoses() []Diagnosis {
	all := known()
	slices.SortStableFunc(all, func(a, b Diagnosis) int { return strings.Compare(a.Key, b.Key) })
	all = slices.CompactFunc(all, func(a, b Diagnosis) bool { return a.Key == b.Key })
	for i := range all {
		all[i] = all[i].In(message.Words{})
	}
	return all
}

// known are the diagnoses of all tables, without texts. Some keys have several.
func known() []Diagnosis {
	all := []Diagnosis{unexplained, jobDied, budgetHeld, givenUp}
	for _, row := range own {
		all = append(all, row.Diagnosis)
	}
	for _, row := range refusals {
		all = append(all, row.Diagnosis)
	}
	for _, rule := range rules {
		all = append(all, rule.diagnosis(Evidence{}))
	}
	return all
}

// DiagnosisOf gives the diagnosis of a key, as the state document records it, in English.
func DiagnosisOf(key string) (Diagnosis, bool) {
	for _, d := range known() {
		if d.Key == key {
			return d.In(message.Words{}), true
		}
	}
	return Diagnosis{}, false
}
