package cli_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/postferry/postferry/internal/cli"
	"github.com/postferry/postferry/internal/sim"
	"github.com/postferry/postferry/internal/state"
)

var (
	chaosSeeds = flag.Int("chaos.seeds", 0,
		"how many months of chaos are played, instead of the usual ones")
	chaosSeed = flag.Uint64("chaos.seed", 0, "play this one month")
	chaosDays = flag.Int("chaos.days", 0,
		"how long each is; 10 days, or 30 where -chaos.seed or -chaos.seeds is given")
	chaosLog = flag.Bool("chaos.log", false, "print every run, post and call")
)

// usualMonths have each found a fault once: two runs that opened one incident twice, a post of
// another run taken for one that never arrived, a rotation that was put off for ever.
var usualMonths = []uint64{16, 19, 20}

// TestChaos plays a month of faults of every kind, kills, clock jumps and runners side by side.
// When the faults stop, each post is on X exactly once, in order, its thread complete; the token
// chain is alive, or its one incident said so; nobody was stormed with notifications, and no secret
// is anywhere.
func TestChaos(t *testing.T) {
	seeds, days := usualMonths, 30
	switch {
	case *chaosSeed == 0 && *chaosSeeds == 0:
		days = 10 // what every `go test` plays
	case *chaosSeed != 0:
		seeds = []uint64{*chaosSeed}
	case *chaosSeeds != 0:
		seeds = nil
		for n := range *chaosSeeds {
			seeds = append(seeds, uint64(n)+1)
		}
	}
	for _, seed := range seeds {
		bubble(t, fmt.Sprint(seed), func(t *testing.T) {
			c := &chaos{
				t: t, r: rand.New(rand.NewPCG(seed, 2023)),
				w: sim.New(sim.Options{Real: true, Now: time.Now(), PageSize: 5}),
			}
			c.env = c.w.Env()
			defer func() {
				if t.Failed() {
					t.Logf("replay: go test ./internal/cli -run TestChaos -chaos.seed %d", seed)
				}
			}()
			if *chaosDays > 0 {
				days = *chaosDays
			}
			c.month(days)
			c.calm()
			c.check()
		})
	}
}

type chaos struct {
	t      *testing.T
	r      *rand.Rand
	w      *sim.World
	env    map[string]string
	all    bytes.Buffer // everything that was printed
	want   []string     // captions, in order
	parts  map[string]int
	broken bool
	logins int
}

func (c *chaos) month(days int) {
	c.parts = map[string]int{}
	c.run("mirror", nil)
	for end := c.w.Now().Add(time.Duration(days) * 24 * time.Hour); c.w.Now().Before(end); {
		c.pass()
		c.event()
		switch n := c.r.IntN(100); {
		case n < 70:
			c.run("mirror", c.doomed())
		case n < 85:
			c.run("rotate", c.doomed())
		default:
			c.both()
		}
	}
}

// pass lets time go by: minutes mostly, sometimes hours or days.
func (c *chaos) pass() {
	d := time.Duration(5+c.r.IntN(15)) * time.Minute
	switch n := c.r.IntN(100); {
	case n < 3:
		d = time.Duration(1+c.r.IntN(3)) * 24 * time.Hour
	case n < 15:
		d = time.Duration(1+c.r.IntN(8)) * time.Hour
	}
	c.w.Advance(d)
}

// doomed is a process that is killed at some call, or one that lives.
func (c *chaos) doomed() *sim.Transport {
	way := c.w.Transport()
	if c.r.IntN(4) == 0 {
		way.KillAt(c.r.IntN(40), c.r.IntN(2) == 0)
	}
	return way
}

func (c *chaos) event() {
	switch n := c.r.IntN(100); {
	case n < 25:
		c.publish()
	case n < 50:
		f := c.fault()
		if *chaosLog {
			fmt.Printf("++ fault %+v\n", f)
		}
		c.w.Fail(f)
	case n < 60:
		c.w.ClearFaults()
	case n < 63:
		c.w.Instagram().BreakLikeSeptember2023()
		c.broken = true
	case n < 70 && c.broken:
		c.w.Instagram().Repair()
		c.broken = false
	case n < 75:
		c.w.X().ExpireAccess()
	case n < 78:
		c.login() // a person tidies up, whether it is needed or not
	}
}

