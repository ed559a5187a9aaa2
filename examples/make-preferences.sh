#!/usr/bin/env bash
# Preferences for Cross-Lingual Optimization from English instruction records, and an instruction recipe beside them.
#
# The shipped model is tiny and translates roughly; --model takes OPUS-MT, NLLB and others, see models-pull.sh. Records
# that hold a human translation need no model: --tgt-prompt-field and --tgt-response-field name it.
#
#   examples/make-preferences.sh [OUT]
set -euo pipefail
data=$(cd "$(dirname "$0")/.." && pwd)/cscl_data/assets/example
cscl=${CSCL_DATA:-cscl-data}
out=${1:-out/make-preferences}
records="$data/records.en-ko.jsonl --prompt-field context,question --response-field answers.0.text"
gold="--tgt-prompt-field reference.context,reference.question --tgt-response-field reference.answers.0"

# shellcheck disable=SC2086  # the options are meant to be split
"$cscl" make-preferences $records --src-lang en --tgt-lang ko --limit 6 --out "$out/clo"
# shellcheck disable=SC2086
"$cscl" make-preferences $records $gold --src-lang en --tgt-lang ko --scheme plug --out "$out/plug"
"$cscl" inspect "$out/clo" "$out/plug" --rows 2
