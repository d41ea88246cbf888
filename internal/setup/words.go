package setup

// The sentences of the set-up issue, in Markdown. The checklist's own structure is in sheet.go.

// Pages on which a person gets the values.
const (
	portal   = "https://developer.x.com/en/portal/dashboard"
	billing  = "https://console.x.com/"
	metaApps = "https://developers.facebook.com/apps/"
	explorer = "https://developers.facebook.com/tools/explorer/"
)

// The issue itself.
const (
	sayTitle      = "Set postferry up"
	sayRouteTitle = "Set postferry up: %s"

	sayIssuesOff = "Settings > General > Features: switch Issues on, and start the workflow" +
		" again."
	sayIssuesDenied = "Give the job of the workflow `setup` the permission `issues: write`, and" +
		" start it again."
	sayUnwritable = "the checklist can't be written: %w"

	sayRoute = "This is the route `%s`. Each route of the configuration has a checklist of its" +
		" own: start the [workflow](%s) with the name in the field *route* for: %s.\n\n"
	sayKeptCurrent = "The workflow keeps this issue current and can be started at any time. Never" +
		" put a secret into a comment.\n\n"
)

// Where set-up stands.
const (
	statusLooking  = "**The workflow is looking at what is here.**"
	statusLogin    = "**Waiting for the login to X until %s: step 5.**" + statusEnded
	statusQuestion = "**A question waits for your answer until %s.** %s" + statusEnded
	statusEnded    = " If this still stands here later, the run has ended early: start the" +
		" workflow again."
	statusFlawed   = "**Something is missing or wrong: see the open boxes.** Nothing runs yet."
	statusUnlogged = "**Nobody is logged in to X yet.** Start the [workflow](%s) again: a new" +
		" link comes up here."
	statusReady = "**Everything was looked at and is right. Only the switch is missing: the last" +
		" step.**"
	statusUnseen = "**The last look is missing.** Start the workflow again."
)

// Steps of the checklist.
const (
	boxTemplate  = "1. Make this repository of the template"
	boxX         = "2. X: an app, and its values as secrets"
	boxInstagram = "3. Instagram: a token; and a phrase that seals tokens"
	boxWorkflow  = "4. Start the workflow: [setup](%s) > *Run workflow*"
	boxLogin     = "5. Log in to X"
	boxLook      = "%d. Look at your last posts, and switch postferry on"

	sayStartAnew = "Start it anew after each change, and do not press *Re-run*: GitHub reads the" +
		" secrets when a run is started."
	sayPosts = "It is %s that posts. Asking X for that cost $0.010."
	sayRead  = "The posts of %s are mirrored."
)

// How the X app is made. Each line is a screen of the developer portal.
const (
	sayPortal = "On a computer, in [X's developer portal](%s), with pay-per-use credit" +
		" ([console.x.com](%s)):"
	sayAuthSettings = "*Projects & Apps > your app > Settings > User authentication" +
		" settings > Set up*"
	sayReadWrite     = "*App permissions*: **Read and write**"
	sayReadWriteSave = sayReadWrite + "; then *Save*"
	sayAppType       = "*Type of App*: **Web App, Automated App or Bot**. A *Native App* has no" +
		" secret and can't be logged in here."
	sayCallbacks = "*Callback URI / Redirect URL*, both, to the letter: `%s` and `%s`"
	sayAppHas    = "The app must have, as *User authentication settings*: %s."
	sayWebsite   = "*Website URL*: `%s`; then *Save*"
	sayClientID  = "*Keys and tokens > OAuth 2.0 Client ID and Client Secret*: into %s and %s"
	sayAPIKey    = "*Keys and tokens > API Key and Secret > Regenerate*: into %s and %s"
	sayAccess    = "*Keys and tokens > Access Token and Secret > Generate*, after the permissions" +
		" were saved: into %s and %s"
)

