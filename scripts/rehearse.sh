#!/usr/bin/env bash
# Runs a whole workflow off GitHub against the stand-ins: scripts/rehearse.sh [mirror|rotate] [released]
# With "released" the workflow's action is the commit that scripts/release.sh tags, which fetches its program from a server on
# loopback; otherwise the action builds its sources, as in a copy of the repository.
# It needs Go and act (go install github.com/nektos/act@v0.2.89), and no network: the actions that only fetch Go and a
# cached build are replaced by empty ones, and act checks out by copying.
set -euo pipefail
cd "$(dirname "$0")/.."
workflow="${1:-mirror}"
released="${2:-}"
temp="$(mktemp -d)"
cleanup() {
  kill ${serving[@]+"${serving[@]}"} 2>/dev/null || true
  chmod -R u+w "$temp"
  rm -rf "$temp"
}
trap cleanup EXIT

# A clone: what is not committed does not run on GitHub either.
git clone -q . "$temp/clone"
(cd "$temp/clone" && go build -o "$temp/postferry" ./cmd/postferry)
"$temp/postferry" demo --serve >"$temp/env" 2>"$temp/talk" &
serving=("$!")
until grep -q 'wait to be mirrored' "$temp/talk"; do
  kill -0 "${serving[0]}" || { cat "$temp/talk"; exit 1; }
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
if [ "$released" = released ]; then
  export GIT_AUTHOR_NAME=rehearsal GIT_AUTHOR_EMAIL=rehearsal@example.com GIT_COMMITTER_NAME=rehearsal GIT_COMMITTER_EMAIL=rehearsal@example.com
  scripts/release.sh v0.0.0
  git checkout -q v0.0.0
  scripts/build.sh v0.0.0 "$temp/releases"
  go -C bench build -o "$temp/start" ./start
  "$temp/start" -releases "$temp/releases" -version v0.0.0 -serve >"$temp/url" &
  serving+=("$!")
  until grep -q http "$temp/url"; do
    kill -0 "${serving[1]}"
    sleep 0.1
  done
  args+=(--env "POSTFERRY_RELEASES=$(cat "$temp/url")")
fi
act schedule -W ".github/workflows/$workflow.yml" -P ubuntu-latest=-self-hosted --var POSTFERRY=on \
  --action-cache-path "$temp/cache" "${replaced[@]}" "${args[@]}"
