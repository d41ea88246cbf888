package plan

import "github.com/postferry/postferry/internal/caption"

// What X bills, in US dollars, pay-per-use.
// Source: https://docs.x.com/x-api/getting-started/pricing, read 2026-08-22, confirmed 2026-10-02.
const (
	usdPost    = 0.015 // a post without a URL
	usdURLPost = 0.200 // a post with one
	usdAltText = 0.005 // POST /2/media/metadata
)

// price is what one part costs. X says nothing of uploads being billed.
func price(p Post) float64 {
	usd := usdPost
	if caption.HasURL(p.Text) {
		usd = usdURLPost
	}
	for _, f := range p.Files {
		// Alt text is for images; X ignores it on video.
		if f.AltText != "" && f.Kind == Photo {
			usd += usdAltText
		}
	}
	return usd
}