var chaosFiles = map[string][]byte{
	"photo": sim.PhotoBytes(64, 64, 1), "video": sim.VideoBytes(1, 1),
}

func (c *chaos) publish() {
	caption := fmt.Sprintf("media %d", len(c.want))
	kinds := [][]string{
		{"photo"}, {"video"}, {"photo", "photo", "photo", "photo", "photo", "video"},
	}[c.r.IntN(3)]
	c.parts[caption] = map[int]int{1: 1, 6: 3}[len(kinds)]
	m := sim.Media{Caption: caption}
	for _, k := range kinds {
		m.Items = append(m.Items, sim.Item{Kind: k, Bytes: chaosFiles[k]})
	}
	c.w.Advance(2 * time.Second)
	c.w.Instagram().Publish(m)
	c.w.Advance(2 * time.Second)
	c.want = append(c.want, caption)
}

// fault is one that passes or that a person mends. Refusals of one media (400, 403 of a post) are
// left out: they end in a media that is skipped, as they should.
func (c *chaos) fault() sim.Fault {
	pick := func(list ...sim.Fault) sim.Fault { return list[c.r.IntN(len(list))] }
	f := pick(
		sim.Fault{Service: "instagram", Call: "GET /**"},
		sim.Fault{Service: "github", Call: "* /**"},
		sim.Fault{Service: "github", Call: "PUT /repos/*/*/contents/**"},
		sim.Fault{Service: "github", Call: "PUT /repos/*/*/actions/secrets/*"},
		sim.Fault{Service: "github", Call: "POST /repos/*/*/issues"},
		sim.Fault{Service: "x", Call: "* /**"}, sim.Fault{Service: "x", Call: "POST /2/tweets"},
		sim.Fault{Service: "x", Call: "POST /2/oauth2/token"},
		sim.Fault{Service: "x", Call: "POST /2/media/**"},
		sim.Fault{Service: "media", Call: "GET /**"},
	)
	f.Times, f.Skip = 1+c.r.IntN(6), c.r.IntN(4)
	how := pick(sim.Fault{Reset: sim.Before}, sim.Fault{Reset: sim.After},
		sim.Fault{Reset: sim.Middle}, sim.Fault{Status: 500, Body: "oops"},
		sim.Fault{Status: 503}, sim.Fault{Status: 429, Body: "{}"},
		sim.Fault{Status: 200, Body: "<html>"}, sim.Fault{Delay: 70 * time.Second})
	f.Reset, f.Status, f.Body, f.Delay = how.Reset, how.Status, how.Body, how.Delay
	if f.Service == "media" {
		f.Reset, f.Status, f.Body, f.Times = sim.Middle, 0, "", 1
	}
	return f
}

// login is a person who logs in to X and puts the tokens into the secrets.
func (c *chaos) login() {
	refresh, access := c.w.X().Login()
	c.w.GitHub().SetSecret("X_REFRESH_TOKEN", refresh)
	c.w.GitHub().SetSecret("X_ACCESS_TOKEN", access)
	c.logins++
}

// process is a run with the secrets as they are when it begins.
func (c *chaos) process(command string, way http.RoundTripper, out *bytes.Buffer) *cli.Process {
	p := process(c.w, asNow(c.w, c.env), out, command, "--config", "testdata/chaos.yml")
	p.Transport = way
	return p
}

func (c *chaos) run(command string, way *sim.Transport) {
	if way == nil {
		way = c.w.Transport()
	}
	var out bytes.Buffer
	code := cli.Main(context.Background(), c.process(command, way, &out))
	c.all.Write(out.Bytes())
	if *chaosLog {
		fmt.Printf("== %s %s killed=%v code=%d\n%s", c.w.Now().Format(time.RFC3339), command,
			way.Killed(), code, &out)
	}
}

// both starts two runs at the same moment, of which one may be killed.
func (c *chaos) both() {
	var outs [2]bytes.Buffer
	done := make(chan bool)
	for i, command := range []string{"mirror", []string{"mirror", "rotate"}[c.r.IntN(2)]} {
		p := c.process(command, c.doomed(), &outs[i])
		go func() {
			cli.Main(context.Background(), p)
			done <- true
		}()
	}
	<-done
	<-done
	if *chaosLog {
		fmt.Printf("== %s both\n%s--\n%s", c.w.Now().Format(time.RFC3339), &outs[0], &outs[1])
	}
	c.all.Write(outs[0].Bytes())
	c.all.Write(outs[1].Bytes())
}

