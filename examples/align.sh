#!/usr/bin/env bash
# Word alignments of 60 English-Japanese sentence pairs, learned from those pairs alone.
#
# The statistical aligner needs neither a model nor a network. It learns from everything it is given, so real work
# wants thousands of pairs: put more of them behind --fit-on, they are learned from and not written.
# The links stand in the shards as spans and in Pharaoh form ("0-0 1-2"), for make-token-cs --alignments DIR.
#
#   examples/align.sh [OUT]
set -euo pipefail
data=$(cd "$(dirname "$0")/.." && pwd)/cscl_data/assets/example
cscl=${CSCL_DATA:-cscl-data}
out=${1:-out/align}

"$cscl" align "$data/bitext.en-ja.jsonl" --src-lang en --tgt-lang ja --doc-column doc --limit 60 --out "$out"
"$cscl" inspect "$out" --rows 3
