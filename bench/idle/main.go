// Command idle makes the two requests of an idle run with the standard library alone. It asks
// GitHub for the state document, then Instagram for the account's media.
package main

import (
	"cmp"
	"context"
	"fmt"
	"os"

	"github.com/postferry/postferry/bench/bare"
)

func main() {
	ctx := context.Background()
	err := cmp.Or(
		bare.Get(ctx, os.Getenv("BENCH_STATE_URL"), os.Getenv("GITHUB_TOKEN")),
		bare.Get(ctx, os.Getenv("BENCH_LIST_URL"), os.Getenv("INSTAGRAM_TOKEN")),
	)
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}
