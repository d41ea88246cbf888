package config

import (
	"time"

	"github.com/postferry/postferry/internal/message"
)

// Version is the only version of the format that this program reads.
const Version = 1

// Config is a whole configuration. Load, Parse and Default make it; the zero value is not valid.
type Config struct {
	Version            int
	StateBranch        string  // the branch's name, without refs/heads/
	SecretsEnvironment string  // the Actions environment of the secrets; "" is the repository
	Language           string  // of everything that a person reads: en or ja
	Timezone           string  // an IANA name, for every time that a person reads
	Routes             []Route // without the broken ones, in the file's order
	Incidents          Incidents

	// Broken holds the routes whose blocks have problems. No other route depends on them, so a
	// caller may run Routes and report each broken route as an incident of its own.
	Broken []BrokenRoute

	names []string         // of all routes, in the file's order
	file  string           // the name that Parse was given
	set   map[string]place // path of a key that the file sets → where its value stands
}

// BrokenRoute is a route that can't run.
type BrokenRoute struct {
	Name     string
	Problems Problems // at least one; each names its file, line and column
}

// Words returns the words in which a person is spoken to: in the language of the configuration, with
// every time in its zone.
func (c *Config) Words() message.Words {
	return message.Words{Language: message.Language(c.Language), Zone: location(c.Timezone)}
}

// Route is one Instagram account and the X account that receives its media.
type Route struct {
	Name            string // lower case letters, digits and -: it is part of file names
	Instagram       Instagram
	X               X
	Start           Start
	Only            []string // image, video, carousel; never empty
	RequireHashtags []string // as written: "#tag", "＃tag" or "tag"
	ExcludeHashtags []string
	Text            Text
	Carousel        string // thread or first
	AltText         bool
	Collaborations  bool     // also mirror media of another username
	AILabel         bool     // carry Instagram's is_ai_generated over as X's made_with_ai
	PaidHashtags    []string // a caption with one of them is posted as a paid partnership
	RejectedVideo   string   // thumbnail, link or skip
	RejectedPhoto   string   // leave-out, link or skip
	OnDeleted       string   // page or tell
	Delay           time.Duration
	Limits          Limits

	// Timezone is the configuration's, for {date} and a start date.
	Timezone string
}

// Location returns the route's time zone, UTC if it names none.
func (r Route) Location() *time.Location { return location(r.Timezone) }

// Instagram says how a route reads its account. Token, UserID, AppID and AppSecret are names of
// variables.
type Instagram struct {
	Login                           string // instagram or facebook
	APIVersion                      string // "v25.0"
	Account                         string // the expected username, without @; "" accepts any
	Token, UserID, AppID, AppSecret string
}

// The values of X.Auth.
const (
	OAuth2 = "oauth2" // a login with a refresh token that each rotation replaces
	Keys   = "keys"   // the developer portal's four keys for its owner's account (OAuth 1.0a)
)

// X says how a route posts. All fields but Auth and Account are names of variables. With OAuth2 a
// route uses RefreshToken, AccessToken, ClientID and ClientSecret. With Keys it uses APIKey,
// APISecret, AccessToken and AccessTokenSecret.
type X struct {
	Auth    string // OAuth2 or Keys
	Account string // the expected username, without @; "" accepts any

	RefreshToken, AccessToken, ClientID, ClientSecret string
	APIKey, APISecret, AccessTokenSecret              string
}

// Text says how a caption becomes the text of a post.
type Text struct {
	Template  string // with {caption}, {permalink}, {username}, {date}
	Long      string // cut or thread
	Link      string // if-cut, never or always
	URLs      string // plain or keep
	Mentions  string // plain or keep
	MaxLength int    // weighted length of one post, 1 to 25000
	Number    bool   // number the parts of a thread
}

// Limits bound what is posted: media a run, media a UTC day, US dollars a UTC month. USDPerMonth 0
// holds everything back.
type Limits struct {
	PerRun, PerDay int
	USDPerMonth    float64
	Gap            time.Duration // between two media of one run
}

// Incidents says how failures are reported.
type Incidents struct {
	TransientAfter int      // runs in a row, at least 1
	Assignees      []string // GitHub logins, at most ten
	Red            string   // once, always or never
	SlackMention   string   // the beginning of a Slack message, verbatim
}

// Default returns the configuration that is in force without a file. Its one route is main.
func Default() *Config {
	c := &Config{}
	for _, k := range c.keys() {
		k.value.reset()
	}
	c.noteNames()
	return c
}
