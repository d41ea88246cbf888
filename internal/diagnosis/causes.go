package diagnosis

import (
	"errors"
	"strings"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/vault"
)

// Where things are mended.
const (
	metaApps     = "https://developers.facebook.com/apps/"
	metaStatus   = "https://metastatus.com/"
	xPortal      = "https://developer.x.com/en/portal/dashboard"
	xBilling     = "https://console.x.com/"
	xStatus      = "https://docs.x.com/status"
	patSettings  = "https://github.com/settings/personal-access-tokens"
	githubStatus = "https://www.githubstatus.com/"
)

// wrapped explains our own errors. The refusal inside, if any, is evidence and not the point.
var wrapped = []wrappedRow{
	{as[*state.UnreadableError](), Diagnosis{
		"state-unreadable", "the state document can't be read",
		"The file on the state branch is damaged, was edited by hand, or was written by a newer postferry. Nothing was posted, and the file was left as it is.",
		"Open the file named above on the state branch and undo the last change to it (its history has every version), or update postferry if it says that the version is newer.", "",
	}},
	{caused("nowhere-to-store"), Diagnosis{
		"nowhere-to-store", "there is nowhere to store a rotated X token",
		"X's refresh token is single use. postferry spends it only when it is sure that the next one can be stored, and neither a SECRETS_TOKEN nor a VAULT_KEY is set.",
		"Set the secret VAULT_KEY (`openssl rand -base64 32 | gh secret set VAULT_KEY`), or SECRETS_TOKEN: a fine-grained token for this one repository with Secrets: read and write.", patSettings,
	}},
	{caused("secrets-not-writable"), Diagnosis{
		"secrets-not-writable", "SECRETS_TOKEN can't write the repository's secrets",
		"X's refresh token is single use. postferry spends it only when it is sure that the next one can be stored, and GitHub refuses it this token. The chain is intact: nothing was spent.",
		"Give the token behind SECRETS_TOKEN the permission Secrets: read and write for this repository (or make a new one if it has expired), or set VAULT_KEY as the second store.", patSettings,
	}},
	{caused("x-login-again"), Diagnosis{
		"x-login-again", "X's login has to be made again",
		"X refuses the refresh token for good: it was spent and its successor is lost, was revoked, or is older than six months. No program can renew it. Posting is paused; nothing else is lost, and what was missed is caught up.",
		"Log in again: run `postferry setup` (or make a new token by hand) and put it into the secret X_REFRESH_TOKEN. The next run notices by itself.", xPortal,
	}},
	{caused("token-lost"), Diagnosis{
		"token-lost", "X's new token could not be stored",
		"X had proven to accept the old token, but every store refused the new one when it came, for minutes. The login is lost with it.",
		"Log in again: run `postferry setup` and put the new token into the secret X_REFRESH_TOKEN. Set VAULT_KEY, so that there are two stores.", "",
	}},
	{caused(missingScope.Key), missingScope},
	{as[*DisabledError](), Diagnosis{
		"schedule-off", "GitHub does not start the schedule any more",
		"The workflow is switched off: by a person, or by GitHub, which does so in a public repository after 60 days without activity, and in a fork.",
		"Open Actions, choose the workflow, and press Enable. What was missed is caught up.", "",
	}},
	{func(err error) bool { return errors.Is(err, vault.ErrSealed) }, Diagnosis{
		"vault-sealed", "the vault does not open",
		"The newest X token is sealed in the state with another VAULT_KEY than the one this run was given.",
		"Put the old VAULT_KEY back. If it is gone, log in to X again (`postferry setup`) and put the new token into X_REFRESH_TOKEN.", "",
	}},
}

// DisabledError says that GitHub does not start a workflow any more.
type DisabledError struct{ Workflow, State string }

func (e *DisabledError) Error() string { return e.Workflow + " is " + e.State }

// causeOf gives the key of the diagnosis that an error of the token chain names itself, or "". It
// asks for the method and not for the type, because a decision must not import a flow.
func causeOf(err error) string {
	var e interface{ Cause() string }
	if errors.As(err, &e) {
		return e.Cause()
	}
	return ""
}

// caused makes a wrappedRow's test for errors that name the cause key.
func caused(key string) func(error) bool {
	return func(err error) bool { return causeOf(err) == key }
}

// refusalRow explains a service's refusal. Empty fields match anything.
type refusalRow struct {
	service string
	op      string // prefix of the operation
	class   httpx.Class
	typ     string
	code    int
	codes   [2]int // a range, inclusive
	subcode int
	Diagnosis
}

func (r refusalRow) match(e *httpx.Error) bool {
	return (r.service == "" || r.service == e.Service) &&
		strings.HasPrefix(e.Op, r.op) &&
		(r.class == "" || r.class == e.Class) &&
		(r.typ == "" || r.typ == e.Type) &&
		(r.code == 0 || r.code == e.Code) &&
		(r.codes[1] == 0 || e.Code >= r.codes[0] && e.Code <= r.codes[1]) &&
		(r.subcode == 0 || r.subcode == e.Subcode)
}

// Died is the diagnosis of a run that reported nothing.
var Died = Diagnosis{
	"job-died", "a run ended without a word",
	"The job failed or was cancelled, and postferry did not get to say why: the program could not be built, it crashed, ran into the job's time limit, or the runner was lost.",
	"Open the run below and read the log of the step that is red. If it is a time-out or a lost runner, the next run goes on where this one stopped.", "",
}
