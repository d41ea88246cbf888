#!/usr/bin/env bash
# Plays workflows off GitHub against the stand-ins:
#   scripts/rehearse.sh [template|copy] [mirror|rotate|doctor|dead|update|many|matrix ...]
# "template" is a person's repository made of template/: it calls someone/ferry, a release of this
# project under a foreign name, whose programs come from a server on loopback. "copy" is a copy of
# this repository, whose workflows build their own sources. After the workflow itself the parts are:
#   dead    neither the release nor a build can be had: the last resort opens the issue
#   update  a new release with one more input: only the pinned commit changes in the caller
#   many    three accounts in one job, one of them without its secrets
#   matrix  the same with a job for each account
# It needs Go and act (go install github.com/nektos/act@v0.2.89), and no network: the actions that
# fetch Go and a cached build are replaced by empty ones, and act checks out by copying.
set -euo pipefail
cd "$(dirname "$0")/.."
kind="${1:-template}"
shift || true
parts=("$@")
if [ "${#parts[@]}" = 0 ]; then
  parts=(mirror rotate doctor)
  if [ "$kind" = template ]; then parts+=(dead update many matrix); fi
fi
temp="$(mktemp -d)"
serving=()
cleanup() {
  kill ${serving[@]+"${serving[@]}"} 2>/dev/null || true
  chmod -R u+w "$temp"
  rm -rf "$temp"
}
trap cleanup EXIT
TARGETS="$(go env GOOS)/$(go env GOARCH)" # a release for this machine alone
export TARGETS
for role in AUTHOR COMMITTER; do
  export "GIT_${role}_NAME=rehearsal" "GIT_${role}_EMAIL=rehearsal@example.com"
done

say() { printf '\n== %s\n' "$*"; }

# wait_for waits for a line in a file that a process in the background writes.
wait_for() { # PATTERN FILE PID
  until grep -qs "$1" "$2"; do
    kill -0 "$3" || { cat "$2"; exit 1; }
    sleep 0.1
  done
}

# world starts new stand-ins and makes act's arguments of their environment.
world() {
  rm -f "$temp/env" "$temp/talk" # the part before this one wrote them
  "$temp/postferry" demo --serve >"$temp/env" 2>"$temp/talk" &
  serving+=("$!")
  wait_for 'wait to be mirrored' "$temp/talk" "$!"
  args=()
  while IFS="=" read -r name value; do
    name="${name#export }"
    value="${value#\'}" value="${value%\'}"
    case "$name" in
      \#*) ;;
      *_URL | GITHUB_REPOSITORY) args+=(--env "$name=$value") ;;
      *) args+=(-s "$name=$value") ;;
    esac
  done <"$temp/env"
}

stub() { # owner/name@ref: an action that does nothing
  mkdir -p "$temp/stubs/$1"
  printf '%s\n' 'name: stub' 'description: stub' 'runs:' '  using: composite' '  steps:' \
    '    - run: ":"' '      shell: bash' >"$temp/stubs/$1/action.yml"
  git -C "$temp/stubs/$1" init -q
  git -C "$temp/stubs/$1" add -A
  git -C "$temp/stubs/$1" commit -q -m stub
}

# release makes a version of someone/ferry: its commit, its programs and what act needs to find
# both.
release() { # VERSION
  (
    cd "$temp/ferry"
    export GITHUB_REPOSITORY=someone/ferry
    scripts/release.sh "$1" >/dev/null
    scripts/build.sh "$1" "$temp/releases/someone/ferry/releases/download/$1"
  )
  sha="$(git -C "$temp/ferry" rev-parse "$1^{commit}")"
  git -C "$temp/ferry" worktree add -q "$temp/action-$1" "$1"
  replaced+=(--local-repository "someone/ferry@$sha=$temp/action-$1")
}

# caller makes a person's repository of the template.
caller() { # VERSION
  git init -q "$temp/caller"
  git -C "$temp/caller" remote add origin https://github.com/someone/mirror
  (cd "$temp/ferry" && scripts/template.sh someone/ferry "$sha" "$1" "$temp/caller")
  git -C "$temp/caller" add -A
  git -C "$temp/caller" commit -q -m "a copy of the template"
}

play() { # EVENT WORKFLOW [FLAGS]
  local event="$1" workflow="$2"
  shift 2
  (cd "$repository" && act "$event" -W "$workflow" -P ubuntu-latest=-self-hosted \
    --var POSTFERRY=on --action-cache-path "$temp/cache" "${replaced[@]}" "${args[@]}" "$@") |
    tee -a "$temp/all"
}

# A clone: what is not committed does not run on GitHub either.
git clone -q . "$temp/ferry"
# The stand-ins' program writes the first state, with the address of this foreign project.
(cd "$temp/ferry" && go build -o "$temp/postferry" \
  -ldflags '-X github.com/postferry/postferry/internal/build.Home=someone/ferry' ./cmd/postferry)
replaced=()
while read -r use; do
  stub "${use%@*}"
  replaced+=(--local-repository "$use=$temp/stubs/${use%@*}")
