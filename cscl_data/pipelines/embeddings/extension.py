"""A tokenizer with more tokens: those of the model stay as they are, new ones are learned from text and follow."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from cscl_data.embeddings.merges import learn_merges
from cscl_data.errors import BackendError, InputError

_SEGMENT = re.compile("▁*[^▁]+|▁+")


def extend_tokenizer(tokenizer: Any, texts: Iterable[str], count: int, folder: Path) -> None:
    """Write a tokenizer with `count` more tokens into a folder.

    A BPE goes on merging where it stopped, on the text as it cuts it now, so every new token is reached. A Unigram
    model gets the likeliest pieces that it lacks from a Unigram model of the text.

    Args:
        tokenizer: of `transformers`, a fast one.
        texts: in the target language.
        count: new tokens.
        folder: is filled with what `AutoTokenizer` loads.

    Raises:
        BackendError: the tokenizer is of another kind.
        InputError: the text gives fewer new tokens.
    """
    core = getattr(tokenizer, "backend_tokenizer", None)
    described: dict[str, Any] = json.loads(core.to_str()) if core is not None else {"model": {"type": "slow"}}
    model = described["model"]
    if model["type"] == "BPE":
        # an added token keeps its number below new ones only if the model's own vocabulary holds it too
        model["vocab"].update({token["content"]: token["id"] for token in described["added_tokens"]})
        _extend_bpe(model, _first_free(tokenizer), core, texts, count)
    elif model["type"] == "Unigram" and _first_free(tokenizer) == len(model["vocab"]):
        _extend_unigram(model, core, texts, count)
    else:
        behind = _first_free(tokenizer) - len(model.get("vocab", ()))
        reason = f", for {behind:,} tokens were added behind its own" if model["type"] == "Unigram" else ""
        raise BackendError(
            f"--extend: a tokenizer of kind {model['type']} cannot be extended{reason}",
            hint="give --tokenizer DIR or --train-tokenizer TEXT --vocab-size N",
        )
    tokenizer.save_pretrained(folder)
    path = folder / "tokenizer.json"
    saved = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**saved, "model": model}, ensure_ascii=False), encoding="utf-8")
    for name in ("vocab.json", "merges.txt"):
        (folder / name).unlink(missing_ok=True)


def _extend_bpe(model: dict[str, Any], first: int, core: Any, texts: Iterable[str], count: int) -> None:
    words = Counter(word for text in texts for word in _words(core, text))
    cut = {word: tuple(token.value for token in core.model.tokenize(word)) for word in words}
    spelt: Counter[tuple[str, ...]] = Counter()
    for word, times in words.items():
        spelt[cut[word]] += times
    merges, tokens = learn_merges(spelt, count, known=model["vocab"])
    if len(tokens) < count:
        raise InputError(f"--extend {count}: the text has only {len(tokens)} new tokens", hint="give more text")
    joined = bool(model["merges"]) and isinstance(model["merges"][0], str)
    model["merges"] += [" ".join(pair) if joined else list(pair) for pair in merges]
    model["vocab"].update({token: first + place for place, token in enumerate(tokens)})


def _extend_unigram(model: dict[str, Any], core: Any, texts: Iterable[str], count: int) -> None:
    from tokenizers import Tokenizer, models, trainers

    known = {piece for piece, _ in model["vocab"]}
    learner = Tokenizer(models.Unigram())
    learner.normalizer, learner.pre_tokenizer = core.normalizer, core.pre_tokenizer
    trainer = trainers.UnigramTrainer(vocab_size=len(known) + 2 * count, show_progress=False)
    learner.train_from_iterator(texts, trainer)
    learned = json.loads(learner.to_str())["model"]["vocab"]
    new = sorted(((piece, score) for piece, score in learned if piece not in known), key=lambda item: -item[1])[:count]
    if len(new) < count:
        raise InputError(f"--extend {count}: the text has only {len(new)} new tokens", hint="give more text")
    model["vocab"] += [list(item) for item in new]


def _words(core: Any, text: str) -> Iterator[str]:
    """Yield the stretches of a text inside which tokens are merged, in the tokenizer's own letters."""
    if core.normalizer is not None:
        text = core.normalizer.normalize_str(text)
    if core.pre_tokenizer is not None:
        yield from (word for word, _ in core.pre_tokenizer.pre_tokenize_str(text))
    else:
        yield from _SEGMENT.findall(text)


def _first_free(tokenizer: Any) -> int:
    return int(max(tokenizer.get_vocab().values())) + 1
