#!/usr/bin/env bash
# Fuzzes everything that reads what comes from outside, one target after the other: scripts/fuzz.sh
# [TIME each, 1m if not given] What fails is kept by Go in testdata/fuzz, beside a few inputs of
# each kind, and is then part of every `go test`.
set -euo pipefail
cd "$(dirname "$0")/.."
each="${1:-1m}"
out="$(mktemp)"
trap 'rm -f "$out"' EXIT
failed=0
for file in $(grep -rlE '^func Fuzz' --include='*_test.go' internal | sort); do
  for target in $(sed -nE 's/^func (Fuzz[A-Za-z0-9]+).*/\1/p' "$file"); do
    # Without a limit Go takes up to a minute to make one input smaller, and tries nothing else
    # meanwhile.
    if go test "./$(dirname "$file")" -run '^$' -fuzz "^$target\$" -fuzztime "$each" \
      -fuzzminimizetime 20x >"$out" 2>&1; then
      echo "$(dirname "$file") $target: $(grep -oE 'execs: [0-9]+' "$out" | tail -1)"
    else
      echo "$(dirname "$file") $target: failed"
      cat "$out"
      failed=1
    fi
  done
done
exit "$failed"
