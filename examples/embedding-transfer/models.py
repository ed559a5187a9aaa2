"""Small language models: texts as shards, models from nothing, training, and loss on held-out text."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
import torch
from transformers import LlamaConfig, LlamaForCausalLM

from cscl_data.embeddings.vector_files import write_vectors
from cscl_data.embeddings.vector_training import VectorSettings, train_vectors
from cscl_data.io.bitext import Bitext, BitextSpec
from cscl_data.io.dataset import iter_dataset
from cscl_data.io.hub import quiet_transformers
from cscl_data.pipelines.embeddings.texts import tokens_in, words_in
from cscl_data.records import Pair
from cscl_data.train.batches import row_collator
from cscl_data.train.config import TrainConfig
from cscl_data.train.evals import eval_loss, open_eval_set
from cscl_data.train.learner import Learner
from cscl_data.train.model import load_model
from cscl_data.train.objectives import causal_lm
from cscl_data.train.run import run_train
from cscl_data.train.stages import parse_stage
from cscl_data.train.tokenizer import load_tokenizer, speech_spec, train_tokenizer

CONTEXT, BATCH, RATE = 128, 16, 3e-3
SHAPE = {"num_hidden_layers": 2, "num_attention_heads": 4}


class Lm(NamedTuple):
    """A trained model's directory, its tokenizer in it."""

    folder: Path


def write_texts(args: argparse.Namespace) -> None:
    """Write both sides of every n-th pair as shards, the pairs themselves, and the target side of the dev pairs."""
    pairs = _pairs(args, args.bitext)[:: args.every]
    _write(args.out / args.src_lang, [pair.src_text for pair in pairs])
    _write(args.out / args.tgt_lang, [pair.tgt_text for pair in pairs])
    _write(args.out / "dev", [pair.tgt_text for pair in _pairs(args, args.dev)])
    flat = (" ".join(pair.src_text.split()) + "\t" + " ".join(pair.tgt_text.split()) for pair in pairs)
    (args.out / "bitext.tsv").write_text("\n".join(flat) + "\n", encoding="utf-8")


def small_model(texts: Path, out: Path, *, seed: int, width: int, tokens: str, vocab_size: int, tied: bool) -> Lm:
    """Train a tokenizer and a language model from nothing, its input and output embeddings one matrix or two."""
    start = out / "start"
    if not start.is_dir():
        rows = (row["text"] for row in iter_dataset(texts, ["text"]))
        tokenizer = train_tokenizer(rows, vocab_size=vocab_size, context=CONTEXT)
        torch.manual_seed(seed)
        ids = {"bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0}
        shape = {**SHAPE, "hidden_size": width, "intermediate_size": 3 * width, "max_position_embeddings": CONTEXT}
        config = LlamaConfig(**shape, vocab_size=len(tokenizer), tie_word_embeddings=tied, **ids)
        with quiet_transformers():
            LlamaForCausalLM(config).save_pretrained(start)
            tokenizer.save_pretrained(start)
    _train(start, f"text={texts}@{tokens}", out / "run", seed=seed)
    return Lm(out / "run" / "model")


def learned_vectors(
    texts: Mapping[str, Path], target: Lm, out: Path, languages: Sequence[str], *, seed: int
) -> dict[str, Path]:
    """Learn vectors of the target's tokens, and of the words of both languages, once for all methods."""
    source_lang, target_lang = languages
    tokenizer = load_tokenizer(str(target.folder))
    jobs = {
        "tokens": (tokens_in(str(texts[target_lang]), tokenizer, lang=None, column=None), 1),
        "target": (words_in(str(texts[target_lang]), lang=target_lang, column=None), 3),
        "source": (words_in(str(texts[source_lang]), lang=source_lang, column=None), 3),
    }
    for name, (sentences, min_count) in jobs.items():
        if not (out / f"{name}.vec").exists():
            settings = VectorSettings(min_count=min_count, epochs=5, seed=seed)
            learned = train_vectors(sentences, settings, of_tokens=name == "tokens")
            write_vectors(out / f"{name}.vec", learned)
    return {name: out / f"{name}.vec" for name in jobs}


def trained(model: Path, texts: Path, out: Path, dev: Path, *, steps: int, rows: int, seed: int) -> dict[int, float]:
    """Train all weights for some steps; return the loss on held-out text by step, measured three times."""
    measured = {"evals": (("dev", dev),), "eval_every": max(1, steps // 3), "eval_rows": rows}
    _train(model, f"text={texts}@{steps}steps", out, seed=seed, **measured)
    log = [json.loads(line) for line in (out / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    return {entry["step"]: entry["eval"]["dev"] for entry in log if "eval" in entry}


def dev_loss(model: Path, dev: Path, *, rows: int) -> float:
    """Return the mean loss a target of the first rows of a directory, in nats, as `train` measures it."""
    tokenizer = load_tokenizer(str(model))
    spec = speech_spec(tokenizer, "causal-lm", name=str(model), chat_template=None)
    held_out = open_eval_set("dev", dev, spec, context=CONTEXT, most_rows=rows)
    loaded = load_model(str(model))
    collate = row_collator(pad=spec.marks.pad, context=None, separate=False)
    return eval_loss(Learner(loaded, causal_lm.loss, chunk=None), held_out.rows, collate, BATCH)


def _train(model: Path, stage: str, out: Path, *, seed: int, **more: Any) -> None:
    run_train(
        TrainConfig(
            model=str(model),
            stages=(parse_stage(stage),),
            out=out,
            seed=seed,
            context=CONTEXT,
            batch_size=BATCH,
            lr=RATE,
            threads=torch.get_num_threads(),
            save_every=0,
            keep_checkpoints=1,
            **more,
        )
    )


def _pairs(args: argparse.Namespace, path: str) -> list[Pair]:
    spec = BitextSpec(
        src_lang=args.src_lang,
        tgt_lang=args.tgt_lang,
        paths=(path,),
        src_column=args.src_column,
        tgt_column=args.tgt_column,
    )
    return [item for item in Bitext(spec) if isinstance(item, Pair)]


def _write(folder: Path, texts: list[str]) -> None:
    path = folder / "data" / "train-00000.parquet"
    if not path.exists():
        path.parent.mkdir(parents=True)
        pq.write_table(pa.table({"text": texts}), path, row_group_size=1024)