// How Instagram's token is made, by login type.
const (
	sayProfessional = "The account must be a *professional* one: in the Instagram app *Settings >" +
		" Account type and tools > Switch to professional account*."
	sayDashboard = " Then, on a computer, in the [Meta App Dashboard](%s), which asks for a login" +
		" with two factors:"
	sayUseCase = "*Create app*, with the use case *Manage messaging & content on Instagram*"
	sayTester  = "*App roles > Roles > Add people > Instagram tester*: the account. If the" +
		" dashboard says that the invitation is pending, accept it on instagram.com: *Settings >" +
		" Apps and websites > Tester invites*"
	sayAddAccount = "*Instagram > API setup with Instagram login > 1. Generate access" +
		" tokens > Add account*, and allow everything"
	sayGenerate = "*Generate token* beside the account: into %s"

	sayLinked = " It must be linked to a Facebook Page: in [Meta Business Suite](" +
		"https://business.facebook.com/settings/) *Settings > Instagram accounts*. Then, on a" +
		" computer, in the [Meta App Dashboard](%s), which asks for a login with two factors:"
	sayBusinessApp = "*Create app*, of the type *Business*, with the products *Facebook Login for" +
		" Business* and *Instagram*"
	sayAppBasic = "*App settings > Basic > App ID* and *App secret*: into %s and %s"
	sayExplorer = "In the [Graph API Explorer](%s): *Meta App*: your app; *User or Page" +
		" > Get User Access Token*; *Permissions*: " +
		facebookScopes
	sayTick = "*Generate Access Token*; in the dialog tick your Page *and* your account, and" +
		" nothing else"
	sayExplored = "Copy the *Access Token* into %s, and start the workflow within an hour: it" +
		" exchanges the token for the Page's own, which does not expire, and keeps that one"

	sayPhrase = "Have a password manager make a phrase of 40 characters, keep it there," +
		" and put it into %s. It seals the tokens that change."

	// facebookScopes are what a token of Facebook Login needs. business_management matters only for
	// a Page in a business portfolio.
	facebookScopes = "`instagram_basic`, `pages_show_list`, `pages_read_engagement`," +
		" `business_management`"
)

// The login to X.
const (
	sayLinkComes = "When the boxes above are right, the workflow shows a link here and waits ten" +
		" minutes."
	sayComputer  = "On a computer, not in X's phone app, before %s:"
	sayPressLink = "**[Log in to X](%s)** as the account that is to post, and press *Authorize" +
		" app*. A new login ends the one before."
	sayPaste = "You come back to this page. Copy the whole address from the address bar, paste it" +
		" into a comment below, and send it within 30 seconds. The comment is deleted, and nobody" +
		" else can use what it says."
	sayOtherLink = "If X says *Something went wrong*, or the address has no `code=`: take [this" +
		" link](%s) instead. It ends at a page that can't be reached; its address is the one to" +
		" paste. If X says the same again, compare the Client ID and both callback addresses with" +
		" those of step 2."
)

// The last look.
const (
	sayPreviewComes = "Your last three posts appear here as they would arrive on X, with their" +
		" price."
	saySwitch = "Is that right? Then open [a new" +
		" variable](%s/settings/variables/actions/new), give it the name `POSTFERRY` and" +
		" the value `on`. From then on new posts are mirrored every ten minutes, and X" +
		" bills them. Close this issue."
	saySwitchRoutes = " The variable is the switch of all routes: set the others up first."
)

