#!/usr/bin/env bash
# A model of the Hugging Face Hub, fetched and converted into the cache, where it is found by every later run.
#
# It needs a network, a few hundred megabytes and a minute; without a network it says so. translate-bundle --model
# hub:ORG/NAME does the same by itself.
#
#   examples/models-pull.sh [OUT] [hub:ORG/NAME]
set -euo pipefail
cscl=${CSCL_DATA:-cscl-data}
out=${1:-out/models-pull}
model=${2:-hub:Helsinki-NLP/opus-mt-tc-big-en-ko}

mkdir -p "$out"
if ! "$cscl" models pull "$model" 2>&1 | tee "$out/pulled.txt"; then
    echo "$model is not here; a directory of transformers is converted by models-convert.sh"
fi
"$cscl" models list
