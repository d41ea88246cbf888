package diagnosis

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/postferry/postferry/internal/build"
	"github.com/postferry/postferry/internal/httpx"
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
	{wrongLogin, always(Diagnosis{
		"instagram-flavour", "the Instagram token belongs to the other login",
		"Instagram Login and Facebook Login are two doors with keys of their own: a token of one " +
			"does not open the other.",
		"Set `login:` in the configuration to the one that the token was made for, or make a " +
			"token for this one.\n" +
			"Check that the secret {INSTAGRAM_TOKEN} holds nothing but the token.",
		metaApps})},
	{deadToken, func(e Evidence) Diagnosis {
		if d := Explain(e.Me.Err); d.Key != unexplained.Key {
			return d
		}
		if httpx.ClassOf(e.Cause) == httpx.Unauthorized {
			return Explain(e.Cause)
		}
		// Only the debugger knows that the token is dead: the refusal is about a permission.
		return Explain(&httpx.Error{Service: "instagram", Code: 190, Class: httpx.Unauthorized})
	}},
	{dataAccess, always(Diagnosis{
		"instagram-data-access", "the 90 days of data access are over",
		"The token is alive, but a person's consent to read data ends 90 days after the last " +
			"login. The token debugger shows it as a date of its own.",
		"Log in again.\n" +
			"Put the new token into the secret {INSTAGRAM_TOKEN}. Instagram Login and system " +
			"users have no such window.",
		metaApps})},
	{personal, always(Diagnosis{
		"instagram-not-professional", "the Instagram account is not a professional one",
		"Meta's API shows media of business and creator accounts only.",
		"In the Instagram app: Settings > Account type and tools > Switch to professional " +
			"account. It is free.",
		""})},
	{scopeMissing, always(Diagnosis{
		"instagram-scope", "a permission for the media was not granted",
		"The login did not include, or somebody took away, what reading the media needs. With " +
			"Facebook Login for Business, declining one permission drops them all.",
		"Log in again and leave every box ticked.\n" + intoInstagram, metaApps})},
	{portfolio, always(Diagnosis{
		"instagram-portfolio",
		"the Page belongs to a business portfolio, and the token lacks business_management",
		"Since 15 September 2023 (User Accounts, a change to all Graph versions) Meta no longer " +
			"shows Pages of a business portfolio to a token without business_management. Token, " +
			"scopes and status page look fine; `me/accounts` is empty. This is how the Instagram " +
			"API died for many on that day.",
		"Either log in again with business_management added, choosing the Page and its " +
			"portfolio; or move to Instagram Login (`login: instagram`), which needs no Page: " +
			"App Dashboard > Instagram > API setup > Generate token.\n" + intoInstagram,
		metaApps})},
	{notTicked, always(Diagnosis{
		"instagram-asset", "the login does not reach this account",
		"The permissions are granted, but for other assets: the account was not ticked in the " +
			"dialog, or {INSTAGRAM_USER_ID} is another account's.",
		"Log in again and tick this account, or correct {INSTAGRAM_USER_ID}.\n" +
			"Put a new token into the secret {INSTAGRAM_TOKEN}.", metaApps})},
	{unlinked, always(Diagnosis{
		"instagram-unlinked", "the Instagram account is not linked to the Facebook Page",
		"The Page is there, but its link to Instagram is not: it was undone, the account became " +
			"personal, or the token's owner may not manage it.",
		"Link them again in Meta Business Suite (Settings > Instagram accounts), with full " +
			"access for the token's owner.",
		"https://business.facebook.com/settings/"})},
	{wrongID, always(instagramID)},
	{version, func(e Evidence) Diagnosis {
		if e.OtherVersion == "" {
			e.OtherVersion = "another version"
		}
		return Diagnosis{
			"instagram-version", "the Graph API version is the cause",
			fmt.Sprintf("The same call works on %s. The version in use has ended or behaves "+
				"differently; an ended one is silently answered by the next.", e.OtherVersion),
			fmt.Sprintf("Set `api_version: %s` in the configuration.", e.OtherVersion),
			graphVersions}
	}},
	{mediaPermission, always(Diagnosis{
		"instagram-media-permission", "the permission for the media is not granted",
		"The account is known, its media are not shown: instagram_business_basic was unticked at " +
			"the login or taken away since.",
		"Connect the account again (App Dashboard > Instagram > API setup > Generate token) and " +
			"grant instagram_business_basic.\n" + intoInstagram,
		metaApps})},
	{oneField, always(Diagnosis{
		"instagram-field", "Instagram stumbles over one field of the list",
		"The account's media are shown when only their ids are asked for, and refused with " +
			"everything that postferry needs: one field, or one media, is at fault.",
		"Update postferry.\n" +
			"If it is the newest, set `api_version` to the version before, and open an issue " +
			"at " + build.Issues() + " with the answer.",
		graphVersions})},
	{listedAgain, always(Diagnosis{
		"instagram-recovered", "it works again",
		"The probe that repeats the failed call was answered. The failure was Meta's, and has " +
			"passed.",
		"Nothing to do.", metaStatus})},
	{metaSide, always(Diagnosis{
		"instagram-meta", "this looks like a failure on Meta's side",
		"Everything that can be asked about the token, the permissions, the link and the version " +
			"is in order, and the media are refused all the same. Meta has had such outages, one " +
			"of weeks (May 2026).",
		"Nothing to do on your side: postferry tries every six hours and comes back by itself.\n" +
			"If it lasts for days, Instagram Login (`login: instagram`) is another door to the " +
			"same media.",
		metaStatus})},
}

