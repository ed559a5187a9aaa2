#!/usr/bin/env bash
# Score word alignments against gold links, and look at the matrix of one pair.
#
# Gold is a line a pair, words counted from 1: 1-2 is a sure link, 1p3 a possible one. The aligner gets the same words
# (--pretokenized). Two aligners stand side by side: the statistical one, and a file of another tool.
#
#   examples/evaluate-alignment.sh [OUT]
set -euo pipefail
cscl=${CSCL_DATA:-cscl-data}
out=${1:-out/evaluate-alignment}

mkdir -p "$out"
printf '%s\t%s\n' en ko 'the cat drinks milk' '고양이가 우유를 마신다' 'I read books' '나는 책을 읽는다' >"$out/pairs.tsv"
printf '%s\n' '1p1 2-1 3-3 4-2' '1-1 2-3 3-2' >"$out/gold.txt"
printf '%s\n' '1-0 2-2 3-1' '0-0 1-1 2-2' >"$out/other.txt"
printf '%s\n' 'the cat drinks milk ||| 고양이가 우유를 마신다' 'I read books ||| 나는 책을 읽는다' >"$out/words.txt"

"$cscl" align "$out/pairs.tsv" --src-lang en --tgt-lang ko --pretokenized --out "$out/links"
"$cscl" evaluate alignment --gold "$out/gold.txt" --text "$out/words.txt" \
    --links statistical="$out/links" --links other="$out/other.txt" --show 2 --html "$out/alignment.html"
