#!/usr/bin/env bash
# Builds the released programs, the same bytes wherever it runs with the same Go:
#   scripts/build.sh VERSION FOLDER
# The programs come from the repository GITHUB_REPOSITORY ("owner/name"), which says where their
# releases, documents and issues are. Without it internal/build says it. TARGETS names the platforms
# of a rehearsal; a release has all of them.
set -euo pipefail
cd "$(dirname "$0")/.."
version="$1"
out="$2"
package=github.com/postferry/postferry/internal/build
flags="-s -w -buildid= -X $package.Release=$version"
if [ -n "${GITHUB_REPOSITORY:-}" ]; then
  flags="$flags -X $package.Home=$GITHUB_REPOSITORY"
fi
mkdir -p "$out"
targets="${TARGETS:-linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64}"
for target in $targets; do
  name="postferry-${target%/*}-${target#*/}"
  if [ "${target%/*}" = windows ]; then name="$name.exe"; fi
  CGO_ENABLED=0 GOOS="${target%/*}" GOARCH="${target#*/}" GOFLAGS=-mod=readonly \
    go build -trimpath -buildvcs=false -ldflags="$flags" -o "$out/$name" ./cmd/postferry
done
(cd "$out" && sha256sum postferry-* >checksums.txt)
