// Command postferry mirrors new Instagram posts to X from GitHub Actions. `postferry help` lists
// what it does.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/postferry/postferry/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := cli.Main(ctx, cli.OS())
	stop()
	os.Exit(code)
}
