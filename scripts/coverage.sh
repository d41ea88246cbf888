#!/usr/bin/env bash
# Prints how much of each decision package its own tests reach, and fails where it is less than 95
# %: scripts/coverage.sh
set -euo pipefail
cd "$(dirname "$0")/.."
least=95 failed=0
for package in caption config diagnosis plan report state twittertext vault verdict; do
  percent="$(go test -cover "./internal/$package" |
    sed -n 's/.*coverage: \([0-9.]*\)% of statements.*/\1/p')"
  printf '%-12s %s %%\n' "$package" "$percent"
  if awk "BEGIN { exit !(${percent:-0} < $least) }"; then
    echo "$package: less than $least %"
    failed=1
  fi
done
exit "$failed"
