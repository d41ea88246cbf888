#!/usr/bin/env bash
# Fills the template in for the release GITHUB_REF_NAME of GITHUB_REPOSITORY and pushes it to the
# template repository REPOSITORY (GITHUB_REPOSITORY-template without it), with the deploy key KEY.
# Without the key it says so and ends well: a project without a template repository is complete.
set -euo pipefail
cd "$(dirname "$0")/.."
repository="${REPOSITORY:-$GITHUB_REPOSITORY-template}"
if [ -z "${KEY:-}" ]; then
  echo "::notice::TEMPLATE_DEPLOY_KEY is not set: $repository is not updated"
  exit 0
fi
temp="$(mktemp -d)"
trap 'rm -rf "$temp"' EXIT
(umask 077 && printf '%s\n' "$KEY" >"$temp/key")
unset KEY
remote="${TEMPLATE_REMOTE:-git@github.com:$repository.git}"
if [ -z "${TEMPLATE_REMOTE:-}" ]; then
  # GitHub's host keys come over TLS: the first ssh connection need not be trusted blindly.
  curl -fsS "$GITHUB_API_URL/meta" | jq -r '.ssh_keys[] | "github.com " + .' >"$temp/hosts"
  options="-o IdentitiesOnly=yes -o StrictHostKeyChecking=yes -o UserKnownHostsFile=$temp/hosts"
  export GIT_SSH_COMMAND="ssh -i $temp/key $options"
fi
git clone -q "$remote" "$temp/template"
# Everything but the history is made anew, so that a file which the template dropped goes too.
find "$temp/template" -mindepth 1 -maxdepth 1 -not -name .git -exec rm -rf {} +
sha="$(git rev-parse "$GITHUB_REF_NAME^{commit}")"
scripts/template.sh "$GITHUB_REPOSITORY" "$sha" "$GITHUB_REF_NAME" "$temp/template"
cd "$temp/template"
git add -A
if git diff --cached --quiet; then
  echo "$repository is up to date"
  exit 0
fi
git -c user.name='github-actions[bot]' \
  -c user.email='41898282+github-actions[bot]@users.noreply.github.com' \
  commit -q -m "postferry $GITHUB_REF_NAME"
git push -q origin HEAD
echo "$repository calls $GITHUB_REF_NAME now"
