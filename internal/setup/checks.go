package setup

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"strings"

	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/github"
	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/xapi"
)

// check looks at everything that can be looked at without the person and without a bill. A new
// login ends the old one, so all of it comes before the consent link. branch is why the state
// branch takes no write.
func (g *Guide) check(ctx context.Context, branch error) {
	if branch != nil {
		g.list.failed(stepStore, "", branch, "Give the job of the workflow `setup` the permission"+
			" `contents: write`, and take the branch out of every rule that protects it.")
	}
	if g.Route.X.Auth == config.Keys {
		g.checkKeys()
	} else {
		g.checkApp(ctx)
	}
	g.checkInstagram(ctx)
	g.checkStore(ctx, branch == nil)
}

// checkApp looks at the X app's client id and secret.
func (g *Guide) checkApp(ctx context.Context) {
	names, c := g.Route.X, g.Given
	switch {
	case g.fourKeys():
		g.list.wrong(stepX, "", "the secrets hold X's own four keys, and the configuration does not"+
			" use them", "Open .github/postferry.yml, press the pencil, and set `auth: keys` below `x:`"+
			" ("+g.Home+"/blob/HEAD/.github/postferry.yml).")
		return
	case !g.whole(stepX, names.ClientID, c.ClientID, "OAuth 2.0 Client ID"),
		!g.whole(stepX, names.ClientSecret, c.ClientSecret, "OAuth 2.0 Client Secret"):
		return
	}
	if !looksLikeClientID(c.ClientID) {
		g.list.hint(stepX, names.ClientID+" does not look like a Client ID, which stands under *OAuth"+
			" 2.0* and not under *API Key*.")
	}
	// X refuses this token either way. It refuses it with 401 only if it does not know the app.
	_, err := g.OAuth(c.ClientID, c.ClientSecret).Refresh(ctx, "postferry-asks-whether-the-app-is-known")
	e := httpx.As(err)
	switch {
	case e == nil || e.Status == http.StatusBadRequest:
	case e.Status == http.StatusUnauthorized:
		g.list.wrong(stepX, names.ClientID, "X does not know this client id with this client secret",
			"Copy both again from the same app: *Keys and tokens > OAuth 2.0 Client ID and Client Secret*."+
				" A secret that was regenerated is another one.")
	default:
		g.list.refused(stepX, names.ClientID, err)
	}
}

// fourKeys reports whether the secrets hold X's own keys instead of an app's client id.
func (g *Guide) fourKeys() bool {
	return g.Given.ClientID == "" && g.Values[g.Route.X.APIKey] != "" &&
		g.Values[g.Route.X.APISecret] != ""
}

// looksLikeClientID reports whether a client id has the shape that X gives it today: base64 of a
// text that ends in ":1:ci". It is a hint, never a gate.
func looksLikeClientID(id string) bool {
	text, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(id, "="))
	if err != nil {
		text, err = base64.RawStdEncoding.DecodeString(strings.TrimRight(id, "="))
	}
	return err == nil && strings.HasSuffix(string(text), ":1:ci")
}

// checkKeys looks at the form of X's own four keys. A call is billed, and comes last.
func (g *Guide) checkKeys() {
	names, k := g.Route.X, g.Given.Keys
	if k == nil {
		k = &xapi.Keys{}
	}
	g.whole(stepX, names.APIKey, k.APIKey, "API Key")
	g.whole(stepX, names.APISecret, k.APISecret, "API Key Secret")
	g.whole(stepX, names.AccessToken, k.AccessToken, "Access Token")
	g.whole(stepX, names.AccessTokenSecret, k.AccessSecret, "Access Token Secret")
	if looksLikeClientID(k.APIKey) {
		g.list.hint(stepX, names.APIKey+" looks like an OAuth 2.0 Client ID, which is another value.")
	}
}

// whole reports whether a secret is there and well formed, and says so if it is not.
func (g *Guide) whole(step step, secret, value, field string) bool {
	if what := g.Malformed[secret]; what != "" {
		g.list.wrong(step, secret, what, "Copy the field *"+field+"* again, in one piece.")
		return false
	}
	if value == "" {
		g.list.wrong(step, secret, "is not set", "Copy the field *"+field+"* into it.")
		return false
	}
	return true
}

// checkInstagram finds the account behind Instagram's token and reads its list.
func (g *Guide) checkInstagram(ctx context.Context) {
	names, c := g.Route.Instagram, g.Given
	if !g.whole(stepInstagram, names.Token, c.InstagramToken, "Generate token") {
		return
	}
	if hint := instagram.TokenHint(names.Login, c.InstagramToken); hint != "" {
		g.list.wrong(stepInstagram, names.Token, hint,
			"Press *Generate token* again and copy all of it, or change `login:` in the configuration.")
		return
	}
	client := g.Instagram(g.Route, c)
	me, err := client.Me(ctx)
	if err == nil && strings.EqualFold(me.Type, "PERSONAL") {
		err = personal(me.Username)
	}
	if err == nil {
		_, err = client.FirstMedia(ctx, "")
	}
	var advice *Advice
	switch {
	case errors.As(err, &advice):
		g.list.wrong(stepInstagram, names.Token, advice.Error(), advice.Fix)
	case err != nil:
		g.list.refused(stepInstagram, names.Token, err)
	}
	want := strings.TrimPrefix(names.Account, "@")
	if err == nil && want != "" && !strings.EqualFold(want, me.Username) {
		g.list.wrong(stepInstagram, names.Token, "is of @"+me.Username+", and the configuration names @"+
			want, "Press *Generate token* beside the right account.")
	}
	g.list.account = me
}

// checkStore looks whether rotated tokens have a place.
func (g *Guide) checkStore(ctx context.Context, opened bool) {
	if what := g.Malformed["VAULT_KEY"]; what != "" {
		g.list.wrong(stepStore, "VAULT_KEY", what, "Enter a phrase of at least 20 characters.")
		return
	}
	if g.Key == nil && g.Secrets == nil {
		g.list.wrong(stepStore, "VAULT_KEY", "is not set",
			"Have your password manager make a phrase of 40 characters, keep it there, and put it into"+
				" this secret.")
	}
	if g.Secrets != nil {
		if err := probe(ctx, g.Secrets); err != nil {
			g.list.failed(stepStore, "SECRETS_TOKEN", err, "Make a fine-grained token for this one"+
				" repository with Secrets: read and write, or delete this secret and set VAULT_KEY.")
		}
	}
	if !opened {
		return
	}
	if err := g.rest.VaultOpens(); err != nil {
		g.list.wrong(stepStore, "VAULT_KEY", "does not open the vault that is there",
			"Enter the phrase that the tokens were sealed with. If it is lost, delete the line `vault:`"+
				" in the route's file on the state branch, and log in anew.")
	}
}

// probe writes a secret and takes it away, to see whether a token can.
func probe(ctx context.Context, s *github.Secrets) error {
	const name = "POSTFERRY_PROBE"
	if err := s.Put(ctx, name, "written by postferry setup to see whether it can"); err != nil {
		return err
	}
	_ = s.Delete(ctx, name) // A probe that stays does no harm.
	return nil
}
