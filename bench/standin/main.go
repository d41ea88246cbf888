// Command standin keeps the stand-ins up on loopback until it is interrupted, with a given latency
// before every answer. It prints the environment of package stage; the last line is BENCH_READY.
package main

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/signal"
	"slices"
	"syscall"

	"github.com/postferry/postferry/bench/stage"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	var o stage.Options
	flag.DurationVar(&o.Latency, "latency", 0, "wait before every answer")
	flag.IntVar(&o.Photos, "photos", 0, "photos on the account")
	flag.IntVar(&o.Posted, "posted", 0, "photos that have been mirrored")
	flag.IntVar(&o.Videos, "videos", 0, "videos on the account")
	flag.BoolVar(&o.Digest, "digest", false, "digest each upload, as the tests do")
	size := flag.Int64("size", 256, "MiB of a video")
	flag.Parse()
	o.Size = *size << 20
	s, err := stage.New(ctx, o)
	if err != nil {
		return err
	}
	defer s.Close()
	for _, name := range slices.Sorted(maps.Keys(s.Env)) {
		fmt.Printf("export %s='%s'\n", name, s.Env[name])
	}
	fmt.Println("export BENCH_READY=1")
	<-ctx.Done()
	return nil
}
