package console

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/doctor"
)

// TestTalkStaysOnItsLine: what a service said begins no line, gives the runner no order and turns
// no text around.
func TestTalkStaysOnItsLine(t *testing.T) {
	const hostile = "no\n::add-mask::a\r::error::b\u0085c\u202egnp.\u2066d ##[group]e"
	var out bytes.Buffer
	c := &Console{Err: &out}
	for name, say := range map[string]func(){
		"talk":    func() { c.Talk(hostile) },
		"warn":    func() { c.Warn(hostile) },
		"notice":  func() { c.Notice(hostile) },
		"explain": func() { c.Explain(errors.New(hostile), diagnosis.Diagnosis{}) },
		"fail":    func() { c.Fail(errors.New(hostile)) },
		"doctor": func() {
			(&doctor.Report{Route: "main", Healthy: true, Ruled: []string{hostile}}).Print(&out)
		},
	} {
		out.Reset()
		say()
		if text := out.String(); strings.ContainsAny(text, "\r\u0085\u202e\u2066") ||
			strings.Contains(text, "\n::") || strings.Contains(text, "##[") ||
			!strings.Contains(text, "::error::b") {
			t.Errorf("%s: %q", name, text)
		}
	}
}
