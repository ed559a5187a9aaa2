#!/usr/bin/env bash
# The whole curriculum and the controls of an ablation, from the plan in curriculum.yaml.
#
# Pairs are aligned once, every part is drawn to its budget, and OUT/stages.yaml is ready for train. The controls have
# their own stages in OUT/stages/. Stop it whenever you like: the same command goes on where it stopped.
#
#   examples/make-curriculum.sh [OUT]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cscl=${CSCL_DATA:-cscl-data}
out=${1:-out/make-curriculum}

"$cscl" make-curriculum "$here/curriculum.yaml" --out "$out"
"$cscl" inspect "$out/sentence" --rows 3
"$cscl" train --model tiny --stages "$out/stages.yaml" --out "$out/run" --dry-run
