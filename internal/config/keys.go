package config

import (
	"slices"
	"time"
)

// key is one setting: its path within its mapping, its value, and the sentence that editors show.
type key struct {
	path  string
	value value
	doc   string
}

// keys returns all settings of a file outside its routes, bound to c, in the order of the
// documentation.
func (c *Config) keys() []key {
	i := &c.Incidents
	return []key{
		{"version", number{&c.Version, Version, 1, Version},
			"The version of this format."},
		{"state_branch", text{&c.StateBranch, "postferry-state", branchName},
			"The branch that remembers what was mirrored. The first run makes it."},
		{"language", choice(&c.Language, "en", "ja").synonyms(languageNames),
			"The language of everything that a person reads."},
		{"timezone", zone{&c.Timezone},
			"The time zone of {date}, of a start date, and of every time that a person reads: " +
				"an IANA name."},
		{"secrets_environment", text{&c.SecretsEnvironment, "", oneLine},
			"The Actions environment that holds the secrets; empty for the repository's own."},
		{"routes", routes{&c.Routes},
			"Each route is one Instagram account and the X account that its media go to."},
		{"incidents.transient_after", number{&i.TransientAfter, 3, 1, 0},
			"After how many runs in a row a transient failure becomes an incident."},
		{"incidents.assignees", list{&i.Assignees, nil, login, 0, maxAssignees},
			"Who an incident's issue is assigned to."},
		{"incidents.red", choice(&i.Red, "once", "always", "never").synonyms(alwaysOrNever),
			"When a run ends red: once an incident, at every run of it, or never."},
		{"incidents.slack_mention", text{&i.SlackMention, "", oneLine},
			"What a Slack message about a new incident begins with, for example <!here>."},
	}
}

// maxAssignees is how many assignees an issue can have.
// https://docs.github.com/en/rest/issues/issues#create-an-issue
const maxAssignees = 10

// keys returns all settings of a route, bound to r, in the order of the documentation.
func (r *Route) keys() []key {
	return slices.Concat(r.Instagram.keys(), r.X.keys(), r.selectionKeys(), r.Text.keys(),
		r.postKeys(), r.Limits.keys())
}

// keys returns the settings of the Instagram account.
func (ig *Instagram) keys() []key {
	return []key{
		{"instagram.login", choice(&ig.Login, "instagram", "facebook"),
			"The login that issued the token."},
		{"instagram.account", account{&ig.Account, instagramName},
			"The Instagram account's @name. If it is set, another account's token is refused."},
		{"instagram.api_version", text{&ig.APIVersion, "v25.0", apiVersion},
			"The version of Meta's API."},
		{"instagram.token", variable{&ig.Token, "INSTAGRAM_TOKEN"},
			"The variable that holds the Instagram token."},
		{"instagram.user_id", variable{&ig.UserID, "INSTAGRAM_USER_ID"},
			"The variable that holds the professional account's id. Only Facebook Login needs it."},
		{"instagram.app_id", variable{&ig.AppID, "INSTAGRAM_APP_ID"},
			"The variable that holds the Meta app's id. It is optional and improves a diagnosis."},
		{"instagram.app_secret", variable{&ig.AppSecret, "INSTAGRAM_APP_SECRET"},
			"The variable that holds the Meta app's secret. It is optional and improves a" +
				" diagnosis."},
	}
}

// keys returns the settings of the X account.
func (x *X) keys() []key {
	return []key{
		{"x.auth", choice(&x.Auth, OAuth2, Keys).synonyms(authNames),
			"How postferry logs in to X: oauth2 with a refresh token, " +
				"or keys with the developer portal's four keys."},
		{"x.account", account{&x.Account, xName},
			"The X account's @name. If it is set, another account's login is refused."},
		{"x.refresh_token", variable{&x.RefreshToken, "X_REFRESH_TOKEN"},
			"The variable that holds X's refresh token. Each rotation rewrites it, " +
				"so two routes can't share one."},
		{"x.access_token", variable{&x.AccessToken, "X_ACCESS_TOKEN"},
			"The variable that holds X's access token. Each rotation rewrites it. " +
				"Its default is the refresh token's name with ACCESS for REFRESH."},
		{"x.client_id", variable{&x.ClientID, "X_CLIENT_ID"},
			"The variable that holds the X app's client id."},
		{"x.client_secret", variable{&x.ClientSecret, "X_CLIENT_SECRET"},
			"The variable that holds the X app's client secret, if the app has one."},
		{"x.api_key", variable{&x.APIKey, "X_API_KEY"},
			"The variable that holds the X app's API key. Only auth: keys needs it."},
		{"x.api_secret", variable{&x.APISecret, "X_API_SECRET"},
			"The variable that holds the X app's API secret. Only auth: keys needs it."},
		{"x.access_token_secret", variable{&x.AccessTokenSecret, "X_ACCESS_TOKEN_SECRET"},
			"The variable that holds the access token's secret. Only auth: keys needs it. " +
				"With auth: keys its default is the access token's name with _SECRET."},
	}
}

