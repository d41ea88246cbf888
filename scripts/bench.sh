#!/usr/bin/env bash
# What postferry costs, against programs that do nothing but the same requests: docs/performance.md has the words to it.
#
#   scripts/bench.sh [idle] [upload] [MiB …]     all of it, with a video of 256 MiB, if nothing is named
#
# Every program runs in a process of its own against stand-ins on loopback, in turns. Node's part needs node, npm and a
# registry, and is left out with a word where they are missing. Measure on a machine that does nothing else.
set -euo pipefail
cd "$(dirname "$0")/.."

idle='' upload='' sizes=()
for arg in "$@"; do
  case "$arg" in
    idle) idle=1 ;;
    upload) upload=1 ;;
    *[!0-9]* | '') sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
    *) upload=1 sizes+=("$arg") ;;
  esac
done
if [ -z "$idle$upload" ]; then idle=1 upload=1; fi
if [ "${#sizes[@]}" = 0 ]; then sizes=(256); fi

root="$PWD"
tmp="$(mktemp -d)"
servers=()
trap 'kill "${servers[@]}" 2>/dev/null || true; rm -rf "$tmp"' EXIT

say() { printf '\n== %s\n' "$*"; }

build() {
  for name in idle pipe ferry standin measure; do
    go build -trimpath -ldflags='-s -w' -o "$tmp/$name" "./internal/bench/$name"
  done
  go build -trimpath -ldflags='-s -w' -o "$tmp/postferry" ./cmd/postferry
}

# node_modules makes $tmp/node ready to run the scripts of internal/bench/node, or says why not.
node_modules() {
  if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    echo "no node or npm here: its part is left out"
    return 1
  fi
  mkdir "$tmp/node"
  cp internal/bench/node/*.mjs "$tmp/node/"
  if ! npm install --prefix "$tmp/node" --no-save --no-audit --no-fund --loglevel=error axios@1.21.1 twitter-api-v2@1.29.1 >"$tmp/npm.log" 2>&1; then
    echo "npm can't install axios and twitter-api-v2: node's part is left out"
    return 1
  fi
}

# stage FLAGS… brings up stand-ins and points everything that follows at them.
stage() {
  "$tmp/standin" "$@" >"$tmp/env" &
  servers+=("$!")
  until grep -q BENCH_READY "$tmp/env"; do sleep 0.05; done
  # shellcheck disable=SC1091
  . "$tmp/env"
}

# leave takes the last stand-ins down: they are not to compete with the next.
leave() {
  kill "${servers[-1]}"
  wait "${servers[-1]}" 2>/dev/null || true
  unset 'servers[-1]'
}

bench_idle() {
  say "an idle run: one request to GitHub, one to Instagram (at most 2 × as long as bare Go, at least 15 × as fast as Node)"
  stage -photos 25
  "$tmp/postferry" mirror >/dev/null # the first run sets the baseline
  local others=("bare Go=$tmp/idle")
  if [ -n "$node" ]; then others+=("Node with axios=node $tmp/node/idle.mjs"); fi
  "$tmp/measure" -n 41 "postferry mirror=$tmp/postferry mirror" "${others[@]}"
  leave
}

bench_upload() { # MiB, latency
  say "a video of $1 MiB, $2 of latency a request (the upload at most 1.2 × as long as the bare pipe, all under 36 MB resident)"
  local rounds=9
  stage -videos $((rounds + 1)) -size "$1" -latency "$2"
  "$tmp/measure" -n "$rounds" "postferry's upload=$tmp/ferry" "bare Go pipe=$tmp/pipe"
  # Each run posts the next of the videos.
  "$tmp/measure" -n "$rounds" "a whole run=$tmp/postferry mirror --config $root/internal/bench/testdata/postferry.yml" "bare Go pipe=$tmp/pipe"
  if [ -n "$node" ] && [ "$2" = 0ms ] && [ "$1" -le 256 ]; then
    "$tmp/measure" -n 3 "postferry's upload=$tmp/ferry" "twitter-api-v2=node $tmp/node/upload.mjs"
  fi
  leave
}

build
node=1
node_modules || node=''
say "machine"
echo "$(nproc 2>/dev/null || sysctl -n hw.ncpu) cores, $(go env GOOS)/$(go env GOARCH), $(uname -sr | cut -d- -f1), $(go env GOVERSION)${node:+, node $(node --version)}"
if [ -r /proc/loadavg ]; then echo "load before: $(cut -d' ' -f1-3 /proc/loadavg)"; fi
cd "$tmp" # where no configuration lies
if [ -n "$idle" ]; then bench_idle; fi
if [ -n "$upload" ]; then
  for size in "${sizes[@]}"; do
    bench_upload "$size" 0ms
    bench_upload "$size" 40ms
  done
fi
