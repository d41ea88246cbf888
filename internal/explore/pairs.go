package explore

import (
	"strings"
	"time"

	"github.com/postferry/postferry/internal/sim"
)

// pair is two runs side by side, and what must be on X in the end.
type pair struct {
	prepare func(*Scene)
	// runs are a command line each, or what a person does.
	runs  [2]string
	want  []string       // the first word of each thread, in order
	parts map[string]int // how many posts a thread has; 1 if it is not listed
	// reports reports whether a run may end with 1, because it meets an incident.
	reports bool
	// anyOrder reports whether the threads may come in any order, because one of them was held.
	anyOrder bool
	asks     bool            // a person answers what is asked, with yes
	lags     []time.Duration // of X's timeline
}

// How far X's timeline is behind. It is read only where something is posted.
var (
	lagging = []time.Duration{0, 5 * time.Minute}
	prompt  = []time.Duration{0}
)

// people are those processes that are no run of the program.
var people = map[string]func(*Scene){
	"close": func(s *Scene) { s.closeAll("completed") },
}

// long is a caption that makes a thread of two posts.
var long = "long " + strings.Repeat("abcdefghi ", 30)

var pairs = map[string]pair{
	"mirror×mirror": {
		prepare: func(s *Scene) { s.begin(); s.publish(photo(long), photo("two")) },
		runs:    [2]string{"mirror", "mirror"},
		want:    []string{"long", "two"}, parts: map[string]int{"long": 2},
		lags: lagging,
	},
	"mirror×rotate": {
		prepare: func(s *Scene) { s.begin(); s.W.Advance(25 * time.Hour); s.publish(photo("one")) },
		runs:    [2]string{"mirror", "rotate"}, want: []string{"one"},
		lags: lagging,
	},
	"rotate×rotate": {
		prepare: func(s *Scene) { s.begin(); s.W.Advance(25 * time.Hour) },
		runs:    [2]string{"rotate", "rotate"},
		lags:    prompt,
	},
	"first×first": {
		prepare: func(s *Scene) {},
		runs:    [2]string{"mirror", "mirror"},
		lags:    prompt,
	},
	"incident×recovery": {
		prepare: func(s *Scene) {
			s.begin()
			s.incident()
			s.W.Advance(2 * time.Hour)
			s.W.ClearFaults()
			s.W.Fail(denied)
			s.publish(photo("one"))
		},
		runs: [2]string{"mirror", "mirror"}, want: []string{"one"}, reports: true,
		lags: lagging,
	},
	"retry×mirror": {
		prepare: func(s *Scene) { s.begin(); s.giveUp(); s.publish(photo("two")) },
		runs:    [2]string{"retry all", "mirror"}, want: []string{"first", "one", "second", "two"},
		anyOrder: true,
		lags:     lagging,
	},
	"closing×mirror": {
		prepare: func(s *Scene) {
			s.begin()
			s.incident()
			s.W.ClearFaults()
			s.publish(photo("one"))
		},
		runs: [2]string{"close", "mirror"}, want: []string{"one"}, reports: true,
		lags: lagging,
	},
	"question×question": {
		prepare: func(s *Scene) { s.otherLogin() },
		runs:    [2]string{"mirror", "mirror"}, want: []string{"one", "two"}, reports: true,
		asks: true,
		lags: prompt,
	},
	"account×mirror": {
		prepare: func(s *Scene) { s.otherLogin(); s.alone(s.start("mirror")) },
		runs:    [2]string{"close", "mirror"}, want: []string{"one", "two"}, reports: true,
		asks: true,
		lags: prompt,
	},
	"answer×mirror": {
		prepare: func(s *Scene) { s.begin(); s.rollback() },
		runs:    [2]string{"close", "mirror"}, want: []string{"one", "two", "three"},
		reports: true,
		lags:    lagging,
	},
}

// otherLogin mirrors one media, and logs in with another X account while a second one waits.
func (s *Scene) otherLogin() {
	s.begin()
	s.publish(photo("one"))
	s.alone(s.start("mirror"))
	refresh, access := s.W.X().LoginAs(xNames[1])
	s.W.GitHub().SetSecret("X_REFRESH_TOKEN", refresh)
	s.W.GitHub().SetSecret("X_ACCESS_TOKEN", access)
	s.publish(photo("two"))
}

// begin makes the first run.
func (s *Scene) begin() {
	s.alone(s.start("mirror"))
	s.W.Advance(5 * time.Second)
}

// denied is Instagram's answer to a token that was revoked.
var denied = sim.Fault{
	Service: "instagram", Call: "GET /*/me/media", Status: 400,
	Body: `{"error":{"message":"Error validating access token","type":"OAuthException",` +
		`"code":190,"error_subcode":460}}`,
}

// incident has a run meet an incident.
func (s *Scene) incident() {
	always := denied
	always.Times = -1
	s.W.Fail(always)
	s.alone(s.start("mirror"))
}

// closeAll closes every issue of ours as a person does.
func (s *Scene) closeAll(reason string) {
	for _, i := range s.ours() {
		if i.State == "open" {
			s.W.GitHub().Issue(i.Number).Close("someone", reason)
		}
	}
}

// badWidth tells the photo that X refuses from the others.
const badWidth = 61

// giveUp has X refuse one photo until it is given up. In the end X takes it again.
func (s *Scene) giveUp() {
	s.W.Fail(refusal)
	one := photo("one")
	one.Items[0].Bytes = files["bad"]
	s.publish(one, photo("first"))
	s.alone(s.start("mirror"))
	s.W.Advance(2 * time.Hour)
	s.publish(photo("second"))
	s.alone(s.start("mirror"))
	s.W.ClearFaults()
}

// rollback puts the state branch back to before a post, and has a run notice it.
func (s *Scene) rollback() {
	for _, caption := range []string{"one", "two"} {
		s.publish(photo(caption))
		s.alone(s.start("mirror"))
		s.W.Advance(10 * time.Minute)
	}
	s.W.GitHub().Branch(branch).ForceBack(2)
	s.publish(photo("three"))
	s.alone(s.start("mirror"))
}
