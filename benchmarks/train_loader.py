"""How fast text becomes tensors: tokens a second from Parquet, beside what `tokenizers` alone reaches on the text.

Processor time counts all processes, so that a busy machine slows it less than the clock.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import resource
import time
from pathlib import Path
from typing import NamedTuple

from tokenizers import Tokenizer

from benchmarks.train_data import Line, write_text
from cscl_data.train.batches import row_collator
from cscl_data.train.data import Loader
from cscl_data.train.forms import FORMS
from cscl_data.train.mixing import LoaderSettings
from cscl_data.train.order import RowGroup, list_row_groups, read_rows
from cscl_data.train.place import LoaderState
from cscl_data.train.speech import SpeechSpec
from cscl_data.train.stream import Source
from cscl_data.train.tokenizer import load_tokenizer, speech_spec, train_tokenizer
from cscl_data.train.vocabulary import sample_texts
from cscl_data.train.workers import Encoders

FORM = FORMS["causal-lm"]
FIRST = 4
"""Steps before the measurement begins: the workers start."""


class Rate(NamedTuple):
    """Tokens a second by the clock and a second of one processor, and the share of positions that are filled up."""

    clock: float
    processor: float
    filled: float


def loader(data: Path, work: Path, *, n_pairs: int = 60_000, vocab_size: int = 16_384) -> list[Line]:
    """Tokens a second from Parquet to tensors, with a byte-level BPE of 16k."""
    groups, spec = text_and_bpe(data, work, n_pairs=n_pairs, vocab_size=vocab_size)
    alone = encode_alone(groups, spec)
    lines = [("tokenizers alone", f"{alone:,.0f} tokens a second of one processor", "-")]
    for packing, workers in (("wrapped", 0), ("wrapped", 1), ("wrapped", 2), ("best-fit", 2)):
        rate = loader_rate(groups, spec, packing=packing, workers=workers)
        note = f"{rate.clock:,.0f} tokens/s by the clock, {rate.processor:,.0f} a second of one processor"
        both = f"{2 * rate.processor:,.0f} if two are free; {rate.processor / alone:.2f} of tokenizers alone"
        name = f"loader, {packing}, {workers} workers"
        lines.append((name, f"{note}: {both}; {100 * rate.filled:.2f} % filled up", "300,000"))
    return lines


def text_and_bpe(data: Path, work: Path, *, n_pairs: int, vocab_size: int) -> tuple[tuple[RowGroup, ...], SpeechSpec]:
    """Write text as shards, train a byte-level BPE on it, and return the row groups and what tokenising needs."""
    groups = list_row_groups(write_text(work / "loader", data, n_pairs), FORM)
    trained = train_tokenizer(sample_texts([("s", groups)], FORM, seed=0), vocab_size=vocab_size, context=1024)
    trained.save_pretrained(work / "bpe")
    name = str(work / "bpe")
    return groups, speech_spec(load_tokenizer(name), "causal-lm", name=name, chat_template=None)


def encode_alone(groups: tuple[RowGroup, ...], spec: SpeechSpec) -> float:
    """Return tokens a second of processor time of `encode_batch_fast` alone, in batches of 1,000 texts."""
    core = Tokenizer.from_str(str(spec.core))
    core.no_truncation()
    tokens = 0
    used = 0.0
    for group in groups:
        texts = [row.values[0] for row in read_rows(group, FORM)]
        began = time.process_time()
        encoded = core.encode_batch_fast(texts, add_special_tokens=False)
        used += time.process_time() - began
        tokens += sum(len(of_text) for of_text in encoded)
    return tokens / used


def loader_rate(
    groups: tuple[RowGroup, ...],
    spec: SpeechSpec,
    *,
    packing: str,
    workers: int,
    context: int = 1024,
    batch_size: int = 16,
) -> Rate:
    """Draw an epoch of steps and return how fast they came."""
    settings = LoaderSettings(
        objective="causal-lm", packing=packing, context=context, batch_size=batch_size, micro_batch=batch_size, seed=0
    )
    encoders = Encoders(spec, workers=workers)
    collate = row_collator(pad=0, context=context, separate=packing != "wrapped")
    steps = Loader([Source("s", groups, 1.0, 1)], settings, encoders, collate, (LoaderState(),))
    for _ in range(FIRST):
        steps.next_step()
    tokens = filled = 0
    began, used = time.perf_counter(), processor_seconds()
    with contextlib.suppress(StopIteration):
        while True:
            (batch,), _ = steps.next_step()
            tokens, filled = tokens + batch.tokens, filled + batch.padding
    seconds = time.perf_counter() - began
    encoders.close()
    return Rate(tokens / seconds, tokens / (processor_seconds() - used), filled / (tokens + filled))


def processor_seconds() -> float:
    """Return what this process, its children that ended and (where there is /proc) those that run have used."""
    running = [Path(f"/proc/{child.pid}/stat") for child in multiprocessing.active_children()]  # those that ended go
    ticks = [path.read_text().rpartition(")")[2].split()[11:13] for path in running if path.is_file()]
    of_running = sum(int(tick) for of_child in ticks for tick in of_child) / os.sysconf("SC_CLK_TCK")
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages) + of_running
