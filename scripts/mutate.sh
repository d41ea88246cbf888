#!/usr/bin/env bash
# Lists the changes of a package that no test of it notices: scripts/mutate.sh ./internal/verdict …
# docs/testing.md says which changes are made, and what to do about one that survives.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ "$#" = 0 ]; then sed -n '2,3s/^# //p' "$0" >&2; exit 2; fi
program="$(mktemp -d)"
trap 'rm -rf "$program"' EXIT
go -C mutate build -o "$program/mutate" .
"$program/mutate" -equivalent mutate/equivalent.txt "$@"
