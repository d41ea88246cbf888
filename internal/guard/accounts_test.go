package guard_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/guard"
	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/token"
	"github.com/postferry/postferry/internal/xapi"
)

var (
	bakery = instagram.Account{ID: "1", UserID: "17841", Username: "bakery"}
	cafe   = instagram.Account{ID: "2", UserID: "17842", Username: "cafe"}
	xBaker = xapi.User{ID: "51", Username: "baker"}
	xCafe  = xapi.User{ID: "52", Username: "cafe_x"}
)

// guests is a route whose tokens belong to somebody, and what was asked of the services.
type guests struct {
	*stage
	*guard.Accounts
	instagram instagram.Account
	x         xapi.User
	xLogin    string
	asked     []string
	notes     []string
	failing   error
}

// newGuests is a route whose chain is @bakery's and @baker's, by the logins "ig" and "x".
func newGuests(t *testing.T) *guests {
	s := newStage(t)
	s.run()
	r := s.route("main")
	s.must(r.Session.Update(t.Context(), "begin", func(d *state.Document) error {
		d.Baseline = s.w.Now().Add(-time.Hour).UTC()
		d.Account = state.Account{
			InstagramID: "17841", InstagramUsername: "bakery", InstagramLogin: "ig",
			XUserID: "51", XUsername: "baker",
		}
		d.Tokens.X.Owner = "x"
		begun := d.Record("1", s.w.Now().Add(-time.Minute), "")
		begun.Posts, begun.Parts = []string{"900"}, 2
		d.Record("2", s.w.Now().Add(-time.Minute), "")
		return nil
	}))
	g := &guests{stage: s, instagram: bakery, x: xBaker, xLogin: "x"}
	conf := config.Default().Routes[0]
	g.Accounts = &guard.Accounts{
		Route: conf, Session: r.Session, Asker: s.person, Now: s.w.Now, InstagramLogin: "ig",
		InstagramMe: func(context.Context) (instagram.Account, error) {
			g.asked = append(g.asked, "instagram")
			return g.instagram, g.failing
		},
		XMe: func(context.Context) (xapi.User, error) {
			g.asked = append(g.asked, "x")
			return g.x, g.failing
		},
		XLogin: func() string { return g.xLogin },
		Note:   func(s string) { g.notes = append(g.notes, s) },
	}
	return g
}

// loggedIn has somebody else log in to both services.
func (g *guests) loggedIn(me instagram.Account, user xapi.User) {
	g.instagram, g.x, g.InstagramLogin, g.xLogin = me, user, "ig2", "x2"
}

