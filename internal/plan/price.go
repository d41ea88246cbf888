package plan

import (
	"time"

	"github.com/postferry/postferry/internal/caption"
)

// PricesRead is when the prices were last compared with their source.
var PricesRead = time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)

// The prices of X in US dollars, pay-per-use.
// Source: https://docs.x.com/x-api/getting-started/pricing, read on PricesRead.
const (
	usdPost    = 0.015 // a post without a URL
	usdURLPost = 0.200 // a post with one or more
	usdAltText = 0.005 // POST /2/media/metadata
)

// What X bills for reading, by the same source: a post of a timeline, and whose account it is. An
// app that belongs to the very account that posts pays a fifth for its posts; that can't be told
// from here.
const (
	USDRead = 0.005
	USDUser = 0.010
)

// price returns what X bills for one post. X does not say that it bills uploads.
func price(p Post) float64 {
	usd := usdPost
	if caption.HasURL(p.Text) {
		usd = usdURLPost
	}
	for _, f := range p.Files {
		// X ignores alt text on video.
		if f.AltText != "" && f.Kind == Photo {
			usd += usdAltText
		}
	}
	return usd
}
