package config

import (
	"strings"

	"gopkg.in/yaml.v3"
)

// account is the name of an account, kept without its @. Empty means any account.
type account struct {
	at    *string
	shape shape
}

func (v account) reset()         { *v.at = "" }
func (v account) String() string { return bare(*v.at) }

func (v account) decode(d *decoder, path string, n *yaml.Node) {
	if s, ok := d.text(path, n, v.shape); ok {
		*v.at = strings.TrimPrefix(s, "@")
	}
}
