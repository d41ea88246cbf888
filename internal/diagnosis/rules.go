package diagnosis

import (
	"cmp"
	"strings"

	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/message"
)

// rule weighs one cause by the evidence. A weight of 0 means that nothing speaks for it.
type rule struct {
	weigh     func(Evidence) (weight int, why []string)
	diagnosis func(Evidence) Diagnosis
}

// always is for a cause whose diagnosis does not depend on the evidence.
func always(d Diagnosis) func(Evidence) Diagnosis {
	return func(Evidence) Diagnosis { return d }
}

// rules is the table of causes. A test has an outcome for each row.
var rules = []rule{
	{appState, always(appOff)},
	{wrongLogin, always(Diagnosis{Key: "instagram-flavour", Link: metaApps})},
	{deadToken, func(e Evidence) Diagnosis {
		if d := meaning(e.Me.Err); d.Key != unexplained.Key {
			return d
		}
		if httpx.ClassOf(e.Cause) == httpx.Unauthorized {
			return meaning(e.Cause)
		}
		// Only the debugger knows that the token is dead: the refusal is about a permission.
		return meaning(&httpx.Error{Service: "instagram", Code: 190, Class: httpx.Unauthorized})
	}},
	{dataAccess, always(Diagnosis{Key: "instagram-data-access", Link: metaApps})},
	{personal, always(Diagnosis{Key: "instagram-not-professional"})},
	{scopeMissing, always(Diagnosis{Key: "instagram-scope", Link: metaApps})},
	{portfolio, always(Diagnosis{Key: "instagram-portfolio", Link: metaApps})},
	{notTicked, always(Diagnosis{Key: "instagram-asset", Link: metaApps})},
	{unlinked, always(Diagnosis{Key: "instagram-unlinked", Link: metaBusiness})},
	{wrongID, always(instagramID)},
	{version, func(e Evidence) Diagnosis {
		return Diagnosis{
			Key: "instagram-version", Link: graphVersions, version: e.OtherVersion,
		}
	}},
	{mediaPermission, always(Diagnosis{Key: "instagram-media-permission", Link: metaApps})},
	{oneField, always(Diagnosis{Key: "instagram-field", Link: graphVersions})},
	{listedAgain, always(Diagnosis{Key: "instagram-recovered", Link: metaStatus})},
	{metaSide, always(Diagnosis{Key: "instagram-meta", Link: metaStatus})},
}

// appState takes Meta's own words about the app, in whichever call they came.
func appState(e Evidence) (int, []string) {
	for _, err := range []error{e.Cause, e.Me.Err, e.Media.Err} {
		if a := httpx.As(err); a != nil && a.Type == "app-disabled" {
			why := []string{e.Words.Text("diagnosis.evidence.meta-words", "Words", a.Message)}
			if e.Me.failed() {
				why = append(why, e.Words.Text("diagnosis.evidence.plainest-fails"))
			}
			return 95, why
		}
	}
	return 0, nil
}

// wrongLogin is sure where Meta can't even parse the token: the hosts of the two logins know only
// their own.
func wrongLogin(e Evidence) (int, []string) {
	switch {
	case contains(e.Me.Err, "cannot parse access token") && e.TokenFits != "":
		return 99, []string{e.Words.Text("diagnosis.evidence.not-parsed"), e.TokenFits}
	case contains(e.Me.Err, "cannot parse access token"):
		return 92, []string{e.Words.Text("diagnosis.evidence.not-parsed-why")}
	case e.Me.failed() && e.TokenFits != "":
		return 90, []string{e.TokenFits}
	}
	return 0, nil
}

// deadToken takes the plainest call, which needs no permission, or else the debugger's word.
func deadToken(e Evidence) (int, []string) {
	if code, sub := e.Me.code(); e.Me.failed() && (code == 190 || code == 102) {
		why := e.Words.Text("diagnosis.evidence.plainest-code", "Code", code)
		if sub != 0 {
			why = e.Words.Text("diagnosis.evidence.plainest-subcode", "Code", code, "Subcode", sub)
		}
		return 91, []string{why}
	}
	if e.Debug.ok() && !e.Valid {
		return 91, []string{e.Words.Text("diagnosis.evidence.debugger-invalid")}
	}
	return 0, nil
}

// dataAccess is a date of its own: the token stays valid after it.
func dataAccess(e Evidence) (int, []string) {
	if e.Debug.ok() && !e.DataAccess.IsZero() && e.DataAccess.Before(e.Now) {
		day := e.Words.Date(e.DataAccess)
		return 90, []string{e.Words.Text("diagnosis.evidence.data-access-ended", "Day", day)}
	}
	return 0, nil
}

// personal needs the account's type, which Instagram Login alone shows.
func personal(e Evidence) (int, []string) {
	if e.Me.ok() && strings.EqualFold(e.AccountType, "PERSONAL") {
		return 96, []string{e.Words.Text("diagnosis.evidence.personal")}
	}
	return 0, nil
}

// scopeMissing goes by what a person granted, not by what the app asks for.
func scopeMissing(e Evidence) (int, []string) {
	if e.Login != "facebook" || !e.Permissions.ok() {
		return 0, nil
	}
	if m := missing(e); len(m) > 0 {
		scopes := e.Words.Join(m...)
		return 88, []string{e.Words.Text("diagnosis.evidence.not-granted", "Scopes", scopes)}
	}
	return 0, nil
}

