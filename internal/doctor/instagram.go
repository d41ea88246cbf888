package doctor

import (
	"context"
	"fmt"
	"strings"

	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/httpx"
	"github.com/postferry/postferry/internal/instagram"
)

// OfInstagram asks about the token, the permissions, the link to the account, the media and the
// Graph version. The cause is the failure of a run, whose call is not made again; it is nil for an
// examination without a failure.
func (d *Doctor) OfInstagram(ctx context.Context, cause error) diagnosis.Examination {
	var out diagnosis.Examination
	if d.Instagram == nil {
		return out
	}
	e := d.evidence(ctx, cause)
	probes := []diagnosis.Probe{
		e.Me, e.Debug, e.Permissions, e.Account, e.Media, e.Accounts, e.Other,
	}
	for _, p := range probes {
		if p.Name != "" {
			out.Findings = append(out.Findings, d.speech().finding("instagram", p))
		}
	}
	ranking := diagnosis.Rank(e)
	out.Ruled = ranking.Ruled
	switch {
	case cause != nil || ranking.Sick():
		out.Causes = ranking.Causes
	case e.Media.Err != nil: // Instagram is down, or no rule knows its answer
		why := d.speech().answered(e.Media)
		out.Causes = []diagnosis.Candidate{d.speech().explained(e.Media.Err, why)}
	}
	return out
}

// evidence asks the questions, cheapest first.
func (d *Doctor) evidence(ctx context.Context, cause error) diagnosis.Evidence {
	r := d.Route.Instagram
	c := d.Instagram(r.APIVersion)
	e := diagnosis.Evidence{
		Login: r.Login, UserID: c.UserID, Version: r.APIVersion, Now: d.Now(), Cause: cause,
		TokenFits: instagram.TokenHint(r.Login, d.Token), Words: d.Words,
	}
	e.VersionEnd, _ = instagram.VersionEnds(r.APIVersion)
	if r.Login == instagram.FacebookLogin {
		d.facebook(ctx, c, &e)
	} else {
		d.login(ctx, c, &e)
	}
	d.media(ctx, c, &e)
	return e
}

// login asks the question of Instagram Login.
func (d *Doctor) login(ctx context.Context, c *instagram.Client, e *diagnosis.Evidence) {
	me, err := ask(ctx, c.Me)
	note := strings.TrimSpace("@" + me.Username + " " + me.Type)
	e.Me = diagnosis.Probe{Name: "Q1 GET /me", Asked: true, Err: err, Note: note}
	e.AccountType = me.Type
}

// facebook asks the questions of Facebook Login.
func (d *Doctor) facebook(ctx context.Context, c *instagram.Client, e *diagnosis.Evidence) {
	me, err := node(ctx, c, "me")
	e.Me = diagnosis.Probe{Name: "P1 GET /me", Asked: true, Err: err, Note: me.Name}

	info, err := ask(ctx, c.Debug)
	e.Debug = diagnosis.Probe{Name: "P2 GET /debug_token", Asked: true, Err: err}
	e.Valid, e.DataAccess, e.Expires = info.Valid, info.DataAccessExpires, info.Expires
	e.Targets = map[string][]string{}
	for _, g := range info.Grants {
		e.Targets[g.Scope] = g.Targets
	}
	e.Debug.Note = d.speech().debugNote(info)
	if info.Err != nil && err == nil {
		e.Debug.Note += ": " + info.Err.Message
	}

	permissions, err := ask(ctx, c.Permissions)
	e.Permissions = diagnosis.Probe{Name: "P3 GET /me/permissions", Asked: true, Err: err}
	e.Granted = map[string]string{}
	var declined []string
	for _, p := range permissions {
		e.Granted[p.Name] = p.Status
		if p.Status != "granted" {
			declined = append(declined, p.Name+" "+p.Status)
		}
	}
	e.Permissions.Note = d.Words.Text("doctor.note.granted", "Count", len(permissions)-len(declined))
	if len(declined) > 0 {
		e.Permissions.Note = d.Words.Text("doctor.note.declined", "Granted", e.Permissions.Note,
			"Declined", d.Words.Join(declined...))
	}

	account, err := node(ctx, c, c.UserID)
	note := "@" + account.Username
	e.Account = diagnosis.Probe{Name: "P4 GET /{user}", Asked: true, Err: err, Note: note}

	pages, err := ask(ctx, c.Accounts)
	note = d.Words.Text("doctor.note.pages", "Count", len(pages))
	e.Accounts = diagnosis.Probe{Name: "P6 GET /me/accounts", Asked: true, Err: err, Note: note}
	for _, p := range pages {
		page := diagnosis.FacebookPage{ID: p.ID, Name: p.Name, Tasks: p.Tasks}
		for _, id := range []string{p.Business, p.Connected} {
			if id != "" {
				page.Instagram = append(page.Instagram, id)
			}
		}
		e.Pages = append(e.Pages, page)
	}
}

