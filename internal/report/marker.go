package report

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/lazyregexp"
)

// Marker is the hidden comment at the end of an issue's body. The issue is found by it again, even
// if the state was lost.
func Marker(route string, c diagnosis.Component, fingerprint string) string {
	const form = "<!-- postferry:incident route=%s area=%s fingerprint=%s -->"
	return fmt.Sprintf(form, route, c, fingerprint)
}

// RunMarker is a hidden comment on a line of its own, before the marker. It names the attempt of a
// run that wrote the body last: the attempt "2" is another one than "1".
func RunMarker(run, attempt string) string {
	return fmt.Sprintf("<!-- postferry:run %s attempt=%s -->", run, cmp.Or(attempt, "1"))
}

// WrittenBy reports whether the body names the attempt of a run: in its hidden comment, or among
// the occurrences, each of which is a link. runs is the address of all runs.
func (b Body) WrittenBy(runs, run, attempt string) bool {
	b = b.lines()
	if b.hasLine(RunMarker(run, attempt)) {
		return true
	}
	return runs != "" && strings.Contains(string(b), "]("+runAddress(runs, run, attempt)+")")
}

// runAddress is the page of an attempt of a run. A run's own address shows its newest attempt.
func runAddress(runs, run, attempt string) string {
	if attempt == "" || attempt == "1" {
		return runs + run
	}
	return runs + run + "/attempts/" + attempt
}

var marker = lazyregexp.New(`(?m)^<!-- postferry:incident ` +
	`route=([a-z0-9-]{1,64}) area=([a-z-]{1,20}) fingerprint=([0-9a-z]{1,40}) -->\s*$`)

// Marker finds the marker in the body. Only a marker on a line of its own at the very end counts,
// which is where an issue has it and where quoted text never is.
func (b Body) Marker() (route string, c diagnosis.Component, fingerprint string, ok bool) {
	body := string(b)
	all := marker.FindAllStringSubmatchIndex(body, -1)
	if len(all) == 0 {
		return "", "", "", false
	}
	at := all[len(all)-1]
	if strings.TrimSpace(body[at[1]:]) != "" {
		return "", "", "", false
	}
	if c = diagnosis.Component(body[at[4]:at[5]]); c == "price" {
		c = diagnosis.Budget // its name in markers of version 1
	}
	return body[at[2]:at[3]], c, body[at[6]:at[7]], true
}
