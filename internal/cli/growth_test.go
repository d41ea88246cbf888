package cli_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"regexp"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/postferry/postferry/internal/cli"
	"github.com/postferry/postferry/internal/sim"
	"github.com/postferry/postferry/internal/state"
)

var growthPosts = flag.Int("growth.posts", 130,
	"how many posts are mirrored, one a day, before the cost is compared with that after 100")

// TestGrowth mirrors a post a day, and wants the state and the cost of a run after many to be those
// after a hundred.
func TestGrowth(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := &growth{t: t, w: sim.New(sim.Options{Real: true, Now: time.Now()})}
		g.env = g.w.Env()
		g.run("mirror")
		g.until(100, 1)
		few := g.cost()
		g.until(*growthPosts-100, 10)
		g.until(*growthPosts, 1)
		many := g.cost()
		if diff := cmp.Diff(few.counts, many.counts); diff != "" {
			t.Errorf("after %d posts (-after 100 +now):\n%s", g.posts, diff)
		}
		// A generation or a sum of money has a digit more.
		if many.size > few.size+few.size/100 {
			t.Errorf("the document has %d bytes after %d posts, and had %d after 100", many.size,
				g.posts, few.size)
		}
		if n := len(g.w.X().Tweets()); n != g.posts {
			t.Errorf("%d posts on X, want %d", n, g.posts)
		}
		t.Logf("after %d posts %d bytes of state, %d calls of an idle run, %d of one that posts;"+
			" after 100 it was %d, %d and %d",
			g.posts, many.size, len(many.Idle), len(many.Post), few.size, len(few.Idle),
			len(few.Post))
	})
}

type growth struct {
	t     *testing.T
	w     *sim.World
	env   map[string]string
	posts int
}

// until plays days, of so many posts each, until there are enough.
func (g *growth) until(posts, aDay int) {
	for day := 0; g.posts < posts; day++ {
		g.w.Advance(12 * time.Hour)
		for range min(aDay, posts-g.posts) {
			g.publish()
			g.w.Advance(time.Minute)
		}
		g.w.Advance(12 * time.Hour)
		if day%7 == 0 {
			g.run("rotate") // Instagram's token, too, wants to be renewed
		}
		g.run("mirror")
		g.w.ResetLog()
		g.w.ForgetHistory()
	}
}

// cost is what must not grow.
type cost struct {
	counts
	size int // of the state document, in bytes
}

type counts struct {
	Records int      // in the ledger
	Days    int      // in the history
	Idle    []string // the calls of a run that finds nothing new
	Post    []string // and of one that mirrors a post
}

// cost measures two runs.
func (g *growth) cost() cost {
	g.t.Helper()
	body, _ := g.w.GitHub().File("postferry-state", "state/main.yaml")
	doc, err := state.Decode("state/main.yaml", []byte(body))
	if err != nil {
		g.t.Fatal(err)
	}
	c := cost{counts{Records: len(doc.Ledger), Days: len(doc.History)}, len(body)}
	c.Idle = g.calls()
	g.w.Advance(time.Minute)
	g.publish()
	g.w.Advance(time.Minute)
	c.Post = g.calls()
	return c
}

// calls are those of a run on the branch.
func (g *growth) calls() (out []string) {
	g.w.ResetLog()
	g.run("mirror")
	for _, k := range g.w.Log() {
		out = append(out, k.Service+" "+k.Method+" "+numbers.ReplaceAllString(k.Path, "*"))
	}
	return out
}

// numbers are the names that differ from one media, post or commit to the next.
var numbers = regexp.MustCompile(`[0-9a-f]{12,}`)

func (g *growth) publish() {
	g.w.Instagram().Publish(sim.Media{
		Caption: fmt.Sprintf("post %08d", g.posts),
		Items:   []sim.Item{{Kind: "photo", Bytes: smallPhoto}},
	})
	g.posts++
}

func (g *growth) run(args ...string) {
	g.t.Helper()
	var out bytes.Buffer
	if code := cli.Main(context.Background(),
		process(g.w, asNow(g.w, g.env), &out, args...)); code != 0 {
		g.t.Fatalf("after %d posts %s ended with %d:\n%s", g.posts, args[0], code, &out)
	}
}
