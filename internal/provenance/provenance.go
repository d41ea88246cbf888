// Package provenance asks whether this very program was built by the release workflow of its
// project, from the sources of its version.
//
// GitHub keeps a signed attestation of each released program. The tool gh verifies it: it is on
// GitHub's runners, and its checks of the signatures are much more code than all of postferry. The
// hard gate for a downloaded program is not here but in action.yml, which compares the checksum in
// the pinned commit; this check also covers how that program was made. It never decides whether
// something is posted.
package provenance

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/postferry/postferry/internal/build"
	"github.com/postferry/postferry/internal/message"
)

// patience is how long gh may take: it asks GitHub twice.
const patience = 30 * time.Second

// ErrNoTool is returned where gh is not installed: nothing is known of the attestation.
const ErrNoTool = message.Sentence("provenance.stored.no-tool")

// Sentence says whether this program was built by its project's release workflow, "" for a build
// that is no release. The token is that of Check.
func Sentence(ctx context.Context, w message.Words, token string) string {
	if build.Release == "" {
		return ""
	}
	program, err := os.Executable()
	if err != nil {
		return w.Text("provenance.no-file", "Why", err)
	}
	c := Check{Program: program, Home: build.Home, Version: build.Release, Token: token}
	switch err := c.Verify(ctx); {
	case err == nil:
		return w.Text("provenance.good", "Home", build.Home)
	case errors.Is(err, ErrNoTool):
		return w.Text("provenance.unverified", "Why", w.Error(err))
	default:
		return w.Text("provenance.failed", "Why", w.Error(err))
	}
}

// Check says what to verify.
type Check struct {
	Program string // path of the program
	Home    string // "owner/name" of the project
	Version string // "v1.2.3"
	Token   string // "" for the login that gh has by itself
}

// Verify asks gh. A nil error is a good attestation: signed for the project's workflow build.yml at
// the tag of the version. Any other error than ErrNoTool carries gh's first line; a network that is
// down looks the same as a forged program, so that the caller only warns.
// Source: https://cli.github.com/manual/gh_attestation_verify
func (c Check) Verify(ctx context.Context) error {
	gh, err := exec.LookPath("gh")
	if err != nil {
		return ErrNoTool
	}
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	cmd := exec.CommandContext(ctx, gh, "attestation", "verify", c.Program, "--repo", c.Home,
		"--signer-workflow", c.Home+"/.github/workflows/build.yml",
		"--source-ref", "refs/tags/"+c.Version)
	cmd.Env = c.environment()
	var talk bytes.Buffer
	cmd.Stdout, cmd.Stderr = &talk, &talk
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("gh attestation verify: %w: %s", err, firstLine(talk.String()))
	}
	return nil
}

// environment is what gh needs and no more: the tokens of this process are none of its business.
func (c Check) environment() []string {
	var out []string
	for _, name := range []string{"PATH", "HOME", "XDG_CONFIG_HOME", "HTTPS_PROXY", "TMPDIR"} {
		if value, ok := os.LookupEnv(name); ok {
			out = append(out, name+"="+value)
		}
	}
	if c.Token != "" {
		out = append(out, "GH_TOKEN="+c.Token)
	}
	return out
}

// firstLine returns the first line that is not empty, cut to what a person reads.
func firstLine(text string) string {
	for _, line := range strings.Split(text, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			return line[:min(len(line), 200)]
		}
	}
	return message.Words{}.Text("provenance.stored.silent")
}