// appState takes Meta's own words about the app, in whichever call they came.
func appState(e Evidence) (int, []string) {
	for _, err := range []error{e.Cause, e.Me.Err, e.Media.Err} {
		if a := httpx.As(err); a != nil && a.Type == "app-disabled" {
			why := []string{"Meta's own words: " + a.Message}
			if e.Me.failed() {
				why = append(why, "the plainest call fails the same way")
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
		return 99, []string{"Meta can't parse the token", e.TokenFits}
	case contains(e.Me.Err, "cannot parse access token"):
		return 92, []string{"Meta can't parse the token: it is of the other login, or was pasted " +
			"with quotes or a line break"}
	case e.Me.failed() && e.TokenFits != "":
		return 90, []string{e.TokenFits}
	}
	return 0, nil
}

// deadToken takes the plainest call, which needs no permission, or else the debugger's word.
func deadToken(e Evidence) (int, []string) {
	if code, sub := e.Me.code(); e.Me.failed() && (code == 190 || code == 102) {
		why := fmt.Sprintf("the plainest call says code %d", code)
		if sub != 0 {
			why = fmt.Sprintf("the plainest call says code %d, subcode %d", code, sub)
		}
		return 91, []string{why}
	}
	if e.Debug.ok() && !e.Valid {
		return 91, []string{"the token debugger says is_valid: false"}
	}
	return 0, nil
}

// dataAccess is a date of its own: the token stays valid after it.
func dataAccess(e Evidence) (int, []string) {
	if e.Debug.ok() && !e.DataAccess.IsZero() && e.DataAccess.Before(e.Now) {
		day := e.DataAccess.UTC().Format(time.DateOnly)
		return 90, []string{"data_access_expires_at was " + day}
	}
	return 0, nil
}

// personal needs the account's type, which Instagram Login alone shows.
func personal(e Evidence) (int, []string) {
	if e.Me.ok() && strings.EqualFold(e.AccountType, "PERSONAL") {
		return 96, []string{"account_type is PERSONAL"}
	}
	return 0, nil
}

// scopeMissing goes by what a person granted, not by what the app asks for.
func scopeMissing(e Evidence) (int, []string) {
	if e.Login != "facebook" || !e.Permissions.ok() {
		return 0, nil
	}
	if m := missing(e); len(m) > 0 {
		return 88, []string{"not granted: " + strings.Join(m, ", ")}
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
	why := []string{"me/accounts answers well and is empty", "business_management is not granted"}
	if e.Me.ok() {
		why = append(why, "the token is accepted")
	}
	if e.Version == "" {
		why = append(why, "the call names no version, so its meaning moved when an old version "+
			"ended")
	}
	return 85, why
}

// notTicked reads the granular scopes, which name the accounts that were ticked in the dialog.
func notTicked(e Evidence) (int, []string) {
	if e.Login == "facebook" && e.Debug.ok() && !reaches(e) {
		targets := strings.Join(e.Targets["instagram_basic"], ", ")
		why := fmt.Sprintf("instagram_basic is granted for %s, not for %s", targets, e.UserID)
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
	const none = "me/accounts shows %d Page(s), none with an Instagram account"
	return 83, []string{fmt.Sprintf(none, len(e.Pages))}
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
					fmt.Sprintf("the id that is set is %s, the Page %s is linked to %s",
						e.UserID, p.ID, id),
				}
			}
		}
	}
	return 60, []string{"the account's id is not found: " + e.Account.Err.Error()}
}

// version is proven by another one that answers. An end that has passed is only a hint, because
// Meta answers a version that has ended by the next one.
func version(e Evidence) (int, []string) {
	switch {
	case e.Media.failed() && e.Other.ok():
		used := cmp.Or(e.Version, "the unversioned call")
		why := fmt.Sprintf("the media are refused on %s and shown on %s", used, e.OtherVersion)
		return 93, []string{why}
	case !e.VersionEnd.IsZero() && e.VersionEnd.Before(e.Now) && !e.Other.Asked:
		day := e.VersionEnd.Format(time.DateOnly)
		return 50, []string{fmt.Sprintf("%s ended on %s", e.Version, day)}
	}
	return 0, nil
}

// mediaPermission is the missing scope of Instagram Login, which has no list of permissions to ask
// for.
func mediaPermission(e Evidence) (int, []string) {
	code, _ := e.Media.code()
	denied := code == 10 || code >= 200 && code < 300
	if e.Login == "instagram" && e.Me.ok() && e.Media.failed() && denied {
		return 86, []string{"the account answers", fmt.Sprintf("its media are refused with code "+
			"%d", code)}
	}
	return 0, nil
}

// oneField compares the list as it is asked for with one of ids alone.
func oneField(e Evidence) (int, []string) {
	if a := httpx.As(e.Cause); e.Media.ok() && a != nil && a.Class == httpx.Invalid {
		return 97, []string{"ids alone are listed", "the whole list is refused: " + a.Message}
	}
	return 0, nil
}

// listedAgain is not enough where the data access has ended: the refusal may come and go.
func listedAgain(e Evidence) (int, []string) {
	if e.Media.ok() && !(!e.DataAccess.IsZero() && e.DataAccess.Before(e.Now)) {
		return 94, []string{"the media were listed just now"}
	}
	return 0, nil
}

// metaSide comes after every cause for which there is evidence.
func metaSide(e Evidence) (int, []string) {
	if !e.Me.ok() || !e.Media.failed() {
		return 0, nil
	}
	return 20, []string{"the token is accepted", "the media are refused: " + e.Media.Err.Error()}
}
