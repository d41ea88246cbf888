package run

import (
	"context"
	"errors"
	"fmt"

	"github.com/postferry/postferry/internal/environment"
	"github.com/postferry/postferry/internal/report"
	"github.com/postferry/postferry/internal/retry"
)

// Retry puts media back that were given up: one, by its permalink or id, or all of the list.
func (j *Job) Retry(ctx context.Context, wanted string) error {
	again, any := &retry.Retry{Wanted: wanted, Words: j.console.Words, Say: j.sayOf}, false
	for _, conf := range j.config.Routes {
		r := j.route(conf)
		err := r.open(ctx)
		if err == nil {
			var found bool
			found, err = again.Recorded(ctx, r.session)
			any = any || found
		}
		if err != nil {
			return fmt.Errorf("%s: %w", conf.Name, err)
		}
	}
	switch {
	case any:
		return nil
	case wanted == retry.All:
		fmt.Fprintln(j.console.Out, j.console.Words.Text("run.retry.none"))
		return nil
	case len(j.config.Routes) > 1:
		return errors.New(j.console.Words.Text("run.retry.which", "Media", wanted))
	}
	return j.route(j.config.Routes[0]).retryUnrecorded(ctx, again)
}

// retryUnrecorded looks for the media in Instagram's list, which takes Instagram's token.
func (r *route) retryUnrecorded(ctx context.Context, again *retry.Retry) error {
	if err := r.open(ctx); err != nil {
		return err
	}
	token := logins{r}.instagramToken()
	if token == "" && !r.session.First() {
		lacks := &environment.Mistakes{}
		r.env.Credentials(r.conf, environment.Need{Instagram: true}, lacks)
		lacks.Add(errors.New(r.console.Words.Text("run.retry.unlisted",
			"Media", again.Wanted, "Variable", r.conf.Instagram.Token)))
		return r.env.Err(lacks)
	}
	return again.Listed(ctx, r.session, r.instagram(token))
}

// sayOf prints what became of a media of a route.
func (j *Job) sayOf(route, text string) {
	fmt.Fprintf(j.console.Out, "%s: %s\n", route, report.Quote(text))
}
