"""Asks one model everything: losses, retrieval by layer, answers, consistency, tasks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations

from cscl_data.evaluation.answers import count_answers, count_extracted
from cscl_data.evaluation.consistency import chance, rank_c, ranks
from cscl_data.evaluation.retrieval import LayerScore, score_layer
from cscl_data.pipelines.model_evaluation.answers import answer
from cscl_data.pipelines.model_evaluation.inputs import Pairs, Query
from cscl_data.pipelines.model_evaluation.loaded import LoadedModel, Tick
from cscl_data.pipelines.model_evaluation.losses import mean_nats, text_loss
from cscl_data.pipelines.model_evaluation.measured import Answer, Consistency, ModelFigures
from cscl_data.pipelines.model_evaluation.questions import Questions
from cscl_data.pipelines.model_evaluation.vectors import sentence_vectors

Note = Callable[[str], None]
_QUARTER = 4


def measure(
    model: LoadedModel, name: str, place: str, questions: Questions, note: Note
) -> tuple[ModelFigures, list[Answer]]:
    """Ask a model everything.

    Args:
        model: loaded.
        name: of its line.
        place: where it came from.
        questions: what it is asked.
        note: is told of progress.

    Returns:
        Its figures, and its answers to prompts.
    """
    figures = ModelFigures(place)
    said: list[Answer] = []
    for column, texts in questions.texts.items():
        figures.losses[column] = text_loss(model, texts, _progress(note, f"{place}: loss, {column}", len(texts)))
    if questions.pairs is not None:
        figures.layers = retrieval(model, questions.pairs, note, place)
        figures.cut["retrieval"] = model.longer([*questions.pairs.source, *questions.pairs.target])
    for of, prompts in questions.prompts.items():
        tick = _progress(note, f"{place}: answers, {of}", len(prompts))
        texts = answer(model, [prompt.text for prompt in prompts], tick)
        taken = [
            None if questions.extraction is None else questions.extraction.take(text, prompt.lang)
            for prompt, text in zip(prompts, texts, strict=True)
        ]
        answers = [text if own is None else own.text for text, own in zip(texts, taken, strict=True)]
        judged = [questions.judge.judge(text, prompt.lang) for prompt, text in zip(prompts, answers, strict=True)]
        for lang in dict.fromkeys(prompt.lang for prompt in prompts):
            of_lang = (one for one, prompt in zip(judged, prompts, strict=True) if prompt.lang == lang)
            figures.answers[of, lang] = count_answers(of_lang)
            found = [
                own.found for own, prompt in zip(taken, prompts, strict=True) if own is not None and prompt.lang == lang
            ]
            if found:
                figures.extracted[of, lang] = count_extracted(found)
        for prompt, text, own, one in zip(prompts, texts, taken, judged, strict=True):
            part = None if own is None else own.text
            said.append(Answer(name, place, of, *prompt, text, one.in_language, one.refused, part))
    if questions.queries:
        figures.consistency = consistency(model, questions.queries, note, place)
        asked = [one for query in questions.queries for those in query.sentences.values() for one in those]
        figures.cut["consistency"] = model.longer(asked)
    if questions.tasks is not None:
        note(f"{place}: lm-evaluation-harness")
        figures.tasks = questions.tasks.run(model)
    return figures, said


def retrieval(model: LoadedModel, pairs: Pairs, note: Note, place: str) -> tuple[LayerScore, ...]:
    """Score every layer, the embeddings first, on sentence pairs."""
    source, target = (
        sentence_vectors(model, texts, _progress(note, f"{place}: vectors, {lang}", len(texts)))
        for lang, texts in zip(pairs.langs, (pairs.source, pairs.target), strict=True)
    )
    return tuple(score_layer(n, *both) for n, both in enumerate(zip(source, target, strict=True)))


def consistency(model: LoadedModel, queries: Sequence[Query], note: Note, place: str) -> tuple[Consistency, ...]:
    """Rank the candidates of every query by the mean loss of their sentences, and compare the languages in pairs."""
    langs = sorted(queries[0].sentences)
    scores: dict[str, list[list[float]]] = {}
    for lang in langs:
        sentences = [sentence for query in queries for sentence in query.sentences[lang]]
        nats = iter(mean_nats(model, sentences, _progress(note, f"{place}: candidates, {lang}", len(sentences))))
        scores[lang] = [[-next(nats) for _ in query.sentences[lang]] for query in queries]
    known = [(n, query.answer) for n, query in enumerate(queries) if query.answer is not None]
    right = {
        lang: sum(ranks(scores[lang][n])[wanted] == 0 for n, wanted in known) / len(known) for lang in langs if known
    }
    expected = chance([len(query.sentences[langs[0]]) for query in queries])
    return tuple(
        Consistency(
            (one, other),
            rank_c(scores[one], scores[other]) or 0.0,
            expected or 0.0,
            {lang: float(right[lang]) for lang in (one, other) if lang in right},
        )
        for one, other in combinations(langs, 2)
    )


def _progress(note: Note, what: str, total: int) -> Tick:
    """Return what says how far a step is: at its beginning, and after every quarter of it."""
    done = 0
    note(what)

    def tick(n: int) -> None:
        nonlocal done
        before, done = done, done + n
        quarter = _QUARTER * done // total
        if quarter > _QUARTER * before // total and quarter < _QUARTER:
            note(f"{what} {100 * quarter // _QUARTER} %")

    return tick
