package explore

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/postferry/postferry/internal/sim"
	"github.com/postferry/postferry/internal/state"
)

// event is something that happens in a month, and how many cards it has in the deck. do reports
// whether it could happen.
type event struct {
	name  string
	cards int
	do    func(*month) bool
}

var deck = []event{
	{"a media was published", 14, (*month).publishAny},
	{"a fault was planned", 12, (*month).failSomewhere},
	{"the faults ended", 4, (*month).endFaults},
	{"nothing happened", 12, func(*month) bool { return false }},
	{"Instagram broke as in September 2023", 1, (*month).breakInstagram},
	{"Instagram was repaired", 3, (*month).repairInstagram},
	{"the access tokens expired", 2, func(m *month) bool { m.W.X().ExpireAccess(); return true }},
	{"a person logged in unasked", 1, (*month).logInUnasked},
	{"the timeline lagged", 3, (*month).lagTimeline},
	{"the timeline caught up", 2, (*month).catchUp},
	{"the clock jumped", 2, (*month).jump},
	{"the clock was set right", 2, (*month).setRight},
	{"another X account logged in", 1, (*month).otherX},
	{"another Instagram account's token was set", 1, (*month).otherInstagram},
	{"the state branch was put back", 1, (*month).putBack},
	{"the state branch was deleted", 1, (*month).deleteBranch},
	{"X refused one photo for good", 1, (*month).refuseOne},
	{"X refused the whole account", 1, (*month).refuseAccount},
	{"the answer of a rotation was lost", 1, (*month).loseRotation},
	{"a media had the caption of another", 2, (*month).publishAgain},
	{"a person closed an incident", 1, (*month).closeIncident},
	{"somebody else's run wrote first, twelve times", 1, (*month).race},
}

// Events lists the events of a month that a sweep of months must have reached.
func Events() (names []string) {
	for _, e := range deck {
		if e.name != "nothing happened" {
			names = append(names, e.name)
		}
	}
	return append(names,
		"a run was killed", "a run was cancelled at a call", "a run was cancelled in a wait",
		"two runs at once",
		"another X account was accepted", "the X account of before came back",
		"another Instagram account was accepted", "the Instagram account of before came back",
		"a rollback was answered with completed", "a rollback was answered with not planned",
		"a deletion was answered with completed", "a deletion was answered with not planned",
		"a lost answer was adopted", "an absent post was posted again",
		"a lagging timeline was waited for", "a wrong clock was noticed", "a post went unanswered",
		"a thread was half posted", "a duplicate was told apart", "a media was given up",
		"a given-up media was retried", "a witness was asked", "an open breaker was waited for",
		"a login was asked for", "an incident was over",
	)
}

// kinds are the carousels that are published, and into how many posts they make.
var kinds = []struct {
	items []string
	parts int
}{
	{[]string{"photo"}, 1}, {[]string{"video"}, 1},
	{[]string{"photo", "photo", "photo", "photo", "photo", "video"}, 3},
}

func (m *month) publishAny() bool {
	m.put(fmt.Sprintf("media %d", len(m.media)), m.r.IntN(len(kinds)))
	return true
}

// put publishes a media and remembers what is to become of it.
func (m *month) put(caption string, kind int) *wanted {
	k := kinds[kind]
	one := sim.Media{Caption: caption, Account: m.igIDs[m.igNow]}
	for _, item := range k.items {
		one.Items = append(one.Items, sim.Item{Kind: item, Bytes: files[item]})
	}
	return m.publishOne(one, k.parts)
}

func (m *month) publishOne(one sim.Media, parts int) *wanted {
	m.W.Advance(2 * time.Second)
	w := &wanted{caption: one.Caption, parts: parts, at: m.W.Now()}
	w.id = m.W.Instagram().Publish(one)
	m.W.Advance(2 * time.Second)
	m.media = append(m.media, w)
	return w
}

func (m *month) publishAgain() bool {
	if len(m.media) == 0 {
		return false
	}
	last := m.media[len(m.media)-1]
	if last.never {
		return false
	}
	w := m.put(last.caption, 0)
	w.held = true // which of the two is which, X does not say
	last.held = true
	return true
}

