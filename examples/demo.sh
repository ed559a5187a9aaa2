#!/usr/bin/env bash
# Every part of the toolkit on a bitext of one's own: token-level and sentence-level text, a model, one page.
#
# Without --bitext it runs on the shipped example in three languages (make demo). Takes a few minutes.
#
#   examples/demo.sh [OUT]
set -euo pipefail
data=$(cd "$(dirname "$0")/.." && pwd)/cscl_data/assets/example
cscl=${CSCL_DATA:-cscl-data}
out=${1:-out/demo}

"$cscl" demo --bitext "$data/bitext.en-id.jsonl" --tgt-lang id --doc-column doc --out "$out" --overwrite
"$cscl" inspect "$out/id/token" --rows 3
