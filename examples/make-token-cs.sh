#!/usr/bin/env bash
# Token-level code-switching: English sentences in which about three words in ten stand in Korean.
#
# --matrix-lang says which language gives the sentence its frame; with "both", each pair gives two rows.
# Noun phrases are switched as a whole where both languages have one; --unit word switches the smallest units alone.
# Everything outside the switched spans is the input, byte for byte; --ratio 0 gives the input back.
# At the end it is put beside natural code-switching.
#
#   examples/make-token-cs.sh [OUT]
set -euo pipefail
data=$(cd "$(dirname "$0")/.." && pwd)/cscl_data/assets/example
cscl=${CSCL_DATA:-cscl-data}
out=${1:-out/make-token-cs}

"$cscl" make-token-cs "$data/bitext.en-ko.jsonl" --src-lang en --tgt-lang ko --doc-column doc \
    --matrix-lang src --ratio 0.3 --limit 60 --out "$out"
"$cscl" inspect "$out" --rows 3 --against natural --by-word
