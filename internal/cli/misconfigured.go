package cli

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"

	"github.com/postferry/postferry/internal/alert"
	"github.com/postferry/postferry/internal/config"
	"github.com/postferry/postferry/internal/result"
	"github.com/postferry/postferry/internal/state"
)

// incidentOf is a mistake as its incident tells of it.
func (j *job) incidentOf(err *usageError) *alert.MisconfiguredError {
	out := &alert.MisconfiguredError{Err: err, Fix: err.remedy(command{})}
	var file config.Problems
	page := j.runner.RepoURL()
	if !errors.As(err, &file) || page == "" || !filepath.IsLocal(file[0].File) {
		return out
	}
	out.Link = page + "/blob/HEAD/" + filepath.ToSlash(file[0].File)
	if file[0].Line > 0 {
		out.Link += fmt.Sprintf("#L%d", file[0].Line)
	}
	return out
}

// reportBroken reports each route that can't run as an incident of its own. The others have run.
func (j *job) reportBroken(ctx context.Context) (out []result.Route) {
	for _, b := range j.broken {
		r, res := j.route(b.conf), result.Route{Name: b.conf.Name}
		err := j.incidentOf(j.usageOf(b.mistakes))
		if openErr := r.open(ctx); openErr != nil {
			j.warn(b.conf.Name + ": " + openErr.Error()) // The issue is found without the document.
		}
		r.alert(&res).ConfigFailed(ctx, err)
		out = append(out, res)
	}
	return out
}

// brokenErrors are the mistakes of the routes that can't run, for commands that write no issue.
func (j *job) brokenErrors() (out []error) {
	for _, b := range j.broken {
		out = append(out, fmt.Errorf("%s: %w", b.conf.Name, j.incidentOf(j.usageOf(b.mistakes))))
	}
	return out
}

// configWorks closes the incident of the configuration. A rotation does not need all that mirror
// needs, and is no proof where mirror lacks something.
func (r *route) configWorks(ctx context.Context, a *alert.Route) {
	lacks := &mistakes{}
	r.with(lacks).credentials(r.conf, need{instagram: true, x: true})
	if len(lacks.problems) == 0 {
		a.ConfigWorks(ctx)
	}
}

// reportStopped reports that no route can run. In a terminal the error is the answer. In a workflow
// the issue is: the status is 2 in the run that opens it and 0 while it is known, so that the
// workflow is red once and not every ten minutes.
func (j *job) reportStopped(ctx context.Context, err *usageError) error {
	silent := j.options.readOnly || j.options.dryRun || j.get("GITHUB_ACTIONS") != "true"
	if silent || j.githubToken == "" || j.runner.Repo == "" || j.runner.APIURL == "" {
		return err
	}
	j.connect(ctx, need{})
	j.alerts = j.newAlerts()
	var routes []result.Route
	if len(j.problems) == 0 {
		routes = j.reportBroken(ctx)
	} else {
		routes = append(routes, j.alerts.ConfigStopped(ctx, j.documents(ctx), j.incidentOf(err)))
	}
	j.publish(routes)
	switch {
	case j.alerts.News():
		return statusError(exitUsage)
	case j.alerts.Red():
		return statusError(exitIncident)
	}
	return statusError(exitDone)
}

// documents opens what documents can be found, without a configuration that names the routes.
func (j *job) documents(ctx context.Context) (out []*state.Session) {
	names := slices.Clone(j.names)
	if b, ok := j.backend.(interface {
		Routes(ctx context.Context) ([]string, error)
	}); ok {
		found, err := b.Routes(ctx)
		if err != nil {
			j.warn("the documents of the state branch could not be listed: " + err.Error())
		}
		names = append(names, found...)
	}
	if len(names) == 0 {
		names = append(names, config.Default().Routes[0].Name)
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		s, err := state.Open(ctx, j.backend, name)
		if err == nil && !s.First() {
			out = append(out, s)
		}
	}
	return out
}
