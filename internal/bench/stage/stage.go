// Package stage sets up the stand-ins as a measurement needs them: on loopback, with an account that has something to
// list or to upload, and with the addresses that a bare program is given and a run finds out by itself.
package stage

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/postferry/postferry/internal/sim"
)

// Options say what the account holds. The zero value is an empty account that answers at once.
type Options struct {
	Latency time.Duration // before every answer
	Photos  int
	Videos  int
	Size    int64 // of each video, in bytes
	Digest  bool  // keep the segments until they are contiguous, and digest them
}

// Stage is a world on loopback. Env holds what points a run at it, and
//
//	BENCH_STATE_URL  the state document, as an idle run asks for it
//	BENCH_LIST_URL   the account's media, as an idle run asks for them
//	BENCH_VIDEO_URL  the signed address of a video
type Stage struct {
	World *sim.World
	Env   map[string]string

	server *sim.Server
}

// New sets it up. A video is processed at once: how long X takes over one is no figure of ours.
func New(ctx context.Context, o Options) (*Stage, error) {
	now := time.Now()
	w := sim.New(sim.Options{Now: now, Real: true, Latency: o.Latency, NoHash: !o.Digest, Processing: time.Nanosecond})
	for i := range o.Photos {
		caption := fmt.Sprintf("Mug no. %d, fresh from the kiln, with a glaze that nobody has seen before. #ceramics #mugs", i)
		w.Publish(sim.Media{Caption: caption, Timestamp: now.Add(-time.Duration(o.Photos-i) * time.Hour), Items: []sim.Item{{Kind: "photo", Size: 1 << 20, AltText: "A mug on a shelf"}}})
	}
	for i := range o.Videos {
		w.Publish(sim.Media{Caption: fmt.Sprintf("Day %d at the kiln", i), Timestamp: now.Add(-time.Duration(o.Videos-i) * time.Hour), Items: []sim.Item{{Kind: "video", Size: o.Size}}})
	}
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

// Close takes it down.
func (s *Stage) Close() { s.server.Close() }

// fields are those that postferry asks for.
const fields = "id,caption,media_type,media_product_type,media_url,thumbnail_url,permalink,timestamp,username,alt_text," +
	"children{id,media_type,media_url,thumbnail_url,alt_text}"

func (s *Stage) addresses(ctx context.Context) error {
	s.Env["BENCH_STATE_URL"] = s.Env["GITHUB_API_URL"] + "/repos/" + s.Env["GITHUB_REPOSITORY"] + "/contents/state/main.yaml?ref=postferry-state"
	s.Env["BENCH_LIST_URL"] = s.Env["INSTAGRAM_API_URL"] + "/v25.0/me/media?" + url.Values{"fields": {fields}, "limit": {"50"}}.Encode()
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
