#!/usr/bin/env bash
# Fills the template of a person's repository in: scripts/template.sh OWNER/NAME SHA VERSION FOLDER
# OWNER/NAME is the repository of the action and SHA the commit of its release. It must be the
# commit that the tag points to (git rev-parse 'v1.2.3^{commit}'), not the tag object: Dependabot
# finds no newer version of a tag object.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ "$#" != 4 ]; then
  sed -n '2s/^# //p' "$0" >&2
  exit 2
fi
action="$1" sha="$2" version="$3" folder="$4"
[[ "$action" =~ ^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$ ]] || { echo "no owner/name: $action" >&2; exit 2; }
[[ "$sha" =~ ^[0-9a-f]{40}$ ]] || { echo "no commit: $sha" >&2; exit 2; }
[[ "$version" =~ ^v[0-9]+\.[0-9]+\.[0-9]+$ ]] || { echo "no version: $version" >&2; exit 2; }
if kind="$(git cat-file -t "$sha" 2>/dev/null)" && [ "$kind" != commit ]; then
  echo "$sha is a $kind; the commit is $(git rev-parse "$sha^{commit}")" >&2
  exit 2
fi
mkdir -p "$folder"
cp -R template/. "$folder/"
find "$folder" -type f -not -path "*/.git/*" -print0 | xargs -0 sed -i.before \
  -e "s|{{ACTION}}|$action|g" -e "s|{{SHA}}|$sha|g" -e "s|{{VERSION}}|$version|g"
find "$folder" -name '*.before' -not -path "*/.git/*" -delete
