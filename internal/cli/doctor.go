package cli

import (
	"context"
	"flag"
	"fmt"

	"github.com/postferry/postferry/internal/alert"
	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/doctor"
	"github.com/postferry/postferry/internal/state"
)

// runDoctor examines all routes. It writes nothing, and ends with 1 if something is wrong.
func runDoctor(ctx context.Context, p *Process, args []string) error {
	var o options
	err := p.flags("doctor", args, func(fs *flag.FlagSet) {
		o.readOnly = true
		o.define(fs)
		fs.BoolVar(&o.json, "json", false, "print JSON, for programs")
	})
	if err != nil {
		return err
	}
	j, err := p.newJob(ctx, o, need{instagram: true})
	if err != nil {
		return err
	}
	sick, accounts := false, map[string]string{}
	secrets, _ := alert.SecretsTokenExpiry(ctx, j.secretStore())
	for _, conf := range j.config.Routes {
		r := j.route(conf)
		out := &doctor.Report{Route: conf.Name}
		if err := r.open(ctx); err != nil {
			d := diagnosis.Explain(err).For(r.called())
			out.Explain(err, d, d.Advice())
			// The services can be asked without the state.
			r.session = &state.Session{Backend: j.backend, Route: conf.Name}
			r.session.Forget()
		}
		accounts[conf.Name] = r.session.Doc().Account.InstagramUsername
		out.Add(r.doctor().All(ctx))
		out.Waits(r.session.Doc(), r.now())
		ends := append(alert.RouteExpiries(conf, r.session.Doc()), secrets, j.clockReminder())
		for _, w := range alert.Warnings(ends, r.now()) {
			out.Warn(w.Text, w.Over)
		}
		sick = sick || !out.Healthy
		if o.json {
			fmt.Fprintln(p.Stdout, out.JSON())
		} else {
			out.Print(p.Stdout)
		}
	}
	for _, b := range j.broken {
		out := &doctor.Report{Route: b.conf.Name}
		err := j.incidentOf(j.usageOf(b.mistakes))
		out.Explain(err, diagnosis.Explain(err).For(nil), err.Fix)
		sick = true
		if o.json {
			fmt.Fprintln(p.Stdout, out.JSON())
		} else {
			out.Print(p.Stdout)
		}
	}
	for _, warning := range j.config.Twins(func(r string) string { return accounts[r] }) {
		j.warn(warning)
	}
	if !o.json {
		j.printVersion(ctx, p.Stdout)
	}
	if sick && !cancelled(ctx) {
		return statusError(exitIncident)
	}
	return nil
}
