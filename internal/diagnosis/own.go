package diagnosis

import (
	"errors"

	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/vault"
)

// Pages on which a person can fix things.
const (
	metaApps      = "https://developers.facebook.com/apps/"
	graphVersions = "https://developers.facebook.com/docs/graph-api/changelog/versions"
	metaBusiness  = "https://business.facebook.com/settings/"
	metaStatus    = "https://metastatus.com/"
	xPortal       = "https://developer.x.com/en/portal/dashboard"
	xBilling      = "https://console.x.com/"
	xStatus       = "https://docs.x.com/status"
	patSettings   = "https://github.com/settings/personal-access-tokens"
	githubStatus  = "https://www.githubstatus.com/"
)

// own explains our own errors. A refusal inside one is evidence and not the cause.
var own = []ownRow{
	{State, Diagnosis{Key: "state-unreadable", Link: "{repo}/commits/{branch}/{file}"}},
	{State, Diagnosis{Key: "state-lost"}},
	{Account, Diagnosis{Key: "another-account", Link: "{repo}/settings/secrets/actions"}},
	{XToken, Diagnosis{Key: "nowhere-to-store", Link: patSettings}},
	{XToken, Diagnosis{Key: "secrets-not-writable", Link: patSettings}},
	{XToken, Diagnosis{Key: "x-login-again", Link: "{repo}/actions/workflows/setup.yml"}},
	{XToken, Diagnosis{Key: "no-x-login", Link: "{repo}/actions/workflows/setup.yml"}},
	{XToken, refreshRefused},
	{XToken, Diagnosis{Key: "token-lost", Link: "{repo}/actions/workflows/setup.yml"}},
	{XToken, missingScope},
	{XToken, Diagnosis{Key: "x-keys", Link: xPortal}},
	{XToken, Diagnosis{Key: "x-keys-incomplete", Link: xPortal}},
	{Undecided, Diagnosis{Key: "undecided", Link: "https://x.com/"}},
	{GitHub, Diagnosis{Key: "schedule-off", Link: "{repo}/actions"}},
	{XToken, Diagnosis{Key: "vault-sealed", Link: "{repo}/settings/secrets/actions"}},
	{Config, misconfigured},
}

// misconfigured means that a route can't run as it is configured. The mistake brings its own fix.
var misconfigured = Diagnosis{Key: "config"}

// ownRow explains an error of our own, and names the component that the error stops.
type ownRow struct {
	component Component
	Diagnosis
}

// ownError gives the row of an error of our own, or nil. Most errors name the row's key by a
// method: package diagnosis asks for the method and not for the type, because a decision must not
// import the flows that make those errors.
func ownError(err error) *ownRow {
	var unreadable *state.UnreadableError
	var caused interface{ Cause() string }
	key := ""
	switch {
	case errors.As(err, &unreadable):
		key = "state-unreadable"
	case errors.Is(err, vault.ErrSealed):
		key = "vault-sealed"
	case errors.As(err, &caused):
		key = caused.Cause()
	}
	for i := range own {
		if own[i].Key == key {
			return &own[i]
		}
	}
	return nil
}