// failSomewhere plans a fault that passes, or that a person mends.
func (m *month) failSomewhere() bool {
	pick := func(list ...sim.Fault) sim.Fault { return list[m.r.IntN(len(list))] }
	f := pick(
		sim.Fault{Service: "instagram", Call: "GET /**"},
		sim.Fault{Service: "github", Call: "* /**"},
		sim.Fault{Service: "github", Call: "PUT /repos/*/*/contents/**"},
		sim.Fault{Service: "github", Call: "PUT /repos/*/*/actions/secrets/*"},
		sim.Fault{Service: "github", Call: "POST /repos/*/*/issues"},
		sim.Fault{Service: "x", Call: "* /**"}, sim.Fault{Service: "x", Call: "POST /2/tweets"},
		sim.Fault{Service: "x", Call: "POST /2/tweets"},
		sim.Fault{Service: "x", Call: "POST /2/oauth2/token"},
		sim.Fault{Service: "x", Call: "POST /2/media/**"},
		sim.Fault{Service: "media", Call: "GET /**"},
	)
	f.Times, f.Skip = 1+m.r.IntN(6), m.r.IntN(4)
	how := pick(sim.Fault{Reset: sim.Before}, sim.Fault{Reset: sim.After},
		sim.Fault{Reset: sim.Middle}, sim.Fault{Status: 500, Body: "oops"},
		sim.Fault{Status: 503}, sim.Fault{Status: 429, Body: "{}"},
		sim.Fault{Status: 200, Body: "<html>"}, sim.Fault{Delay: 70 * time.Second})
	f.Reset, f.Status, f.Body, f.Delay = how.Reset, how.Status, how.Body, how.Delay
	if f.Service == "media" {
		f.Reset, f.Status, f.Body, f.Times = sim.Middle, 0, "", 1
	}
	m.W.Fail(f)
	m.logf("fault %+v", f)
	return true
}

// race makes every commit meet another writer's, twelve times.
func (m *month) race() bool {
	m.W.Fail(sim.Fault{
		Service: "github", Call: "PUT /repos/*/*/contents/**", Status: 409, Times: 12,
		Body: `{"message":"is at 0000 but expected 1111"}`,
	})
	return true
}

func (m *month) breakInstagram() bool {
	if m.outage || m.igOther {
		return false
	}
	m.W.Instagram().BreakLikeSeptember2023()
	m.outage = true
	return true
}

func (m *month) repairInstagram() bool {
	if !m.outage {
		return false
	}
	m.W.Instagram().Repair()
	m.outage = false
	return true
}

// logInUnasked is a person who tidies up.
func (m *month) logInUnasked() bool {
	if m.xOther {
		return false
	}
	m.login()
	return true
}

func (m *month) lagTimeline() bool {
	m.W.X().SetTimelineLag(time.Duration(1+m.r.IntN(15*60)) * time.Second)
	m.lag = true
	return true
}

func (m *month) catchUp() bool {
	was := m.lag
	m.W.X().SetTimelineLag(0)
	m.lag = false
	return was
}

// jump puts the runner's clock off by hours, either way.
func (m *month) jump() bool {
	m.Skew = time.Duration(10+m.r.IntN(12*60)) * time.Minute
	if m.r.IntN(2) == 0 {
		m.Skew = -m.Skew
	}
	return true
}

func (m *month) setRight() bool {
	was := m.Skew
	m.Skew = 0
	return was != 0
}

// endFaults ends every fault but that of the photo that X refuses for good.
func (m *month) endFaults() bool {
	m.W.ClearFaults()
	if m.refusing {
		m.W.Fail(refusal)
	}
	return true
}

// refusal is of one photo.
var refusal = func() sim.Fault {
	f := sim.Refuse("finalize-unrecognized")
	f.Times, f.When = -1, func(about sim.Subject) bool {
		return slices.ContainsFunc(about.Files,
			func(u sim.Upload) bool { return u.Width == badWidth })
	}
	return f
}()

// refuseOne publishes a photo that X refuses for good.
func (m *month) refuseOne() bool {
	if !m.refusing {
		m.W.Fail(refusal)
		m.refusing = true
	}
	one := photo(fmt.Sprintf("media %d", len(m.media)))
	one.Items[0].Bytes, one.Account = files["bad"], m.igIDs[m.igNow]
	m.publishOne(one, 1).held = true
	return true
}

// refuseAccount has X refuse every post for a while, in words that say whose fault it is, or in
// others.
func (m *month) refuseAccount() bool {
	f := sim.Fault{Service: "x", Call: "POST /2/tweets", Status: 400, Body: `{"detail":"no"}`}
	if n := m.r.IntN(6); n < 3 {
		f = sim.Refuse([]string{"post-suspended", "post-locked", "post-automated"}[n])
	}
	f.Times = 1 + m.r.IntN(4)
	m.W.Fail(f)
	return true
}

// loseRotation loses the answer to the next rotation, and with it the login.
func (m *month) loseRotation() bool {
	m.W.X().ExpireAccess()
	m.W.Fail(sim.Fault{Service: "x", Call: "POST /2/oauth2/token", Reset: sim.After})
	return true
}

// closeIncident is a person who closes an incident by hand, which asks for another try.
func (m *month) closeIncident() bool {
	for _, i := range m.ours() {
		if i.State == "open" && !isQuestion(i) &&
			!strings.Contains(i.Title, "not mirrored any more") {
			m.W.GitHub().Issue(i.Number).Close("someone", "completed")
			return true
		}
	}
	return false
}

// begunElsewhere reports whether a media was given up because it was begun on another X account.
func begunElsewhere(rec state.Record) bool {
	return strings.Contains(rec.Reason, "another X account was taken")
}
