"""Trains a small translation model from or into English for ``translate-bundle``, and writes it for CTranslate2.

Example:
    python train.py --bitext ko=en-ko.train.tsv.gz --dev ko=en-ko.dev.tsv.gz --out run --minutes 85 --threads 1
"""

from __future__ import annotations

import argparse
import logging
import os
import random
import shutil
import sys
from pathlib import Path

import torch
from batches import BatchOptions, BatchStream
from bundles import BundleOptions, Catalysts, ExampleSampler
from convert import Agreement, agreement, greedy_outputs, load_checkpoint, write_description, write_directory
from data import Columns, Corpus, Sampling, Segment
from held_out import CATALYSTS, held_out_bundles, load_catalysts, read_all, written_out
from tokenizer import Tokenizer, train_tokenizer
from trainer import Trainer

LOG = logging.getLogger("train-translation-model")


def make_sampler(
    segments: dict[str, list[Segment]], catalysts: Catalysts, arguments: argparse.Namespace
) -> ExampleSampler:
    """Builds the mixture that the arguments ask for."""
    sampling = Sampling(
        everyday=frozenset(arguments.everyday),
        boost=arguments.everyday_boost,
        tokenised=frozenset(arguments.tokenised),
        short=arguments.short,
    )
    corpora = [Corpus(language, rows, sampling) for language, rows in segments.items()]
    given = dict(value.split("=") for value in arguments.share)
    shares = [float(given.get(corpus.language, 1.0)) for corpus in corpora]
    return ExampleSampler(
        corpora,
        shares,
        catalysts,
        BundleOptions(
            share=arguments.bundles,
            noisy=arguments.noisy,
            into_english=arguments.into_english,
        ),
    )


