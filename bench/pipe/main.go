// Command pipe carries the stand-in's video from the media host to X with the standard library
// alone.
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"

	"github.com/postferry/postferry/bench/bare"
)

func main() {
	p := bare.Pipe{
		HTTP:  &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: bare.InFlight}},
		Media: os.Getenv("BENCH_VIDEO_URL"),
		X:     os.Getenv("X_API_URL"),
		Token: os.Getenv("X_ACCESS_TOKEN"),
	}
	if _, err := p.Run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}
