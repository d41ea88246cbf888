package demo

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/postferry/postferry/internal/sim"
)

// playSeptember is the night that postferry was made for.
func playSeptember(ctx context.Context, s *stage) {
	s.photo("The last one before")
	s.show(ctx, "mirror")
	s.world.Advance(20 * time.Minute)
	s.world.Instagram().BreakLikeSeptember2023()
	s.photo("夜明け前の台所")
	s.heading("demo.september.begins")
	s.show(ctx, "mirror")
	s.issue(1)

	red := s.schedule(ctx, 26*6)
	s.heading("demo.september.a-day")
	s.changes(1)
	red += s.schedule(ctx, (5*24+2)*6)
	s.head(s.Words.Text("demo.september.six-days", "Runs", (6*24+4)*6, "Red", red,
		"Calls", s.world.Calls("instagram"), "Rotations", s.world.X().Refreshes()))

	s.world.Instagram().Repair()
	s.world.Advance(6 * time.Hour)
	s.heading("demo.september.over")
	s.show(ctx, "mirror")
	s.changes(1)
	s.timeline()
}

// schedule lets the schedules run: the mirror every ten minutes, the rotation every six hours. A
// photo is published every sixteen hours. It returns the number of red runs.
func (s *stage) schedule(ctx context.Context, runs int) (red int) {
	for n := range runs {
		s.world.Advance(10 * time.Minute)
		if n%96 == 50 {
			s.photo(fmt.Sprintf("While it was down, %s", s.world.Now().Format("Monday")))
		}
		if n%36 == 7 && s.run(ctx, io.Discard, "rotate") != done {
			red++
		}
		if s.run(ctx, io.Discard, "mirror") != done {
			red++
		}
	}
	return red
}

// playLostAnswer is the reason why a post is written down before it is sent.
func playLostAnswer(ctx context.Context, s *stage) {
	s.photo("Only once, please")
	s.world.Fail(sim.Fault{Service: "x", Call: "POST /2/tweets", Reset: sim.After})
	s.heading("demo.lost.dies")
	s.show(ctx, "mirror")
	s.world.Advance(10 * time.Minute)
	s.heading("demo.lost.asks")
	s.show(ctx, "mirror")
	s.timeline()
}

// playDeadToken is the one failure that takes a login.
func playDeadToken(ctx context.Context, s *stage) {
	s.world.Fail(sim.Fault{Service: "x", Call: "POST /2/oauth2/token", Reset: sim.After})
	s.heading("demo.dead.dies")
	s.show(ctx, "rotate")
	s.world.Advance(6 * time.Hour)
	s.heading("demo.dead.knows")
	s.show(ctx, "rotate")
	s.issue(1)
	s.photo("In the meantime")
	s.world.Advance(10 * time.Minute)
	s.heading("demo.dead.login")
	refresh, access := s.world.X().Login()
	s.world.GitHub().SetSecret("X_REFRESH_TOKEN", refresh)
	s.world.GitHub().SetSecret("X_ACCESS_TOKEN", access)
	s.show(ctx, "mirror")
	s.world.Advance(6 * time.Hour)
	s.show(ctx, "rotate")
	s.changes(1)
	s.timeline()
}

// playHiccup is a failure that passes by itself, but not at once.
func playHiccup(ctx context.Context, s *stage) {
	s.photo("Patience")
	for n := 1; n <= 3; n++ {
		s.world.Fail(sim.Fault{
			Service: "instagram", Call: "GET /**", Times: -1, Status: 500,
			Body: `{"error":{"message":"An unknown error has occurred.",` +
				`"type":"OAuthException","code":1,"fbtrace_id":"AHiccup"}}`,
		})
		s.head(s.Words.Text("demo.hiccup.answers", "Run", n))
		s.show(ctx, "mirror")
		s.world.Advance(10 * time.Minute)
	}
	s.world.ClearFaults()
	s.heading("demo.hiccup.over")
	s.show(ctx, "mirror")
	s.issue(1)
	s.timeline()
}