// TestAccounts: whose tokens a run has, and whether it may post.
func TestAccounts(t *testing.T) {
	for _, tt := range []struct {
		name  string
		given func(*guests)
		held  string // in the title of the question
		err   string // another error; "put off" for one that ends the run only
		asked string // of the services
		takes state.Account
	}{
		{"the logins of before", func(g *guests) {}, "", "", "",
			state.Account{InstagramUsername: "bakery", XUsername: "baker"}},
		{"new logins of the same accounts", func(g *guests) { g.loggedIn(bakery, xBaker) },
			"", "", "instagram x", state.Account{InstagramUsername: "bakery", XUsername: "baker"}},
		{"another Instagram account", func(g *guests) { g.loggedIn(cafe, xCafe) },
			"Instagram is logged in as another account: @cafe instead of @bakery", "", "instagram",
			state.Account{InstagramUsername: "bakery", XUsername: "baker"}},
		{"another X account", func(g *guests) { g.loggedIn(bakery, xCafe) },
			"X is logged in as another account: @cafe_x instead of @baker", "", "instagram x",
			state.Account{InstagramUsername: "bakery", XUsername: "baker"}},
		{"another Instagram account, accepted", func(g *guests) {
			g.loggedIn(cafe, xBaker)
			g.answer("17842", "completed")
		}, "", "put off", "instagram",
			state.Account{InstagramUsername: "cafe", XUsername: "baker"}},
		{"another X account, accepted", func(g *guests) {
			g.loggedIn(bakery, xCafe)
			g.answer("52", "completed")
		}, "", "", "instagram x", state.Account{InstagramUsername: "bakery", XUsername: "cafe_x"}},
		{"another Instagram account, refused", func(g *guests) {
			g.loggedIn(cafe, xBaker)
			g.answer("17842", "not_planned")
		}, "Instagram is logged in as another", "", "instagram",
			state.Account{InstagramUsername: "bakery", XUsername: "baker"}},
		{"another X account, refused", func(g *guests) {
			g.loggedIn(bakery, xCafe)
			g.answer("52", "not_planned")
		}, "X is logged in as another", "", "instagram x",
			state.Account{InstagramUsername: "bakery", XUsername: "baker"}},
		{"the configuration names them", func(g *guests) {
			g.loggedIn(bakery, xCafe)
			g.Route.X.Account = "@CAFE_x"
		}, "", "", "instagram x", state.Account{InstagramUsername: "bakery", XUsername: "cafe_x"}},
		{"the configuration names another Instagram account", func(g *guests) {
			g.loggedIn(cafe, xBaker)
			g.Route.Instagram.Account = "@bakery"
		}, "",
			"Instagram: the token in INSTAGRAM_TOKEN belongs to @cafe, and the configuration" +
				" names @bakery",
			"instagram", state.Account{InstagramUsername: "bakery", XUsername: "baker"}},
		{"the configuration names another X account", func(g *guests) {
			g.loggedIn(bakery, xCafe)
			g.Route.X.Account = "baker"
		}, "",
			"X: the token in X_REFRESH_TOKEN belongs to @cafe_x, and the configuration names" +
				" @baker",
			"instagram x", state.Account{InstagramUsername: "bakery", XUsername: "baker"}},
		{"whose they are can't be asked", func(g *guests) {
			g.loggedIn(bakery, xBaker)
			g.failing = errors.New("down")
		}, "", "ask whose the Instagram login is: down", "instagram",
			state.Account{InstagramUsername: "bakery", XUsername: "baker"}},
		{"X can't be asked", func(g *guests) {
			g.xLogin, g.failing = "x2", errors.New("down")
		}, "", "ask whose the X login is: down", "x",
			state.Account{InstagramUsername: "bakery", XUsername: "baker"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := newGuests(t)
			tt.given(g)
			err := g.Check(t.Context())
			var later *token.PutOffError
			held, isHeld := guard.IsHeld(err)
			switch {
			case tt.held != "":
				if !isHeld || !strings.Contains(held.Question.Title, tt.held) {
					t.Fatalf("got %v, want it held: %s", err, tt.held)
				}
				q, noted := held.Question, g.document("main").Account.Question
				if q.Component != "account" || q.Route != "main" || q.Facts == "" ||
					q.Completed == "" || q.NotPlanned == "" || held.Answer.Issue != 7 ||
					noted.Issue != 7 {
					t.Errorf("the question is %+v, noted %+v", q, noted)
				}
			case tt.err == "put off":
				if !errors.As(err, &later) {
					t.Errorf("got %v, want it put off", err)
				}
			case tt.err == "" && err != nil, tt.err != "" && (err == nil || err.Error() != tt.err):
				t.Errorf("got %v, want %q", err, tt.err)
			}
			if got := strings.Join(g.asked, " "); got != tt.asked {
				t.Errorf("asked %q, want %q", got, tt.asked)
			}
			is := g.document("main").Account
			if is.InstagramUsername != tt.takes.InstagramUsername ||
				is.XUsername != tt.takes.XUsername {
				t.Errorf("the accounts are @%s and @%s", is.InstagramUsername, is.XUsername)
			}
			if (is.Question != nil) != isHeld {
				t.Errorf("the question in the document is %+v", is.Question)
			}
			if err == nil {
				again := len(g.asked)
				if err := g.Check(t.Context()); err != nil || len(g.asked) != again {
					t.Errorf("the next run: %v, asked %v", err, g.asked[again:])
				}
			}
		})
	}
}

