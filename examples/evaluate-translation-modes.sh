#!/usr/bin/env bash
# Records translated in several modes with one model: each field alone, joined, behind indicators, behind a statement.
#
# How often a mode holds, and how near it is to the references, depends on the model; the shipped one is tiny, so use
# your own (--model) before you draw conclusions. Every arm is a directory of translate-bundle, for `inspect` too.
#
#   examples/evaluate-translation-modes.sh [OUT]
set -euo pipefail
data=$(cd "$(dirname "$0")/.." && pwd)/cscl_data/assets/example
cscl=${CSCL_DATA:-cscl-data}
out=${1:-out/evaluate-translation-modes}

"$cscl" evaluate translation-modes "$data/records.en-id.jsonl" --fields 'question,answers.*.text' \
    --src-lang en --tgt-lang id --limit 8 --ref-fields 'reference.question,reference.answers.*' --out "$out"
