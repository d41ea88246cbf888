package setup

// Pages on which a person gets the values.
const (
	portal   = "https://developer.x.com/en/portal/dashboard"
	billing  = "https://console.x.com/"
	metaApps = "https://developers.facebook.com/apps/"
	explorer = "https://developers.facebook.com/tools/explorer/"
)

// facebookScopes are what a token of Facebook Login needs. business_management matters only for a
// Page in a business portfolio.
var facebookScopes = [...]string{
	"instagram_basic", "pages_show_list", "pages_read_engagement", "business_management",
}
