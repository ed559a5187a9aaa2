#!/usr/bin/env bash
# Records whose question, context and answers are translated together, as one sequence, and taken apart again.
#
# The shipped model is tiny and translates roughly; --model takes OPUS-MT, NLLB and others, see models-pull.sh.
# What does not come apart goes down the ladder of --fallback; its last rung here keeps the source text and says so in
# the row. --max-reject-rate matters only where that rung is "reject".
#
#   examples/translate-bundle.sh [OUT]
set -euo pipefail
data=$(cd "$(dirname "$0")/.." && pwd)/cscl_data/assets/example
cscl=${CSCL_DATA:-cscl-data}
out=${1:-out/translate-bundle}

"$cscl" translate-bundle "$data/records.en-ko.jsonl" --fields 'question,context,answers.*.text' \
    --src-lang en --tgt-lang ko --fallback indicator,smaller,separate,keep-source --limit 6 --out "$out"
"$cscl" inspect "$out" --rows 3
