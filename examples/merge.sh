#!/usr/bin/env bash
# One job divided over independent runs, on machines that share a file system; here three runs, one after the other.
#
# Each run makes every third shard in a directory of its own. `merge` compares every file with its hash and joins them
# to what the job would have made alone. An aligner that learns from the whole input would learn in every part anew, so
# `make-token-cs --part` wants --alignments or --load-model. slurm-array.sbatch does the same as an array job.
#
#   examples/merge.sh [OUT]
set -euo pipefail
data=$(cd "$(dirname "$0")/.." && pwd)/cscl_data/assets/example
cscl=${CSCL_DATA:-cscl-data}
out=${1:-out/merge}

for part in 1 2 3; do
  "$cscl" make-sentence-cs "$data/bitext.en-ko.jsonl" --src-lang en --tgt-lang ko --doc-column doc --shard-rows 20 \
    --part "$part/3" --out "$out/part-$part"
done
"$cscl" merge "$out"/part-* --out "$out/whole"
"$cscl" inspect "$out/whole" --rows 3
