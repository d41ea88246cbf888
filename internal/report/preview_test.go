package report

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/plan"
	"github.com/postferry/postferry/internal/state"
)

// sampleMedia is one photo.
func sampleMedia(n int) instagram.Media {
	return instagram.Media{
		ID: fmt.Sprintf("1789500000000%04d", n), Type: "IMAGE", Permalink: permalinkOf(n), Timestamp: ago(time.Duration(40-n) * time.Hour),
		URL: "https://media.example/1", AltText: "A mug on a table, steam above it", Caption: "Fresh from the kiln. 新作のマグカップです。\n\n#mug #陶芸 example.com",
	}
}

// sampleMedias are a photo, a carousel that becomes a thread, a reel, one with a hashtag that is
// left out, and one too many.
func sampleMedias() []instagram.Media {
	carousel, reel, left := sampleMedia(2), sampleMedia(3), sampleMedia(4)
	carousel.Type, carousel.Caption = "CAROUSEL_ALBUM", strings.Repeat("Six photos of one shelf, "+
		"taken on six days. ", 9)
	for n := range 6 {
		carousel.Children = append(carousel.Children, instagram.Child{ID: fmt.Sprint(n), Type: "IMAGE", URL: "https://media.example/c", AltText: fmt.Sprintf("Shelf, day %d", n+1)})
	}
	reel.Type, reel.ProductType, reel.Caption, reel.AltText = "VIDEO", "REELS", "Throwing a bowl ▶️", ""
	left.Caption = "Only here #igonly"
	return []instagram.Media{sampleMedia(5), left, reel, carousel, sampleMedia(1)}
}

// TestPreview: a dry run as a person reads it and as a program does, with something of everything.
func TestPreview(t *testing.T) {
	r := config.Default().Routes[0]
	r.ExcludeHashtags, r.Limits.PerRun = []string{"#igonly"}, 3
	doc := &state.Document{Version: 1, Route: "main", Baseline: ago(60 * day)}
	res := plan.Make(plan.Input{Route: r, Media: sampleMedias(), Doc: doc, Now: now})
	for name, res := range map[string]plan.Result{"mixed": res, "nothing": {}} {
		inBoth(t, name, func(t *testing.T, w message.Words, folder string) {
			p := Preview{Words: w, Route: r, Plan: res, Spent: 1.345}
			lines := strings.Join(p.Lines(), "\n") + "\n"
			golden(t, folder+"preview/"+name+".txt", []byte(lines))
			golden(t, folder+"preview/"+name+".md", []byte(p.Cards()))
			golden(t, "preview/"+name+".json", []byte(p.JSON()+"\n"))
		})
	}
}

// TestCardsAreBounded: a plan of very many long texts fits a job summary.
func TestCardsAreBounded(t *testing.T) {
	m := sampleMedia(1)
	long := plan.Thread{Media: m, Posts: []plan.Post{{Text: strings.Repeat("very long ", 3000)}}}
	p := Preview{Plan: plan.Result{Threads: slices.Repeat([]plan.Thread{long}, 300)}}
	got := p.Cards()
	if len(got) > maxPreview+100 || !strings.Contains(got, "more\n") {
		t.Errorf("%d bytes, which end with %q", len(got), got[len(got)-20:])
	}
}
