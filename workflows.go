// Package postferry holds what set-up writes into a repository: the workflows, as they run in this one.
package postferry

import "embed"

// Workflows are .github/workflows/{mirror,rotate,doctor}.yml.
//
//go:embed .github/workflows/mirror.yml .github/workflows/rotate.yml .github/workflows/doctor.yml
var Workflows embed.FS
