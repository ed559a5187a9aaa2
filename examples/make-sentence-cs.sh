#!/usr/bin/env bash
# Sentence-level code-switching: documents whose sentences alternate between English and Indonesian.
#
# Each sentence pair of a document stands once, in one of its languages, so no sentence stands next to its own
# translation. --mode random draws the language of every sentence, --mode block switches after a run of sentences,
# --mode markov with a probability; --mode annotate and --mode parallel add translations. Long documents become several
# rows with --max-tokens.
#
# The second run takes documents whose sentences are not matched: files of the same path in two directories.
#
#   examples/make-sentence-cs.sh [OUT]
set -euo pipefail
data=$(cd "$(dirname "$0")/.." && pwd)/cscl_data/assets/example
cscl=${CSCL_DATA:-cscl-data}
out=${1:-out/make-sentence-cs}

"$cscl" make-sentence-cs "$data/bitext.en-id.jsonl" --src-lang en --tgt-lang id --doc-column doc \
    --mode alternate --max-tokens 2000 --out "$out/pairs"
"$cscl" inspect "$out/pairs" --rows 1

"$cscl" make-sentence-cs --src-docs "$data/docs/en" --tgt-docs "$data/docs/ko" --src-lang en --tgt-lang ko \
    --mode alternate --out "$out/documents"
"$cscl" inspect "$out/documents" --rows 2
