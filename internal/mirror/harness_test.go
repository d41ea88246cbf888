package mirror_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/github"
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/mediahost"
	"github.com/postferry/postferry/internal/mirror"
	"github.com/postferry/postferry/internal/sim"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/token"
	"github.com/postferry/postferry/internal/vault"
	"github.com/postferry/postferry/internal/xapi"
)

const branch = "postferry-state"

// scene is a world and the processes that run in it, one after the other. It lives in a synctest
// bubble, so that waiting takes no time and the world's clock follows the bubble's.
type scene struct {
	t     *testing.T
	w     *sim.World
	route config.Route
	env   map[string]string
	runs  int
	// The breakers, as the program keeps them: see schedule.
	probe     int
	noReplies bool
	// probesReplies reports whether the breaker of replies is half-open.
	probesReplies bool
	gap           time.Duration
	guard         func(context.Context) error
	now           func() time.Time // the run's clock; nil is the world's
	pages         func(*state.Document) map[string][]byte
	published     []sim.Media
}

func newScene(t *testing.T, change func(*config.Route)) *scene {
	s := &scene{
		t: t, w: sim.New(sim.Options{Real: true, Now: time.Now(), PageSize: 3}),
		route: config.Default().Routes[0],
	}
	s.env = s.w.Env()
	if change != nil {
		change(&s.route)
	}
	return s
}

// begun is a scene whose first run is over.
func begun(t *testing.T, change func(*config.Route)) *scene {
	s := newScene(t, change)
	s.run()
	s.w.Advance(5 * time.Second)
	return s
}

// process is one start of the program.
type process struct {
	*sim.Transport
	out mirror.Outcome
	err error
}

// run runs one process to its end and fails if the process does.
func (s *scene) run() mirror.Outcome {
	s.t.Helper()
	p := s.start(s.w.Transport())
	if p.err != nil {
		s.t.Fatalf("run %d: %v", s.runs, p.err)
	}
	return p.out
}

// start runs one process. The secrets are read when it begins, as Actions does.
func (s *scene) start(way *sim.Transport) *process {
	s.runs++
	p := &process{Transport: way}
	p.out, p.err = s.mirror(way, fmt.Sprintf("run%d", s.runs))
	return p
}

func (s *scene) mirror(way http.RoundTripper, nonce string) (mirror.Outcome, error) {
	return s.mirrorIn(context.Background(), way, nonce)
}

func (s *scene) mirrorIn(
	ctx context.Context, way http.RoundTripper, nonce string,
) (mirror.Outcome, error) {
	client := &http.Client{Transport: way}
	connect := func(token string) *github.Client {
		return github.New(github.Options{
			Token: s.env[token], Owner: "someone", Repo: "mirror", HTTP: client, Now: s.w.Now,
		})
	}
	session, err := state.Open(ctx, &github.Branch{Client: connect("GITHUB_TOKEN"), Name: branch},
		s.route.Name)
	if err != nil {
		return mirror.Outcome{}, err
	}
	session.Pages = s.pages
	now := s.w.Now
	if s.now != nil {
		now = s.now
	}
	run := &mirror.Run{
		Route: s.route, Session: session, Now: now, ID: "1", Nonce: nonce,
		Probe: s.probe, NoReplies: s.noReplies, ProbesReplies: s.probesReplies, Gap: s.gap,
		Guard:     s.guard,
		Elsewhere: func(context.Context) ([]*state.Document, error) { return nil, nil },
		Instagram: &instagram.Client{
			Version: "v25.0", Token: s.env["INSTAGRAM_TOKEN"], HTTP: client, Now: s.w.Now,
		},
		X:      &xapi.Client{HTTP: client, Now: s.w.Now, Budget: xapi.NewBudget(16 << 20)},
		Files:  &mediahost.Client{HTTP: client},
		Tokens: s.manager(session, client, connect("SECRETS_TOKEN"), nonce),
	}
	return run.Do(ctx)
}

func (s *scene) manager(
	session *state.Session, client *http.Client, repository *github.Client, nonce string,
) *token.Manager {
	key, err := vault.ParseKey(s.env["VAULT_KEY"])
	if err != nil {
		s.t.Fatal(err)
	}
	return &token.Manager{
		Session: session, Key: key, Secrets: &github.Secrets{Client: repository}, Now: s.w.Now,
		Run: "1", Nonce: nonce,
		OAuth: &xapi.OAuth{
			ClientID: s.env["X_CLIENT_ID"], ClientSecret: s.env["X_CLIENT_SECRET"], HTTP: client,
			Now: s.w.Now,
		},
		Given: token.Pair{
			Refresh: s.secret("X_REFRESH_TOKEN"), Access: s.secret("X_ACCESS_TOKEN"),
		},
		RefreshName: "X_REFRESH_TOKEN", AccessName: "X_ACCESS_TOKEN", Mask: func(string) {},
	}
}