// What is wrong with a secret, and what to do.
const (
	sayStartAgain = "Start the workflow again."
	sayWait       = "Wait a few minutes, then start the workflow again."
	sayTheSecret  = "The secret: "

	sayNotSet   = "is not set"
	sayCopy     = "Copy the field *%s* into it."
	sayCopyAnew = "Copy the field *%s* again, in one piece."
	sayUnpassed = "is not set, or the workflow does not pass it to postferry"
	sayPass     = "Open %s, press the pencil, and below `env:` of the first step that uses" +
		" postferry add the line `%s: ${{ secrets.%[2]s }}`."

	sayNoWrite = "Give the job of the workflow `setup` the permission `contents: write`, and take" +
		" the branch out of every rule that protects it."

	sayFourKeys = "the secrets hold X's own four keys, and the configuration does not use them"
	sayUseKeys  = "Open .github/postferry.yml, press the pencil, and set `auth: keys` below `x:`" +
		" (%s/blob/HEAD/.github/postferry.yml)."
	sayNoClientID = "%s does not look like a Client ID, which stands under *OAuth 2.0* and not" +
		" under *API Key*."
	sayIsClientID   = "%s looks like an OAuth 2.0 Client ID, which is another value."
	sayUnknownApp   = "X does not know this client id with this client secret"
	sayCopyBothAnew = "Copy both again from the same app: *Keys and tokens > OAuth 2.0 Client ID" +
		" and Client Secret*. A secret that was regenerated is another one."

	sayCopyToken = "Press *Generate token* again and copy all of it, or change `login:` in the" +
		" configuration."
	sayOtherAccount = "is of @%s, and the configuration names @%s"
	sayRightAccount = "Press *Generate token* beside the right account."
	sayUserID       = "Put `%s` into it: that is the id of @%s."
	sayOtherUserID  = "is not the id of the account that the token reads"

	sayShortPhrase = "Enter a phrase of at least 20 characters."
	sayMakePhrase  = "Have your password manager make a phrase of 40 characters, keep it" +
		" there, and put it into this secret."
	sayMakeToken = "Make a fine-grained token for this one repository with Secrets: read" +
		" and write, or delete this secret and set VAULT_KEY."
	sayClosedVault = "does not open the vault that is there"
	sayOldPhrase   = "Enter the phrase that the tokens were sealed with. If it is lost," +
		" delete the line `vault:` in the route's file on the state branch, and log in" +
		" anew."
)

// What happened while a run waited.
const (
	noteNoTime    = "The ten minutes are nearly over. Start the workflow again for what is left."
	noteCancelled = "The run was cancelled before an answer came."
	notePutBack   = "The text of this issue was changed by hand. It was put back."
	noteStranger  = "A comment of %s was left aside: only %s, who started this run, can finish it."
	noteNoYes     = "Nobody answered within ten minutes, so nothing was changed."
	noteNoLogin   = "Nobody logged in within ten minutes, and the link is gone."
	noteOldLink   = "That address is of an older link. Press the one above, and paste the address" +
		" that it ends at."
	noteUsedCode    = "That address was used before. Press the link again."
	noteLoginFailed = "The login did not work: %s. %s The same link may be pressed again."
	noteNotStored   = "The login could not be stored: %s. %s"
	noteWrongX      = "That was %s, and the configuration names %s: nothing was stored. Log" +
		" out of x.com (or use a private window) and press the link again."
	noteOtherX = "You logged in as %s. Until now the posts went to %s. Comment `yes` to" +
		" go on as %[1]s: what waits is posted there, and what was begun on %[2]s is listed" +
		" as given up. Or log out of x.com and press the link again as %[2]s."
)

// Questions that a comment with the word yes answers.
const (
	askOtherInstagram = "The token in `%s` is of %s. Until now the posts of %s were mirrored." +
		" Comment `yes` to go on with %[2]s: what it publishes from then on is mirrored. Or put a" +
		" token of %[3]s into the secret, and start the workflow again."
	askOtherKeys = "X's keys are of %s. Until now the posts went to %s. Comment `yes` to" +
		" go on as %[1]s: what waits is posted there, and what was begun on %[2]s is listed" +
		" as given up. Or put the keys of %[2]s into the secrets, and start the workflow" +
		" again."
)

// Secrets that were shown in a comment.
const (
	sayLeaked = "> [!CAUTION]\n> A comment held what looks like a secret. It is deleted," +
		" and whoever was notified has it by mail.\n"
	sayNotDeleted = " **The comment could not be deleted: delete it yourself.**"

	sayRenew        = "Renew `%s` now: %s"
	sayRevokeGitHub = "Revoke that token now: https://github.com/settings/tokens"
	sayRenewMeta    = "Renew Instagram's token now: %s"
	sayRenewX       = "If it was a key or a token of X, renew it now: %s"
	sayAnew         = "put a new one into the secret %s"
	sayAnewAtMeta   = "%s, *Generate token*, and put the new one into the secret %s"
	sayAnewAtX      = "%s, *Keys and tokens > Regenerate*, and put the new value into the secret %s"
	sayAnewPhrase   = "put another phrase into the secret %s, delete the line `vault:` in" +
		" the route's file on the state branch, and log in to X anew."
)
