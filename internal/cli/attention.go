package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/github"
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/report"
	"github.com/postferry/postferry/internal/state"
)

// routeEnds lists what of a route ends on a known day.
func routeEnds(r config.Route, d *state.Document) []diagnosis.Expiry {
	version, _ := instagram.VersionEnds(r.Instagram.APIVersion)
	t := d.Tokens.Instagram
	return []diagnosis.Expiry{
		{What: "the Instagram token of route " + r.Name, At: t.Expires, Ahead: diagnosis.Soon,
			Fix: fmt.Sprintf("Make a new one and put it into the secret %s.", r.Instagram.Token), Link: "https://developers.facebook.com/apps/"},
		{What: "the right to read the data of route " + r.Name, At: t.DataAccess, Ahead: diagnosis.Soon,
			Fix: fmt.Sprintf("It ends 90 days after the last login: log in again and put the new token into the secret %s.", r.Instagram.Token), Link: "https://developers.facebook.com/apps/"},
		{What: fmt.Sprintf("the Graph API version %s of route %s", r.Instagram.APIVersion, r.Name), At: version, Ahead: diagnosis.SoonChange,
			Fix: "Read what has changed and set `api_version` to a newer one.", Link: "https://developers.facebook.com/docs/graph-api/changelog/versions"},
	}
}

// secretsTokenEnds asks GitHub, which says so with any answer but a refusal. Without the token, or an end, the time is zero;
// asked is false if GitHub did not say, as it does not of a token that has ended.
func (j *job) secretsTokenEnds(ctx context.Context) (e diagnosis.Expiry, asked bool) {
	e = diagnosis.Expiry{What: "the token behind SECRETS_TOKEN", Ahead: diagnosis.Soon, Link: "https://github.com/settings/personal-access-tokens",
		Fix: "Make a new fine-grained token for this repository with Secrets: read and write, and put it into the secret SECRETS_TOKEN."}
	s := j.secretStore()
	if s == nil {
		return e, true
	}
	_, err := s.PublicKey(ctx) // only the header counts; that it is refused is told where it matters
	e.At = s.Client.TokenExpires()
	return e, err == nil
}

// attend keeps the one issue that tells of what will run out: opened when something is due, edited once a day, closed
// when nothing is. It is kept in the first route's document. Where ends are not all there are, an open issue stays as it is:
// it may be about what could not be asked.
func (j *job) attend(ctx context.Context, ends []diagnosis.Expiry, all bool) {
	if j.repo == nil {
		return
	}
	due := diagnosis.Due(ends, j.now())
	for _, e := range due {
		j.warn(e.Says(j.now()) + " " + e.Fix)
	}
	s, err := state.Open(ctx, j.backend, j.config.Routes[0].Name)
	if err != nil {
		return // told by the route itself
	}
	rec := diagnosis.Find(s.Doc(), diagnosis.Attention)
	open := rec != nil && rec.Closed.IsZero()
	switch {
	case open && !all:
	case len(due) == 0 && open:
		err = j.attended(ctx, s, *rec)
	case len(due) > 0:
		err = j.tellAhead(ctx, s, rec, due)
	}
	if err != nil {
		j.warn(fmt.Sprintf("the issue about what will run out could not be written: %v", err))
	}
}

// attended closes the issue.
func (j *job) attended(ctx context.Context, s *state.Session, rec state.Incident) error {
	if err := j.complete(ctx, rec.Issue, "All done, thank you."); err != nil {
		return err
	}
	return s.Update(ctx, s.Route+": attention is no longer needed", func(d *state.Document) error {
		diagnosis.Recover(d, diagnosis.Attention, j.now())
		return nil
	})
}

// complete closes an issue with a last word.
func (j *job) complete(ctx context.Context, issue int, word string) error {
	issues := &github.Issues{Client: j.repo}
	if err := issues.Comment(ctx, issue, word); err != nil {
		return err
	}
	_, err := issues.Edit(ctx, issue, github.Edit{State: "closed", Reason: "completed"})
	return err
}

// tellAhead opens the issue or brings it up to date. One that a person has closed stays closed until something else is due.
func (j *job) tellAhead(ctx context.Context, s *state.Session, rec *state.Incident, due []diagnosis.Expiry) error {
	issues := &github.Issues{Client: j.repo}
	body := report.Attention(s.Route, due, j.now())
	what := fmt.Sprint(len(due), " ", due[0].What)
	if rec != nil && rec.Closed.IsZero() && rec.Issue > 0 {
		if rec.Cause == what && j.now().Sub(rec.Last) < 24*time.Hour {
			return nil
		}
		issue, err := issues.Get(ctx, rec.Issue)
		if err != nil {
			return err
		}
		if issue.State == "open" || rec.Cause == what {
			if _, err := issues.Edit(ctx, rec.Issue, github.Edit{Body: body}); err != nil {
				return err
			}
			return j.attention(ctx, s, rec.Issue, what)
		}
	}
	if err := issues.EnsureLabel(ctx, diagnosis.Label, labelColor, labelText); err != nil {
		j.warn(fmt.Sprintf("the label could not be made: %v", err))
	}
	issue, err := issues.Create(ctx, github.NewIssue{Title: report.AttentionTitle, Body: body, Labels: []string{diagnosis.Label}, Assignees: j.config.Incidents.Assignees})
	if err != nil {
		return err
	}
	j.tellSlack(ctx, true, report.AttentionTitle+": "+due[0].Says(j.now()), issue.URL)
	return j.attention(ctx, s, issue.Number, what)
}

// attention records the issue.
func (j *job) attention(ctx context.Context, s *state.Session, issue int, what string) error {
	return s.Update(ctx, s.Route+": attention is needed", func(d *state.Document) error {
		rec := diagnosis.Find(d, diagnosis.Attention)
		if rec == nil {
			d.Incidents = append(d.Incidents, state.Incident{Component: string(diagnosis.Attention), Fingerprint: "attention"})
			rec = &d.Incidents[len(d.Incidents)-1]
		}
		now := j.now().UTC().Truncate(time.Second)
		if rec.Issue != issue {
			rec.First, rec.Count = now, 0
		}
		rec.Issue, rec.Cause, rec.Last, rec.Closed, rec.Count = issue, what, now, time.Time{}, rec.Count+1
		return nil
	})
}
