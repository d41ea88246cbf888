package setup

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/report"
)

// sheet writes the set-up issue: what the checklist holds, with each link of the repository.
type sheet struct{ *Guide }

// text renders the issue.
func (s sheet) text() string {
	var b strings.Builder
	if len(s.list.warnings) > 0 {
		b.WriteString(sayLeaked)
		for _, w := range s.list.warnings {
			fmt.Fprintf(&b, "> - %s\n", w)
		}
		b.WriteString("\n")
	}
	fmt.Fprintf(&b, "%s\n\n", s.status())
	for _, n := range s.list.notes {
		fmt.Fprintf(&b, "- %s\n", n)
	}
	b.WriteString("\n" + s.otherRoutes())
	box(&b, true, boxTemplate)
	s.stepX(&b)
	s.stepInstagram(&b)
	box(&b, s.list.sound() && s.board.number > 0, fmt.Sprintf(boxWorkflow, s.workflow()))
	fmt.Fprintf(&b, "  %s\n", sayStartAnew)
	n := 5
	if s.Route.X.Auth != config.Keys {
		s.stepLogin(&b)
		n = 6
	}
	s.stepLook(&b, n)
	fmt.Fprintf(&b, "\n%s"+runMark+"\n%s\n", sayKeptCurrent, s.Run,
		report.Marker(s.Route.Name, diagnosis.Setup, "setup"))
	return s.Hide(b.String())
}

// status says in a sentence where set-up stands.
func (s sheet) status() string {
	l := &s.list
	switch {
	case s.board.number == 0:
		return statusLooking
	case l.link != nil:
		return fmt.Sprintf(statusLogin, minutes(l.until))
	case l.asked != "":
		return fmt.Sprintf(statusQuestion, minutes(l.until), l.asked)
	case !l.sound():
		return statusFlawed
	case !l.loggedIn:
		return fmt.Sprintf(statusUnlogged, s.workflow())
	case l.ready:
		return statusReady
	}
	return statusUnseen
}

// otherRoutes says how the other routes are set up, "" if there are none.
func (s sheet) otherRoutes() string {
	var others []string
	for _, name := range s.Routes {
		if name != s.Route.Name {
			others = append(others, "`"+name+"`")
		}
	}
	if len(others) == 0 {
		return ""
	}
	return fmt.Sprintf(sayRoute, s.Route.Name, s.workflow(), strings.Join(others, ", "))
}

// box writes an item of the list.
func box(b *strings.Builder, done bool, title string) {
	mark := " "
	if done {
		mark = "x"
	}
	fmt.Fprintf(b, "- [%s] **%s**\n", mark, title)
}

// numbered writes the screens of a portal in the order in which a person sees them.
func numbered(b *strings.Builder, lines []string) {
	for i, line := range lines {
		fmt.Fprintf(b, "  %d. %s\n", i+1, line)
	}
	b.WriteString("\n")
}

// right reports whether nothing is wrong with a step that was looked at.
func (s sheet) right(steps ...step) bool { return s.board.number > 0 && !s.list.flawed(steps...) }

// flaws writes what is wrong with a step.
func (s sheet) flaws(b *strings.Builder, steps ...step) {
	for _, f := range s.list.flaws {
		if !slices.Contains(steps, f.step) {
			continue
		}
		switch {
		case f.hint:
			fmt.Fprintf(b, "  - Hint: %s\n", f.what)
		case f.secret != "":
			fmt.Fprintf(b, "  - **`%s`**: %s. %s %s\n", f.secret, f.what, f.fix,
				sayTheSecret+s.secretLink(f.secret))
		default:
			fmt.Fprintf(b, "  - %s. %s\n", report.Capitalize(f.what), f.fix)
		}
	}
}

