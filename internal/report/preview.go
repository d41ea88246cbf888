package report

import (
	"strings"

	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/plan"
	"github.com/postferry/postferry/internal/twittertext"
)

// Preview is the plan of a route, which a dry run shows and does not carry out.
type Preview struct {
	Words message.Words
	Route config.Route
	Plan  plan.Result
	Spent float64 // this month, in US dollars
}

// head says in one line what the plan comes to.
func (p Preview) head() string {
	var price float64
	for _, t := range p.Plan.Threads {
		price += t.USD()
	}
	return p.Words.Text("report.preview.head", "Route", p.Route.Name, "Posts", len(p.Plan.Threads),
		"Skips", len(p.Plan.Skips), "Waiting", len(p.Plan.Waiting), "Price", usd(price),
		"Spent", limit(p.Spent), "Cap", limit(p.Route.Limits.USDPerMonth))
}

// Lines shows the plan on a terminal: each post with its weighted length, its files, their alt texts
// and its price.
func (p Preview) Lines() []string {
	w := p.Words
	out := []string{p.head()}
	for _, t := range p.Plan.Threads {
		m := t.Media
		out = append(out, "",
			name(w, m.ID, m.Permalink)+"  "+w.Time(m.Timestamp)+"  "+Quote(kindOf(w, m)))
		for i, post := range t.Posts {
			out = append(out, p.lines(i, len(t.Posts), post)...)
		}
		for _, n := range t.Notes {
			out = append(out, "  "+w.Text("report.preview.note", "Text", said(w, n, 1000)))
		}
	}
	for _, s := range p.Plan.Skips {
		out = append(out, "", name(w, s.Media.ID, s.Media.Permalink)+"  "+
			w.Text("report.preview.skipped", "Why", said(w, s.Why, 1000)))
	}
	if p.Plan.Limit != "" {
		out = append(out, "", p.held())
	}
	return out
}

// held names the limit that holds the rest back.
func (p Preview) held() string {
	return p.Words.Text("report.preview.held", "Count", len(p.Plan.Waiting), "Limit", p.Plan.Limit)
}

// part is the line of one post.
func (p Preview) part(i, n int, post plan.Post) string {
	return p.Words.Text("report.preview.part", "Part", i+1, "Parts", n,
		"Weight", twittertext.Weight(post.Text), "Max", p.Route.Text.MaxLength,
		"Price", usd(post.USD))
}

// lines shows one post on a terminal.
func (p Preview) lines(i, n int, post plan.Post) []string {
	out := []string{"  " + p.part(i, n, post)}
	if post.Text == "" {
		out = append(out, "  "+p.Words.Text("report.preview.no-text"))
	}
	for line := range strings.Lines(post.Text) {
		out = append(out, strings.TrimRight("  | "+Quote(line), " "))
	}
	for _, f := range post.Files {
		line := p.Words.Text("report.file." + string(f.Kind))
		if f.AltText != "" {
			line = p.Words.Text("report.preview.alt", "File", line, "Alt", Quote(f.AltText))
		}
		out = append(out, "  + "+line)
	}
	return out
}

// Cards shows the plan in a job summary, as Markdown: a card for each media.
func (p Preview) Cards() string {
	var b strings.Builder
	b.WriteString("### " + Text(p.head()) + "\n\n")
	for n, t := range p.Plan.Threads {
		card := p.card(t)
		if b.Len()+len(card) > maxPreview {
			b.WriteString(p.Words.Text("report.summary.more", "Count", len(p.Plan.Threads)-n))
			return b.String() + "\n\n"
		}
		b.WriteString(card)
	}
	if len(p.Plan.Skips) > 0 || p.Plan.Limit != "" {
		b.WriteString("#### " + p.Words.Text("report.preview.rest") + "\n\n")
	}
	for _, s := range p.Plan.Skips[:min(len(p.Plan.Skips), maxRows)] {
		b.WriteString("- " + mediaLink(p.Words, s.Media.ID, s.Media.Permalink) + " · " +
			p.Words.Text("report.preview.skipped", "Why", prose(p.Words, s.Why, 600)) + "\n")
	}
	if p.Plan.Limit != "" {
		b.WriteString("- " + Text(p.held()) + "\n")
	}
	return b.String() + "\n"
}

// maxPreview bounds the cards of one route. A job summary takes a megabyte.
const maxPreview = 200 << 10

// card shows one media.
func (p Preview) card(t plan.Thread) string {
	w, m := p.Words, t.Media
	var b strings.Builder
	b.WriteString("#### " + mediaLink(w, m.ID, m.Permalink) + " · " + Text(kindOf(w, m)) + " · " +
		w.Column(m.Timestamp) + " · " + Text(usd(t.USD())) + "\n\n")
	for i, post := range t.Posts {
		b.WriteString("**" + Text(p.part(i, len(t.Posts), post)) + "**\n\n")
		if post.Text == "" {
			b.WriteString(w.Text("report.preview.no-text") + "\n\n")
		} else {
			b.WriteString(quotation(httpx.Truncate(post.Text, maxQuote)) + "\n")
		}
		for _, f := range post.Files {
			b.WriteString("- " + p.file(f) + "\n")
		}
		b.WriteString("\n")
	}
	for _, n := range t.Notes {
		b.WriteString(w.Text("report.preview.note", "Text", prose(w, n, 1000)) + "\n\n")
	}
	return b.String()
}

// quotation gives a text of several lines as a block quotation, which wraps on a phone.
func quotation(text string) string {
	var b strings.Builder
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	for i, line := range lines {
		b.WriteString("> " + Text(line))
		if i+1 < len(lines) && Text(line) != "" && Text(lines[i+1]) != "" {
			b.WriteString("\\") // a line break; at the end of a paragraph it would be shown
		}
		b.WriteString("\n")
	}
	return b.String()
}

// file is a file of a card, with its alt text.
func (p Preview) file(f plan.File) string {
	kind := p.Words.Text("report.file." + string(f.Kind))
	if f.AltText == "" {
		return p.Words.Text("report.preview.no-alt", "File", kind)
	}
	return p.Words.Text("report.preview.alt", "File", kind,
		"Alt", Text(httpx.Truncate(f.AltText, 1000)))
}

// kindOf says what a media is, as Instagram's app calls it, and how many files it shows.
func kindOf(w message.Words, m instagram.Media) string {
	switch {
	case m.ProductType == "REELS":
		return w.Text("report.kind.reel")
	case m.Type == "IMAGE":
		return w.Text("report.kind.photo")
	case m.Type == "VIDEO":
		return w.Text("report.kind.video")
	case m.Type != "CAROUSEL_ALBUM":
		return httpx.Truncate(m.Type, 100)
	}
	videos := 0
	for _, c := range m.Children {
		if c.Type == "VIDEO" {
			videos++
		}
	}
	return w.Text("report.kind.carousel-of", "Files", files(w, len(m.Children)-videos, videos))
}

// files says how many photos and videos a media has.
func files(w message.Words, photos, videos int) string {
	var parts []string
	if photos > 0 {
		parts = append(parts, w.Text("report.kind.photos", "Count", photos))
	}
	if videos > 0 {
		parts = append(parts, w.Text("report.kind.videos", "Count", videos))
	}
	return w.And(parts...)
}
