#!/usr/bin/env bash
# What is installed: packages with version and licence, the GPU, the shipped models. Good to put into a bug report.
#
#   examples/doctor.sh [OUT]
set -euo pipefail
cscl=${CSCL_DATA:-cscl-data}
out=${1:-out/doctor}

mkdir -p "$out"
"$cscl" doctor | tee "$out/doctor.txt"
