"""How sentences are switched: the modes and their options."""

from __future__ import annotations

from dataclasses import dataclass

from cscl_data.errors import ConfigError, unknown_name

METHOD = "sentence.4"
"""Name and version of the method; the version rises when the text it generates changes."""
MODES = ("alternate", "random", "block", "markov", "annotate", "parallel")
START_LANGS = ("src", "tgt", "random")
SHARES = {"random": 0.5, "annotate": 1.0}
"""The share of each mode that has one, where none is asked for. Our defaults."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceCsConfig:
    """How to switch between sentences.

    Attributes:
        mode: `alternate` changes language at every sentence, `random` puts a share of the sentences into a target
            language, `block` changes after runs of sentences, `markov` changes with a probability. `annotate` puts
            the translation of a share of the sentences behind them in brackets, `parallel` the translation of the
            whole document behind it.
        start_lang: language of the first sentence, or of the text that is annotated or translated: `src`, `tgt` (the
            first target language), or `random` (drawn for each document, our default).
        share: share of target sentences with `random`, of annotated ones with `annotate`, in [0, 1]; None is that of
            `SHARES`.
        min_run: shortest run with `block`, in sentences.
        max_run: longest run with `block`.
        switch_probability: probability that the next sentence stands in another language with `markov`, in [0, 1];
            our default, 0.3, makes runs of 3.3 sentences on average.
        max_tokens: the most tokens of a row; a longer document becomes several rows. None never cuts.

    Raises:
        ConfigError: a value is out of range, or a name is unknown.
    """

    mode: str = "alternate"
    start_lang: str = "random"
    share: float | None = None
    min_run: int = 1
    max_run: int = 3
    switch_probability: float = 0.3
    max_tokens: int | None = None

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise unknown_name("mode", self.mode, MODES)
        if self.start_lang not in START_LANGS:
            raise unknown_name("start language", self.start_lang, START_LANGS)
        for flag, value in (("--share", self.share), ("--switch-probability", self.switch_probability)):
            if value is not None and not 0.0 <= value <= 1.0:
                raise ConfigError(f"{flag} must be between 0 and 1, not {value}")
        if not 1 <= self.min_run <= self.max_run:
            raise ConfigError(f"--min-run and --max-run: expected 1 <= {self.min_run} <= {self.max_run}")
        if self.max_tokens is not None and self.max_tokens < 1:
            raise ConfigError(f"--max-tokens must be 1 or more, not {self.max_tokens}")

    @property
    def share_of_mode(self) -> float:
        """The share asked for, else that of the mode."""
        return SHARES.get(self.mode, 0.0) if self.share is None else self.share
