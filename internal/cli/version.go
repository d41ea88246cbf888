package cli

import (
	"context"
	"flag"
	"fmt"
	"runtime/debug"
)

// runVersion prints the version.
func runVersion(_ context.Context, p *Process, args []string) error {
	if err := p.flags("version", args, func(*flag.FlagSet) {}); err != nil {
		return err
	}
	fmt.Fprintln(p.Stdout, "postferry", version())
	return nil
}

// release is the version of a released build, set by scripts/build.sh. The commit can't be in it:
// the commit holds the build's checksum.
var release string

// version returns the version of the release, of the module, or the commit that was built.
func version() string {
	if release != "" {
		return release
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return "commit " + s.Value[:min(12, len(s.Value))]
		}
	}
	return "development build"
}
