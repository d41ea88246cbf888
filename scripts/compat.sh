#!/usr/bin/env bash
# Compares what postferry says to X and Instagram with their own contracts: scripts/compat.sh FOLDER
# FOLDER holds x-openapi.json and instagram/*.json; the module compat says where they come from.
# They are not in this repository.
set -euo pipefail
cd "$(dirname "$0")/.."
folder="${1:-${POSTFERRY_SPECS:-}}"
if [ -z "$folder" ]; then
  sed -n '2,3s/^# //p' "$0" >&2
  exit 2
fi
POSTFERRY_SPECS="$(cd "$folder" && pwd)" go -C compat test . -count=1 -v