def finish(arguments: argparse.Namespace, dev: dict[str, list[Segment]]) -> list[Agreement]:
    """Converts the last checkpoint and gates the conversion.

    Raises:
        RuntimeError: If float32 decodes fewer than 98 % of the sentences as PyTorch does, or int8 fewer than 70 %.
    """
    model, _ = load_checkpoint(arguments.out / "checkpoint.pt")
    rng = random.Random(11)
    into_english: bool = arguments.into_english
    short = {
        code: [row.sides(into_english=into_english)[0] for row in rows if len(row.english) <= 120]
        for code, rows in dev.items()
    }
    count = -(-200 // len(dev))
    sentences = [(text, code) for code, texts in short.items() for text in rng.sample(texts, min(count, len(texts)))]
    sentences.sort(key=lambda pair: len(pair[0]))
    expected = greedy_outputs(model, arguments.out / "spm.model", sentences)
    results = []
    for quantization, compute_type, limit in ((None, "float32", 0.98), ("int8", "int8", 0.7)):
        directory = arguments.out / compute_type
        write_directory(model, arguments.out / "spm.model", directory, quantization)
        write_description(
            directory, list(dev), into_english=into_english, longest=arguments.longest, licence=arguments.licence
        )
        result = agreement(expected, directory, compute_type, sentences)
        LOG.info("%s decodes %d of %d sentences as PyTorch does", compute_type, result.equal, result.sentences)
        if result.share < limit:
            raise RuntimeError(f"conversion to {compute_type} is another model: {result.share:.1%} equal outputs")
        results.append(result)
    return results


def parse_arguments(values: list[str] | None = None) -> argparse.Namespace:
    """Defines and parses the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--bitext", action="append", required=True, metavar="LANG=TSV", help="training bitext; repeat per file")
    add("--dev", action="append", required=True, metavar="LANG=TSV", help="held-out bitext; repeat per file")
    add(
        "--columns",
        default="english=1,other=2",
        help="one-based columns, also source= and document= (default: %(default)s)",
    )
    add("--out", type=Path, required=True, help="run directory; an existing checkpoint in it is continued")
    add("--into-english", action="store_true", help="from the languages into English, not out of it")
    add("--start", type=Path, metavar="PATH", help="checkpoint of a run, or directory of a model, to start from")
    add("--minutes", type=float, default=85, help="training time over all pieces of the run (default: %(default)s)")
    add("--steps", type=int, default=0, help="train so many steps, whatever the clock says, to compare runs")
    add("--threads", type=int, default=1)
    add("--seed", type=int, default=1)
    add("--share", action="append", default=[], metavar="LANG=WEIGHT", help="weight of a language (default: 1)")
    add("--everyday", action="append", default=[], metavar="SOURCE", help="source of everyday language")
    add("--everyday-boost", type=float, default=4.0)
    add("--short", type=int, default=45, help="English characters above which a segment is drawn less often")
    add("--tokenised", action="append", default=[], metavar="SOURCE", help="source with lowercased, tokenised English")
    add("--bundles", type=float, default=0.6, help="share of joined examples (default: %(default)s)")
    add("--noisy", type=float, default=0.3, help="share of those with words exchanged (default: %(default)s)")
    add("--catalysts", type=Path, default=CATALYSTS)
    add("--pieces", type=int, default=8000)
    add("--coverage", type=float, default=0.9995)
    add("--longest", type=int, default=200, help="pieces of the longest example (default: %(default)s)")
    add("--tokens", type=int, default=1300, help="target tokens of a batch (default: %(default)s)")
    add("--rate", type=float, default=1.5e-3)
    add("--warmup", type=int, default=400)
    add("--smoothing", type=float, default=0.1)
    add("--structure", type=float, default=4.0, help="loss weight of indicators and ends (default: %(default)s)")
    add("--float32", action="store_true", help="do not train in bfloat16")
    add("--evaluate-every", type=float, default=10, metavar="MINUTES")
    add("--records", nargs=3, metavar=("LANG", "JSONL", "STATEMENT"), help="records to measure reversibility on")
    add("--licence", default="unknown", help="licence note for cscl_model.json")
    return parser.parse_args(values)


def main(values: list[str] | None = None) -> None:
    """Runs tokenizer, training and conversion; each is skipped if its result is there."""
    arguments = parse_arguments(values)
    arguments.out.mkdir(parents=True, exist_ok=True)
    handlers: list[logging.Handler] = [
        logging.StreamHandler(sys.stderr),
        logging.FileHandler(arguments.out / "log.txt"),
    ]
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", handlers=handlers)
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    columns = Columns.parse(arguments.columns)
    segments, dev = read_all(arguments.bitext, columns), read_all(arguments.dev, columns)
    if arguments.into_english:
        segments, dev = written_out(segments, dev, frozenset(arguments.tokenised))
    vocabulary = arguments.out / "spm.model"
    if arguments.start and not vocabulary.exists():
        beside = arguments.start if arguments.start.is_dir() else arguments.start.parent
        shutil.copyfile(beside / "spm.model", vocabulary)
    catalysts = load_catalysts(arguments.catalysts)
    sampler = make_sampler(segments, catalysts, arguments)
    if not vocabulary.exists():
        train_tokenizer(
            sampler,
            arguments.out / "spm",
            languages=list(segments),
            indicators=BundleOptions().indicators,
            pieces=arguments.pieces,
            coverage=arguments.coverage,
            examples=70_000,
            seed=arguments.seed,
            threads=arguments.threads,
        )
    tokenizer = Tokenizer(vocabulary)
    trainer = Trainer(arguments, tokenizer)
    if not trainer.done:
        options = BatchOptions(tokens=arguments.tokens, longest=arguments.longest)
        stream = BatchStream(sampler, tokenizer, options, arguments.seed + trainer.progress.step)
        bundles = held_out_bundles(
            dev, catalysts, tokenizer, into_english=arguments.into_english, longest=arguments.longest, count=60
        )
        trainer.run(stream, dev, bundles)
    finish(arguments, dev)


if __name__ == "__main__":
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    main()
