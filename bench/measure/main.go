//go:build unix

// Command measure runs programs in turns, each in a process of its own. It prints the median wall
// time, the median CPU time and the peak resident memory of each, and compares the first program
// with the others.
//
//	measure -n 21 postferry="bin/postferry mirror" "bare Go"=bin/idle
//
// Every round runs each program once, so that other work on the machine slows all of them alike.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"time"
)

func main() {
	rounds := flag.Int("n", 11, "rounds")
	flag.Parse()
	if err := run(*rounds, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(rounds int, args []string) error {
	programs := make([]*program, len(args))
	for i, arg := range args {
		name, command, ok := strings.Cut(arg, "=")
		if !ok || len(strings.Fields(command)) == 0 {
			return fmt.Errorf("%q is not name=command", arg)
		}
		programs[i] = &program{name: name, argv: strings.Fields(command)}
	}
	for round := -1; round < rounds; round++ { // round -1 fills the caches and does not count
		for i := range programs {
			p := programs[(i+max(round, 0))%len(programs)]
			s, err := one(p.argv)
			if err != nil {
				return fmt.Errorf("%s: %w", p.name, err)
			}
			if round >= 0 {
				p.samples = append(p.samples, s)
			}
		}
	}
	fmt.Print(table(programs))
	return nil
}

// one runs a program to its end. A program that fails is an error, not a quick sample.
func one(argv []string) (sample, error) {
	cmd := exec.Command(argv[0], argv[1:]...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	begun := time.Now()
	err := cmd.Run()
	wall := time.Since(begun)
	if err != nil {
		return sample{}, fmt.Errorf("%w: %s", err, out.Bytes())
	}
	u := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	return sample{
		wall: wall,
		cpu:  cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(),
		rss:  u.Maxrss * maxrssUnit(),
	}, nil
}

// maxrssUnit returns the unit of ru_maxrss in bytes: getrusage counts kilobytes on Linux and bytes
// on macOS.
func maxrssUnit() int64 {
	if runtime.GOOS == "darwin" {
		return 1
	}
	return 1024
}