// debugNote is what of the debugger's answer a person reads: scopes and ids are evidence elsewhere.
func (s speech) debugNote(i instagram.TokenInfo) string {
	valid := fmt.Sprintf("is_valid: %v", i.Valid) // as the debugger writes it
	if i.DataAccessExpires.IsZero() {
		return valid
	}
	day := s.Date(i.DataAccessExpires)
	return s.Text("doctor.note.data-access", "Valid", valid, "Day", day)
}

// media lists the first media, and if they are refused, lists them on another Graph version. The
// call that failed in the run is evidence already, unless it failed for its fields: then the ids
// alone are asked for.
func (d *Doctor) media(ctx context.Context, c *instagram.Client, e *diagnosis.Evidence) {
	name := "P5 GET /{user}/media"
	if e.Login != instagram.FacebookLogin {
		name = "Q2 GET /me/media"
	}
	e.Media = diagnosis.Probe{Name: name, Asked: true, Note: d.Words.Text("doctor.note.listed")}
	if failed := httpx.As(e.Cause); refusedList(failed) {
		e.Media.Err = failed // without the words that the run wrapped around it
	} else {
		e.Media.Err = list(ctx, c, "")
	}
	e.Answered = c.Answered()
	if e.Answered != "" && e.Answered != e.Version {
		e.Media.Note = d.Words.Text("doctor.note.listed-by", "Version", e.Answered)
	}
	e.OtherVersion = otherVersion(e.Version, instagram.Usable(e.Now))
	e.Other.Name = d.Words.Text("doctor.probe.other-version", "Version", e.OtherVersion)
	if e.OtherVersion == "" || e.Media.Err == nil || e.Me.Err != nil {
		return // another version could tell nothing more
	}
	e.Other.Asked, e.Other.Err = true, list(ctx, c, e.OtherVersion)
}

// refusedList reports whether a refusal is of the list of media, and not for its fields.
func refusedList(e *httpx.Error) bool {
	return e != nil && strings.HasSuffix(e.Op, "/media") && e.Class != httpx.Invalid
}

// node asks for an account or a user by its id.
func node(ctx context.Context, c *instagram.Client, id string) (instagram.Account, error) {
	return ask(ctx, func(ctx context.Context) (instagram.Account, error) { return c.Node(ctx, id) })
}

// list asks for the first media on a Graph version, "" for the version in use.
func list(ctx context.Context, c *instagram.Client, version string) error {
	_, err := ask(ctx, func(ctx context.Context) (string, error) {
		return c.FirstMedia(ctx, version)
	})
	return err
}

// otherVersion is the newest usable version that is not in use.
func otherVersion(used string, usable []instagram.Version) string {
	for i := len(usable) - 1; i >= 0; i-- {
		if usable[i].Name != used {
			return usable[i].Name
		}
	}
	return ""
}
