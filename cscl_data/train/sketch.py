"""How a run will tokenise, as far as files tell: for dry runs and early refusals, without transformers or torch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cscl_data.io.trust import may_run_code
from cscl_data.train.config import TrainConfig
from cscl_data.train.forms import FORMS, Marks
from cscl_data.train.order import RowGroup, list_row_groups, read_rows
from cscl_data.train.settings import Settings
from cscl_data.train.speech import OpenedSpeech, SpeechSpec, choose_template
from cscl_data.train.tokenizer_files import core_of, named_token, read_settings, tokenizer_folder, written_template
from cscl_data.train.vocabulary import sample_texts, train_vocabulary

BYTES_PER_TOKEN = 3.0
"""UTF-8 bytes a token stands for, where the tokenizer is not known (our default: small vocabularies, mixed scripts)."""
SKETCH_BYTES = 2**20
"""Text that the tokenizer of a preset is trained on for a dry run (our default): about a second."""
_MARKS = Marks(None, 0, 0)
_TRIED_ROWS = 64

StageGroups = Sequence[tuple[str, tuple[RowGroup, ...]]]
"""Stages by name, with the row groups of their data."""


def find_template(config: TrainConfig) -> str | None:
    """Return the chat template of a run whose objective needs one, None for none, or where it is not known yet.

    Raises:
        ConfigError: the objective needs one and there is none, or its file cannot be read.
        BackendError: the tokenizer's directory holds none.
    """
    folder = tokenizer_folder(config)
    own = None if folder is None else written_template(folder)
    if config.objective == "causal-lm" and config.chat_template is None:
        return own
    is_trained = config.is_preset and config.tokenizer is None
    is_unknown = (folder is None and not is_trained) or may_run_code()  # code may bring a template, too
    if own is None and config.chat_template is None and is_unknown:
        return None
    return choose_template(own, config.chat_template)


def check_telling(config: TrainConfig) -> None:
    """Refuse instructions and preferences that no chat template can write, by the first rows of each stage.

    Raises:
        ConfigError: the objective needs a template and there is none, or rows have messages and `plain` was asked for.
        InputError: a shard cannot be read.
        BackendError: the tokenizer's directory holds none.
    """
    if find_template(config) is not None or config.chat_template is None:
        return
    form = FORMS[config.objective]
    encode = form.build(SketchedSpeech(SpeechSpec(config.objective, "", _MARKS, None, None), {}))
    for stage in config.stages:
        first = list_row_groups(stage.path, form)[0]
        encode([row.values for row in read_rows(first, form)[:_TRIED_ROWS]])


def sketch_speech(config: TrainConfig, settings: Settings, stages: StageGroups) -> SketchedSpeech:
    """Return what tokenises about as the run will.

    Args:
        config: the run.
        settings: its resolved numbers.
        stages: what a preset's tokenizer is trained on.

    Raises:
        ConfigError: the objective needs a chat template and there is none.
        InputError: a shard cannot be read.
        BackendError: the tokenizer's directory holds none.
    """
    template = find_template(config)
    folder = tokenizer_folder(config)
    if settings.vocab_size is not None:
        texts = sample_texts(stages, FORMS[config.objective], seed=config.seed, most_bytes=SKETCH_BYTES)
        trained = train_vocabulary(texts, vocab_size=settings.vocab_size).to_str()
        return SketchedSpeech(SpeechSpec(config.objective, "", Marks(1, 2, 0), trained, template), {})
    told = {} if folder is None else read_settings(folder)
    names = {key: name for key in ("bos_token", "eos_token", "pad_token") if (name := named_token(told, key))}
    marks = _MARKS if "bos_token" not in names else _MARKS._replace(bos=0)
    core = None if folder is None else core_of(folder)
    return SketchedSpeech(SpeechSpec(config.objective, "", marks, core, template), names)


class SketchedSpeech(OpenedSpeech):
    """See `cscl_data.train.forms.base.Speech`: counts are about right, ids mean nothing where no vocabulary is known.

    Args:
        spec: what is known.
        names: special tokens that a template may write.
    """

    def __init__(self, spec: SpeechSpec, names: dict[str, str]) -> None:
        super().__init__(spec)
        self._names = names
        self._guesses = spec.core is None

    def ids(self, texts: Sequence[str]) -> list[list[int]]:
        """Return as many ids as each text has tokens."""
        return [_guessed(text) for text in texts] if self._guesses else super().ids(texts)

    def template_ids(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the same of texts that a chat template wrote."""
        return [_guessed(text) for text in texts] if self._guesses else super().template_ids(texts)

    def render(self, messages: Sequence[dict[str, str]], *, ask: bool) -> str:
        """Write messages by the chat template, or, where it wants more than is known here, one after the other."""
        from jinja2 import TemplateError

        try:
            return str(self._compiled().render(messages=list(messages), add_generation_prompt=ask, **self._names))
        except (TemplateError, TypeError, KeyError, ValueError):
            return "".join(turn["content"] for turn in messages)

    def _compiled(self) -> Any:
        if self._whole is None:
            from jinja2.ext import loopcontrols
            from jinja2.sandbox import ImmutableSandboxedEnvironment

            # as transformers compiles them
            known = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[loopcontrols])
            self._whole = known.from_string(self._spec.template or "")
        return self._whole


def _guessed(text: str) -> list[int]:
    return [0] * -(-len(text.encode("utf-8", "replace")) // int(BYTES_PER_TOKEN))