// TestAcceptedAccounts: what another account means for what waits and for what was begun.
func TestAcceptedAccounts(t *testing.T) {
	t.Run("Instagram", func(t *testing.T) {
		g := newGuests(t)
		g.loggedIn(cafe, xBaker)
		opened := g.w.Now().UTC().Truncate(time.Second)
		g.person.answers["17842"] = guard.Answer{Completed: true, Opened: opened}
		_ = g.Check(t.Context())
		d := g.document("main")
		if !d.Baseline.Equal(opened) || d.Find("2").Status != state.Withdrawn ||
			d.Find("1").Status != state.GivenUp {
			t.Errorf("new is what is younger than %v; %+v", d.Baseline, d.Ledger)
		}
	})
	t.Run("Instagram, by the configuration", func(t *testing.T) {
		g := newGuests(t)
		g.loggedIn(cafe, xBaker)
		g.Route.Instagram.Account = "cafe"
		_ = g.Check(t.Context())
		if d := g.document("main"); !d.Baseline.Equal(g.w.Now().UTC().Truncate(time.Second)) {
			t.Errorf("new is what is younger than %v", d.Baseline)
		}
	})
	t.Run("X", func(t *testing.T) {
		g := newGuests(t)
		g.loggedIn(bakery, xCafe)
		g.answer("52", "completed")
		g.must(g.Check(t.Context()))
		d := g.document("main")
		if d.Find("1").Status != state.GivenUp || d.Find("2").Status != state.Posting ||
			d.Account.XUserID != "52" || d.Tokens.X.Owner != "x2" {
			t.Errorf("%+v", d.Ledger)
		}
	})
}

// TestRenamed: the same id under a new name is told, and holds nothing.
func TestRenamed(t *testing.T) {
	g := newGuests(t)
	renamed, user := bakery, xBaker
	renamed.Username, user.Username = "bakery_new", "baker_new"
	g.loggedIn(renamed, user)
	g.must(g.Check(t.Context()))
	want := "Instagram: the account @bakery is called @bakery_new now; X: the account @baker is" +
		" called @baker_new now"
	if got := strings.Join(g.notes, "; "); got != want {
		t.Errorf("got %q", got)
	}
	if d := g.document("main"); d.Account.XUsername != "baker_new" ||
		d.Find("1").Status != state.Posting {
		t.Errorf("%+v", d.Account)
	}
}

// TestVoidQuestion: a question is closed once the account of before is back.
func TestVoidQuestion(t *testing.T) {
	g := newGuests(t)
	g.loggedIn(bakery, xCafe)
	if err := g.Check(t.Context()); err == nil {
		t.Fatal("not held")
	}
	g.x, g.xLogin = xBaker, "x"
	g.person.failing = errors.New("no issues")
	if err := g.Check(t.Context()); !errors.Is(err, g.person.failing) {
		t.Errorf("got %v", err)
	}
	if g.document("main").Account.Question == nil {
		t.Error("the question is forgotten though its issue is open")
	}
	g.person.failing = nil
	g.must(g.Check(t.Context()))
	if !g.wasSettled("52") || g.document("main").Account.Question != nil {
		t.Error("the question is open")
	}
}

// TestPending: while a question is open, the services are not asked.
func TestPending(t *testing.T) {
	for _, tt := range []struct {
		name  string
		given func(*guests)
		held  bool
		read  bool // the issue was read
	}{
		{"open", func(g *guests) {}, true, true},
		{"refused", func(g *guests) { g.answer("52", "not_planned") }, true, true},
		{"accepted", func(g *guests) { g.answer("52", "completed") }, false, true},
		{"another login", func(g *guests) { g.xLogin = "x3" }, false, false},
		{
			"the configuration answers", func(g *guests) { g.Route.X.Account = "@cafe_X" }, false,
			false,
		},
		{
			"the configuration names another one",
			func(g *guests) { g.Route.X.Account = "@other" }, true, true,
		},
		{
			"the issue can't be read", func(g *guests) { g.person.failing = errors.New("no") },
			false, true,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := newGuests(t)
			g.must(g.Pending(t.Context()))
			g.loggedIn(bakery, xCafe)
			_ = g.Check(t.Context())
			tt.given(g)
			g.asked, g.person.asked = nil, nil
			question, held := guard.IsHeld(g.Pending(t.Context()))
			if held && (question.Answer.Issue != 7 || question.Cause() != "another-account" ||
				question.Question.Route != "main" ||
				!strings.Contains(question.Error(), "@cafe_x: see #7")) {
				t.Errorf("held by %+v", question)
			}
			if held != tt.held || (len(g.person.asked) > 0) != tt.read || len(g.asked) > 0 {
				t.Errorf("held %v, read %d times, asked %v", held, len(g.person.asked), g.asked)
			}
		})
	}
	t.Run("Instagram's", func(t *testing.T) {
		g := newGuests(t)
		g.loggedIn(cafe, xBaker)
		_ = g.Check(t.Context())
		if _, held := guard.IsHeld(g.Pending(t.Context())); !held {
			t.Error("not held")
		}
		g.Route.Instagram.Account = "cafe"
		g.must(g.Pending(t.Context()))
		g.Route.Instagram.Account, g.InstagramLogin = "", "ig3"
		g.must(g.Pending(t.Context()))
	})
}

