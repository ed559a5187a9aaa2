#!/usr/bin/env bash
# The translation models that ship and those in the cache: family, size, languages, licence.
#
# --model of translate-bundle takes each of them by its name, or by the path that --json gives.
#
#   examples/models-list.sh [OUT]
set -euo pipefail
cscl=${CSCL_DATA:-cscl-data}
out=${1:-out/models-list}

mkdir -p "$out"
"$cscl" models list | tee "$out/models.txt"
"$cscl" models list --json | tee "$out/models.json"
