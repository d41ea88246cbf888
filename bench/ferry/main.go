// Command ferry carries the stand-in's video from the media host to X as postferry does, by its own clients, without the
// rest of a run.
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"

	"github.com/postferry/postferry/bench"
)

func main() {
	// As internal/cli has it.
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 8, WriteBufferSize: 64 << 10, ReadBufferSize: 32 << 10}}
	if _, err := bench.Ferry(context.Background(), client, os.Getenv("BENCH_VIDEO_URL"), os.Getenv("X_API_URL"), os.Getenv("X_ACCESS_TOKEN")); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}