// stepX writes how the app at X is made, until its values are right.
func (s sheet) stepX(b *strings.Builder) {
	done := s.right(stepX)
	box(b, done, boxX)
	if s.list.posts != "" {
		fmt.Fprintf(b, "  "+sayPosts+"\n", report.Text("@"+s.list.posts))
	}
	s.flaws(b, stepX)
	x, callbacks := s.Route.X, fmt.Sprintf(sayCallbacks, s.callback(), s.Login.Callback())
	if done {
		if x.Auth != config.Keys && !s.list.loggedIn {
			// Another route may have brought the app along, whose callbacks are of another issue.
			fmt.Fprintf(b, "  "+sayAppHas+"\n", callbacks)
		}
		return
	}
	fmt.Fprintf(b, "\n  "+sayPortal+"\n", portal, billing)
	if x.Auth == config.Keys {
		numbered(b, []string{
			sayAuthSettings, sayReadWriteSave,
			fmt.Sprintf(sayAPIKey, s.secretLink(x.APIKey), s.secretLink(x.APISecret)),
			fmt.Sprintf(sayAccess, s.secretLink(x.AccessToken), s.secretLink(x.AccessTokenSecret)),
		})
		return
	}
	numbered(b, []string{
		sayAuthSettings, sayReadWrite, sayAppType,
		callbacks,
		fmt.Sprintf(sayWebsite, s.Home),
		fmt.Sprintf(sayClientID, s.secretLink(x.ClientID), s.secretLink(x.ClientSecret)),
	})
}

// callback is the issue's own address, once it has one.
func (s sheet) callback() string {
	if s.board.number == 0 {
		return s.Home + "/issues/…"
	}
	return s.board.address(s.Home)
}

// stepInstagram writes how the token of the route's login type is made, and the phrase of the
// vault.
func (s sheet) stepInstagram(b *strings.Builder) {
	done := s.right(stepInstagram, stepStore)
	box(b, done, boxInstagram)
	if s.list.account.Username != "" {
		fmt.Fprintf(b, "  "+sayRead+"\n", report.Text("@"+s.list.account.Username))
	}
	s.flaws(b, stepInstagram, stepStore)
	if done {
		return
	}
	names, dashboard, lines := s.Route.Instagram, sayDashboard, []string(nil)
	if names.Login == instagram.FacebookLogin {
		dashboard = sayLinked
		lines = []string{
			sayBusinessApp,
			fmt.Sprintf(sayAppBasic, s.secretLink(names.AppID), s.secretLink(names.AppSecret)),
			fmt.Sprintf(sayExplorer, explorer), sayTick,
			fmt.Sprintf(sayExplored, s.secretLink(names.Token)),
		}
	} else {
		lines = []string{
			sayUseCase, sayTester, sayAddAccount,
			fmt.Sprintf(sayGenerate, s.secretLink(names.Token)),
		}
	}
	fmt.Fprintf(b, "\n  "+sayProfessional+dashboard+"\n", metaApps)
	numbered(b, append(lines, fmt.Sprintf(sayPhrase, s.secretLink("VAULT_KEY"))))
}

// stepLogin writes the links while a run waits for the login. They stand nowhere else.
func (s sheet) stepLogin(b *strings.Builder) {
	link := s.list.link
	box(b, s.list.loggedIn && link == nil, boxLogin)
	if link == nil {
		if !s.list.loggedIn {
			fmt.Fprintf(b, "  %s\n", sayLinkComes)
		}
		return
	}
	fmt.Fprintf(b, "  "+sayComputer+"\n", minutes(s.list.until))
	numbered(b, []string{
		fmt.Sprintf(sayPressLink, link.issue.address()), sayPaste,
		fmt.Sprintf(sayOtherLink, link.loopback.address()),
	})
}

// stepLook shows the last posts as X would, and the page of the switch. The box stays open: only
// the person can set the variable.
func (s sheet) stepLook(b *strings.Builder, n int) {
	box(b, false, fmt.Sprintf(boxLook, n))
	s.flaws(b, stepLook)
	if !s.list.ready {
		fmt.Fprintf(b, "  %s\n", sayPreviewComes)
		return
	}
	fmt.Fprintf(b, "\n%s\n", report.Fence(strings.Join(s.list.preview, "\n")))
	fmt.Fprintf(b, "  "+saySwitch, s.Home)
	if len(s.Routes) > 1 {
		b.WriteString(saySwitchRoutes)
	}
	b.WriteString("\n")
}

// minutes gives a time of today for people.
func minutes(t time.Time) string { return t.UTC().Format("15:04 UTC") }