// calm lets the schedules run without faults, and a person log in again where an issue asks for it.
func (c *chaos) calm() {
	c.w.ClearFaults()
	c.w.Instagram().Repair()
	for range 40 {
		c.w.Advance(6*time.Hour + time.Minute)
		c.run("rotate", nil)
		for _, i := range c.w.GitHub().Issues() {
			if i.State == "open" && strings.Contains(i.Title, "login has to be made again") {
				c.login()
			}
		}
		c.run("mirror", nil)
	}
}

func (c *chaos) check() {
	t := c.t
	var got []string
	posts := map[string]int{}
	root := map[string]string{} // by post: the caption of its thread
	for _, tw := range c.w.X().Tweets() {
		if root[tw.ID] = tw.Text; tw.InReplyTo != "" {
			root[tw.ID] = root[tw.InReplyTo]
		} else {
			got = append(got, tw.Text)
		}
		posts[root[tw.ID]]++
	}
	// Each once. A media that was held is passed by the others, so that the order may differ.
	want := slices.Sorted(slices.Values(c.want))
	if all := slices.Sorted(slices.Values(got)); !slices.Equal(all, want) {
		t.Errorf("on X:  %s\nwant: %s", strings.Join(got, ", "), strings.Join(c.want, ", "))
	}
	c.print()
	for caption, n := range c.parts {
		if posts[caption] != n {
			t.Errorf("%s has %d parts, want %d", caption, posts[caption], n)
		}
	}
	body, _ := c.w.GitHub().File("postferry-state", "state/main.yaml")
	doc, err := state.Decode("state/main.yaml", []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	for _, rec := range doc.Ledger {
		if rec.Status == state.Posting || rec.Intent != nil {
			t.Errorf("media %s is not settled", rec.MediaID)
		}
	}
	token, _ := c.w.GitHub().Secret("X_REFRESH_TOKEN")
	if !c.w.X().RefreshValid(token) {
		t.Error("the token chain is dead")
	}
	notes := 0
	for _, i := range c.w.GitHub().Issues() {
		notes += 1 + len(i.Comments)
		if i.State == "open" {
			t.Errorf("#%d is still open: %s", i.Number, i.Title)
		}
		c.all.WriteString(i.Title + i.Body + strings.Join(i.Comments, "\n"))
	}
	if notes > 40*4 {
		t.Errorf("%d notifications in a month and ten days", notes)
	}
	c.noSecrets(body)
	t.Logf("%d media, %d posts, %d issues, %d notifications, %d logins, %d rotations, %d calls",
		len(c.want), len(c.w.X().Tweets()), len(c.w.GitHub().Issues()), notes, c.logins,
		c.w.X().Refreshes(), len(c.w.Log()))
}

func (c *chaos) noSecrets(doc string) {
	text := c.all.String() + doc
	for _, name := range []string{
		"INSTAGRAM_TOKEN", "X_CLIENT_SECRET", "X_REFRESH_TOKEN", "X_ACCESS_TOKEN", "GITHUB_TOKEN",
		"SECRETS_TOKEN", "VAULT_KEY",
	} {
		now, _ := c.w.GitHub().Secret(name)
		for _, s := range []string{c.env[name], now} {
			if s != "" && strings.Contains(text, s) {
				c.t.Errorf("%s got out", name)
			}
		}
	}
	if v := c.w.Violations(); len(v) > 0 {
		c.t.Error(v)
	}
}

// print shows what happened, for a seed that failed.
func (c *chaos) print() {
	if !*chaosLog {
		return
	}
	for _, tw := range c.w.X().Tweets() {
		fmt.Printf("post %s reply to %q at %s: %q %v\n", tw.ID, tw.InReplyTo,
			tw.CreatedAt.Format(time.RFC3339), tw.Text, tw.MediaIDs)
	}
	for _, k := range c.w.Log() {
		fmt.Printf("call %s %s %s %s %d\n", k.At.Format(time.RFC3339), k.Service, k.Method, k.Path,
			k.Status)
	}
}
