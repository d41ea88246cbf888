package run

import (
	"context"

	"github.com/postferry/postferry/internal/alert"
	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/doctor"
	"github.com/postferry/postferry/internal/environment"
	"github.com/postferry/postferry/internal/github"
	"github.com/postferry/postferry/internal/guard"
	"github.com/postferry/postferry/internal/instagram"
	"github.com/postferry/postferry/internal/report"
	"github.com/postferry/postferry/internal/result"
	"github.com/postferry/postferry/internal/state"
	"github.com/postferry/postferry/internal/xapi"
)

// route is one route of a job: its configuration, its credentials and its document. It makes the
// flows that work on the route.
type route struct {
	*Job
	conf    config.Route
	creds   environment.Credentials
	session *state.Session // nil until open has read the document
	states  *guard.State   // nil until stateGuard has made it
}

func (j *Job) route(conf config.Route) *route {
	return &route{Job: j, conf: conf, creds: j.creds[conf.Name]}
}

// open reads the route's document, and has the status page written along with it.
func (r *route) open(ctx context.Context) error {
	s := r.opened[r.conf.Name]
	delete(r.opened, r.conf.Name)
	if s == nil && r.branchHistory().Gone() != nil {
		s = &state.Session{Backend: r.backend, Route: r.conf.Name}
		s.Forget()
	}
	if s == nil {
		var err error
		if s, err = state.Open(ctx, r.backend, r.conf.Name); err != nil {
			return err
		}
	}
	s.Pages = func(d *state.Document) map[string][]byte {
		p := report.StatusPage{
			Words: r.console.Words, Doc: d, Routes: r.options.Names,
			USDCap: r.conf.Limits.USDPerMonth, Delay: r.conf.Delay, Now: r.clock.now(),
		}
		if r.env.Runner.Repo != "" {
			p.IssuesURL = r.env.Runner.RepoURL() + "/issues/"
		}
		return p.Files()
	}
	s.Zone = r.console.Words.Zone
	r.session = s
	return nil
}

// elsewhere reads the documents of the other routes.
func (r *route) elsewhere(ctx context.Context) (docs []*state.Document, err error) {
	for _, name := range r.options.Names {
		if name == r.conf.Name {
			continue
		}
		s, err := state.Open(ctx, r.backend, name)
		if err != nil {
			return nil, err
		}
		docs = append(docs, s.Doc())
	}
	return docs, nil
}

// instagram reads with a token: the environment's, or one that was renewed since.
func (r *route) instagram(token string) *instagram.Client {
	return r.clients.instagram(r.conf, r.creds, token)
}

// x makes the client of the route's X account. With keys the client signs its calls; otherwise a
// flow sets the access token.
func (r *route) x() *xapi.Client {
	if k := r.creds.Keys; k != nil {
		return r.signed(*k)
	}
	return r.clients.x("")
}

// secretStore writes the secrets where the configuration says that they are.
func (j *Job) secretStore() *github.Secrets {
	return j.clients.secretStore(j.config.SecretsEnvironment)
}

// called returns what a person knows the route's things by.
func (r *route) called() diagnosis.Names {
	return diagnosis.NamesOf(r.conf, r.config.StateBranch, r.env.Runner.RepoURL())
}

// alert makes the route's incidents. The session may be nil.
func (r *route) alert(out *result.Route) *alert.Route {
	return &alert.Route{
		Run: r.alerts, Session: r.session, Result: out, Digest: logins{r}.digest,
		Force: r.options.Force, ByHand: r.env.Runner.ByHand(), Names: r.called(),
		Examine: func(
			ctx context.Context, c diagnosis.Component, cause error,
		) diagnosis.Examination {
			d := r.doctor()
			d.Words = r.console.Words // an issue is for a person, whatever the run prints
			return d.Of(ctx, c, cause)
		},
	}
}

// doctor asks the services with what the route has.
func (r *route) doctor() *doctor.Doctor {
	token, lacks := logins{r}.instagramToken(), r.creds.LacksKeys(r.conf)
	d := &doctor.Doctor{
		Route: r.conf, Token: token, Doc: r.session.Doc(), Now: r.clock.now, X: r.x(),
		Signed: r.creds.Keys != nil && len(lacks) == 0, LacksKeys: lacks, Names: r.called(),
		GitHub: r.repo, Secrets: r.secretStore(), Keeper: logins{r}.chain(), Words: r.spoken(),
	}
	if token != "" {
		d.Instagram = func(version string) *instagram.Client {
			c := r.instagram(token)
			c.Version = version
			return c
		}
	}
	return d
}
