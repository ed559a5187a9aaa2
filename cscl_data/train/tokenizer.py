"""The tokenizer of a run: the model's own, one from a folder, or a byte-level BPE trained on the stages' text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from transformers import AutoTokenizer, PreTrainedTokenizerFast

from cscl_data.errors import BackendError
from cscl_data.io.hub import HUB
from cscl_data.io.trust import code_of
from cscl_data.train.forms import Encode, Form, Marks
from cscl_data.train.order import EpochOrder, RowGroup
from cscl_data.train.speech import SpeechSpec, choose_template, own_template
from cscl_data.train.tokenizer_files import HINT, check_vocabulary
from cscl_data.train.vocabulary import SPECIAL_TOKENS, texts_of, train_vocabulary


def train_tokenizer(texts: Iterator[str], *, vocab_size: int, context: int, kind: str = "bpe") -> Any:
    """Train a byte-level tokenizer; the same texts give the same one.

    Text is taken as it is (no normalising, no added space), so decoding gives it back byte for byte. Encoding with
    `transformers` puts `<s>` in front, as every document in training has it.

    Args:
        texts: the sample.
        vocab_size: entries, the 256 bytes and the special tokens included; fewer where the sample has too few pairs.
        context: the length that the saved tokenizer names as the model's.
        kind: `bpe` or `unigram`; both know every byte, so no text is unknown to them.
    """
    core = train_vocabulary(texts, vocab_size=vocab_size, kind=kind)
    return PreTrainedTokenizerFast(
        tokenizer_object=core,
        bos_token=SPECIAL_TOKENS[1],
        eos_token=SPECIAL_TOKENS[2],
        pad_token=SPECIAL_TOKENS[0],
        model_max_length=context,
        clean_up_tokenization_spaces=False,
    )


def load_tokenizer(name: str, *, needs_end: bool = True) -> Any:
    """Load a tokenizer from a folder or the Hub.

    Args:
        name: of the directory, or `hub:ORG/NAME`.
        needs_end: whether one without an end-of-sequence token is refused.

    Raises:
        BackendError: there is none, it knows no text, or it has no end-of-sequence token.
    """
    check_vocabulary(name)  # transformers 5 builds an empty tokenizer from config.json alone, without a word
    try:
        with code_of(name) as trusted:
            tokenizer = AutoTokenizer.from_pretrained(name.removeprefix(HUB), trust_remote_code=trusted)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BackendError(
            f"{name}: no tokenizer that transformers can load ({_first_line(error)})", hint=HINT
        ) from error
    if set(tokenizer("a b", add_special_tokens=False)["input_ids"]) <= {tokenizer.unk_token_id}:
        raise BackendError(f"{name}: the tokenizer knows no text", hint=HINT)
    if needs_end and tokenizer.eos_token_id is None:
        raise BackendError(f"{name}: the tokenizer has no end-of-sequence token, which every document needs")
    return tokenizer


def marks_of(tokenizer: Any) -> Marks:
    """Return the ids that stand around a document; filling is never a target, so EOS serves where there is no pad."""
    pad = tokenizer.pad_token_id
    eos = tokenizer.eos_token_id
    return Marks(bos=tokenizer.bos_token_id, eos=eos, pad=eos if pad is None else pad)


def speech_spec(tokenizer: Any, objective: str, *, name: str, chat_template: str | None) -> SpeechSpec:
    """Return what tokenises the rows of an objective, in this process or another.

    Args:
        tokenizer: of `transformers`.
        objective: names the form of the rows.
        name: where the tokenizer was loaded from.
        chat_template: see `choose_template`; rows of plain text can do without.
    """
    own = own_template(tokenizer)
    is_text = objective == "causal-lm" and chat_template is None
    template = own if is_text else choose_template(own, chat_template)
    core = tokenizer.backend_tokenizer.to_str() if getattr(tokenizer, "is_fast", False) else None
    return SpeechSpec(objective, name, marks_of(tokenizer), core, template)


def bytes_per_token(groups: tuple[RowGroup, ...], encode: Encode, form: Form, *, seed: int, stage: str) -> float:
    """Measure UTF-8 bytes per token (the marks counted) on the first 512 rows of the first epoch."""
    order = EpochOrder(seed, stage, 0)
    rows = order.rows(order.windows(groups)[0], 0, form)[:512]
    tokens = len(encode([row.values for row in rows]).tokens)
    return max(sum(len(text.encode("utf-8", "replace")) for row in rows for text in texts_of(row)), 1) / tokens


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
