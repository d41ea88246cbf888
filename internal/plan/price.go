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

// The prices of reading, by the same source. An app pays a fifth for reading the posts of the
// account that owns it, but the program can't know the owner, so it counts the full price.
const (
	USDRead = 0.005 // one post of a timeline
	USDUser = 0.010 // the account that a login belongs to
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
