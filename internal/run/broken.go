package run

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/postferry/postferry/internal/alert"
	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/environment"
	"github.com/postferry/postferry/internal/result"
)

// broken is a route that can't run as it is configured.
type broken struct {
	conf config.Route // no more than its name, if its block has mistakes
	*environment.Mistakes
}

// brokenRoutes finds the routes of a job that can't run, and reports them.
type brokenRoutes struct{ *Job }

// sortOut reads the credentials of the routes that were asked for. The routes that lack one, or
// whose blocks have mistakes, can't run; the job keeps the others.
func (j brokenRoutes) sortOut(n environment.Need) {
	var good []config.Route
	for _, r := range j.config.Routes {
		own := &environment.Mistakes{}
		j.creds[r.Name] = j.env.Credentials(r, n, own)
		if own.None() {
			good = append(good, r)
			continue
		}
		// Every command tells the same, or the issue would change with each of them.
		j.env.Credentials(r, environment.Everything, own)
		j.broken = append(j.broken, broken{r, own})
	}
	for _, b := range j.config.Broken {
		own := &environment.Mistakes{}
		own.Add(b.Problems)
		j.broken = append(j.broken, broken{config.Route{Name: b.Name}, own})
	}
	j.config.Routes = good
}

// missingLogins looks into the documents of the routes that name no refresh token: such a route can
// run only if the vault holds one.
func (j brokenRoutes) missingLogins(ctx context.Context) {
	for _, b := range j.broken {
		if b.conf.X.RefreshToken != "" && j.missesLogin(ctx, b.conf) {
			b.MissingLogin(b.conf)
		}
	}
	j.config.Routes = slices.DeleteFunc(j.config.Routes, func(conf config.Route) bool {
		if !j.missesLogin(ctx, conf) {
			return false
		}
		own := &environment.Mistakes{}
		j.env.Credentials(conf, environment.Everything, own)
		own.MissingLogin(conf)
		j.broken = append(j.broken, broken{conf, own})
		return true
	})
}

// missesLogin reports whether neither a variable nor the vault holds a route's refresh token. A
// document that can't be read is reported where it is used, and so is a vault that was lost with the
// whole branch.
func (j brokenRoutes) missesLogin(ctx context.Context, conf config.Route) bool {
	r := j.route(conf)
	if r.creds.Refresh != "" || r.creds.Keys != nil || r.open(ctx) != nil {
		return false
	}
	j.opened[conf.Name] = r.session
	if r.session.Doc().Tokens.Vault != "" {
		return false
	}
	if r.session.First() && r.env.VaultKey != nil {
		lost, err := r.branchHistory().Lost(ctx)
		return !lost && err == nil
	}
	return true
}

// incidentOf is a mistake as its incident tells of it.
func (j brokenRoutes) incidentOf(err error) *alert.MisconfiguredError {
	out := &alert.MisconfiguredError{Err: err}
	if mistakes := (*environment.Error)(nil); errors.As(err, &mistakes) {
		out.Fix = mistakes.Fix
	}
	var file config.Problems
	page := j.env.Runner.RepoURL()
	if !errors.As(err, &file) || page == "" || !filepath.IsLocal(file[0].File) {
		return out
	}
	out.Link = page + "/blob/HEAD/" + filepath.ToSlash(file[0].File)
	if file[0].Line > 0 {
		out.Link += fmt.Sprintf("#L%d", file[0].Line)
	}
	return out
}

// misconfigured is why a route can't run.
func (j brokenRoutes) misconfigured(b broken) *alert.MisconfiguredError {
	return j.incidentOf(j.env.Err(b.Mistakes))
}

// report reports each route that can't run as an incident of its own. The others have run.
func (j brokenRoutes) report(ctx context.Context) (out []result.Route) {
	for _, b := range j.broken {
		r, res := j.route(b.conf), result.Route{Name: b.conf.Name}
		if err := r.open(ctx); err != nil {
			// The issue is found without the document.
			j.console.Warn(b.conf.Name + ": " + err.Error())
		}
		alert.Configuration{Route: r.alert(&res)}.Failed(ctx, j.misconfigured(b))
		out = append(out, res)
	}
	return out
}
