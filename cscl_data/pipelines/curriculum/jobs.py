"""The jobs of a curriculum, each an ordinary one with a directory of its own, in the order in which they run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

from cscl_data.generators.config import TokenCsConfig
from cscl_data.generators.sentence import SentenceCsConfig
from cscl_data.io.bitext import BitextSpec
from cscl_data.pipelines.align import AlignJob, run_align
from cscl_data.pipelines.align_settings import AlignSettings
from cscl_data.pipelines.curriculum.arms import PARTS, PHASES, wanted_of
from cscl_data.pipelines.curriculum.documents import DocumentsJob, job_of, run_documents
from cscl_data.pipelines.curriculum.drawn import DrawJob, run_draw
from cscl_data.pipelines.curriculum.mixed import MixJob, run_mix
from cscl_data.pipelines.curriculum.plan_file import Curriculum
from cscl_data.pipelines.job import JobReport, RunOptions
from cscl_data.pipelines.listen import Listener
from cscl_data.pipelines.mono import MonoJob, run_mono
from cscl_data.pipelines.plan import Basics
from cscl_data.pipelines.token_cs import TokenCsJob, run_token_cs

MADE = "made"
ALIGN = "align"
_FITTED = ("statistical", "eflomal")


class SubJob(NamedTuple):
    """One job: its folder below the curriculum's, the command that does the same, and what runs it."""

    folder: str
    command: str
    run: Callable[[RunOptions, Listener], JobReport]


@dataclass(frozen=True, slots=True, kw_only=True)
class Jobs:
    """What has to be made for a curriculum, and how.

    Attributes:
        plan: the curriculum.
        parts: names of `arms.PARTS`.
        root: the curriculum's directory.
        basics: what all jobs are told; `out` is the root.
    """

    plan: Curriculum
    parts: tuple[str, ...]
    root: Path
    basics: Basics

    @property
    def wanted(self) -> dict[str, int]:
        """Tokens that have to be made, by kind."""
        return wanted_of(self.parts, self.plan.budgets)

    @property
    def wanted_of_pairs(self) -> int:
        """Tokens that have to be made of pairs."""
        return max(self.wanted.get(kind, 0) for kind in ("token", "salad"))

    def documents(self, kind: str) -> DocumentsJob:
        """Return the job that makes documents of both languages: `sentence`, or `parallel`, the control.

        The control runs after the other and takes the beads that it has found.
        """
        plan = self.plan
        parallel = SentenceCsConfig(
            mode="parallel", start_lang=plan.sentence.start_lang, max_tokens=plan.sentence.max_tokens
        )
        of_phase, basics = kind == "sentence", self._basics(f"{MADE}/{kind}")
        shared_in = self.root / MADE / "sentence" if "parallel" in self.wanted else None
        return job_of(plan.documents, plan.sentence if of_phase else parallel, plan.tokenizer, basics, shared_in)

    def texts(self) -> MonoJob:
        """Return the job that makes monolingual text."""
        source, target = self.plan.texts
        return MonoJob(
            source=source,
            target=target,
            budget=self.wanted["mono"],
            tokenizer=self.plan.tokenizer,
            filters=self.plan.filters,
            may_fall_short=True,
            basics=self._basics(f"{MADE}/mono"),
        )

    def alignment(self, draw: tuple[float, int] | None) -> AlignJob:
        """Return the job that aligns the pairs; where they are drawn, the aligner learns from the whole bitext."""
        return AlignJob(
            bitext=self._pairs(draw), alignment=self._aligning(draw), basics=self._basics(f"{MADE}/{ALIGN}")
        )

    def tokens(self, kind: str, draw: tuple[float, int] | None) -> TokenCsJob:
        """Return the job that switches words: `token`, or `salad`, the control, which needs no alignment."""
        plan = self.plan
        salad = kind == "salad"
        cutting = AlignSettings(tokenizer=plan.alignment.tokenizer, segmenter=plan.alignment.segmenter)
        amount, pos = plan.switching.amount, plan.switching.pos
        stopwords, protect = plan.switching.exclude_stopwords, plan.switching.protect
        random = TokenCsConfig(amount=amount, pos=pos, exclude_stopwords=stopwords, protect=protect)
        linked = replace(plan.alignment, links=f"{MADE}/{ALIGN}", links_under=str(self.root), fit_on=())
        return TokenCsJob(
            bitext=self._pairs(draw),
            switching=random if salad else plan.switching,
            alignment=cutting if salad else linked,
            matrix_lang=plan.matrix_lang,
            method="salad" if salad else plan.method,
            n_variants=plan.n_variants,
            basics=self._basics(f"{MADE}/{kind}"),
        )

    def of_documents_and_texts(self) -> list[SubJob]:
        """Return the jobs that need no alignment, and are quick."""
        kinds = [kind for kind in ("sentence", "parallel") if kind in self.wanted]
        return [
            *(
                SubJob(f"{MADE}/{kind}", "make-sentence-cs", partial(run_documents, self.documents(kind)))
                for kind in kinds
            ),
            SubJob(f"{MADE}/mono", "make-mono", partial(run_mono, self.texts())),
        ]

    def of_pairs(self, draw: tuple[float, int] | None) -> list[SubJob]:
        """Return the jobs that align pairs and switch words."""
        kinds = [kind for kind in ("token", "salad") if kind in self.wanted]
        align = SubJob(f"{MADE}/{ALIGN}", "align", partial(run_align, self.alignment(draw)))
        return [
            *([align] if self.plan.switching.amount.switches else []),
            *(
                SubJob(f"{MADE}/{kind}", "make-token-cs", partial(run_token_cs, self.tokens(kind, draw)))
                for kind in kinds
            ),
        ]

    def of_parts(self) -> list[SubJob]:
        """Return the jobs that draw the parts to their budgets, and the mixture of the phases."""
        return [self._part(name) for name in self.parts]

    def _part(self, name: str) -> SubJob:
        part, plan = PARTS[name], self.plan
        languages, basics = (plan.src_lang, plan.tgt_lang), self._basics(part.folder)
        if part.made is None:
            folders = {phase: PARTS[phase].folder for phase in PHASES}
            mix = MixJob(root=self.root, folders=folders, tokenizer=plan.tokenizer, languages=languages, basics=basics)
            return SubJob(part.folder, "shuffle", partial(run_mix, mix))
        draw = DrawJob(
            root=self.root,
            made=f"{MADE}/{part.made}",
            budget=plan.budget_of(name),
            tokenizer=plan.tokenizer,
            languages=languages,
            basics=basics,
        )
        return SubJob(part.folder, "draw", partial(run_draw, draw))

    def _pairs(self, draw: tuple[float, int] | None) -> BitextSpec:
        return replace(self.plan.bitext, draw=draw)

    def _aligning(self, draw: tuple[float, int] | None) -> AlignSettings:
        settings, bitext = self.plan.alignment, self.plan.bitext
        learns = settings.aligner in _FITTED and settings.load_model is None
        if draw is None or not learns or settings.fit_on or bitext.limit is not None:
            return settings
        return replace(settings, fit_on=bitext.paths or (str(bitext.src_file), str(bitext.tgt_file)))

    def _basics(self, folder: str) -> Basics:
        return replace(self.basics, out=self.root / folder, seed=self.plan.seed)
