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
	metaStatus    = "https://metastatus.com/"
	xPortal       = "https://developer.x.com/en/portal/dashboard"
	xBilling      = "https://console.x.com/"
	xStatus       = "https://docs.x.com/status"
	patSettings   = "https://github.com/settings/personal-access-tokens"
	githubStatus  = "https://www.githubstatus.com/"
)

// own explains our own errors. A refusal inside one is evidence and not the cause.
var own = []ownRow{
	{State, Diagnosis{
		"state-unreadable", "the state document can't be read",
		"The file {file} on the branch {branch} is damaged, was edited by hand, or was written " +
			"by a newer postferry.",
		"If the message says that the version is newer, update postferry.\n" +
			"Else open {file} on the branch {branch} and undo the last change to it: its history " +
			"has every version.",
		"{repo}/commits/{branch}/{file}",
	}},
	{State, Diagnosis{
		"state-lost", "the state is not the newest, or another repository's",
		"What postferry has seen was put back, deleted or copied, so that it may have forgotten " +
			"posts that are on X and tokens that are spent. Nothing is posted and nothing is " +
			"spent.",
		"Close the issue that asks about it, as completed or as not planned. It says what each " +
			"does.",
		"",
	}},
	{Account, Diagnosis{
		"another-account", "a token belongs to another account",
		"The token in {INSTAGRAM_TOKEN} or {X_REFRESH_TOKEN} is not of the account whose posts " +
			"were mirrored until now, or not of the one that the configuration names. Nothing is " +
			"posted.",
		"Put a token of the right account into the secret, or answer the issue that asks about it.",
		"{repo}/settings/secrets/actions",
	}},
	{XToken, Diagnosis{
		"nowhere-to-store", "there is nowhere to store a rotated X token",
		"X's refresh token is single use. postferry spends it only when it is sure that the next " +
			"one can be stored, and neither a SECRETS_TOKEN nor a VAULT_KEY is set.",
		"Set the secret VAULT_KEY (`openssl rand -base64 32 | gh secret set VAULT_KEY`).\n" +
			"Or set the secret SECRETS_TOKEN: a fine-grained token for this one repository with " +
			"Secrets: read and write.",
		patSettings,
	}},
	{XToken, Diagnosis{
		"secrets-not-writable", "SECRETS_TOKEN can't write the repository's secrets",
		"X's refresh token is single use. postferry spends it only when it is sure that the next " +
			"one can be stored, and GitHub refuses it this token. The chain is intact: nothing " +
			"was spent.",
		"Give the token behind SECRETS_TOKEN the permission Secrets: read and write for this " +
			"repository, or make a new one if it has expired.\n" +
			"Or set VAULT_KEY as the second store.",
		patSettings,
	}},
	{XToken, Diagnosis{
		"x-login-again", "X's login has to be made again",
		"X refuses the refresh token for good: it was spent and its successor is lost, was " +
			"revoked, or is older than six months. No program can renew it. Posting is paused.",
		"Log in again with the workflow `setup` (Actions > setup > Run workflow) or `postferry " +
			"setup`.\n" +
			"Where you made it by hand, put it into the secret {X_REFRESH_TOKEN}. The next run " +
			"notices by itself.",
		"{repo}/actions/workflows/setup.yml",
	}},
	{XToken, Diagnosis{
		"no-x-login", "X is not logged in yet",
		"postferry found no refresh token: set-up has not come to X's login, or the vault with " +
			"the login was lost.",
		"Start the workflow `setup` (Actions > setup > Run workflow) or run `postferry setup`, " +
			"and log in.",
		"{repo}/actions/workflows/setup.yml",
	}},
	{XToken, refreshRefused},
	{XToken, Diagnosis{
		"token-lost", "X's new token could not be stored",
		"X had proven to accept the old token, but every store refused the new one when it came, " +
			"for minutes. The login is lost with it.",
		"Log in again with the workflow `setup` (Actions > setup > Run workflow) or `postferry " +
			"setup`.\n" +
			"Set VAULT_KEY, so that there are two stores.",
		"{repo}/actions/workflows/setup.yml",
	}},
	{XToken, missingScope},
	{XToken, Diagnosis{
		"x-keys", "X refuses the keys of its developer portal",
		"The access token was revoked or regenerated, the app's API key was, or one of the four " +
			"values was not copied whole.",
		"Open the app's Keys and tokens page in X's portal and regenerate what is in doubt.\n" +
			"Put the values into the secrets {X_API_KEY}, {X_API_SECRET}, {X_ACCESS_TOKEN} and " +
			"{X_ACCESS_TOKEN_SECRET}.",
		xPortal,
	}},
	{XToken, Diagnosis{
		"x-keys-incomplete", "not all of X's four keys are set",
		"With `auth: keys` each call is signed with four values of one app. Without any of them " +
			"nothing can be posted.",
		"Open the app's Keys and tokens page in X's portal.\n" +
			"Put its values into the secrets {X_API_KEY}, {X_API_SECRET}, {X_ACCESS_TOKEN} and " +
			"{X_ACCESS_TOKEN_SECRET}.",
		xPortal,
	}},
	{Undecided, Diagnosis{
		"undecided", "nobody can tell whether a post was made",
		"X did not answer when the post was made, and three looks at the account's own timeline " +
			"could not tell whether it is there. Posting it again might post it twice, so that " +
			"this route waits for a person.",
		"Look at the account on x.com.\n" +
			"If the post is there, close this issue: the post counts as made, and the rest goes " +
			"on.\n" +
			"If the post is not there, run `postferry retry` with the permalink that the message " +
			"names.",
		"https://x.com/",
	}},
	{GitHub, Diagnosis{
		"schedule-off", "GitHub does not start the schedule any more",
		"The workflow is switched off: by a person, or by GitHub, which does so in a public " +
			"repository after 60 days without activity, and in a fork.",
		"Open Actions, choose the workflow, and press Enable.",
		"{repo}/actions",
	}},
	{XToken, Diagnosis{
		"vault-sealed", "the vault does not open",
		"The newest X token is sealed in the state with a VAULT_KEY that this run was not given. " +
			"Nothing was spent and nothing was overwritten.",
		"Put the old VAULT_KEY back.\n" +
			"If it is gone, delete the secret VAULT_KEY and run `postferry setup`, which begins " +
			"a new vault, and log in to X again.",
		"{repo}/settings/secrets/actions",
	}},
	{Config, misconfigured},
}

// misconfigured means that a route can't run as it is configured. The mistake brings its own fix.
var misconfigured = Diagnosis{
	"config", "the configuration has a mistake",
	"The configuration file, or a secret, is not what postferry can work with.",
	"Mend the line that is named, or set the secret that is named. The next run closes this issue.",
	"",
}

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
