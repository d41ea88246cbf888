package verdict

// Whose is whose fault a refusal of X is, as far as its words alone say.
type Whose string

// The possible faults. Everything that no row of [whoseFault] names is Unsaid: it is everybody's
// until X takes another media.
const (
	Unsaid    Whose = "unsaid"
	File      Whose = "file"      // the closed list: X names this file
	Text      Whose = "text"      // this post's text, cured by composing it again
	Everybody Whose = "everybody" // the account, the app or X
	Automated Whose = "automated" // the account, and more posts make it worse
	Replies   Whose = "replies"   // X does not let this app reply
	ReplyGone Whose = "reply-gone"
	Repeated  Whose = "repeated" // X has this text already: the post is sought, else made distinct
)

// uploadForgotten is the key of an upload that X has finished and does not find any more.
const uploadForgotten = "upload-forgotten"

// whoseFault has a row for each key of package xapi's table of refusals whose words say whose fault
// it is. The sources are beside the keys there.
var whoseFault = map[string]Whose{
	// Media faults: the closed list.
	"processing-failed":  File, // STATUS: state failed, or an error object in any state
	"media-unrecognized": File, // finalize: "media type unrecognized"
	"duration-too-long":  File, // finalize: "Duration too long, maximum:140000, actual:160000"
	"total-bytes":        File, // initialize: "… at most N"; finalize: "File size exceeds N bytes."
	uploadForgotten:      File, // STATUS: 404, or 400 "BadRequest: Not found"
	"video-too-long":     File, // POST /2/tweets, 324: "… longer than N minutes"
	"media-ids":          File, // POST /2/tweets: media ids of fresh uploads are invalid

	"text-too-long": Text, // 186
	"invalid-url":   Text,
	"cashtags":      Text,

	"reply-gone": ReplyGone, // 385
	"duplicate":  Repeated,  // 187

	// Not a media's fault.
	"content-type":               Everybody, // append, X's outage of 2025-05-30
	"not-permitted":              Everybody, // after the text was cut to 280 once
	"locked":                     Everybody,
	"suspended":                  Everybody,
	"authenticating-unknown":     Everybody, // after one more try in the run
	"usage-cap":                  Everybody,
	"spend-cap":                  Everybody,
	"not-enrolled":               Everybody,
	"missing-scope":              Everybody,
	"unsupported-authentication": Everybody,
	"oauth1-permissions":         Everybody,

	"automated": Automated, // 226

	"replies": Replies,
}

// WhoseFault reads the key of a refusal's words, httpx.Error.Type of a refusal by X.
func WhoseFault(key string) Whose {
	if w, ok := whoseFault[key]; ok {
		return w
	}
	return Unsaid
}
