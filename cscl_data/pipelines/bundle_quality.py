"""`--qe`: scores of translations without references: an encoder's similarity, and the round trip through a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from cscl_data.aligners.devices import resolve_device, threads_of_worker
from cscl_data.aligners.encoder import Encoder
from cscl_data.aligners.encoder_loading import load_encoder
from cscl_data.aligners.similarity import text_similarities
from cscl_data.errors import ConfigError
from cscl_data.evaluation.translation import RoundTrip
from cscl_data.io.fingerprints import short_digest
from cscl_data.io.sources import InputFacts
from cscl_data.io.stopwatch import ENCODE, LOAD, stage
from cscl_data.pipelines.bundle_settings import ModelSettings
from cscl_data.pipelines.link_files import encoder_files
from cscl_data.translators import BundleJob, LadderConfig, Protection, Translator, check_model, translate_bundles
from cscl_data.translators.devices import first_device
from cscl_data.translators.protection import has_words

ENCODER, BACKTRANSLATE = "encoder", "backtranslate"
_BACK = LadderConfig(
    rungs=("separate", "split", "reject"), protection=Protection(mode="off"), checks=(), on_fail="flag"
)
"""How a translation is sent back: each field alone, and whatever comes is scored. Our default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """What scores translations.

    Args:
        encoder: a directory or `hub:ORG/NAME`, or None.
        back: the model of the way back, or None.
        device: where the encoder runs.
    """

    encoder: str | None = None
    back: ModelSettings | None = None
    device: str = "auto"

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the scores in the column `bundle`."""
        named = {"qe_encoder": self.encoder, "qe_backtranslation": self.back}
        return tuple(name for name, asked in named.items() if asked is not None)

    def check(self, source: str, target: str) -> None:
        """Return quietly if everything that scores is there.

        Raises:
            ConfigError: there is no such model, or it does not go from `target` to `source`.
            BackendError: sacrebleu is missing.
        """
        if self.back is not None:
            RoundTrip()
            try:
                check_model(self.back.model)
                self.back.describe().check_pair(target, source)
            except ConfigError as error:
                way = f"--qe {BACKTRANSLATE}:{self.back.model}"
                raise ConfigError(f"{way}, for the way back: {error.message}", hint=error.hint) from error

    def files(self, *, dry: bool = False) -> list[InputFacts]:
        """Return the facts of the files that decide the scores; see `encoder_files` and `model_files`."""
        encoder = [] if self.encoder is None else encoder_files(self.encoder, dry=dry)
        return encoder + ([] if self.back is None else [item._replace(role="qe") for item in self.back.files()])

    def sig(self, files: Sequence[InputFacts]) -> str | None:
        """Return what `sig` says of the scores; None where there are none."""
        named = [] if self.encoder is None else [f"encoder.{short_digest(files, 'encoder')}"]
        if self.back is not None:
            model = self.back.describe()
            named.append(f"backtranslation.{model.name}.{model.sig}")
        return "+".join(named) or None

    @property
    def deterministic(self) -> bool:
        """Whether the same texts get the same scores, bit for bit."""
        back = self.back is None or self.back.describe().deterministic
        return back and (self.encoder is None or resolve_device(self.device) == "cpu")


def parse_quality(asked: Sequence[str], model: ModelSettings, *, source: str, target: str) -> Quality:
    """Read `--qe`: `encoder:PATH`, `backtranslate:MODEL`, or both.

    Args:
        asked: as on the command line.
        model: that of the translations; the one of the way back searches as it does, and the encoder runs on its first
            device.
        source: language of the sources.
        target: language of the translations.

    Raises:
        ConfigError: another name, one without what it needs, or one twice; no model that ships goes back; or the model
            has a device of another form.
    """
    found: dict[str, str] = {}
    for text in asked:
        name, _, rest = text.partition(":")
        if name not in (ENCODER, BACKTRANSLATE) or not rest or name in found:
            raise ConfigError(
                f"--qe {text!r}: expected {ENCODER}:PATH or {BACKTRANSLATE}:MODEL, each once",
                hint=f"as in --qe {ENCODER}:hub:sentence-transformers/LaBSE --qe {BACKTRANSLATE}:default",
            )
        found[name] = rest
    back = None
    if BACKTRANSLATE in found:
        back = replace(model, model=found[BACKTRANSLATE], tokenizer=None).chosen_for(target, [source])
    return Quality(encoder=found.get(ENCODER), back=back, device=first_device(model.device))


def score_records(
    quality: Quality, records: Sequence[tuple[Sequence[str], Sequence[str]]], *, source: str, target: str
) -> list[dict[str, float | None]]:
    """Score translated records.

    Args:
        quality: what scores.
        records: the source texts and the translations of each, field by field; those without words to translate are
            left out.
        source: language of the sources.
        target: language of the translations.

    Returns:
        For each record the scores by column: the mean cosine of its fields, in [-1, 1], and the chrF of the fields that
        went back and their sources, in [0, 100]. None where there is nothing to score, or nothing came back.
    """
    pairs = [
        [(one, other) for one, other in zip(*sides, strict=True) if has_words(one) and other.strip()]
        for sides in records
    ]
    scores: list[dict[str, float | None]] = [{} for _ in records]
    if quality.encoder is not None:
        with stage(LOAD):
            encoder = _encoder(quality.encoder, quality.device)
        with stage(ENCODE):
            cosines = iter(text_similarities(encoder, [pair for record in pairs for pair in record]))
        for found, record in zip(scores, pairs, strict=True):
            known = [cosine for cosine in (next(cosines) for _ in record) if cosine is not None]
            found["qe_encoder"] = sum(known) / len(known) if known else None
    if quality.back is not None:
        jobs = [BundleJob(id="", texts=tuple(other for _, other in record)) for record in pairs]
        results = translate_bundles(jobs, _loaded(quality.back), source=target, target=source, config=_BACK)
        metric = RoundTrip()
        for found, record, result in zip(scores, pairs, results, strict=True):
            back = result.texts if record else None
            found["qe_backtranslation"] = None if back is None else metric.chrf(back, [one for one, _ in record])
    return scores


@lru_cache(maxsize=1)
def _encoder(name: str, device: str) -> Encoder:
    return load_encoder(name, layer=None, device=device, threads=threads_of_worker(1))


@lru_cache(maxsize=1)
def _loaded(model: ModelSettings) -> Translator:
    return model.load()
