#!/usr/bin/env bash
# Score translated records against references, two ways of translating side by side.
#
# The references stand in the same file, in other fields, and are found by the id of the record. BLEU of Korean needs
# its tokenizer (pip install 'sacrebleu[ko]'); without it the table has chrF alone, and a note says so.
#
#   examples/evaluate-translation.sh [OUT]
set -euo pipefail
data=$(cd "$(dirname "$0")/.." && pwd)/cscl_data/assets/example
cscl=${CSCL_DATA:-cscl-data}
out=${1:-out/evaluate-translation}

together() {
    "$cscl" translate-bundle "$data/records.en-ko.jsonl" --fields 'question,answers.*.text' \
        --src-lang en --tgt-lang ko --limit 8 "$@"
}
together --out "$out/together"
together --fallback separate,reject --out "$out/separate"
"$cscl" evaluate translation --hyp together="$out/together" --hyp separate="$out/separate" \
    --ref "$data/records.en-ko.jsonl" --fields 'question,answers.*.text' \
    --ref-fields 'reference.question,reference.answers.*' --out "$out/translation.html"
