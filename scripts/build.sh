#!/usr/bin/env bash
# Builds the released programs, the same bytes wherever it runs with the same Go: scripts/build.sh VERSION FOLDER
set -euo pipefail
cd "$(dirname "$0")/.."
version="$1"
out="$2"
mkdir -p "$out"
for target in linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64; do
  name="postferry-${target%/*}-${target#*/}"
  if [ "${target%/*}" = windows ]; then name="$name.exe"; fi
  CGO_ENABLED=0 GOOS="${target%/*}" GOARCH="${target#*/}" GOFLAGS=-mod=readonly go build -trimpath -buildvcs=false \
    -ldflags="-s -w -buildid= -X github.com/postferry/postferry/internal/cli.release=$version" -o "$out/$name" ./cmd/postferry
done
(cd "$out" && sha256sum postferry-* >checksums.txt)
