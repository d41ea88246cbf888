package explore

import (
	"strings"

	"github.com/postferry/postferry/internal/report"
	"github.com/postferry/postferry/internal/sim"
	"github.com/postferry/postferry/internal/state"
)

// The two accounts of a month on each side.
var (
	xNames  = [2]string{"kamo_mugs", "kamo_pots"}
	igNames = [2]string{"kamo.mugs", "other_mugs"}
)

// isQuestion reports whether an issue asks about an account or the state branch.
func isQuestion(i sim.Issue) bool {
	_, component, _, ok := report.Body(i.Body).Marker()
	return ok && (component == "state" || component == "account")
}

// otherX is somebody who logs in with the other X account.
func (m *month) otherX() bool {
	if m.xOther || m.igOther || m.stateLost() || m.doc().Account.XUserID == "" {
		return false // nobody knows yet whose account it was
	}
	m.xOther = true
	m.logInAs(1 - m.xNow)
	return true
}

// logInAs puts the tokens of one of the X accounts into the secrets.
func (m *month) logInAs(n int) {
	refresh, access := m.W.X().LoginAs(xNames[n])
	m.W.GitHub().SetSecret("X_REFRESH_TOKEN", refresh)
	m.W.GitHub().SetSecret("X_ACCESS_TOKEN", access)
}

// otherInstagram is somebody who puts the other Instagram account's token into the secret. That
// account publishes something, which must not go out unless it is accepted.
func (m *month) otherInstagram() bool {
	if m.xOther || m.igOther || m.outage || m.stateLost() || m.doc().Account.InstagramID == "" {
		return false
	}
	m.igOther = true
	m.W.GitHub().SetSecret("INSTAGRAM_TOKEN", m.igTokens[1-m.igNow])
	stray := photo("never " + string(rune('a'+m.drawn%26)))
	stray.Account = m.igIDs[1-m.igNow]
	w := m.publishOne(stray, 1)
	w.never, w.held = true, true
	return true
}

// putBack is somebody who loses commits of the state branch by a force push.
func (m *month) putBack() bool {
	b := m.W.GitHub().Branch(branch)
	if m.stateLost() || m.doc().Activity == 0 || m.xOther || m.igOther {
		return false
	}
	b.ForceBack(1 + m.r.IntN(4))
	m.excused, m.lost = true, true
	return true
}

// deleteBranch is somebody who deletes the state branch.
func (m *month) deleteBranch() bool {
	b := m.W.GitHub().Branch(branch)
	if m.stateLost() || m.xOther || m.igOther {
		return false
	}
	b.Delete()
	m.excused, m.lost = true, true
	return true
}

// stateLost reports whether the state branch was put back or deleted, and nobody has answered yet.
func (m *month) stateLost() bool {
	return m.lost || m.W.GitHub().Branch(branch).Head() == ""
}

// asksForWanted reports whether a question is about the account that the person wants: the state was
// put back to before that account was accepted.
func asksForWanted(i sim.Issue, name string) bool {
	return strings.Contains(i.Title, "as another account: @"+name+" instead of")
}

// person answers a question sometimes, and logs in when that is asked for.
func (m *month) person() {
	for _, i := range m.ours() {
		if i.State == "open" && isQuestion(i) && m.r.IntN(4) == 0 {
			m.answer(i)
		}
	}
	if m.askedToLogIn() && m.r.IntN(4) == 0 {
		m.Happen.Count("a login was asked for")
		m.login()
	}
}

// answerAll answers everything that is open.
func (m *month) answerAll() {
	for _, i := range m.ours() {
		if i.State == "open" && isQuestion(i) {
			m.answer(i)
		}
	}
	if m.askedToLogIn() {
		m.Happen.Count("a login was asked for")
		m.login()
	}
}

// answer closes the issue of a question in one of the ways that it names.
func (m *month) answer(i sim.Issue) {
	m.logf("## a person answers #%d %s", i.Number, i.Title)
	m.answers++
	switch {
	case strings.Contains(i.Title, "X is logged in as another"):
		m.answerX(i)
	case strings.Contains(i.Title, "Instagram is logged in as another"):
		m.answerInstagram(i)
	default:
		m.answerState(i)
	}
}

// declines reports whether the person does not want what has happened: every other time.
func (m *month) declines() bool { return (m.answers+int(m.plan.Seed))%2 == 0 }

func (m *month) answerX(i sim.Issue) {
	if !m.xOther { // else the account of before is back, and the issue closes by itself
		if asksForWanted(i, xNames[m.xNow]) {
			m.W.GitHub().Issue(i.Number).Close("someone", "completed")
			m.freeBegun()
		}
		return
	}
	m.xOther = false
	if m.declines() {
		m.Happen.Count("the X account of before came back")
		m.logInAs(m.xNow)
		return
	}
	m.Happen.Count("another X account was accepted")
	m.xNow, m.xMoved = 1-m.xNow, true
	m.W.GitHub().Issue(i.Number).Close("someone", "completed")
	m.freeBegun()
}

// freeBegun lets what was begun on another X account be missing: it is listed as given up.
func (m *month) freeBegun() {
	for _, w := range m.media {
		if rec := m.doc().Find(w.id); rec != nil && rec.Status == state.Posting {
			w.free = true
		}
	}
}

func (m *month) answerInstagram(i sim.Issue) {
	if !m.igOther {
		if asksForWanted(i, igNames[m.igNow]) {
			m.W.GitHub().Issue(i.Number).Close("someone", "completed")
			m.freeAll()
		}
		return
	}
	m.igOther = false
	if m.declines() {
		m.Happen.Count("the Instagram account of before came back")
		m.W.GitHub().SetSecret("INSTAGRAM_TOKEN", m.igTokens[m.igNow])
		return
	}
	m.Happen.Count("another Instagram account was accepted")
	m.igNow = 1 - m.igNow
	m.W.GitHub().Issue(i.Number).Close("someone", "completed")
	m.freeAll()
}

// freeAll lets what was published so far be missing: a person has decided to begin from here.
func (m *month) freeAll() {
	for _, w := range m.media {
		w.free = true
	}
}

// answerState says what is to become of a state branch that was put back or deleted.
func (m *month) answerState(i sim.Issue) {
	event, reason := "a rollback", "completed"
	deleted := strings.Contains(i.Title, "was deleted") && !strings.Contains(i.Title, "made again")
	if deleted {
		event = "a deletion"
	}
	// What was posted on the other X account can't be found on this one.
	if m.declines() && !m.xMoved && !m.xOther {
		reason = "not_planned"
	}
	m.W.GitHub().Issue(i.Number).Close("someone", reason)
	m.lost = false
	m.Happen.Count(event + " was answered with " + strings.ReplaceAll(reason, "_", " "))
	if deleted && reason == "not_planned" {
		m.freeAll()
	}
}

// backToOwn ends an open change of account by going back.
func (m *month) backToOwn() {
	if m.xOther {
		m.xOther = false
		m.logInAs(m.xNow)
	}
	if m.igOther {
		m.igOther = false
		m.W.GitHub().SetSecret("INSTAGRAM_TOKEN", m.igTokens[m.igNow])
	}
}

// retryRefused has what was given up because of a refusal posted after all.
func (m *month) retryRefused() {
	for _, rec := range m.doc().Ledger {
		if rec.Status == state.GivenUp && !begunElsewhere(rec) {
			m.alone(m.start("retry", rec.MediaID))
		}
	}
}
