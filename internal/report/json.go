package report

import (
	"encoding/json"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/mirror"
	"github.com/postferry/postferry/internal/result"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/twittertext"
)

type previewJSON struct {
	Route   string        `json:"route"`
	Posts   []postJSON    `json:"posts"`
	Skipped []skippedJSON `json:"skipped"`
	Pending int           `json:"pending"`
	HeldBy  string        `json:"held_by,omitempty"`
}

type postJSON struct {
	MediaID   string     `json:"media_id"`
	Permalink string     `json:"permalink"`
	Parts     []partJSON `json:"parts"`
	USD       float64    `json:"usd"`
	Notes     []string   `json:"notes,omitempty"`
}

type partJSON struct {
	Text   string     `json:"text"`
	Weight int        `json:"weight"`
	Media  []fileJSON `json:"media"`
}

type fileJSON struct {
	Type    string `json:"type"`
	AltText string `json:"alt_text"`
}

type skippedJSON struct {
	MediaID string `json:"media_id"`
	Reason  string `json:"reason"`
}

// JSON is the plan for programs, on one line.
func (p Preview) JSON() string {
	out := previewJSON{
		Route: p.Route.Name, Posts: []postJSON{}, Skipped: []skippedJSON{},
		Pending: len(p.Plan.Waiting), HeldBy: p.Plan.Limit,
	}
	for _, p := range p.Plan.Threads {
		post := postJSON{
			MediaID: p.Media.ID, Permalink: p.Media.Permalink, Parts: []partJSON{},
			USD: state.RoundUSD(p.USD()), Notes: p.Notes,
		}
		for _, part := range p.Posts {
			files := []fileJSON{}
			for _, f := range part.Files {
				files = append(files, fileJSON{string(f.Kind), f.AltText})
			}
			post.Parts = append(post.Parts, partJSON{part.Text, twittertext.Weight(part.Text), files})
		}
		out.Posts = append(out.Posts, post)
	}
	for _, s := range p.Plan.Skips {
		out.Skipped = append(out.Skipped, skippedJSON{s.Media.ID, s.Why})
	}
	line, _ := json.Marshal(out) // plain structs always encode
	return QuoteJSON(line)
}

type entryJSON struct {
	MediaID   string   `json:"media_id"`
	Permalink string   `json:"permalink"`
	Posts     []string `json:"posts,omitempty"`
	Reason    string   `json:"reason,omitempty"`
}

// entries is never null in JSON, so that a program can take its length.
func entries(all []mirror.Entry) []entryJSON {
	out := []entryJSON{}
	for _, e := range all {
		out = append(out, entryJSON{
			MediaID: httpx.Truncate(e.MediaID, 100), Permalink: httpx.Truncate(e.Permalink, 300),
			Posts: e.Posts, Reason: httpx.Truncate(e.Why, 1000),
		})
	}
	return out
}

// JSON is the result of the run for programs, each route on a line of its own.
func (r Run) JSON() (lines []string) {
	for _, one := range r.Routes {
		lines = append(lines, asJSON(one))
	}
	return lines
}

func asJSON(r result.Route) string {
	out := map[string]any{
		"route":      r.Name,
		"status":     r.Status(),
		"posted":     entries(r.Outcome.Posted),
		"skipped":    entries(r.Outcome.Skipped),
		"held":       entries(r.Outcome.Held),
		"given_up":   entries(r.Outcome.GivenUp),
		"withdrawn":  entries(r.Outcome.Withdrawn),
		"pending":    r.Outcome.Pending,
		"reconciled": r.Outcome.Reconciled,
		"usd":        state.RoundUSD(r.Outcome.USD),
		"incident":   r.Issue,
	}
	if r.Err != nil {
		out["error"] = httpx.Truncate(r.Err.Error(), maxQuote)
	}
	line, _ := json.Marshal(out) // maps of plain values always encode
	return QuoteJSON(line)
}