// TestAcceptInstagram: set-up takes the account that it has shown, and closes the question.
func TestAcceptInstagram(t *testing.T) {
	g := newGuests(t)
	g.must(g.AcceptInstagram(t.Context(), bakery))
	if len(g.person.settled) > 0 {
		t.Error("the account of before was asked about")
	}
	g.InstagramLogin = "ig2"
	onlyID := cafe
	onlyID.UserID = ""
	g.must(g.AcceptInstagram(t.Context(), onlyID))
	d := g.document("main")
	if !g.wasSettled("2") || d.Account.InstagramID != "2" || d.Account.InstagramLogin != "ig2" ||
		!d.Baseline.Equal(g.w.Now().UTC().Truncate(time.Second)) {
		t.Errorf("%+v, new after %v", d.Account, d.Baseline)
	}
	g.Asker = nil
	g.must(g.AcceptInstagram(t.Context(), bakery))
}

// TestTakeX: the first X account of a route gives nothing up.
func TestTakeX(t *testing.T) {
	d := &state.Document{}
	d.Record("1", time.Time{}, "").Posts = []string{"900"}
	guard.TakeX(d, xBaker, "x", time.Now())
	guard.TakeX(d, xBaker, "x2", time.Now())
	if d.Find("1").Status != state.Posting || d.Account.XUserID != "51" ||
		d.Tokens.X.Owner != "x2" {
		t.Errorf("%+v", d)
	}
}

// TestHeldErrorSays what is asked, and where.
func TestHeldErrorSays(t *testing.T) {
	for _, tt := range []struct {
		e           guard.HeldError
		says, cause string
	}{
		{guard.HeldError{Question: guard.Question{Title: "it was lost", Component: "state"}},
			"it was lost", "state-lost"},
		{guard.HeldError{
			Question: guard.Question{Title: "another", Component: "account"},
			Answer:   guard.Answer{Issue: 3},
		}, "another: see #3", "another-account"},
	} {
		if tt.e.Error() != tt.says || tt.e.Cause() != tt.cause {
			t.Errorf("got %q, %q", tt.e.Error(), tt.e.Cause())
		}
	}
	if c := (&guard.WrongAccountError{}).Cause(); c != "another-account" {
		t.Error(c)
	}
}

// TestNoAccountYet: the first accounts of a route are taken without a question, and nothing is
// given up for them.
func TestNoAccountYet(t *testing.T) {
	for _, login := range []string{"ig", ""} { // "" is a token that version 1 recorded
		g := newGuests(t)
		g.must(g.Session.Update(t.Context(), "forget", func(d *state.Document) error {
			d.Account, d.Tokens.X.Owner = state.Account{}, ""
			return nil
		}))
		was := g.document("main").Baseline
		g.InstagramLogin, g.xLogin, g.Note = login, login, nil
		g.must(g.Check(t.Context()))
		d := g.document("main")
		if d.Account.InstagramID != "17841" || d.Account.XUserID != "51" ||
			!d.Baseline.Equal(was) ||
			d.Find("1").Status != state.Posting || len(g.asked) != 2 || len(g.person.asked) != 0 {
			t.Errorf("login %q: %+v, asked %v", login, d.Account, g.asked)
		}
	}
	g := newGuests(t)
	g.must(g.Session.Update(t.Context(), "forget", func(d *state.Document) error {
		d.Account = state.Account{}
		return nil
	}))
	was := g.document("main").Baseline
	g.must(g.AcceptInstagram(t.Context(), cafe))
	if d := g.document("main"); !d.Baseline.Equal(was) || d.Account.InstagramID != "17842" {
		t.Errorf("the first account moved the baseline from %v to %v", was, d.Baseline)
	}
}

