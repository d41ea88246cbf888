package config

import (
	"slices"
	"strconv"
	"strings"
)

// shape describes the texts that a setting allows.
type shape struct {
	words   []string          // the allowed texts; nil if the expressions decide
	meant   map[string]string // what people write → the word that they mean; lower case
	pattern string            // the text must match; RE2 and JSON Schema read it alike
	refuse  string            // the text must not match; "" refuses nothing
	want    string            // the key of the message that names the shape; "" with words
	example string
}

// oneOf returns the shape of a choice.
func oneOf(words ...string) shape { return shape{words: words} }

// with adds what people write instead of the words.
func (sh shape) with(meant map[string]string) shape {
	sh.meant = meant
	return sh
}

var (
	// variableName is the name of an Actions secret, shorter than a token. A rotation writes to some
	// of the variables, so postferry's own names are refused. Values are refused too: Meta's tokens
	// begin with EAA, IGAA or IGQ, GitHub's with gh?_; an app secret is 32 hexadecimal digits.
	// https://docs.github.com/en/actions/reference/security/secrets#naming-your-secrets
	variableName = shape{
		pattern: `^[A-Za-z_][A-Za-z0-9_]{0,59}$`,
		refuse: `^[Gg][Ii][Tt][Hh][Uu][Bb]_|^POSTFERRY` +
			`|^(SECRETS_TOKEN|VAULT_KEY|SLACK_WEBHOOK_URL|HEARTBEAT_URL` +
			`|INSTAGRAM_API_URL|X_API_URL|X_AUTHORIZE_URL)$` +
			`|^(EAA|IGAA|IGQ)[A-Za-z0-9]|^gh[a-z]_|^[0-9a-f]{32}$`,
		want: "config.shape.variable",
	}
	// branchName is a subset of git's names. It refuses main, because postferry writes to the branch.
	branchName = shape{
		pattern: `^[A-Za-z0-9][A-Za-z0-9._/-]{0,99}$`,
		refuse:  `\.\.|//|/\.|[./]$|\.lock(/|$)|^refs/|^(main|master|HEAD)$`,
		want:    "config.shape.branch", example: "postferry-state",
	}
	// routeName names files on the state branch, and problems repeat it. So it refuses what may be an
	// app secret or a token of Slack's.
	routeName = shape{
		pattern: `^[a-z0-9][a-z0-9-]{0,59}$`,
		refuse:  `^[0-9a-f]{32,}$|^xox[abeprs]-`,
		want:    "config.shape.route", example: "main",
	}

	apiVersion = shape{
		pattern: `^v[0-9]+\.[0-9]+$`, want: "config.shape.api-version", example: "v25.0",
	}
	oneLine = shape{
		pattern: `^([^\x00-\x20]([^\x00-\x1f]{0,253}[^\x00-\x20])?)?$`,
		want:    "config.shape.one-line",
	}
	login = shape{
		pattern: `^[A-Za-z0-9]([A-Za-z0-9_-]{0,37}[A-Za-z0-9])?$`, refuse: `--`,
		want: "config.shape.login", example: "octocat",
	}

	// instagramName is a username with or without its @, or nothing.
	instagramName = shape{
		pattern: `^(@?[A-Za-z0-9_.]{1,30})?$`, want: "config.shape.instagram-name",
		example: "@my.cafe",
	}
	// xName is the same for X. https://help.x.com/en/managing-your-account/change-x-handle
	xName = shape{
		pattern: `^(@?[A-Za-z0-9_]{1,15})?$`, want: "config.shape.x-name", example: "@my_cafe",
	}
	zoneName = shape{
		pattern: `^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}$`, refuse: `^Local$`,
		want: "config.shape.zone", example: "Asia/Tokyo",
	}
	// period is a duration in whole hours, minutes and seconds. Six digits of each can't overflow.
	period = shape{
		pattern: `^([0-9]{1,6}h)?([0-9]{1,6}m)?([0-9]{1,6}s)?$`, refuse: `^$`,
		want: "config.shape.period",
	}

	// hashtag allows letters, marks and digits of any script, _, and the hashtagSpecialChars of
	// twitter-text 3.1.0. It refuses the mark of a keycap.
	hashtag = shape{
		pattern: `^[#＃]?[\p{L}\p{M}\p{Nd}_` +
			"\u200c\u200d\ua67e\u05be\u05f3\u05f4～〜\u309b\u309c\u30a0・〃\u0f0b\u0f0c·" + `]+$`,
		refuse: "\u20e3",
		want:   "config.shape.hashtag", example: "#igonly",
	}
	template = shape{
		pattern: `^([^{]|\{(caption|permalink|username|date)\})*$`,
		refuse:  `^[\t\n\f\r ]*$`,
		want:    "config.shape.template", example: "{caption}",
	}
)

