// Command ferry carries the stand-in's video from the media host to X with postferry's own clients.
// It makes no other request of a run, so it compares with the bare pipe.
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"

	"github.com/postferry/postferry/bench"
)

func main() {
	// The transport has the settings that package cli gives to a run's transport.
	client := &http.Client{Transport: &http.Transport{
		MaxIdleConnsPerHost: 8, WriteBufferSize: 64 << 10, ReadBufferSize: 32 << 10,
	}}
	video, x := os.Getenv("BENCH_VIDEO_URL"), os.Getenv("X_API_URL")
	token := os.Getenv("X_ACCESS_TOKEN")
	if _, err := bench.Ferry(context.Background(), client, video, x, token); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}
