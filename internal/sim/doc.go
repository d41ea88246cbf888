// Package sim is the stand-in for everything outside: Instagram (both logins), its media host, X
// and GitHub, as http.Handlers over one [World] with a clock of its own, a request log and a
// scripted list of faults.
//
// It is as strict as the services are: refresh tokens are single use, access tokens live 7200 s,
// segments must be complete and be a picture or a video, duplicate text is refused, a commit on a
// stale head is refused, a sealed box is opened with the repository's private key, and a signed
// address expires. It imports none of the program's packages, or both would share one mistake.
//
// The same World serves tests (by Transport, without a socket), `postferry demo`, and
// `postferry demo --serve`.
//
// # The world
//
//	New, Options             a world; the zero Options are good ones
//	Now, Advance             its clock, which stands still unless Options.Real
//	SetSkew(service, d)      one service's clock is ahead or behind, and so are its Date and stamps
//	Env                      the environment of a set-up person, GITHUB_REPOSITORY_ID included
//	Fail(Fault), ClearFaults planned failures: by call, count, subject (When), rate, or connection;
//	                         Header {"Date": ""} takes a header out of an answer
//	Refuse(name), Refusals   every refusal that was seen, with its source and whose fault it is
//	Log, ResetLog, Calls     the requests so far
//	Violations               what a client let out or forced
//	ForgetHistory            drops old commits and spent tokens, for very long tests
//	Transport                one process' way to the world: KillAt; OnCall and OnMatch run a
//	                         function Before, in the Middle of or After a call, to cancel a run as
//	                         a signal does
//	Serve                    the same on loopback, a port for each service
//
// # World.X
//
//	Tweets, Spent, Refreshes, RefreshValid      what is there
//	Account                                     id and name of the person who is logged in
//	Login, LoginAs(name)                        a new grant, of the same or of another account
//	Rename(name), DeleteAccount(name)           the id stays, or is nobody's
//	PersonPosts(text, "photo", …)               a post typed by hand, with files
//	PersonReplies(to, text, …), DeletePost(id)  the same for a reply; a post taken back
//	SetTimelineLag(d)                           a post is on the timeline only d after it was made
//	Change(func(*XRules))                       ReplyRace, ShortPages, KeepRefresh, CheckAfter,
//	                                            MaxVideo, VideoLimitAt
//	RejectVideos(how)                           every way in which X refuses a video
//	PortalKeys(write), RevokeKeys               the four keys of OAuth 1.0a
//	SetCredit, SetScopes, ExpireAccess, HideAttachments
//
// Timelines end at 3,200 posts, at 800 without replies; a timeline of nobody is a 200 with nothing
// but errors. The token endpoint takes a form or JSON, finalize a body of {} or none. A post takes
// made_with_ai and paid_partnership. A media id twice, a blank text and an unknown field are
// refused.
//
// # World.GitHub
//
//	File, SetFile, Commits                   files of a branch; a person's push
//	Branch(name).Head                        the newest commit
//	Branch(name).ForceBack(n), Delete        a person loses commits; the lost head is given, and can
//	                                         still be named by POST /git/refs
//	Branch(name).PutBack(sha)                a person restores it
//	Branch(name).Protect(how)                ruleset-403, ruleset-409, ruleset-422, classic
//	SetRepositoryID(id)                      a copy of the repository
//	Issues, OpenIssue, CloseIssue            all of them; a person opens one; the owner closes one
//	Issue(n).Close(login, reason), Reopen    by a person or a bot, as completed or not_planned
//	Issue(n).Edit, Comment, Comments         by hand; comments carry author and association
//	Issue(n).Transfer(number), Delete        its address redirects, or is gone
//	SetAssociation(login, association)
//	SetPermission, SetSecretsTokenExpiry, DisableIssues, Writes
//	Secret, SetSecret, AddEnvironment, Variable
//
// GET /activity lists what became of the branches, GET /compare/{base}...{head} how two commits
// stand to each other. A GET has an ETag. closed_by and state_reason are in one issue's answer, not
// in lists.
//
// # World.Instagram and World.MediaHost
//
//	Publish(Media)                     Pinned, Late, a Timestamp ahead, AIGenerated, Account,
//	                                   Username; an Item's Bytes may be of another kind than the
//	                                   list says
//	Edit, Archive, Unarchive           by hand; Unpublish deletes
//	Files(id)                          names of a media's files, for Fault.Call "GET /file/<name>"
//	SetAccount(func(*Account))         rename it, change its type, tokens, scopes; NoFields are
//	                                   fields that its list refuses
//	AddAccount(id, name)               another account's token; Media.Account publishes there
//	NewToken, ShortToken, KillTokens, FacebookEnv
//	BreakLikeSeptember2023, Repair
//
// PhotoBytes, PictureBytes and VideoBytes make real files.
package sim
