module github.com/postferry/postferry/compat

go 1.26.0

replace github.com/postferry/postferry => ../

require github.com/postferry/postferry v0.0.0

require (
	github.com/cli/browser v1.3.0 // indirect
	github.com/dghubble/oauth1 v0.7.3 // indirect
	github.com/gofrs/flock v0.13.2 // indirect
	github.com/google/go-github/v60 v60.0.0 // indirect
	github.com/google/go-querystring v1.1.0 // indirect
	github.com/rivo/uniseg v0.4.7 // indirect
	github.com/sethvargo/go-githubactions v1.3.0 // indirect
	golang.org/x/crypto v0.58.0 // indirect
	golang.org/x/image v0.47.0 // indirect
	golang.org/x/net v0.60.0 // indirect
	golang.org/x/sync v0.24.0 // indirect
	golang.org/x/sys v0.49.0 // indirect
	golang.org/x/term v0.47.0 // indirect
	golang.org/x/text v0.43.0 // indirect
	gopkg.in/yaml.v3 v3.0.1 // indirect
)
