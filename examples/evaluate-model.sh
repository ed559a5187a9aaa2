#!/usr/bin/env bash
# Two runs of a very small model side by side: loss by language, and retrieval of translations by layer.
#
# Real runs have several seeds, --run NAME=DIR,DIR,DIR: then the tables have mean and spread. --prompts asks for the
# language of answers and for refusals, --consistency for facts in two languages; see docs/methods.md.
#
#   examples/evaluate-model.sh [OUT]
set -euo pipefail
data=$(cd "$(dirname "$0")/.." && pwd)/cscl_data/assets/example
cscl=${CSCL_DATA:-cscl-data}
out=${1:-out/evaluate-model}

"$cscl" make-mono "$data/bitext.en-ko.jsonl" "$data/bitext.en-ko.jsonl" --src-lang en --tgt-lang ko --doc-column doc \
    --limit 60 --out "$out/mono"
for seed in 0 1; do
    "$cscl" train --model tiny --vocab-size 512 --context 64 --batch-size 4 --threads 1 --seed "$seed" \
        --stage "mono=$out/mono@2k" --out "$out/run-$seed"
done
"$cscl" evaluate model --run "tiny=$out/run-0,$out/run-1" --run "first=$out/run-0" \
    --bitext "$data/bitext.en-ko.jsonl" --src-lang en --tgt-lang ko --limit 40 --threads 1 --out "$out/report"
