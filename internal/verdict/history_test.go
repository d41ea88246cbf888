package verdict

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// history is all that happened to one media, run by run: what a [Refusal] folds.
type history struct {
	runs []run
}

// run is one run: X may take another post before the try or after it, and what X refuses may be
// everybody's.
type run struct {
	before, after bool // X takes another post (or reply), a minute before the try or after it
	everybodys    bool
	tried         bool
	try           Try
}

// randomHistory has up to twelve runs. Words, files and steps change now and then, as those of X
// do.
func randomHistory(rnd *rand.Rand) (h history) {
	gaps := []time.Duration{10 * minute, hour - time.Second, hour, 2 * hour, 6 * hour, day, 3 * day}
	pick := func(of ...string) string { return of[rnd.IntN(len(of))] }
	likely := func(percent int) bool { return rnd.IntN(100) < percent }
	steps := [][]Step{{Initialize, Finalize, Processing}, {AtPost}, {AtReply}}[rnd.IntN(3)]
	words := []string{
		"media-unrecognized",
		"upload-forgotten",
		"",
		"automated",
		"replies",
		"reply-gone",
	}
	usual := words[rnd.IntN(len(words))]
	if usual == "replies" || usual == "reply-gone" {
		steps = []Step{AtReply}
	}
	kind, file := pick("photo", "video"), "1"
	now := noon
	for range 2 + rnd.IntN(11) {
		now = now.Add(gaps[rnd.IntN(len(gaps))])
		r := run{before: likely(20), after: likely(10), everybodys: likely(8), tried: likely(95)}
		r.try = Try{Step: steps[rnd.IntN(len(steps))], Key: usual, Kind: kind, File: file, At: now,
			Taken: likely(40), Several: likely(5)}
		if likely(15) {
			r.try.Key = pick(words...)
		}
		if likely(4) {
			r.try.Kind = pick("photo", "video")
		}
		if likely(4) {
			r.try.File = pick("1", "2")
		}
		if likely(4) {
			r.try.Step = []Step{Finalize, AtPost, AtReply}[rnd.IntN(3)]
		}
		r.try.Gone = r.try.Key == "reply-gone" && likely(70)
		h.runs = append(h.runs, r)
	}
	return h
}

// fold tells the history to a Refusal as a run does: what X takes is told at once, and what it
// refuses when the run ends.
func (h history) fold() (r Refusal) {
	var takenAt time.Time
	for _, run := range h.runs {
		if run.before {
			takenAt, r = run.try.At.Add(-minute), r.Took()
		}
		if run.after {
			takenAt, r = run.try.At.Add(minute), r.Took()
		}
		switch {
		case run.everybodys:
			r = r.Everybodys()
		case run.tried:
			try := run.try
			try.TakenAt = takenAt
			r = r.Add(try)
		}
	}
	return r
}

// counted lists the tries that count, and when X took another post, from the whole history.
func (h history) counted() (tries []Try, took []time.Time) {
	kept := 0 // tries that X's taking a post has made safe
	for _, run := range h.runs {
		if run.before {
			kept, took = len(tries), append(took, run.try.At.Add(-minute))
		}
		if run.after {
			kept, took = len(tries), append(took, run.try.At.Add(minute))
		}
		switch {
		case run.everybodys:
			tries = tries[:min(kept, len(tries))]
		case run.tried && (len(tries) == 0 || !tries[len(tries)-1].At.Add(hour).After(run.try.At)):
			tries = append(tries, run.try)
		}
	}
	return tries, took
}

// sameThing is the end of the tries that is about one file, one post or one reply.
func sameThing(tries []Try) []Try {
	i := len(tries)
	for i > 0 && about(tries[i-1]) == about(tries[len(tries)-1]) {
		i--
	}
	return tries[i:]
}

func about(t Try) [3]string {
	place := "upload"
	if t.Step == AtPost || t.Step == AtReply {
		place = string(t.Step)
	}
	return [3]string{place, t.Kind, t.File}
}

func count(tries []Try, is func(Try) bool) (n int) {
	for _, t := range tries {
		if is(t) {
			n++
		}
	}
	return n
}