var placeholders = []string{"{caption}", "{permalink}", "{username}", "{date}"}

// fits reports whether s has the shape.
func (d *matcher) fits(s string, sh shape) bool {
	if sh.words != nil {
		return slices.Contains(sh.words, s)
	}
	return d.matches(sh.pattern, s) && (sh.refuse == "" || !d.matches(sh.refuse, s))
}

// want names a shape in words, after "it should be".
func (d *speech) want(sh shape) string {
	if sh.words != nil {
		return d.words.Or(sh.words...)
	}
	return d.words.Text(sh.want)
}

// misfit describes what is wrong with s, which does not fit, and the nearest text that does.
func (d *decoder) misfit(s string, sh shape) Problem {
	p := Problem{
		Message: d.words.Text("config.invalid", "Value", d.shown(s)),
		Want:    d.want(sh), Nearest: d.mended(s, sh),
	}
	if sh.example != "" {
		p.Want = d.words.Text("config.want.such-as", "Want", p.Want, "Example", bare(sh.example))
	}
	if bad := badPlaceholder(s); sh.pattern == template.pattern && bad != "" {
		p.Message = d.words.Text("config.not-placeholder", "Value", d.shown(bad))
		p.Nearest = Nearest(bad, placeholders)
	}
	return p
}

// mended returns s with a common mistake undone, or "" if that does not make it fit.
func (d *matcher) mended(s string, sh shape) string {
	if sh.words != nil {
		if word, ok := sh.meant[strings.ToLower(strings.TrimSpace(s))]; ok {
			return word
		}
		return Nearest(s, sh.words)
	}
	if len(s) > 100 || looksSecret(s) {
		return ""
	}
	for _, c := range likely(s, sh) {
		if c != "" && c != s && d.fits(c, sh) {
			return bare(c)
		}
	}
	return ""
}

// likely lists what a text may mean that does not fit a shape, the likeliest first.
func likely(s string, sh shape) []string {
	trimmed := strings.TrimSpace(s)
	slug := strings.NewReplacer("_", "-", ".", "-", " ", "-").Replace(strings.ToLower(trimmed))
	switch sh.pattern {
	case apiVersion.pattern:
		return []string{trimmed, "v" + trimmed, "v" + trimmed + ".0", slug}
	case instagramName.pattern, xName.pattern:
		page := strings.TrimRight(trimmed, "/")
		return []string{trimmed, page[strings.LastIndexByte(page, '/')+1:]}
	}
	return []string{
		trimmed, strings.TrimPrefix(trimmed, "@"), strings.TrimPrefix(trimmed, "refs/heads/"), slug,
	}
}

// badPlaceholder returns the first unknown {…} of a template, or the rest after a { that is never
// closed.
func badPlaceholder(s string) string {
	for {
		open := strings.IndexByte(s, '{')
		if open < 0 {
			return ""
		}
		s = s[open:]
		end := strings.IndexAny(s[1:], "{}")
		if end < 0 {
			return s
		}
		name := s[:end+2]
		if s[end+1] == '{' {
			name = s[:end+1]
		}
		if !slices.Contains(placeholders, name) {
			return name
		}
		s = s[len(name):]
	}
}

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// bare returns s as YAML on one line, without quotes where YAML reads it as a text anyway.
func bare(s string) string {
	if strings.Trim(s, letters+"0123456789_-.") != "" || strings.IndexAny(s, letters) != 0 {
		return strconv.Quote(s)
	}
	switch strings.ToLower(s) {
	case "null", "true", "false", "yes", "no", "on", "off", "y", "n":
		return strconv.Quote(s)
	}
	return s
}
