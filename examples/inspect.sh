#!/usr/bin/env bash
# Check what another command wrote: every invariant, every hash, the statistics, a page to look at.
#
# Exits 3 if an invariant is broken, so it can guard a pipeline. --json prints the same as one line for a program.
#
#   examples/inspect.sh [OUT]
set -euo pipefail
data=$(cd "$(dirname "$0")/.." && pwd)/cscl_data/assets/example
cscl=${CSCL_DATA:-cscl-data}
out=${1:-out/inspect}

"$cscl" make-sentence-cs "$data/bitext.en-ko.jsonl" --src-lang en --tgt-lang ko --doc-column doc \
    --mode random --share 0.4 --out "$out/sentence"
"$cscl" inspect "$out/sentence" --verify --rows 3 --html "$out/sentence.html"
