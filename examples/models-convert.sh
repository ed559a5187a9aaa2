#!/usr/bin/env bash
# A model as transformers saves it, converted for CTranslate2 and compared with itself on real sentences.
#
# Without a directory of yours, a tiny T5 with random weights is made first: it has letters for a vocabulary, says
# nothing, and shows how a conversion is accepted.
#
#   examples/models-convert.sh [OUT] [DIR]
set -euo pipefail
cscl=${CSCL_DATA:-cscl-data}
out=${1:-out/models-convert}
model=${2:-$out/tiny-t5}

mkdir -p "$out"
[ $# -gt 1 ] || "${PYTHON:-python3}" - "$model" <<'PYTHON'
import string, sys
from transformers import T5Config, T5ForConditionalGeneration, T5Tokenizer

pieces = ["<pad>", "</s>", "<unk>", "<2en>", "<2ko>", "▁", *string.ascii_letters, *string.digits, *",.'\""]
T5Tokenizer(vocab=[(piece, -3.0) for piece in pieces], extra_ids=0).save_pretrained(sys.argv[1])
sizes = {"d_model": 16, "d_kv": 8, "d_ff": 32, "num_layers": 1, "num_heads": 2, "initializer_factor": 4.0}
config = T5Config(vocab_size=len(pieces), decoder_start_token_id=0, feed_forward_proj="gated-gelu", **sizes)
T5ForConditionalGeneration(config).save_pretrained(sys.argv[1])
PYTHON
"$cscl" models convert "$model" --out "$out/ct2" --quantization float32 --overwrite
"$cscl" models list
