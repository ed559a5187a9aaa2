"""How pairs are aligned, settled before anything runs: names, tokenizers, and what `auto` stands for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from cscl_data.aligners import ALIGNERS
from cscl_data.aligners.devices import resolve_device
from cscl_data.aligners.encoder_loading import COMPUTE_TYPES, model_type_of, resolve_compute_type
from cscl_data.aligners.matching import METHODS
from cscl_data.aligners.rules import RULES, rule_without_posteriors
from cscl_data.errors import ConfigError, unknown_name
from cscl_data.text.languages import language
from cscl_data.text.tokenizers import Tokenizer, learned_tokenizer_for, tokenizer_for
from cscl_data.text.tokenizers.learned import LEARNED

SEGMENTERS = {
    "auto": ("ko", "ja"),
    "mecab": ("ko",),
    "kiwi": ("ko",),
    "sudachi": ("ja",),
    "whitespace": ("ko", "ja"),
    LEARNED: (),
}
"""Segmenter by name, and the languages each one serves; `learned` serves all."""
_NEEDS = {
    "pharaoh": ("links", "give align --links FILE, or make-token-cs --alignments FILE"),
    "simalign": ("encoder", "give --encoder DIR or --encoder hub:ORG/NAME"),
    "lexicon": ("lexicon", "give --lexicon FILE"),
}
"""By aligner: the setting that it cannot do without, and how to give it."""
WORD_TOKENIZERS = ("auto", "spacy", "moses", "whitespace")


@dataclass(frozen=True, slots=True, kw_only=True)
class AlignSettings:
    """How pairs are aligned.

    Attributes:
        aligner: a name of `aligners.ALIGNERS`.
        tokenizer: for languages that need no morphological analysis: `auto` (spaCy, or characters), `spacy`, `moses`,
            `whitespace`.
        segmenter: for Korean and Japanese: `auto` (mecab, sudachi), `mecab`, `kiwi`, `sudachi`, `whitespace`. Or
            `learned`, for both languages whatever they are: pieces of words, learned where the aligner is fitted.
        symmetrize: how two directions are merged (statistical, eflomal); see `resolved` for eflomal.
        min_score: links below it are dropped, in [0, 1].
        pretokenized: the input's text is tokens joined by single spaces, and links are over those.
        attach: whether endings, auxiliaries and counters share the links of what they lean on, in the languages whose
            tokenizers tell them apart; links of a Pharaoh file, and those made before, stay as they are.
        fit_on: more bitext for the statistical aligner or eflomal to learn from.
        encoder: directory or `hub:ORG/NAME` of the encoder for simalign.
        layer: the encoder's layer, from 0 (the embeddings).
        matching: simalign's matching method.
        compute_type: what the encoder computes in: `float32`, `bfloat16`, `int8`, or `auto`, the fastest (see
            `encoder_loading.resolve_compute_type`).
        device: where the encoder runs: `auto` (a GPU if there is one), `cpu`, `cuda`, `cuda:1`, ...
        lexicon: a bilingual lexicon file, for the lexicon aligner or as evidence for the statistical one.
        links: links made before: the directory of an `align` job, or a Pharaoh file.
        links_under: the folder that a relative `links` counts from; None for the working directory. Not recorded.
        one_indexed: whether a Pharaoh file counts tokens from 1.
        priors: lexical priors for the statistical aligner: `auto` (what ships for the two languages, if anything),
            `none`, or a file of `make-priors`.
        load_model: a fitted model of the statistical aligner, which then learns nothing from the input.
        eflomal: eflomal's program, a name on PATH or a path; None for `eflomal-align`.

    Raises:
        ConfigError: a name is unknown, a value is out of range, the aligner's file or encoder is not given, or it is
            not fitted and the segmenter is `learned`.
    """

    aligner: str = "statistical"
    tokenizer: str = "auto"
    segmenter: str = "auto"
    symmetrize: str = "posterior"
    min_score: float = 0.0
    pretokenized: bool = False
    attach: bool = True
    fit_on: tuple[str, ...] = ()
    encoder: str | None = None
    layer: int = 8
    matching: str = "itermax"
    compute_type: str = "float32"
    device: str = "auto"
    lexicon: str | None = None
    links: str | None = None
    links_under: str | None = None
    one_indexed: bool = False
    priors: str = "auto"
    load_model: str | None = None
    eflomal: str | None = None

    def __post_init__(self) -> None:
        for kind, name, known in (
            ("aligner", self.aligner, ALIGNERS),
            ("tokenizer", self.tokenizer, WORD_TOKENIZERS),
            ("segmenter", self.segmenter, SEGMENTERS),
            ("symmetrization", self.symmetrize, RULES),
            ("matching", self.matching, METHODS),
            ("compute type", self.compute_type, COMPUTE_TYPES),
        ):
            if name not in known:
                raise unknown_name(kind, name, known)
        if not 0.0 <= self.min_score <= 1.0:
            raise ConfigError(f"--min-score must be between 0 and 1, not {self.min_score}")
        if self.learns_pieces and (self.aligner != "statistical" or self.links is not None):
            other = "links made before are given" if self.links is not None else f"the aligner is {self.aligner!r}"
            raise ConfigError(
                f"--segmenter {LEARNED} is learned where the statistical aligner is fitted, and {other}",
                hint="give --aligner statistical, or another --segmenter",
            )
        needed, hint = _NEEDS.get(self.aligner, ("aligner", ""))
        if self.links is None and getattr(self, needed) is None:
            raise ConfigError(f"aligner {self.aligner!r} needs its {needed}", hint=hint)

    @property
    def links_path(self) -> Path | None:
        """Where the links made before lie."""
        return None if self.links is None else Path(self.links_under or "", self.links)

    @property
    def pharaoh(self) -> Path | None:
        """The Pharaoh file that holds the links, if it is one."""
        path = self.links_path
        return None if path is None or path.is_dir() else path

    @property
    def is_deterministic(self) -> bool:
        """Whether the same input gives the same links, bit for bit; on a GPU, an encoder's sums depend on the batch.

        Not promised before `auto` is settled, see `resolved`, and never of eflomal.
        """
        return (not self.encodes or self.device == "cpu") and not self.samples

    @property
    def encodes(self) -> bool:
        """Whether links come from an encoder."""
        return self.aligner == "simalign" and self.links is None

    @property
    def samples(self) -> bool:
        """Whether links are drawn, without a seed, from the whole input at once: those of eflomal."""
        return self.aligner == "eflomal" and self.links is None

    @property
    def learns_pieces(self) -> bool:
        """Whether both sides are cut into learned pieces."""
        return self.segmenter == LEARNED

    def tokenizer_of(self, lang: str) -> str:
        """Return the name under which `tokenizer_for` finds the tokenizer for the words of a language."""
        primary = language(lang).primary
        if self.learns_pieces and primary in SEGMENTERS["auto"]:
            return "auto"
        if primary in SEGMENTERS["auto"]:
            return self.segmenter if primary in SEGMENTERS[self.segmenter] else "auto"
        return self.tokenizer

    def cutter(self, lang: str, model: bytes = b"") -> Tokenizer:
        """Return the tokenizer whose tokens are aligned; `model` holds the learned pieces of the language, if any.

        Raises:
            ConfigError: the tag is malformed, or the tokenizer cannot cut the language.
        """
        if self.learns_pieces:
            return learned_tokenizer_for(lang, "words" if self.tokenizer == "auto" else self.tokenizer, model)
        return tokenizer_for(lang, self.tokenizer_of(lang))


def resolved(settings: AlignSettings, *, dry: bool = False) -> AlignSettings:
    """Settle what `auto` stands for in the encoder's device and compute type, so that `sig` and every worker agree.

    eflomal has no posteriors, so `posterior` stands for `grow-diag-final-and` there.

    Args:
        settings: as given.
        dry: leave the encoder as it is, for that takes packages.

    Raises:
        ConfigError: there is no such device, or the encoder cannot be had in this type.
        BackendError: a package is missing, or the encoder's configuration cannot be read.
    """
    if settings.samples:
        return replace(settings, symmetrize=rule_without_posteriors(settings.symmetrize))
    if dry or not settings.encodes:
        return settings
    settings = replace(settings, device=resolve_device(settings.device))
    if settings.compute_type not in ("auto", "int8"):
        return settings
    family = model_type_of(str(settings.encoder))
    kind = resolve_compute_type(settings.compute_type, family, settings.device, settings.layer)
    return replace(settings, compute_type=kind)


def resolved_tokenizers(settings: AlignSettings, src_lang: str, tgt_lang: str) -> dict[str, str]:
    """Return the full names of both tokenizers, as they stand in settings and `sig`."""
    return {
        side: settings.cutter(lang).name for side, lang in (("src_tokenizer", src_lang), ("tgt_tokenizer", tgt_lang))
    }
