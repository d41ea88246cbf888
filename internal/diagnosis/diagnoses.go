package diagnosis

import "slices"

// BudgetHeld is the diagnosis of a month's budget that is used up: a limit that the person set, not a fault.
var BudgetHeld = Diagnosis{
	"budget-held", "the month's budget for X is used up",
	"X bills every post, and `usd_per_month` holds posts back once the month would get dearer than that. What is held back is kept and posted when the next month begins (UTC).",
	"Raise `limits: {usd_per_month: …}` in .github/postferry.yml, or wait. `link: never` and `urls: plain` make posts 13 times cheaper than those with a web address.", "https://docs.x.com/x-api/getting-started/pricing",
}

// Diagnoses lists every diagnosis there is, by key, each key once: the headings of docs/operating.md.
func Diagnoses() []Diagnosis {
	all := []Diagnosis{unexplained, Died, BudgetHeld}
	for _, row := range wrapped {
		all = append(all, row.Diagnosis)
	}
	for _, row := range refusals {
		all = append(all, row.Diagnosis)
	}
	for _, rule := range rules {
		all = append(all, rule.diagnosis(Evidence{}))
	}
	slices.SortStableFunc(all, func(a, b Diagnosis) int {
		switch {
		case a.Key < b.Key:
			return -1
		case a.Key > b.Key:
			return 1
		}
		return 0
	})
	return slices.CompactFunc(all, func(a, b Diagnosis) bool { return a.Key == b.Key })
}

// DiagnosisOf gives the diagnosis of a key, as it was recorded.
func DiagnosisOf(key string) (Diagnosis, bool) {
	for _, d := range Diagnoses() {
		if d.Key == key {
			return d, true
		}
	}
	return Diagnosis{}, false
}
