"""What a `translate-bundle` job is told: the model and its search, the fields and how they are held together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path

from cscl_data.errors import ConfigError, unknown_name
from cscl_data.io.fingerprints import file_input
from cscl_data.io.recordfile import RecordSpec
from cscl_data.io.sources import InputFacts
from cscl_data.io.stopwatch import LOAD, stage
from cscl_data.pipelines.bundle_answers import parse_answers
from cscl_data.pipelines.bundle_output import MODES, suffix_of
from cscl_data.pipelines.plan import Basics
from cscl_data.translators import (
    DEFAULT_CHECKS,
    DEFAULT_INDICATORS,
    ON_FAIL,
    PROTECT_MODES,
    SHAPES,
    UNMARKED,
    LadderConfig,
    Protection,
    Translator,
    chosen,
    load_catalysts,
    load_translator,
    parse_checks,
    parse_indicators,
    parse_rungs,
    parse_shape,
    resolve,
)
from cscl_data.translators.description import Description, describe, model_files

AUTO = "auto"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSettings:
    """Which model translates, and how it searches."""

    model: str = "default"
    tokenizer: str | None = None
    device: str = "auto"
    compute_type: str = "auto"
    beam_size: int = 4
    batch_tokens: int = 4096
    inter_threads: int = 0
    intra_threads: int = 1
    deterministic: bool = False

    def chosen_for(self, source: str, targets: Sequence[str]) -> ModelSettings:
        """Return the settings with `default` replaced by the model that has these languages; see `chosen`."""
        return replace(self, model=chosen(self.model, source, targets))

    def load(self) -> Translator:
        """Load the model; see `load_translator` for what it raises."""
        options = asdict(self)
        with stage(LOAD):
            return load_translator(options.pop("model"), **options)

    def describe(self) -> Translator | Description:
        """Say what can be said of the model without loading it; see `describe` for what it raises."""
        return describe(
            self.model,
            tokenizer=self.tokenizer,
            device=self.device,
            compute_type=self.compute_type,
            beam_size=self.beam_size,
            deterministic=self.deterministic,
        )

    def files(self) -> list[InputFacts]:
        """Return the facts of the model's files; see `model_files` for what it raises."""
        return model_files(self.model, self.tokenizer, device=self.device, compute_type=self.compute_type)


@dataclass(frozen=True, slots=True, kw_only=True)
class BundleSettings:
    """What is translated together, and how it is held together.

    `fields` are dotted paths; `catalyst`, `indicators`, `fallback`, `mask_shape`, `checks` and `answer_offsets` stand
    as on the command line; `max_fields_per_bundle` 0 is as many as the model says.

    Raises:
        ConfigError: a name is unknown, the shape of masks is none, a number is negative, or the answers are not given
            as paths.
    """

    fields: tuple[str, ...]
    src_lang: str
    tgt_lang: str
    catalyst: str = "relation"
    catalyst_file: str | None = None
    indicators: str = "@,#,*"
    max_fields_per_bundle: int = 0
    fallback: str = "indicator,smaller,separate,split,reject"
    protect_mode: str = "check"
    mask_shape: str = AUTO
    checks: str = ",".join(DEFAULT_CHECKS)
    on_fail: str = "retry"
    records: str | None = None
    output_mode: str = "replaced"
    answer_offsets: str | None = None

    def __post_init__(self) -> None:
        if self.protect_mode not in PROTECT_MODES:
            raise unknown_name("value of --protect-mode", self.protect_mode, PROTECT_MODES)
        if self.on_fail not in ON_FAIL:
            raise unknown_name("value of --on-fail", self.on_fail, ON_FAIL)
        if self.mask_shape != AUTO:
            parse_shape(self.mask_shape)
        parse_checks(self.checks)
        if self.max_fields_per_bundle < 0:
            raise ConfigError(f"--max-fields-per-bundle {self.max_fields_per_bundle}: must be 0 or more")
        if self.output_mode not in MODES:
            raise unknown_name("output mode", self.output_mode, MODES)
        parse_answers(self.answer_offsets)

    def files(self) -> list[InputFacts]:
        """Return the facts of the catalyst file, if one is given."""
        return [] if self.catalyst_file is None else [file_input(Path(self.catalyst_file), "catalyst")]

    @property
    def suffix(self) -> str:
        """What the key has more that stands beside another; empty where none does."""
        return suffix_of(self.output_mode, self.src_lang, self.tgt_lang)

    def has_choices(self) -> bool:
        """Tell whether something is left to a trial: indicators, statement, or the shape of masks."""
        return AUTO in (self.indicators, self.catalyst) or (self.protect_mode == "mask" and self.mask_shape == AUTO)

    def catalyst_name(self) -> str:
        """Return what a plan calls the statement: its name, or that a trial will settle it."""
        return f"{AUTO} (tried on the input)" if self.catalyst == AUTO else self.ladder().catalyst.name

    def catalyst_sig(self) -> str:
        """Return the name of the statement and 8 digits of its hash, for `sig`; `auto` before a trial."""
        catalyst = self.ladder().catalyst
        digest = f".{sha256(catalyst.text.encode()).hexdigest()[:8]}" if catalyst.text else ""
        return AUTO if self.catalyst == AUTO else f"{catalyst.name}{digest}"

    def changing(self) -> tuple[str, ...]:
        """Return the paths whose values may change."""
        answers = parse_answers(self.answer_offsets)
        return self.fields if answers is None else tuple(dict.fromkeys((*self.fields, *answers.changed)))

    def ladder(self) -> LadderConfig:
        """Resolve names and files: the catalyst, the indicators and the rungs.

        Raises:
            ConfigError: an unknown rung, an indicator that cannot serve, a catalyst file that is not of its form, or a
                statement where there is no indicator to tell it from the fields.
        """
        relations = load_catalysts(Path(self.catalyst_file) if self.catalyst_file else None)
        catalyst = resolve(self.catalyst, self.fields, self.src_lang, relations=relations)
        unmarked = self.indicators.strip() == UNMARKED
        if unmarked and catalyst.text:
            raise ConfigError(
                "--indicators none: nothing would tell the catalyst statement from the fields", hint="--catalyst none"
            )
        unsettled = self.mask_shape == AUTO
        return LadderConfig(
            rungs=parse_rungs(self.fallback),
            indicators=_indicators(self.indicators),
            catalyst=catalyst,
            protection=Protection(mode=self.protect_mode, shape=SHAPES[0] if unsettled else self.mask_shape),
            checks=parse_checks(self.checks),
            on_fail=self.on_fail,
            max_fields=self.max_fields_per_bundle,
        )


def _indicators(asked: str) -> tuple[str, ...]:
    named = {AUTO: DEFAULT_INDICATORS, UNMARKED: (UNMARKED,)}
    return named.get(asked.strip()) or parse_indicators(asked)


@dataclass(frozen=True, slots=True, kw_only=True)
class TranslateBundleJob:
    """A whole `translate-bundle` job; `default` among its models becomes the one that has its languages.

    `qe` names what scores the translations, as on the command line.

    Raises:
        ConfigError: `default`, and no model that ships has them.
    """

    source: RecordSpec
    bundles: BundleSettings
    model: ModelSettings
    basics: Basics
    qe: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "model", self.model.chosen_for(self.bundles.src_lang, [self.bundles.tgt_lang]))
