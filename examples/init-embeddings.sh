#!/usr/bin/env bash
# A very small language model with a vocabulary it was not trained with.
#
# A model is trained on the English side for a few steps. Then it gets a tokenizer learned from the Korean side, every
# new token the mean of the old pieces that spell it; and, the other way, its own tokenizer with 100 more tokens.
# SALT needs a Korean model and vectors besides: --method salt --helper-model DIR --train-vectors ko.txt
#
#   examples/init-embeddings.sh [OUT]
set -euo pipefail
data=$(cd "$(dirname "$0")/.." && pwd)/cscl_data/assets/example
cscl=${CSCL_DATA:-cscl-data}
out=${1:-out/init-embeddings}

"$cscl" make-mono "$data/bitext.en-ko.jsonl" "$data/bitext.en-ko.jsonl" --src-lang en --tgt-lang ko --out "$out/mono"
"$cscl" train --model tiny --vocab-size 600 --context 64 --batch-size 4 --threads 1 --stage "mono=$out/mono@4steps" \
    --out "$out/run"
"$cscl" init-embeddings --method mean --mean-of pieces --model "$out/run/model" --train-tokenizer "$out/mono" \
    --vocab-size 800 --out "$out/new"
"$cscl" init-embeddings --method mean --mean-of pieces --model "$out/run/model" --train-tokenizer "$out/mono" \
    --extend 100 --out "$out/more"
head -n 20 "$out/more/README.md"
