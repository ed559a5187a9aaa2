"""Our simalign backend against the simalign package: the same pairs, the same encoder, one run.

    python -m benchmarks.simalign [--encoder DIR] [--pairs 240] [--layer 8] [--threads N] [--data DIR]

Pairs come from PUD-CLMD dev and FLORES dev in ../shared/data, or from the shipped example where that is missing. The
programs take turns on blocks of pairs, so that a busy machine slows both; the ratio of processor time is printed
beside that of the clock. With a GPU, our times on it are printed too.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

from benchmarks.encoders import build_bert
from cscl_data.aligners.base import TokenizedPair, surfaces
from cscl_data.aligners.devices import resolve_device, threads_of_worker
from cscl_data.aligners.simalign import SimAligner, load_simalign
from cscl_data.text.tokenizers import tokenizer_for

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared" / "data"
EXAMPLE = ROOT / "cscl_data" / "assets" / "example" / "bitext.en-ko.jsonl"
LETTERS = {"inter": "a", "itermax": "i", "mwmf": "m", "fwd": "f", "rev": "r"}
BLOCK = 120
Links = list[list[tuple[int, int]]]


def real_pairs(n_pairs: int, shared: Path) -> list[TokenizedPair]:
    """Return sentence pairs of several languages in turn, with their tokens."""
    if not shared.is_dir():
        rows = [json.loads(line)["translation"] for line in EXAMPLE.read_text(encoding="utf-8").splitlines()]
        sources = [[(row["en"], row["ko"]) for row in rows]]
    else:
        sources = []
        for name in ("en-ko", "en-ja", "en-zh", "en-fr"):
            lines = (shared / "gold-align" / "pud-clmd" / f"{name}.dev.jsonl").read_text(encoding="utf-8").splitlines()
            sources.append([(" ".join(row["src"]), " ".join(row["tgt"])) for row in map(json.loads, lines)])
        english = (shared / "flores200" / "dev" / "eng_Latn.dev").read_text(encoding="utf-8").splitlines()
        for name in ("kor_Hang", "ind_Latn", "hin_Deva", "deu_Latn"):
            other = (shared / "flores200" / "dev" / f"{name}.dev").read_text(encoding="utf-8").splitlines()
            sources.append(list(zip(english, other, strict=True)))
    tokenizer = tokenizer_for("en", "whitespace")
    each = -(-n_pairs // len(sources))
    texts = [source[k] for k in range(each) for source in sources if k < len(source)][:n_pairs]
    return [TokenizedPair(f"p{k}", a, b, tokenizer.tokens(a), tokenizer.tokens(b)) for k, (a, b) in enumerate(texts)]


def links_of(aligner: SimAligner, pairs: list[TokenizedPair]) -> Links:
    """Return our links without scores."""
    return [[(link.src, link.tgt) for link in alignment.links] for alignment in aligner.align(pairs)]


def f1(one: Links, other: Links) -> float:
    """Return the F1 of two sets of links, over all pairs."""
    same = sum(len(set(a) & set(b)) for a, b in zip(one, other, strict=True))
    return 2 * same / max(1, sum(len(a) + len(b) for a, b in zip(one, other, strict=True)))


def compare(encoder: str, pairs: list[TokenizedPair], *, layer: int, threads: int, devices: list[str]) -> None:
    """Print pairs a second, their ratio, the share of identical pairs and the link F1, by method and compute type."""
    import simalign

    logging.getLogger("simalign.simalign").handlers.clear()
    package = simalign.SentenceAligner(model=encoder, token_type="bpe", matching_methods="a", layer=layer)
    ours = {
        (device, kind): load_simalign(encoder, layer=layer, compute_type=kind, device=device, threads=threads)
        for device in devices
        for kind in (("float32", "bfloat16", "int8") if device == "cpu" else ("float32", "bfloat16"))
    }
    seconds: dict[tuple[str, ...], float] = defaultdict(float)
    worked: dict[tuple[str, ...], float] = defaultdict(float)
    found: dict[tuple[str, ...], Links] = defaultdict(list)
    for first in range(0, len(pairs), BLOCK):
        block = pairs[first : first + BLOCK]
        words = [(surfaces(x.src_text, x.src_tokens), surfaces(x.tgt_text, x.tgt_tokens)) for x in block]
        for method, letter in LETTERS.items():
            package.matching_methods = [method]
            started, before = time.perf_counter(), time.process_time()
            found[method, "package"] += [package.get_word_aligns(*both)[method] for both in words]
            seconds[method, "package"] += time.perf_counter() - started
            worked[method, "package"] += time.process_time() - before
            for (device, kind), aligner in ours.items():
                turned = SimAligner(encoder=aligner.encoder, matching=method)
                if first == 0 and letter == "a":
                    turned.align(block[:4])
                started, before = time.perf_counter(), time.process_time()
                found[method, device, kind] += links_of(turned, block)
                seconds[method, device, kind] += time.perf_counter() - started
                worked[method, device, kind] += time.process_time() - before
    print(f"{len(pairs)} pairs, layer {layer}, {threads} threads, encoder {Path(encoder).name}")
    print(f"{'method':8} {'program':18} {'pairs/s':>8} {'ratio':>6} {'CPU ratio':>9} {'identical':>9} {'link F1':>8}")
    for method in LETTERS:
        stock = seconds[method, "package"]
        print(f"{method:8} {'simalign package':18} {len(pairs) / stock:8.1f}")
        for key in ours:
            same = sum(a == b for a, b in zip(found[method, *key], found[method, "package"], strict=True))
            used = seconds[method, *key]
            agreement = f1(found[method, *key], found[method, "package"])
            label = f"ours {' '.join(part for part in key if part != 'cpu')}"
            print(
                f"{method:8} {label:18} {len(pairs) / used:8.1f} {stock / used:6.1f} "
                f"{worked[method, 'package'] / worked[method, *key]:9.1f} "
                f"{same:4}/{len(pairs):4} {agreement:8.4f}"
            )


def main() -> None:
    """Read the options and run the comparison."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--encoder", help="an encoder directory; without it, a random one is built")
    parser.add_argument("--pairs", type=int, default=240)
    parser.add_argument("--layer", type=int, default=8)
    parser.add_argument("--threads", type=int, default=threads_of_worker(1))
    parser.add_argument("--data", type=Path, default=SHARED)
    options = parser.parse_args()
    pairs = real_pairs(options.pairs, options.data)
    devices = ["cpu"] if resolve_device("auto") == "cpu" else ["cpu", "cuda"]
    with tempfile.TemporaryDirectory() as work:
        encoder = options.encoder
        if encoder is None:
            everything = real_pairs(100_000, options.data)
            encoder = str(
                build_bert(Path(work) / "bert-14m", (t for x in everything for t in (x.src_text, x.tgt_text)))
            )
        compare(encoder, pairs, layer=options.layer, threads=options.threads, devices=devices)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