// portfolio weighs less than a scope that is missing: an empty list of Pages has that cause too.
func portfolio(e Evidence) (int, []string) {
	switch {
	case e.Login != "facebook", !e.Accounts.ok(), len(e.Pages) > 0:
		return 0, nil
	case e.Granted["business_management"] == "granted", len(missing(e)) > 0 && e.Permissions.ok():
		return 0, nil
	}
	why := []string{
		e.Words.Text("diagnosis.evidence.no-pages"), e.Words.Text("diagnosis.evidence.no-business"),
	}
	if e.Me.ok() {
		why = append(why, e.Words.Text("diagnosis.evidence.accepted"))
	}
	if e.Version == "" {
		why = append(why, e.Words.Text("diagnosis.evidence.unversioned"))
	}
	return 85, why
}

// notTicked reads the granular scopes, which name the accounts that were ticked in the dialog.
func notTicked(e Evidence) (int, []string) {
	if e.Login == "facebook" && e.Debug.ok() && !reaches(e) {
		targets := e.Words.Join(e.Targets["instagram_basic"]...)
		why := e.Words.Text("diagnosis.evidence.other-targets", "Targets", targets, "ID", e.UserID)
		return 84, []string{why}
	}
	return 0, nil
}

// unlinked needs a Page that is shown without an account: without any Page it is the portfolio.
func unlinked(e Evidence) (int, []string) {
	if e.Login != "facebook" || !e.Accounts.ok() || len(e.Pages) == 0 {
		return 0, nil
	}
	for _, p := range e.Pages {
		if len(p.Instagram) > 0 {
			return 0, nil
		}
	}
	return 83, []string{e.Words.Text("diagnosis.evidence.no-account", "Count", len(e.Pages))}
}

// wrongID is nearly sure where a Page is linked to another account than the one that is set.
// Without a Page to compare with it is one cause among others.
func wrongID(e Evidence) (int, []string) {
	code, sub := e.Account.code()
	unknown := code == 803 || code == 100 && sub == 33
	if e.Login != "facebook" || !e.Account.failed() || !unknown {
		return 0, nil
	}
	for _, p := range e.Pages {
		for _, id := range p.Instagram {
			if id != e.UserID {
				return 87, []string{
					e.Words.Text("diagnosis.evidence.other-id", "ID", e.UserID, "Page", p.ID,
						"Linked", id),
				}
			}
		}
	}
	words := e.Account.Err.Error()
	return 60, []string{e.Words.Text("diagnosis.evidence.id-not-found", "Words", words)}
}

// version is proven by another one that answers. An end that has passed is only a hint, because
// Meta answers a version that has ended by the next one.
func version(e Evidence) (int, []string) {
	switch {
	case e.Media.failed() && e.Other.ok():
		used := cmp.Or(e.Version, e.Words.Text("diagnosis.evidence.no-version"))
		why := e.Words.Text("diagnosis.evidence.other-version", "Used", used,
			"Version", e.OtherVersion)
		return 93, []string{why}
	case !e.VersionEnd.IsZero() && e.VersionEnd.Before(e.Now) && !e.Other.Asked:
		day := message.Words{Language: e.Words.Language}.Date(e.VersionEnd) // a day of Meta's
		why := e.Words.Text("diagnosis.evidence.version-ended", "Version", e.Version, "Day", day)
		return 50, []string{why}
	}
	return 0, nil
}

// mediaPermission is the missing scope of Instagram Login, which has no list of permissions to ask
// for.
func mediaPermission(e Evidence) (int, []string) {
	code, _ := e.Media.code()
	denied := code == 10 || code >= 200 && code < 300
	if e.Login == "instagram" && e.Me.ok() && e.Media.failed() && denied {
		return 86, []string{
			e.Words.Text("diagnosis.evidence.account-answers"),
			e.Words.Text("diagnosis.evidence.media-code", "Code", code),
		}
	}
	return 0, nil
}

// oneField compares the list as it is asked for with one of ids alone.
func oneField(e Evidence) (int, []string) {
	if a := httpx.As(e.Cause); e.Media.ok() && a != nil && a.Class == httpx.Invalid {
		return 97, []string{
			e.Words.Text("diagnosis.evidence.ids-listed"),
			e.Words.Text("diagnosis.evidence.list-refused", "Words", a.Message),
		}
	}
	return 0, nil
}

// listedAgain is not enough where the data access has ended: the refusal may come and go.
func listedAgain(e Evidence) (int, []string) {
	if e.Media.ok() && !(!e.DataAccess.IsZero() && e.DataAccess.Before(e.Now)) {
		return 94, []string{e.Words.Text("diagnosis.evidence.listed")}
	}
	return 0, nil
}

// metaSide comes after every cause for which there is evidence.
func metaSide(e Evidence) (int, []string) {
	if !e.Me.ok() || !e.Media.failed() {
		return 0, nil
	}
	return 20, []string{
		e.Words.Text("diagnosis.evidence.accepted"),
		e.Words.Text("diagnosis.evidence.media-refused", "Words", e.Media.Err.Error()),
	}
}
