#!/usr/bin/env bash
# A curriculum of two stages into a very small language model: token-level code-switched text, then plain text.
#
# --model takes any transformers directory; "tiny" builds a model and trains its tokenizer on the shards. The budgets
# here only show that everything runs. Stop it whenever you like: the same command goes on where it stopped.
#
#   examples/train.sh [OUT]
set -euo pipefail
data=$(cd "$(dirname "$0")/.." && pwd)/cscl_data/assets/example
cscl=${CSCL_DATA:-cscl-data}
out=${1:-out/train}
pair="--src-lang en --tgt-lang ko --doc-column doc --limit 60"

# shellcheck disable=SC2086  # the options of the pair are meant to be split
"$cscl" make-token-cs "$data/bitext.en-ko.jsonl" $pair --out "$out/token"
# shellcheck disable=SC2086
"$cscl" make-mono "$data/bitext.en-ko.jsonl" "$data/bitext.en-ko.jsonl" $pair --out "$out/mono"
"$cscl" train --model tiny --vocab-size 1024 --context 128 --batch-size 4 --threads 1 \
    --stage "token=$out/token@5k" --stage "mono=$out/mono@5k" --out "$out/run"
"$cscl" inspect "$out/run"
tail -n 3 "$out/run/log.jsonl"
