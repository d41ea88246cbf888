// Package stage sets up the stand-ins for a measurement: on loopback, with an account that has
// media to list or to upload. It also finds the addresses that a bare program must be given, since
// only a run of postferry finds them out by itself.
package stage

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"time"

	"github.com/postferry/postferry/internal/sim"
	"github.com/postferry/postferry/internal/state"
)

// Options describe the account. The zero value is an empty account whose answers have no latency.
type Options struct {
	Latency time.Duration // before every answer
	Photos  int           // not mirrored yet
	Posted  int           // photos mirrored already, a day apart; the state branch records them
	Videos  int
	Size    int64 // of each video, in bytes
	Digest  bool  // keep the segments until they are contiguous, and digest them
}

// Stage is a world on loopback. Env points a run at it, and also holds
//
//	BENCH_STATE_URL  the state document, as an idle run requests it
//	BENCH_LIST_URL   the account's media, as an idle run requests them
//	BENCH_VIDEO_URL  the signed address of a video
type Stage struct {
	World *sim.World
	Env   map[string]string

	server *sim.Server
}

// New sets a stage up. X processes a video at once, because the time that X needs is not a figure
// of postferry's.
func New(ctx context.Context, o Options) (*Stage, error) {
	now := time.Now()
	w := sim.New(sim.Options{
		Now: now, Real: true, Latency: o.Latency, NoHash: !o.Digest, Processing: time.Nanosecond,
	})
	if err := posted(w, o.Posted, now); err != nil {
		return nil, err
	}
	publish(w, o, now)
	server, err := w.Serve("127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &Stage{World: w, Env: server.Env(), server: server}
	if err := s.addresses(ctx); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// publish puts the media on the account that are not mirrored yet, an hour apart.
func publish(w *sim.World, o Options, now time.Time) {
	for i := range o.Photos {
		w.Instagram().Publish(sim.Media{
			Caption: fmt.Sprintf("Mug no. %d, fresh from the kiln, with a glaze that nobody has "+
				"seen before. #ceramics #mugs", i),
			Timestamp: now.Add(-time.Duration(o.Photos-i) * time.Hour),
			Items:     []sim.Item{{Kind: "photo", Size: 1 << 20, AltText: "A mug on a shelf"}},
		})
	}
	for i := range o.Videos {
		w.Instagram().Publish(sim.Media{
			Caption:   fmt.Sprintf("Day %d at the kiln", i),
			Timestamp: now.Add(-time.Duration(o.Videos-i) * time.Hour),
			Items:     []sim.Item{{Kind: "video", Size: o.Size}},
		})
	}
}

// posted publishes n photos and writes the state document that postferry has after mirroring them.
func posted(w *sim.World, n int, now time.Time) error {
	if n == 0 {
		return nil
	}
	s, err := state.Open(context.Background(), &memory{}, "main")
	if err != nil {
		return err
	}
	const batch = 100 // a commit each would take minutes
	for i := 0; i < n; i += batch {
		err := s.Update(context.Background(), "posted", func(d *state.Document) error {
			d.Baseline = now.AddDate(0, 0, -n-1).UTC()
			for k := i; k < min(i+batch, n); k++ {
				settle(d, w, k, now.AddDate(0, 0, k-n).UTC())
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	body, err := s.Doc().Encode()
	w.GitHub().SetFile("postferry-state", state.Path("main"), string(body))
	return err
}

// settle publishes photo number k and records it as mirrored.
func settle(d *state.Document, w *sim.World, k int, at time.Time) {
	id := w.Instagram().Publish(sim.Media{
		Caption:   fmt.Sprintf("Mug no. %d", k),
		Timestamp: at,
		Items:     []sim.Item{{Kind: "photo", Size: 1 << 20}},
	})
	r := d.Record(id, at, fmt.Sprintf("https://www.instagram.com/p/C%09d/", k))
	r.Parts, r.Posts, r.USD = 1, []string{fmt.Sprint(1900000000000000000 + k)}, 0.015
	d.Settle(r, state.Posted, "", at)
	d.Spend.Add(r.USD, at)
}

// memory is a [state.Backend] of one file.
type memory struct{ body []byte }

func (m *memory) Read(context.Context, string) ([]byte, string, error) {
	if m.body == nil {
		return nil, "", fs.ErrNotExist
	}
	return m.body, fmt.Sprint(len(m.body)), nil
}

func (m *memory) Write(_ context.Context, c state.Change) (string, error) {
	m.body = c.Body
	return fmt.Sprint(len(m.body)), nil
}

// Close stops the stand-ins.
func (s *Stage) Close() { s.server.Close() }

// fields are the fields that postferry requests of each media.
const fields = "id,caption,media_type,media_product_type,media_url,thumbnail_url,permalink," +
	"timestamp,username,alt_text,children{id,media_type,media_url,thumbnail_url,alt_text}," +
	"is_ai_generated"

func (s *Stage) addresses(ctx context.Context) error {
	s.Env["BENCH_STATE_URL"] = s.Env["GITHUB_API_URL"] + "/repos/" + s.Env["GITHUB_REPOSITORY"] +
		"/contents/state/main.yaml?ref=postferry-state"
	s.Env["BENCH_LIST_URL"] = s.Env["INSTAGRAM_API_URL"] + "/v25.0/me/media?" +
		url.Values{"fields": {fields}, "limit": {"50"}}.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.Env["BENCH_LIST_URL"], nil)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+s.Env["INSTAGRAM_TOKEN"])
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	var page struct {
		Data []struct {
			Type string `json:"media_type"`
			URL  string `json:"media_url"`
		}
	}
	if err := json.NewDecoder(resp.Body).Decode(&page); err != nil {
		return fmt.Errorf("list the media: %w", err)
	}
	for _, m := range page.Data {
		if m.Type == "VIDEO" {
			s.Env["BENCH_VIDEO_URL"] = m.URL
		}
	}
	return nil
}
