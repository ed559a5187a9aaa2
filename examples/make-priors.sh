#!/usr/bin/env bash
# Lexical priors: what one bitext teaches about which words translate each other, kept for jobs with little input.
#
# Priors for English with Korean, Japanese and Indonesian ship with the package and are used by default. Make your own
# for another pair, or for a field with words of its own, from as much bitext as you have.
#
#   examples/make-priors.sh [OUT]
set -euo pipefail
data=$(cd "$(dirname "$0")/.." && pwd)/cscl_data/assets/example
cscl=${CSCL_DATA:-cscl-data}
out=${1:-out/make-priors}

mkdir -p "$out"
"$cscl" make-priors "$data/bitext.en-id.jsonl" --src-lang en --tgt-lang id --out "$out/en-id.tsv.gz"
"$cscl" align "$data/bitext.en-id.jsonl" --src-lang en --tgt-lang id --limit 20 \
    --priors "$out/en-id.tsv.gz" --out "$out/links"
"$cscl" inspect "$out/links" --rows 3
