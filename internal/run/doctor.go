package run

import (
	"context"
	"fmt"

	"github.com/postferry/postferry/internal/alert"
	"github.com/postferry/postferry/internal/diagnosis"
	"github.com/postferry/postferry/internal/doctor"
	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/state"
)

// Doctor examines all routes and prints what it finds. It writes nothing. The error is a Status if
// something is wrong.
func (j *Job) Doctor(ctx context.Context) error {
	healthy, accounts := true, map[string]string{}
	secrets, _ := alert.SecretsTokenExpiry(ctx, j.spoken(), j.secretStore())
	for _, conf := range j.config.Routes {
		r := j.route(conf)
		found := examination{r}.all(ctx, secrets)
		accounts[conf.Name] = r.session.Doc().Account.InstagramUsername
		healthy = healthy && found.Healthy
		j.print(found)
	}
	for _, b := range j.broken {
		found := &doctor.Report{Route: b.conf.Name, Words: j.spoken()}
		err := brokenRoutes{j}.misconfigured(b)
		found.Explain(err, diagnosis.Explain(err).In(j.spoken()).For(nil), err.Fix)
		healthy = false
		j.print(found)
	}
	for _, warning := range j.config.Twins(func(r string) string { return accounts[r] }) {
		j.console.Warn(warning)
	}
	if !j.options.JSON {
		news{j}.print(ctx)
	}
	if !healthy {
		return Incident
	}
	return nil
}

// examination is a route that doctor looks at.
type examination struct{ *route }

// all asks the services, and reads everything that rotate would warn of. The services can be asked
// without the state.
func (r examination) all(ctx context.Context, secrets alert.Expiry) *doctor.Report {
	out := &doctor.Report{Route: r.conf.Name, Words: r.spoken()}
	if err := r.open(ctx); err != nil {
		d := diagnosis.Explain(err).In(out.Words).For(r.called())
		out.Explain(err, d, d.Advice())
		r.session = &state.Session{Backend: r.backend, Route: r.conf.Name}
		r.session.Forget()
	}
	out.Add(r.doctor().All(ctx))
	out.Waits(r.session.Doc(), r.clock.now())
	w := r.spoken()
	ends := alert.RouteExpiries(w, r.conf, r.session.Doc())
	ends = append(ends, secrets, r.clock.reminder(w))
	if r.conf.OnDeleted == "tell" {
		ends = append(ends, alert.Deletions(w, r.session.Doc(), 0)...)
	}
	for _, w := range alert.Warnings(w, ends, r.clock.now()) {
		out.Warn(w.Text, w.Fix, w.Over)
	}
	return out
}

// spoken are the words of a report: the person's, but English for a program.
func (j *Job) spoken() message.Words {
	if j.options.JSON {
		return message.Words{}
	}
	return j.console.Words
}

func (j *Job) print(found *doctor.Report) {
	if j.options.JSON {
		fmt.Fprintln(j.console.Out, found.JSON())
		return
	}
	found.Print(j.console.Out)
}