// secret is what the repository holds, or what the person entered at the start.
func (s *scene) secret(name string) string {
	if v, ok := s.w.GitHub().Secret(name); ok {
		return v
	}
	return s.env[name]
}

// The media of the flow tests: each kind of upload and a thread. The files are small, and made
// once: there are hundreds of worlds.
var files = map[string][]byte{"photo": sim.PhotoBytes(64, 64, 1), "video": sim.VideoBytes(1, 1)}

func photo(caption string) sim.Media {
	return sim.Media{
		Caption: caption,
		Items:   []sim.Item{{Kind: "photo", Bytes: files["photo"], AltText: "a hill"}},
	}
}

func video(caption string) sim.Media {
	m := carousel(caption, "video")
	m.ProductType = "REELS"
	return m
}

func carousel(caption string, kinds ...string) sim.Media {
	m := sim.Media{Caption: caption}
	for _, k := range kinds {
		m.Items = append(m.Items, sim.Item{Kind: k, Bytes: files[k]})
	}
	return m
}

var seven = []string{"photo", "photo", "photo", "photo", "photo", "photo", "photo"}

// publish puts media on Instagram, seconds apart.
func (s *scene) publish(media ...sim.Media) {
	for _, m := range media {
		if m.Timestamp.IsZero() {
			m.Timestamp = s.w.Now()
		}
		m.ID = s.w.Instagram().Publish(m)
		s.published = append(s.published, m)
		s.w.Advance(3 * time.Second)
	}
}

// threeKinds are a photo, a carousel of seven and a video, and what they are on X.
func (s *scene) threeKinds() []onX {
	s.publish(photo("one"), carousel("two", seven...), video("three"))
	return []onX{{"one", 1, false}, {"two", 4, false}, {"", 3, true}, {"three", 1, false}}
}

// onX is a post as a reader sees it: its text, how many files, and whether it answers the post
// before it.
type onX struct {
	Text  string
	Files int
	Reply bool
}

// timeline is everything on X, oldest first.
func (s *scene) timeline() []onX {
	var out []onX
	before := ""
	for _, tw := range s.w.X().Tweets() {
		out = append(out,
			onX{tw.Text, len(tw.MediaIDs), tw.InReplyTo != "" && tw.InReplyTo == before})
		before = tw.ID
	}
	return out
}

// holds checks that X has exactly these posts, that the ledger agrees, and that the next run
// finds nothing to do.
func (s *scene) holds(what string, want []onX) {
	s.t.Helper()
	if diff := cmp.Diff(want, s.timeline()); diff != "" {
		s.t.Fatalf("%s: on X (-want +got):\n%s", what, diff)
	}
	posts := s.settled(what)
	for _, tw := range s.w.X().Tweets() {
		if !slices.Contains(posts, tw.ID) {
			s.t.Fatalf("%s: post %s is on X and not in the ledger", what, tw.ID)
		}
	}
	writes := s.w.GitHub().Writes()
	if out := s.run(); len(out.Posted)+len(out.Skipped)+len(out.Held)+out.Pending != 0 {
		s.t.Fatalf("%s: the next run found something to do: %+v", what, out)
	}
	if n := s.w.GitHub().Writes() - writes; n != 0 {
		s.t.Fatalf("%s: the idle run made %d writes", what, n)
	}
	if v := s.w.Violations(); len(v) > 0 {
		s.t.Fatalf("%s: %v", what, v)
	}
}

// settled returns every X post of the ledger. It fails if a record is not settled.
func (s *scene) settled(what string) (posts []string) {
	s.t.Helper()
	for _, rec := range s.doc().Ledger {
		if rec.Status == state.Posting || rec.Intent != nil {
			s.t.Fatalf("%s: media %s is not settled: %+v", what, rec.MediaID, rec)
		}
		posts = append(posts, rec.Posts...)
	}
	return posts
}

// doc is the document on the state branch.
func (s *scene) doc() *state.Document {
	s.t.Helper()
	body, ok := s.w.GitHub().File(branch, "state/main.yaml")
	if !ok {
		return &state.Document{}
	}
	d, err := state.Decode("state/main.yaml", []byte(body))
	if err != nil {
		s.t.Fatal(err)
	}
	return d
}