// selectionKeys returns the settings that say which media are mirrored.
func (r *Route) selectionKeys() []key {
	return []key{
		{"start", start{&r.Start},
			"What the first run takes: now (only what is published after it), all, " +
				"or everything since a date (its midnight in timezone)."},
		{"only", list{&r.Only, mediaTypes, mediaType, 1, 0},
			"The media types to mirror."},
		{"require_hashtags", list{&r.RequireHashtags, nil, hashtag, 0, 0},
			"Mirror only media that have all of these hashtags."},
		{"exclude_hashtags", list{&r.ExcludeHashtags, []string{"#igonly"}, hashtag, 0, 0},
			"Leave out media that have one of these hashtags."},
	}
}

// keys returns the settings of a post's text.
func (t *Text) keys() []key {
	return []key{
		{"text.template", text{&t.Template, "{caption}", template},
			"The text of a post, with {caption}, {permalink}, {username} and {date}."},
		{"text.long", choice(&t.Long, "cut", "thread"),
			"What happens to a caption that is too long: cut it, or continue in replies."},
		{"text.link", choice(&t.Link, "if-cut", "never", "always").synonyms(alwaysOrNever),
			"When the permalink is added. X bills a post with a URL 13 times as much."},
		{"text.urls", choice(&t.URLs, "plain", "keep").synonyms(keepOrNot),
			"Web addresses in captions: plain stays readable but is no link, so X does not bill it."},
		{"text.mentions", choice(&t.Mentions, "plain", "keep").synonyms(keepOrNot),
			"@names in captions: on X they may be somebody else, so plain mentions nobody."},
		{"text.max_length", number{&t.MaxLength, 280, 1, 25000},
			"X's limit for a post: 280, and up to 25000 for a Premium account."},
		{"text.number", flag{&t.Number, false},
			"Number the parts of a thread: (1/3)."},
	}
}

// postKeys returns the settings that say how a media is posted.
func (r *Route) postKeys() []key {
	return []key{
		{"carousel", choice(&r.Carousel, "thread", "first"),
			"What happens to a carousel that does not fit into one post: " +
				"continue in replies, or post its first files only."},
		{"alt_text", flag{&r.AltText, true},
			"Carry alt texts over. X bills each of them."},
		{"collaborations", flag{&r.Collaborations, false},
			"Also mirror what another account posted and this account took part in."},
		{"ai_label", flag{&r.AILabel, true},
			"Carry Instagram's AI label over to X."},
		{"paid_hashtags", list{&r.PaidHashtags, nil, hashtag, 0, 0},
			"Post media that have one of these hashtags as a paid partnership."},
		{"rejected_video", choice(&r.RejectedVideo, "thumbnail", "link", "skip"),
			"What is posted when X refuses a video itself: its cover image, its permalink, or" +
				" nothing."},
		{"rejected_photo", choice(&r.RejectedPhoto, "leave-out", "link", "skip"),
			"What is posted when X refuses a photo itself: the carousel without it, " +
				"the permalink, or nothing."},
		{
			"on_deleted",
			choice(&r.OnDeleted, "page", "tell").synonyms(map[string]string{"true": "tell"}),
			"Where a media is named that was deleted on Instagram and is still on X: " +
				"on the status page, or also in an issue.",
		},
		{"delay", duration{&r.Delay, 0, 48 * time.Hour, "m"},
			"How old a media must be before it is mirrored: time to mend or delete it."},
	}
}

// keys returns the limits.
func (l *Limits) keys() []key {
	return []key{
		{"limits.per_run", number{&l.PerRun, 10, 1, 50},
			"How many media one run mirrors. The others wait for the next run."},
		{"limits.per_day", number{&l.PerDay, 50, 1, 0},
			"How many media are mirrored on one day (UTC)."},
		{"limits.usd_per_month", money{&l.USDPerMonth, 5},
			"How many US dollars X may bill in one month (UTC), by postferry's own count. " +
				"0 holds everything back."},
		{"limits.gap", duration{&l.Gap, 20 * time.Second, 10 * time.Minute, "s"},
			"How long a run waits between two media."},
	}
}

var mediaTypes = []string{"image", "video", "carousel"}

// mediaType is one of mediaTypes. The synonyms are what Instagram's own app calls them.
var mediaType = oneOf(mediaTypes...).with(map[string]string{
	"photo": "image", "photos": "image", "picture": "image", "pictures": "image", "images": "image",
	"reel": "video", "reels": "video", "videos": "video", "clip": "video", "clips": "video",
	"album": "carousel", "albums": "carousel", "carousels": "carousel", "gallery": "carousel",
})

// Words that people write for a choice.
var (
	alwaysOrNever = map[string]string{
		"true": "always", "yes": "always", "on": "always",
		"false": "never", "no": "never", "off": "never",
	}
	keepOrNot = map[string]string{
		"true": "keep", "yes": "keep", "on": "keep", "false": "plain", "no": "plain",
		"off": "plain",
	}
	authNames = map[string]string{
		"oauth": OAuth2, "oauth2.0": OAuth2, "oauth1": Keys, "oauth1.0a": Keys, "key": Keys,
	}
	languageNames = map[string]string{
		"english": "en", "japanese": "ja", "jp": "ja", "日本語": "ja",
	}
)
