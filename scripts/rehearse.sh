#!/usr/bin/env bash
# Runs a whole workflow off GitHub against the stand-ins: scripts/rehearse.sh [mirror|rotate]
# It needs Go and act (go install github.com/nektos/act@v0.2.89), and no network: the actions that only fetch Go and a
# cached build are replaced by empty ones, and act checks out by copying.
set -euo pipefail
cd "$(dirname "$0")/.."
workflow="${1:-mirror}"
temp="$(mktemp -d)"
cleanup() {
  if [ -n "${serving:-}" ]; then kill "$serving" 2>/dev/null || true; fi
  chmod -R u+w "$temp"
  rm -rf "$temp"
}
trap cleanup EXIT

# A clone: what is not committed does not run on GitHub either.
git clone -q . "$temp/clone"
(cd "$temp/clone" && go build -o "$temp/postferry" ./cmd/postferry)
"$temp/postferry" demo --serve >"$temp/env" 2>"$temp/talk" &
serving=$!
until grep -q 'wait to be mirrored' "$temp/talk"; do
  kill -0 "$serving" || { cat "$temp/talk"; exit 1; }
  sleep 0.1
done

stub() { # owner/name@ref: an action that does nothing
  mkdir -p "$temp/stubs/$1"
  printf 'name: stub\ndescription: stub\nruns:\n  using: composite\n  steps:\n    - run: ":"\n      shell: bash\n' >"$temp/stubs/$1/action.yml"
  git -C "$temp/stubs/$1" init -q
  git -C "$temp/stubs/$1" -c user.name=stub -c user.email=stub@example.com add -A
  git -C "$temp/stubs/$1" -c user.name=stub -c user.email=stub@example.com commit -q -m stub
}
replaced=()
while read -r use; do
  stub "${use%@*}"
  replaced+=(--local-repository "$use=$temp/stubs/${use%@*}")
done < <(grep -hoE 'actions/(cache|setup-go)@[0-9a-f]+' "$temp/clone/action.yml" | sort -u)

args=()
while IFS="=" read -r name value; do
  name="${name#export }"
  value="${value#\'}" value="${value%\'}"
  case "$name" in
    *_URL | GITHUB_REPOSITORY) args+=(--env "$name=$value") ;;
    *) args+=(-s "$name=$value") ;;
  esac
done <"$temp/env"

cd "$temp/clone"
act schedule -W ".github/workflows/$workflow.yml" -P ubuntu-latest=-self-hosted --var POSTFERRY=on \
  --action-cache-path "$temp/cache" "${replaced[@]}" "${args[@]}"
