// Package build says which build of postferry this is: the repository that it comes from, and its
// version. scripts/build.sh sets both with the linker; it is the one place that a fork changes.
// Nothing else in the program names the repository.
package build

import "runtime/debug"

// Home is the repository "owner/name" that the program comes from: its releases, its documents and
// its issues are there. It is a variable because the linker sets it.
var Home = "postferry/postferry"

// Release is the version of a released build, "v1.2.3", and "" in every other build. The commit is
// not known to a build: the released commit holds the checksum of the program.
var Release string

// Version returns the released version, the module's version, or the commit of the sources.
func Version() string {
	if Release != "" {
		return Release
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

// URL returns the address of the project's page.
func URL() string { return "https://github.com/" + Home }

// Issues returns the address of the project's issue list.
func Issues() string { return URL() + "/issues" }

// Doc returns the address of a document, such as "docs/operating.md#x-locked".
func Doc(path string) string { return URL() + "/blob/main/" + path }