func isListed(t Try) bool    { return t.Key == "media-unrecognized" || isForgotten(t) }
func isForgotten(t Try) bool { return t.Key == "upload-forgotten" }

// span is from the first to the last of the tries.
func span(tries []Try) time.Duration {
	if len(tries) == 0 {
		return 0
	}
	return tries[len(tries)-1].At.Sub(tries[0].At)
}

// The proofs as the contract has them, from the whole list of tries.

func fileProof(tries []Try) bool {
	need := 2
	if slices.ContainsFunc(tries, isForgotten) {
		need = 3
	}
	listedTaken := count(tries, func(t Try) bool { return isListed(t) && t.Taken })
	alone := count(tries, func(t Try) bool { return isListed(t) && !t.Taken && t.Kind == "video" })
	if listedTaken >= need || alone >= need && aloneProof(tries) {
		return true
	}
	upload := len(tries) > 0 && about(tries[0])[0] == "upload"
	return upload && span(tries) >= 7*day && count(tries, func(t Try) bool { return t.Taken }) >= 3
}

// aloneProof reports whether several videos were refused for a day, or this one only.
func aloneProof(tries []Try) bool {
	if !slices.ContainsFunc(tries, func(t Try) bool { return t.Several }) {
		return true
	}
	var listed []Try
	for _, t := range tries {
		if isListed(t) {
			listed = append(listed, t)
		}
	}
	return span(listed) >= day && !slices.ContainsFunc(tries, isForgotten)
}

func postProof(tries []Try, took []time.Time) bool {
	if len(tries) < 3 || about(tries[0])[0] == "upload" {
		return false
	}
	return slices.ContainsFunc(took, func(at time.Time) bool {
		return at.After(tries[0].At) && at.Before(tries[len(tries)-1].At)
	})
}

func repliesProof(tries []Try) bool {
	i := len(tries)
	for i > 0 && tries[i-1].Key == "replies" && tries[i-1].Step == AtReply {
		i--
	}
	return span(tries[i:]) >= 7*day
}

func goneProof(tries []Try) bool {
	gone := 0
	for _, t := range tries {
		switch {
		case t.Gone:
			gone++
		case t.Key == "reply-gone":
			gone = 0
		}
	}
	return gone >= 2
}

// TestHistories compares the folded Refusal with the whole history: it never proves what the
// history does not, and forgets nothing that a plain history proves.
func TestHistories(t *testing.T) {
	const histories = 10000
	proofs, plain := map[string]int{}, map[string]int{}
	for seed := range uint64(histories) {
		h := randomHistory(rand.New(rand.NewPCG(seed, 1)))
		r := h.fold()
		all, took := h.counted()
		tries := sameThing(all)
		for name, got := range map[string][2]bool{
			"file":    {r.RefusedFile().Proven, fileProof(tries)},
			"post":    {r.RefusedPost().Proven, postProof(tries, took)},
			"replies": {r.NoReplies().Proven, repliesProof(tries)},
			"gone":    {r.ParentGone().Proven, goneProof(tries)},
		} {
			folded, naive := got[0], got[1]
			if folded && !naive {
				t.Fatalf("seed %d: %s is proven, and the history does not prove it:\n%+v\n%+v",
					seed, name, tries, r)
			}
			if naive && !folded && h.isPlain() {
				t.Fatalf("seed %d: %s is not proven, and the history proves it:\n%+v\n%+v",
					seed, name, tries, r)
			}
			if folded {
				proofs[name]++
			}
			if folded && h.isPlain() {
				plain[name]++
			}
		}
	}
	for _, name := range []string{"file", "post", "replies", "gone"} {
		if proofs[name] < 10 || plain[name] < 10 {
			t.Errorf("only %d of %d histories prove %s, %d of them plain", proofs[name], histories,
				name, plain[name])
		}
	}
}

// isPlain reports whether the fold keeps all that the history proves. It remembers when X last took
// a post, and not every time. Of a video that X refused among others it asks for words of the
// closed list at last.
func (h history) isPlain() bool {
	return !slices.ContainsFunc(h.runs, func(r run) bool { return r.after || r.try.Several })
}