done < <(grep -hoE 'actions/(cache|setup-go)@[0-9a-f]+' "$temp/ferry/action.yml" | sort -u)
repository="$temp/ferry"
if [ "$kind" = template ]; then
  repository="$temp/caller"
  release v0.0.1
  caller v0.0.1
  go -C bench build -o "$temp/start" ./start
  "$temp/start" -serve "$temp/releases" >"$temp/url" &
  serving+=("$!")
  wait_for http "$temp/url" "$!"
  releases="$(cat "$temp/url")"
fi

# value is a variable of the stand-ins that are up.
value() { sed -n "s/^export $1='\(.*\)'$/\1/p" "$temp/env"; }

# ask asks the stand-ins' GitHub for something of the person's repository.
ask() { # PATH
  curl -fsS -H "Authorization: Bearer $(value GITHUB_TOKEN)" \
    "$(value GITHUB_API_URL)/repos/$(value GITHUB_REPOSITORY)/$1"
}

# issues prints the issues of the person's repository, a line each.
issues() { ask 'issues?state=all' | jq -r '.[] | "#\(.number) \(.state): \(.title)"'; }

# nothing_ours checks that no log, issue or page names the project's own repository: this release is
# somebody else's. The module path is the one thing that has to.
nothing_ours() {
  ask 'issues?state=all' | jq -r '.[] | .title, .body' >>"$temp/all"
  ask 'contents/README.md?ref=postferry-state' 2>/dev/null |
    jq -r '.content' | base64 -d >>"$temp/all" || true # a doctor makes no branch
  grep -rh '' "$repository/.github" "$repository"/*.md >>"$temp/all"
  if sed 's|github.com/postferry/postferry/internal||' "$temp/all" | grep postferry/postferry; then
    echo "a text names the project's own repository"
    exit 1
  fi
}

part_mirror() { play schedule .github/workflows/mirror.yml; }
part_rotate() { play schedule .github/workflows/rotate.yml; }
part_doctor() { play workflow_dispatch .github/workflows/doctor.yml; }

part_dead() {
  if play schedule .github/workflows/mirror.yml --env POSTFERRY_RELEASES=http://127.0.0.1:9 \
    --env GOFLAGS=-mod=nonsense; then
    echo "a job without a program succeeds"
    exit 1
  fi
  issues | tee "$temp/issues"
  grep -q 'main: a job ended before it could report' "$temp/issues"
}

part_update() {
  # The next version has one more input. The caller does not know of it, and its own changes stay.
  sed -i.before 's/^  route:$/  new-input:\n    description: new\n    default: new\n  route:/' \
    "$temp/ferry/action.yml"
  rm "$temp/ferry/action.yml.before"
  git -C "$temp/ferry" commit -q -a -m 'one more input'
  local old="$sha"
  release v0.0.2
  # What Dependabot does: the commit and the version beside it, wherever they stand.
  sed -i.before "s/@$old # v0.0.1/@$sha # v0.0.2/" "$repository"/.github/workflows/*.yml
  rm "$repository"/.github/workflows/*.before
  git -C "$repository" diff --stat
  if git -C "$repository" diff | grep '^[+-] ' | grep -v "^[+-] *- uses: someone/ferry@"; then
    echo "the update changes more than the pinned commit"
    exit 1
  fi
  play workflow_dispatch .github/workflows/doctor.yml | tee "$temp/log"
  grep -q 'postferry v0.0.2 of someone/ferry' "$temp/log"
  git -C "$repository" checkout -q . # the parts after this one begin with the first version
}

# accounts gives the caller three accounts, of which only the first has secrets.
accounts() {
  # Its media are there before its first run, which mirrors them only with start: all. The address
  # of the schema is the example's own.
  sed -e 's/^  bakery:$/  bakery:\n    start: all/' -e 's|/postferry/postferry/|/someone/ferry/|' \
    "$temp/ferry/examples/many-accounts-config.yml" >"$repository/.github/postferry.yml"
}

# each_of plays mirror, rotate and doctor, and checks that the first account is served, whatever the
# other two lack, and that each of these two has an issue.
each_of() { # FOLDER
  local name event want
  for name in mirror rotate doctor; do
    case "$name" in
      mirror) event=schedule want='bakery: posted [1-9]' ;;
      rotate) event=schedule want='bakery: \(rotated\|not due\)' ;;
      doctor) event=workflow_dispatch want='bakery: nothing is wrong' ;;
    esac
    # The job is red: two accounts have no secrets.
    play "$event" "$1/$name.yml" | tee "$temp/log" || true
    grep -q "$want" "$temp/log" || { echo "$name does not serve the first account"; exit 1; }
  done
  issues | tee "$temp/issues"
  for name in cafe night-market; do
    grep -q "open: $name: " "$temp/issues" || { echo "$name has no issue"; exit 1; }
  done
}

part_many() {
  accounts
  each_of .github/workflows
}

part_matrix() {
  accounts
  mkdir -p "$repository/matrix"
  local name
  for name in mirror rotate doctor; do
    sed "s|uses: ./$|uses: someone/ferry@$sha # v0.0.1|" \
      "$temp/ferry/examples/many-accounts/$name.yml" >"$repository/matrix/$name.yml"
  done
  each_of matrix
}

for part in "${parts[@]}"; do
  say "$kind: $part"
  world
  : >"$temp/all"
  if [ "$kind" = template ]; then args+=(--env "POSTFERRY_RELEASES=$releases"); fi
  "part_$part"
  if [ "$kind" = template ]; then nothing_ours; fi
done
