package report

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/mirror"
	"github.com/postferry/postferry/internal/plan"
	"github.com/postferry/postferry/internal/result"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/twittertext"
)

// Preview shows a plan to a person: each post with its weighted length, its files, their alt texts
// and its price.
func Preview(r config.Route, res plan.Result, spent float64) []string {
	var usd float64
	for _, p := range res.Threads {
		usd += p.USD()
	}
	out := []string{fmt.Sprintf("%s: %d to post, %d to skip, %d held back; $%.3f ($%.2f of $%.2f "+
		"spent this month). Dry run: nothing is written.",
		r.Name, len(res.Threads), len(res.Skips), len(res.Waiting), usd, spent, r.Limits.USDPerMonth)}
	for _, p := range res.Threads {
		m := p.Media
		out = append(out, "", name(m.ID, m.Permalink)+"  "+stamp(m.Timestamp)+"  "+Quote(m.Type))
		for i, part := range p.Posts {
			out = append(out, previewPart(r, i, len(p.Posts), part)...)
		}
		for _, n := range p.Notes {
			out = append(out, "  note: "+Quote(n))
		}
	}
	for _, s := range res.Skips {
		out = append(out, "", name(s.Media.ID, s.Media.Permalink)+"  skipped: "+Quote(s.Why))
	}
	if res.Limit != "" {
		out = append(out, "", fmt.Sprintf("%d held back by %s", len(res.Waiting), res.Limit))
	}
	return out
}

func previewPart(r config.Route, i, n int, part plan.Post) []string {
	out := []string{fmt.Sprintf("  part %d of %d: weight %d of %d, $%.3f",
		i+1, n, twittertext.Weight(part.Text), r.Text.MaxLength, part.USD)}
	if part.Text == "" {
		out = append(out, "  (no text)")
	}
	for line := range strings.Lines(part.Text) {
		out = append(out, strings.TrimRight("  | "+Quote(line), " "))
	}
	for _, f := range part.Files {
		line := "  + " + string(f.Kind)
		if f.AltText != "" {
			line += ": " + Quote(f.AltText)
		}
		out = append(out, line)
	}
	return out
}

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

// PreviewJSON is a plan for programs, on one line of JSON.
func PreviewJSON(route string, res plan.Result) string {
	out := previewJSON{
		Route: route, Posts: []postJSON{}, Skipped: []skippedJSON{},
		Pending: len(res.Waiting), HeldBy: res.Limit,
	}
	for _, p := range res.Threads {
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
	for _, s := range res.Skips {
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

// JSON is the result of a route for programs, on one line.
func JSON(r result.Route) string {
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
