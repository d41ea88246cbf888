#!/usr/bin/env bash
# Makes a release commit and tags it: scripts/release.sh v1.2.3
# The commit is main's head plus one file, release.txt: the version, the repository, the Go that
# builds the programs, and their checksums. The commit is tagged and never merged, so that main goes
# on building its own sources. Pushing the tag starts release.yml, which builds again and stops if a
# single byte differs. GITHUB_REPOSITORY names the repository, as for scripts/build.sh.
set -euo pipefail
cd "$(dirname "$0")/.."
version="$1"
if ! [[ "$version" =~ ^v[0-9]+\.[0-9]+\.[0-9]+$ ]]; then
  echo "a version is v1.2.3, this is $version" >&2
  exit 2
fi
git diff --quiet HEAD || { echo "there are changes that are not committed"; exit 2; }
home="${GITHUB_REPOSITORY:-$(sed -n 's/^var Home = "\(.*\)"$/\1/p' internal/build/build.go)}"
temp="$(mktemp -d)"
trap 'rm -rf "$temp"' EXIT
git worktree add -q --detach "$temp/tree" HEAD
(
  cd "$temp/tree"
  scripts/build.sh "$version" "$temp/out"
  {
    echo "version $version"
    echo "home $home"
    echo "go $(go env GOVERSION)"
    cat "$temp/out/checksums.txt"
  } >release.txt
  git add release.txt
  git commit -q -m "release $version" \
    -m "The checksums bind the published programs to this commit: an action that is
pinned to it runs no other."
  git tag -a "$version" -m "postferry $version"
)
git worktree remove --force "$temp/tree"
echo "Tagged. Push it: git push origin $version"
