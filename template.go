// Package postferry holds the template of a person's repository, which set-up writes files of.
package postferry

import "embed"

// Template is the folder template. Its workflows say {{ACTION}}@{{SHA}} # {{VERSION}} for the
// action, because a commit can't name itself; scripts/template.sh and package workflow fill it in.
//
//go:embed all:template
var Template embed.FS
