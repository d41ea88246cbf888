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
		fmt.Fprintf(&b, "> [!CAUTION]\n> %s\n", s.Text("setup.leak.head"))
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
	if !s.list.ready {
		page := s.Home + "/edit/HEAD/.github/postferry.yml"
		fmt.Fprintf(&b, "%s\n\n", s.Text("setup.issue.language", "Page", page))
	}
	box(&b, true, s.Text("setup.box.template"))
	s.stepX(&b)
	s.stepInstagram(&b)
	box(&b, s.list.sound() && s.board.number > 0,
		s.Text("setup.box.workflow", "Workflow", s.workflow()))
	fmt.Fprintf(&b, "  %s\n", s.Text("setup.box.start-anew"))
	n := 5
	if s.Route.X.Auth != config.Keys {
		s.stepLogin(&b)
		n = 6
	}
	s.stepLook(&b, n)
	fmt.Fprintf(&b, "\n%s\n\n"+runMark+"\n%s\n", s.Text("setup.issue.kept-current"), s.Run,
		report.Marker(s.Route.Name, diagnosis.Setup, "setup"))
	return s.Hide(b.String())
}

// status says in a sentence where set-up stands.
func (s sheet) status() string {
	l := &s.list
	switch {
	case s.board.number == 0:
		return s.Text("setup.status.looking")
	case l.link != nil:
		return s.Text("setup.status.login", "Until", s.clock(l.until))
	case l.asked != "":
		return s.Text("setup.status.question", "Until", s.clock(l.until), "Question", l.asked)
	case !l.sound():
		return s.Text("setup.status.flawed")
	case !l.loggedIn:
		return s.Text("setup.status.unlogged", "Workflow", s.workflow())
	case l.ready:
		return s.Text("setup.status.ready")
	}
	return s.Text("setup.status.unseen")
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
	return s.Text("setup.issue.route", "Route", s.Route.Name, "Workflow", s.workflow(),
		"Others", s.Join(others...)) + "\n\n"
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
			fmt.Fprintf(b, "  - %s\n", s.Text("setup.flaw.hint", "What", f.what))
		case f.secret != "":
			fmt.Fprintf(b, "  - %s\n", s.Text("setup.flaw.secret", "Name", f.secret,
				"What", f.what, "Fix", f.fix, "Link", s.secretLink(f.secret)))
		default:
			fmt.Fprintf(b, "  - %s\n", s.Text("setup.flaw.other",
				"What", report.Capitalize(f.what), "Fix", f.fix))
		}
	}
}

// stepX writes how the app at X is made, until its values are right.
func (s sheet) stepX(b *strings.Builder) {
	done := s.right(stepX)
	box(b, done, s.Text("setup.box.x"))
	if s.list.posts != "" {
		fmt.Fprintf(b, "  %s\n",
			s.Text("setup.box.posts", "Account", report.Text("@"+s.list.posts)))
	}
	s.flaws(b, stepX)
	x, callbacks := s.Route.X, s.Text("setup.x.callbacks",
		"Issue", s.callback(), "Loopback", s.Login.Callback())
	if done {
		if x.Auth != config.Keys && !s.list.loggedIn {
			// Another route may have brought the app along, whose callbacks are of another issue.
			fmt.Fprintf(b, "  %s\n", s.Text("setup.x.has", "Callbacks", callbacks))
		}
		return
	}
	fmt.Fprintf(b, "\n  %s\n", s.Text("setup.x.portal", "Portal", portal, "Billing", billing))
	if x.Auth == config.Keys {
		numbered(b, []string{
			s.Text("setup.x.settings"), s.Text("setup.x.read-write-save"),
			s.Text("setup.x.api-key",
				"Key", s.secretLink(x.APIKey), "Secret", s.secretLink(x.APISecret)),
			s.Text("setup.x.access", "Token", s.secretLink(x.AccessToken),
				"Secret", s.secretLink(x.AccessTokenSecret)),
		})
		return
	}
	numbered(b, []string{
		s.Text("setup.x.settings"), s.Text("setup.x.read-write"), s.Text("setup.x.type"),
		callbacks,
		s.Text("setup.x.website", "Home", s.Home),
		s.Text("setup.x.client-id",
			"ID", s.secretLink(x.ClientID), "Secret", s.secretLink(x.ClientSecret)),
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
	box(b, done, s.Text("setup.box.instagram"))
	if s.list.account.Username != "" {
		fmt.Fprintf(b, "  %s\n",
			s.Text("setup.box.reads", "Account", report.Text("@"+s.list.account.Username)))
	}
	s.flaws(b, stepInstagram, stepStore)
	if done {
		return
	}
	names, lines := s.Route.Instagram, []string(nil)
	dashboard := s.Text("setup.meta.dashboard", "Apps", metaApps)
	if names.Login == instagram.FacebookLogin {
		dashboard = s.Text("setup.meta.linked", "Apps", metaApps)
		lines = []string{
			s.Text("setup.meta.business"),
			s.Text("setup.meta.basic",
				"ID", s.secretLink(names.AppID), "Secret", s.secretLink(names.AppSecret)),
			s.Text("setup.meta.explorer", "Explorer", explorer,
				"Scopes", "`"+strings.Join(facebookScopes[:], "`, `")+"`"),
			s.Text("setup.meta.tick"),
			s.Text("setup.meta.explored", "Token", s.secretLink(names.Token)),
		}
	} else {
		lines = []string{
			s.Text("setup.meta.use-case"), s.Text("setup.meta.tester"),
			s.Text("setup.meta.add-account"),
			s.Text("setup.meta.generate", "Token", s.secretLink(names.Token)),
		}
	}
	fmt.Fprintf(b, "\n  %s\n", s.Sentences(s.Text("setup.meta.professional"), dashboard))
	numbered(b, append(lines, s.Text("setup.meta.phrase", "Secret", s.secretLink("VAULT_KEY"))))
}

// stepLogin writes the links while a run waits for the login. They stand nowhere else.
func (s sheet) stepLogin(b *strings.Builder) {
	link := s.list.link
	box(b, s.list.loggedIn && link == nil, s.Text("setup.box.login"))
	if link == nil {
		if !s.list.loggedIn {
			fmt.Fprintf(b, "  %s\n", s.Text("setup.login.comes"))
		}
		return
	}
	fmt.Fprintf(b, "  %s\n", s.Text("setup.login.computer", "Until", s.clock(s.list.until)))
	numbered(b, []string{
		s.Text("setup.login.press", "Link", link.issue.address()), s.Text("setup.login.paste"),
		s.Text("setup.login.other", "Link", link.loopback.address()),
	})
}

// stepLook shows the last posts as X would, and the page of the switch. The box stays open: only
// the person can set the variable.
func (s sheet) stepLook(b *strings.Builder, n int) {
	box(b, false, s.Text("setup.box.look", "N", n))
	s.flaws(b, stepLook)
	if !s.list.ready {
		fmt.Fprintf(b, "  %s\n", s.Text("setup.look.comes"))
		return
	}
	fmt.Fprintf(b, "\n%s\n", report.Fence(strings.Join(s.list.preview, "\n")))
	last := s.Text("setup.look.switch", "Home", s.Home)
	if len(s.Routes) > 1 {
		last = s.Sentences(last, s.Text("setup.look.switch-routes"))
	}
	fmt.Fprintf(b, "  %s\n", last)
}

// clock gives a time of today for the person, with the zone.
func (s sheet) clock(t time.Time) string {
	if s.Zone != nil {
		t = t.In(s.Zone)
	} else {
		t = t.UTC()
	}
	return t.Format("15:04 ") + s.ZoneName(t)
}
