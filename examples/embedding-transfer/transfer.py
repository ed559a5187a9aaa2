"""What a new vocabulary's first embeddings are worth: two small language models, every method, loss before and after.

From one bitext: a language model of the source language and one of the target language are trained, each with a
tokenizer of its own. The source model then gets the target's tokenizer by every method of `cscl-data init-embeddings`,
and its loss on held-out target text is measured at once, and while it is trained on target text. Every seed trains
both models anew.

    python transfer.py --bitext en-ko.train.tsv.gz --dev en-ko.dev.tsv.gz --src-column 4 --tgt-column 5 \
        --src-lang en --tgt-lang ko --lexicon en-ko.tsv.gz --out transfer
"""

from __future__ import annotations

import argparse
import json
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from models import Lm, dev_loss, learned_vectors, small_model, trained, write_texts

from cscl_data.io.bitext import BitextSpec
from cscl_data.pipelines.embeddings.run import run_embeddings
from cscl_data.pipelines.embeddings.settings import EmbeddingJob

Arm = Mapping[str, Any]
MIN_COUNT = 3
"""Links that a pair of words needs to count: the text is small."""


def arms(vectors: Mapping[str, Path], bitext: BitextSpec, lexicon: str, *, rank: int) -> dict[str, Arm]:
    """Return the options of every method, by the name of its row in the table; `rank` is OFA's."""
    tokens = {"static_vectors": str(vectors["tokens"])}
    words = {"static_vectors": str(vectors["target"]), "source_vectors": str(vectors["source"]), "lexicon": lexicon}
    return {
        "salt": {"method": "salt", **tokens},
        "salt, ridge 0.1": {"method": "salt", "ridge": 0.1, **tokens},
        "focus": {"method": "focus", **tokens},
        "wechsel": {"method": "wechsel", **words},
        "ofa": {"method": "ofa", "rank": rank, **words},
        "transtok": {"method": "transtok", "bitext": bitext},
        "mean of pieces": {"method": "mean", "mean_of": "pieces"},
        "mean": {"method": "mean"},
        "multivariate": {"method": "multivariate"},
        "random": {"method": "random"},
    }


def transferred(arm: Arm, source: Lm, target: Lm, out: Path, languages: Sequence[str], seed: int) -> Path:
    """Give the source model the target's vocabulary."""
    options = dict(arm)
    ridge = options.pop("ridge", 0.0)
    job = EmbeddingJob(
        model=str(source.folder),
        tokenizer=str(target.folder),
        helper_model=str(target.folder) if options["method"] == "salt" else None,
        src_lang=languages[0],
        tgt_lang=languages[1],
        min_count=MIN_COUNT,
        seed=seed,
        out=out,
        **options,
    )
    run_embeddings(replace(job, numbers=replace(job.numbers, ridge=ridge)))
    return out


def one_seed(args: argparse.Namespace, seed: int) -> dict[str, dict[int, float]]:
    """Return loss by step for every method; what is on the disk already is not done again."""
    work = args.out / f"seed{seed}"
    texts = {lang: args.out / lang for lang in (args.src_lang, args.tgt_lang)}
    widths = {args.src_lang: args.width, args.tgt_lang: args.helper_width}
    shape = {"tokens": args.lm_tokens, "vocab_size": args.vocab_size, "tied": not args.untied}
    source, target = (
        small_model(texts[lang], work / lang, seed=seed, width=width, **shape) for lang, width in widths.items()
    )
    vectors = learned_vectors(texts, target, work / "vectors", (args.src_lang, args.tgt_lang), seed=seed)
    bitext = BitextSpec(src_lang=args.src_lang, tgt_lang=args.tgt_lang, paths=(str(args.out / "bitext.tsv"),))
    dev = args.out / "dev"
    found: dict[str, dict[int, float]] = {}
    for name, arm in arms(vectors, bitext, args.lexicon, rank=args.width * 3 // 4).items():
        here = work / name.replace(" ", "-").replace(",", "")
        model = transferred(arm, source, target, here / "start", (args.src_lang, args.tgt_lang), seed)
        first = dev_loss(model, dev, rows=args.dev_rows)
        later = trained(model, texts[args.tgt_lang], here / "run", dev, steps=args.steps, rows=args.dev_rows, seed=seed)
        found[name] = {0: first, **later}
        print(f"seed {seed}  {name:<18}" + "".join(f"  {n}: {loss:.3f}" for n, loss in found[name].items()), flush=True)
    return found


def table(results: Sequence[Mapping[str, Mapping[int, float]]]) -> list[str]:
    """Return a Markdown table: mean and standard deviation over seeds, and seeds in which SALT is below."""
    steps = sorted(results[0]["salt"])
    lines = ["| method | " + " | ".join(f"step {step}" for step in steps) + " | seeds in which SALT is below |"]
    lines.append("|---" * (len(steps) + 2) + "|")
    for name in results[0]:
        cells = []
        for step in steps:
            losses = [result[name][step] for result in results]
            spread = statistics.stdev(losses) if len(losses) > 1 else 0.0
            cells.append(f"{statistics.mean(losses):.3f} ± {spread:.3f}")
        below = " / ".join(str(sum(r["salt"][step] < r[name][step] for r in results)) for step in steps)
        lines.append(f"| {name} | {' | '.join(cells)} | {'' if name == 'salt' else below} |")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bitext", required=True, help="what both models, the vectors and the counts learn from")
    parser.add_argument("--dev", required=True, help="bitext whose target side is measured")
    parser.add_argument("--lexicon", required=True, help="for wechsel and ofa: source word first")
    parser.add_argument("--src-lang", default="en")
    parser.add_argument("--tgt-lang", default="ko")
    parser.add_argument("--src-column", default=None)
    parser.add_argument("--tgt-column", default=None)
    parser.add_argument("--out", type=Path, default=Path("transfer"))
    parser.add_argument("--every", type=int, default=8, help="take every n-th pair")
    parser.add_argument("--lm-tokens", default="800k", help="that each language model is trained on")
    parser.add_argument("--width", type=int, default=96, help="of the source model")
    parser.add_argument("--helper-width", type=int, default=192, help="of the target-language model")
    parser.add_argument("--untied", action="store_true", help="input and output embeddings of both models are two")
    parser.add_argument("--vocab-size", type=int, default=2000)
    parser.add_argument("--steps", type=int, default=30, help="of training behind each method")
    parser.add_argument("--dev-rows", type=int, default=200)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    write_texts(args)
    results = [one_seed(args, seed) for seed in range(args.seeds)]
    lines = table(results)
    (args.out / "result.json").write_text(json.dumps(results, indent=1), encoding="utf-8")
    (args.out / "result.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
