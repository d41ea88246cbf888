package demo

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"time"

	"github.com/postferry/postferry/internal/message"
	"github.com/postferry/postferry/internal/sim"
)

// Serve keeps the stand-ins up at the loopback address listen, with media that wait to be mirrored
// and a new photo at every interval, until ctx ends. It prints the variables that point a run at
// them, and serves the same with the secrets as they are by then.
func (d *Demo) Serve(ctx context.Context, listen string, every time.Duration) error {
	st, closeAll, err := d.serveWorld(listen)
	if err != nil {
		return err
	}
	s := served{st}
	defer closeAll()
	if err := s.baseline(ctx); err != nil {
		return err
	}
	for _, m := range published() {
		s.world.Instagram().Publish(m)
		s.world.Advance(time.Second)
	}
	// One token is enough for `postferry setup`, as a person's is.
	s.world.GitHub().SetPermission("SECRETS_TOKEN", "contents", true)
	s.world.GitHub().SetPermission("SECRETS_TOKEN", "issues", true)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return message.Wrap(err, "demo.stored.start")
	}
	server := &http.Server{
		Handler:           s.exported(),
		ReadHeaderTimeout: 10 * time.Second,
	}
	go func() { _ = server.Serve(listener) }() // It ends with ErrServerClosed.
	defer server.Close()
	s.exports(d.Out)
	fmt.Fprintf(d.Out, "# %s\n", d.Words.Text("demo.served.env",
		"Address", "http://"+listener.Addr().String()))
	fmt.Fprintf(d.Out, "# %s\n", d.Words.Text("demo.served.keys"))
	fmt.Fprintln(d.Talk, d.Words.Text("demo.served", "Every", d.Words.Span(every)))
	s.publishEvery(ctx, every)
	return nil
}

// served is a world that is used from outside: the runs are not the demo's own.
type served struct{ *stage }

// publishEvery publishes a photo at every tick until ctx ends.
func (s served) publishEvery(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for n := 1; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			s.world.Instagram().Publish(sim.Media{
				Caption: fmt.Sprintf("Photo %d of a long day", n),
				Items:   []sim.Item{{Kind: "photo"}},
			})
		}
	}
}

// exported serves what a person copies from the services' pages: the environment as it is now, X's
// own four keys, and a token as the Graph API Explorer gives it.
func (s served) exported() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(rw http.ResponseWriter, _ *http.Request) { s.exports(rw) })
	mux.HandleFunc("/keys", func(rw http.ResponseWriter, _ *http.Request) {
		export(rw, s.world.X().PortalKeys(true))
	})
	mux.HandleFunc("/facebook", func(rw http.ResponseWriter, _ *http.Request) {
		env := s.world.Instagram().FacebookEnv()
		env["INSTAGRAM_TOKEN"] = s.world.Instagram().ShortToken("facebook")
		export(rw, env)
	})
	return mux
}

// export prints variables as shell commands.
func export(out io.Writer, env map[string]string) {
	for _, name := range slices.Sorted(maps.Keys(env)) {
		fmt.Fprintf(out, "export %s='%s'\n", name, env[name])
	}
}

// exports prints the environment of a run as shell commands.
func (s served) exports(out io.Writer) {
	for _, name := range slices.Sorted(maps.Keys(s.env)) {
		fmt.Fprintf(out, "export %s='%s'\n", name, s.getenv(name))
	}
}
