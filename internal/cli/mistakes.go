package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/postferry/postferry/internal/config"
)

// mistakes are what a person has to mend before something can run: the whole program, or one route.
// All are collected, so that a person can mend them all at once.
type mistakes struct {
	problems   []error
	withSecret bool // reports whether one of them is with a secret
}

func (m *mistakes) problem(format string, args ...any) { m.add(fmt.Errorf(format, args...)) }

func (m *mistakes) add(err error) {
	for _, known := range m.problems {
		if known.Error() == err.Error() {
			return // Two routes may share a variable.
		}
	}
	m.problems = append(m.problems, err)
}

// missingSecret reports a secret that is not set.
func (m *mistakes) missingSecret(name, what string) {
	m.missing(name, what)
	m.withSecret = true
}

func (m *mistakes) missing(name, what string) { m.problem("%s is not set: %s", name, what) }

// join adds what others have found.
func (m *mistakes) join(other *mistakes) {
	for _, err := range other.problems {
		m.add(err)
	}
	m.withSecret = m.withSecret || other.withSecret
}

// usageOf returns every mistake as one usage error, or nil. The fix says where secrets come from,
// if a mistake is with one of them.
func (e *environment) usageOf(m *mistakes) *usageError {
	if len(m.problems) == 0 {
		return nil
	}
	err := &usageError{err: errors.Join(m.problems...), config: true}
	if m.withSecret {
		err.fix = "`postferry setup` writes the secrets; to enter one by hand, go to " +
			e.secretsPage()
	}
	return err
}

// err returns the mistakes that stop every route.
func (e *environment) err() error {
	if err := e.usageOf(e.mistakes); err != nil {
		return err
	}
	return nil
}

// with returns the same environment, whose further mistakes go to m.
func (e *environment) with(m *mistakes) *environment {
	own := *e
	own.mistakes = m
	return &own
}

// brokenRoute is a route that can't run as it is configured.
type brokenRoute struct {
	conf config.Route // no more than its name, if its block has mistakes
	*mistakes
}

// sortOut reads the credentials of the routes that were asked for. The routes that lack one, or
// whose blocks have mistakes, can't run; the job keeps the others.
func (j *job) sortOut(n need) {
	var good []config.Route
	for _, r := range j.config.Routes {
		own := &mistakes{}
		j.creds[r.Name] = j.with(own).credentials(r, n)
		if len(own.problems) > 0 {
			// Every command tells the same, or the issue would change with each of them.
			j.with(own).credentials(r, need{instagram: true, x: true})
			j.broken = append(j.broken, brokenRoute{r, own})
			continue
		}
		good = append(good, r)
	}
	for _, b := range j.config.Broken {
		own := &mistakes{problems: []error{b.Problems}}
		j.broken = append(j.broken, brokenRoute{config.Route{Name: b.Name}, own})
	}
	j.config.Routes = good
}

// missingLogins looks into the documents of the routes that name no refresh token: such a route can
// run only if the vault holds one.
func (j *job) missingLogins(ctx context.Context) {
	for _, b := range j.broken {
		if b.conf.X.RefreshToken != "" && j.missesLogin(ctx, b.conf) {
			j.with(b.mistakes).missingRefresh(b.conf)
		}
	}
	j.config.Routes = slices.DeleteFunc(j.config.Routes, func(conf config.Route) bool {
		if !j.missesLogin(ctx, conf) {
			return false
		}
		own := &mistakes{}
		j.with(own).credentials(conf, need{instagram: true, x: true})
		j.with(own).missingRefresh(conf)
		j.broken = append(j.broken, brokenRoute{conf, own})
		return true
	})
}

// missesLogin reports whether neither a variable nor the vault holds a route's refresh token. A
// document that can't be read is reported where it is used, and so is a vault that was lost with the
// whole branch.
func (j *job) missesLogin(ctx context.Context, conf config.Route) bool {
	r := j.route(conf)
	if j.creds[conf.Name].refresh != "" || keysOf(r) != nil || r.open(ctx) != nil {
		return false
	}
	j.opened[conf.Name] = r.session
	if r.session.Doc().Tokens.Vault != "" {
		return false
	}
	if r.session.First() && r.vaultKey != nil {
		lost, err := r.branchHistory().Lost(ctx)
		return !lost && err == nil
	}
	return true
}

// stopped returns the mistakes if no route can run, else nil.
func (j *job) stopped() *usageError {
	all := &mistakes{}
	all.join(j.mistakes)
	if len(all.problems) > 0 || len(j.config.Routes) == 0 {
		for _, b := range j.broken {
			all.join(b.mistakes)
		}
	}
	return j.usageOf(all)
}
