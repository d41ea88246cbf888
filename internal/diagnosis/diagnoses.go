package diagnosis

import (
	"slices"
	"strings"
)

// budgetHeld means that the month's budget is used up. A person has set that limit; it is no
// failure.
var budgetHeld = Diagnosis{
	"budget-held", "the month's budget for X is used up",
	"X bills every post, and `usd_per_month` holds posts back once the month would get dearer " +
		"than that. They are posted when the next month begins (UTC).",
	"Raise `limits: {usd_per_month: …}` in .github/postferry.yml, or wait.\n" +
		"`link: never` and `urls: plain` make posts 13 times cheaper than those with a web " +
		"address.",
	"https://docs.x.com/x-api/getting-started/pricing",
}

// jobDied means that a run ended and reported nothing.
var jobDied = Diagnosis{
	"job-died", "a run ended without a word",
	"The job failed or was cancelled, and postferry did not get to say why: the program could " +
		"not be built, it crashed, ran into the job's time limit, or the runner was lost.",
	"Open the run that is linked and read the log of the step that is red. If it is a time-out " +
		"or a lost runner, the next run goes on where this one stopped.",
	"",
}

// givenUp means that media were ended by a verdict. The list names each with its proof.
var givenUp = Diagnosis{
	"given-up", "media are not mirrored any more",
	"X, or Instagram's media host, refuses each media of the list for good; its proof stands " +
		"beside it. Nothing else waits for these media.",
	"Mend what the proof names and have a media posted again with `postferry retry PERMALINK`, " +
		"or with the input retry of *Actions > mirror > Run workflow*. Close this issue if the " +
		"list may stay as it is.",
	"",
}

// Diagnoses lists every diagnosis, sorted by key, each key once. They are the headings of
// docs/operating.md.
func Diagnoses() []Diagnosis {
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
	slices.SortStableFunc(all, func(a, b Diagnosis) int { return strings.Compare(a.Key, b.Key) })
	return slices.CompactFunc(all, func(a, b Diagnosis) bool { return a.Key == b.Key })
}

// DiagnosisOf gives the diagnosis of a key, as the state document records it.
func DiagnosisOf(key string) (Diagnosis, bool) {
	for _, d := range Diagnoses() {
		if d.Key == key {
			return d, true
		}
	}
	return Diagnosis{}, false
}
