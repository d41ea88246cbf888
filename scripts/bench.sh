#!/usr/bin/env bash
# What postferry costs, against programs that do nothing but the same requests: docs/performance.md
# has the words to it.
#
#   scripts/bench.sh [calls] [idle] [growth] [writers] [start] [upload] [MiB …]
#
# All of it, with a video of 256 MiB, if nothing is named. BEFORE=COMMIT adds the program of an
# earlier commit to the idle runs.
#
# Every program runs in a process of its own against stand-ins on loopback, in turns. Node's part
# needs node, npm and a registry, and is left out with a word where they are missing. Measure on a
# machine that does nothing else.
set -euo pipefail
cd "$(dirname "$0")/.."

parts=() sizes=()
for arg in "$@"; do
  case "$arg" in
    calls | idle | growth | writers | start | upload) parts+=("$arg") ;;
    *[!0-9]* | '') sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
    *) parts+=(upload) sizes+=("$arg") ;;
  esac
done
if [ "${#parts[@]}" = 0 ]; then parts=(calls idle growth writers start upload); fi
if [ "${#sizes[@]}" = 0 ]; then sizes=(256); fi

root="$PWD"
tmp="$(mktemp -d)"
servers=()
cleanup() {
  kill "${servers[@]}" 2>/dev/null || true
  if [ -d "$tmp/earlier" ]; then git -C "$root" worktree remove --force "$tmp/earlier"; fi
  rm -rf "$tmp"
}
trap cleanup EXIT
export CGO_ENABLED=0 # as action.yml and scripts/build.sh build

say() { printf '\n== %s\n' "$*"; }

build() {
  for name in calls idle pipe ferry standin measure start; do
    go -C bench build -trimpath -ldflags='-s -w' -o "$tmp/$name" "./$name"
  done
  go build -trimpath -ldflags='-s -w' -o "$tmp/postferry" ./cmd/postferry
  if [ -n "${BEFORE:-}" ]; then
    git worktree add -q --detach "$tmp/earlier" "$BEFORE"
    go -C "$tmp/earlier" build -trimpath -ldflags='-s -w' -o "$tmp/before" ./cmd/postferry
  fi
}

# node_modules makes $tmp/node ready to run the scripts of bench/node, or says why not.
node_modules() {
  if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    echo "no node or npm here: its part is left out"
    return 1
  fi
  mkdir "$tmp/node"
  cp bench/node/*.mjs "$tmp/node/"
  if ! npm install --prefix "$tmp/node" --no-save --no-audit --no-fund --loglevel=error \
    axios@1.21.1 twitter-api-v2@1.29.1 >"$tmp/npm.log" 2>&1; then
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

# wrap FILE ARGS… writes a program that runs postferry against the stand-ins that are up now.
wrap() {
  local file="$1"
  shift
  { echo '#!/bin/sh'; grep ^export "$tmp/env"; echo "exec \"$tmp/postferry\" $* \"\$@\""; } >"$file"
  chmod +x "$file"
}

# leave takes the last stand-ins down: they are not to compete with the next.
leave() {
  kill "${servers[-1]}"
  wait "${servers[-1]}" 2>/dev/null || true
  unset 'servers[-1]'
}

bench_calls() {
  say "requests of a run, and how many of them write to GitHub (at most 2 and 0 for an idle run, 12" \
    "and 4 for a photo alone, 7 and 2 for each further one)"
  "$tmp/calls" "$tmp/postferry"
}

bench_idle() {
  say "an idle run: one request to GitHub, one to Instagram (goals: at most 1.5 × as long as bare Go" \
    "within 12 MiB, at least 15 × as fast as Node)"
  stage -photos 25
  "$tmp/postferry" mirror >/dev/null # the first run sets the baseline
  local others=("bare Go=$tmp/idle" "a start alone=$tmp/postferry version")
  if [ -n "${BEFORE:-}" ]; then others+=("before=$tmp/before mirror"); fi
  if [ -n "$node" ]; then others+=("Node with axios=node $tmp/node/idle.mjs"); fi
  "$tmp/measure" -n 101 "postferry mirror=$tmp/postferry mirror" "${others[@]}"
  leave
}

# bench_growth compares an idle run after none, a hundred and a hundred thousand posts, each with
# stand-ins of its own.
bench_growth() {
  say "an idle run after 100,000 posts, after 100 and after none (at most 1.1 × as long)"
  local n
  for n in 100000 100 0; do
    stage -posted "$n"
    wrap "$tmp/after-$n" mirror
  done
  "$tmp/after-0" >/dev/null # the first run sets the baseline
  "$tmp/measure" -n 41 "after 100,000 posts=$tmp/after-100000" "after 100=$tmp/after-100" \
    "after none=$tmp/after-0"
  leave; leave; leave
}

# bench_writers starts the first runs of 64 routes, all at the same moment and one after the other.
# Each writes its document and its pages to the one state branch. Each round takes the next 64: a
# route has one first run.
bench_writers() {
  say "64 routes that write to the state branch at the same moment, against one after the other"
  local rounds=5 last
  last=$(((rounds + 1) * 64 * 2 - 1))
  stage
  mkdir "$tmp/routes"
  for i in $(seq 0 "$last"); do
    printf 'version: 1\nroutes: {r%s: {}}\n' "$i" >"$tmp/routes/$i.yml"
  done
  wrap "$tmp/one" mirror --config
  echo 0 >"$tmp/next"
  # shellcheck disable=SC2016
  local begin='#!/usr/bin/env bash
set -eu
cd "$(dirname "$0")"
n=$(cat next)
echo $((n + 64)) >next
for i in $(seq "$n" $((n + 63))); do' end='done
wait
if ls failed.* 2>/dev/null; then cat out.*; exit 1; fi'
  # shellcheck disable=SC2016
  local one='./one "routes/$i.yml" >"out.$i" 2>&1 || touch "failed.$i"'
  printf '%s\n' "$begin" "  { $one; } &" "$end" >"$tmp/at-once"
  printf '%s\n' "$begin" "  $one" "$end" >"$tmp/in-turn"
  chmod +x "$tmp/at-once" "$tmp/in-turn"
  "$tmp/measure" -n "$rounds" "64 at once=$tmp/at-once" "64 in turn=$tmp/in-turn"
  leave
}

# bench_start times what a workflow waits for before postferry runs.
bench_start() {
  say "from a workflow's first step to postferry's first line (goal: a released action takes at most" \
    "1 to 2 s, most of it the network's)"
  (cd "$root" && scripts/build.sh v0.0.0 "$tmp/releases" && "$tmp/start" -releases "$tmp/releases")
}

bench_upload() { # MiB, latency
  say "a video of $1 MiB, $2 of latency a request (goals: the upload at most 1.2 × as long as the bare" \
    "pipe, all under 36 MB resident)"
  local rounds=9
  stage -videos $((rounds + 1)) -size "$1" -latency "$2"
  "$tmp/measure" -n "$rounds" "postferry's upload=$tmp/ferry" "bare Go pipe=$tmp/pipe"
  # Each run posts the next of the videos.
  local run="$tmp/postferry mirror --config $root/bench/testdata/postferry.yml"
  "$tmp/measure" -n "$rounds" "a whole run=$run" "bare Go pipe=$tmp/pipe"
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
for part in "${parts[@]}"; do
  if [ "$part" != upload ]; then "bench_$part"; fi
done
if [[ " ${parts[*]} " = *" upload "* ]]; then
  for size in "${sizes[@]}"; do
    bench_upload "$size" 0ms
    bench_upload "$size" 40ms
  done
fi
