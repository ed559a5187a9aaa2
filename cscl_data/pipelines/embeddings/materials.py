"""Everything a method draws on, gathered for one job."""

from __future__ import annotations

from typing import Any, NamedTuple

from cscl_data.embeddings import METHODS
from cscl_data.embeddings.base import Materials
from cscl_data.embeddings.canonical import forms_of, text_of
from cscl_data.embeddings.overlap import Overlap, find_overlap
from cscl_data.embeddings.pieces import even_mixture
from cscl_data.pipelines.embeddings.aligned import aligned_counts
from cscl_data.pipelines.embeddings.settings import EmbeddingJob
from cscl_data.pipelines.embeddings.source import helper_vectors
from cscl_data.pipelines.embeddings.vectors import static_vectors
from cscl_data.pipelines.embeddings.vocabularies import pieces_of, rows_of
from cscl_data.pipelines.listen import Listener


class Gathered(NamedTuple):
    """Materials, how the vocabularies overlap, and entries of the lexicon that joined two spaces, if any."""

    materials: Materials
    overlap: Overlap
    entries: int | None


def gather(job: EmbeddingJob, source: Any, target: Any, listener: Listener) -> Gathered:
    """Gather what the job's method needs.

    Raises:
        ConfigError: the languages of the bitext are unknown.
        InputError: something that is given cannot be read or does not fit.
        BackendError: a package or a model is missing.
    """
    import torch

    overlap = find_overlap(source, target, match=job.match)
    copied = overlap.pairs if job.copy_shared else {n: s for n, s in overlap.pairs.items() if _special(overlap, n)}
    new = [number for number in sorted(target.get_vocab().values()) if number not in copied]
    forms = forms_of(target)
    needs = METHODS[job.method].needs
    vectors = static_vectors(job, source, target, listener)
    pieces = None
    if job.method == "mean" and job.mean_of == "pieces":
        named = [number for number in new if number in forms]
        pieces = even_mixture(named, pieces_of(source, [text_of(forms[number]) for number in named]))
    counts = None
    if "counts" in needs and job.bitext is not None:
        counts = aligned_counts(job.bitext, source, target, min_count=job.min_count, listener=listener)
    materials = Materials(
        new=torch.tensor(new, dtype=torch.int64),
        shared_target=torch.tensor(list(copied), dtype=torch.int64),
        shared_source=torch.tensor(list(copied.values()), dtype=torch.int64),
        static=vectors.target,
        source_static=vectors.source,
        helper=helper_vectors(str(job.helper_model), target) if "helper" in needs else None,
        counts=counts,
        pieces=pieces,
        texts=[text_of(forms[n]) if n in forms else "" for n in range(rows_of(target))],
    )
    return Gathered(materials, overlap, vectors.entries)


def _special(overlap: Overlap, number: int) -> bool:
    return overlap.kinds[number] == "special"
