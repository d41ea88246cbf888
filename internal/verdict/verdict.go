package verdict

import (
	"time"

	"github.com/postferry/postferry/internal/message"
)

// Verdict is the answer to the question whether something is proven: that X refuses this very file,
// that a post is not on X, that a refresh token is dead.
type Verdict struct {
	Proven bool
	// Why is the proof as a sentence, or what is missing for one.
	Why string
	// Next is when the question is asked again. It is zero for a proven verdict, and for one that
	// every run asks.
	Next time.Time
}

// proven is a verdict whose proof is a stored message. Who prints the sentence says it in the
// person's language.
func proven(key string, args ...any) Verdict {
	return Verdict{Proven: true, Why: message.Words{}.Text(key, args...)}
}

// held is a verdict that waits for what a stored message says.
func held(key string, args ...any) Verdict {
	return Verdict{Why: message.Words{}.Text(key, args...)}
}

// heldUntil is held with the time of the next question.
func heldUntil(next time.Time, key string, args ...any) Verdict {
	v := held(key, args...)
	v.Next = next
	return v
}

// tryGap is how old the last try that counted must be for another one to count: several runs within
// a minute see one and the same moment of a service.
const tryGap = time.Hour

// probeWaits are the waits after which something that failed is asked again: 1 h, 2 h, 4 h, then
// every 6 h.
var probeWaits = []time.Duration{time.Hour, 2 * time.Hour, 4 * time.Hour, 6 * time.Hour}

// ProbeWait is how long to wait after the n-th failed probe; the first one is 1.
func ProbeWait(n int) time.Duration {
	return probeWaits[min(max(n, 1), len(probeWaits))-1]
}
