#!/usr/bin/env bash
# The third phase of the curriculum: whole documents in English and in Korean, in equal amounts, interleaved.
#
# The budget is for both languages together. It is counted in UTF-8 bytes unless --budget-tokenizer names the
# tokenizer of the model to be trained. Here both languages come from one bitext; two .txt files work the same way.
#
#   examples/make-mono.sh [OUT]
set -euo pipefail
data=$(cd "$(dirname "$0")/.." && pwd)/cscl_data/assets/example
cscl=${CSCL_DATA:-cscl-data}
out=${1:-out/make-mono}

"$cscl" make-mono "$data/bitext.en-ko.jsonl" "$data/bitext.en-ko.jsonl" --src-lang en --tgt-lang ko \
    --doc-column doc --budget 8k --out "$out"
"$cscl" inspect "$out" --rows 3