// TestAcceptedClosesTheQuestion: the run that takes another Instagram account ends, and closes the
// issue that asked. A run that could not ask leaves it open.
func TestAcceptedClosesTheQuestion(t *testing.T) {
	g := newGuests(t)
	g.loggedIn(cafe, xBaker)
	_ = g.Check(t.Context())
	g.failing = errors.New("down")
	_ = g.Check(t.Context())
	if g.wasSettled("17842") {
		t.Error("a run that could not ask has closed the question")
	}
	g.failing = nil
	g.answer("17842", "completed")
	var later *token.PutOffError
	if err := g.Check(t.Context()); !errors.As(err, &later) {
		t.Errorf("got %v", err)
	}
	if !g.wasSettled("17842") || g.document("main").Account.Question != nil {
		t.Error("the question is open")
	}
}

// TestAnonymous: an account without a name is not the one that a configuration without a name
// means.
func TestAnonymous(t *testing.T) {
	g := newGuests(t)
	nameless := xCafe
	nameless.Username = ""
	g.loggedIn(bakery, nameless)
	held, _ := guard.IsHeld(g.Check(t.Context()))
	if held == nil || !strings.Contains(held.Question.Title, "the account 52 instead of @baker") {
		t.Fatalf("got %v", held)
	}
	if held.Question.Otherwise != "" {
		t.Errorf("a configuration can't name it: %s", held.Question.Otherwise)
	}
	if _, held := guard.IsHeld(g.Pending(t.Context())); !held {
		t.Error("not held")
	}
}

// TestAcceptTheSame: a new login of the account is written down, and an account that is known by
// another login too.
func TestAcceptTheSame(t *testing.T) {
	g := newGuests(t)
	was := g.document("main").Baseline
	g.InstagramLogin = "ig2"
	g.must(g.AcceptInstagram(t.Context(), bakery))
	if d := g.document("main"); d.Account.InstagramLogin != "ig2" || !d.Baseline.Equal(was) {
		t.Errorf("%+v", d.Account)
	}
	g.must(g.AcceptInstagram(t.Context(), cafe))
	if d := g.document("main"); d.Account.InstagramID != "17842" || d.Baseline.Equal(was) {
		t.Errorf("%+v", d.Account)
	}
}

// TestAccountsUnwritten: an account that could not be written down is not taken.
func TestAccountsUnwritten(t *testing.T) {
	g := newGuests(t)
	g.loggedIn(cafe, xBaker)
	g.answer("17842", "completed")
	g.fail("PUT /repos/*/*/contents/**", 403, `{"message":"no"}`)
	if err := g.Check(t.Context()); httpx.ClassOf(err) != httpx.Forbidden {
		t.Errorf("got %v", err)
	}
}

// TestOneQuestionAtATime: where the Instagram account is back and the X login is another one, the
// question about Instagram is closed. No document would hold its issue any more.
func TestOneQuestionAtATime(t *testing.T) {
	g := newGuests(t)
	g.loggedIn(cafe, xBaker)
	_ = g.Check(t.Context())
	if g.wasSettled("17842") {
		t.Fatal("an open question was closed")
	}
	g.loggedIn(bakery, xCafe)
	g.InstagramLogin = "ig"
	if held, ok := guard.IsHeld(g.Check(t.Context())); !ok || held.Question.Key != "52" {
		t.Errorf("held by %+v", held)
	}
	q := g.document("main").Account.Question
	if !g.wasSettled("17842") || q == nil || q.ID != "52" {
		t.Errorf("the question about Instagram is open: the document has %+v", q)
	}
}
