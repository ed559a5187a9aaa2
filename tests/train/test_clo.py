"""CLO against a plain re-derivation in float64."""

from __future__ import annotations

import copy
import math

import numpy as np
import pytest
import torch
from torch.nn.functional import log_softmax, logsigmoid

from cscl_data.errors import ConfigError
from cscl_data.train.batches import counts_of
from cscl_data.train.forms import FORMS, Marks
from cscl_data.train.learner import Learner
from cscl_data.train.objectives import clo
from cscl_data.train.order import Row
from cscl_data.train.packing import EncodedChunk, pack_units
from cscl_data.train.pairs import pair_collator
from cscl_data.train.place import LoaderState
from cscl_data.train.step import build_optimizer, train_step
from cscl_data.train.stream import Chunk
from tests.train.stage_data import ByteSpeech
from tests.train.tiny_models import tiny_model

MARKS = Marks(256, 257, 258)
RECORDS = [
    ("a", "What is tea?", "A drink of leaves.", "차는 잎이다.", "en"),
    ("a", "차란?", "차는 잎이다.", "A drink of leaves.", "ko"),
    ("b", "Who?", "Nobody at all came.", "아무도.", "en"),
    ("b", "누구?", "아무도.", "Nobody at all came.", "ko"),
    ("c", "물?", "물.", "Water, of course.", "ko"),
]
WEIGHT, BETA = 0.3, 0.7


@pytest.fixture
def records():
    """Three records as packed rows; of the last one a preference is missing."""
    form = FORMS["clo"]
    rows = [
        Row(f"r{i}", i, (prompt, chosen, rejected, lang, record))
        for i, (record, prompt, chosen, rejected, lang) in enumerate(RECORDS)
    ]
    encoded = form.build(ByteSpeech(MARKS))([row.values for row in rows])
    chunk = Chunk(rows, LoaderState(), LoaderState(epoch=1))
    return list(pack_units([EncodedChunk(chunk, encoded)], 128))


def collator(references, *, packed=True, context=128):
    return pair_collator(references, pad=MARKS.pad, context=context, packed=packed, source_lang="en")


def log_prob(model, prompt: str, answer: str):
    """Log-probability of an answer and its end, by the plainest forward pass there is."""
    asked = [MARKS.bos, *prompt.encode(), ord("\n")]
    ids = torch.tensor([[*asked, *answer.encode(), MARKS.eos]])
    scores = log_softmax(model(input_ids=ids).logits[0, :-1], dim=-1)
    return scores[range(len(ids[0]) - 1), ids[0, 1:]][len(asked) - 1 :].sum(), len(ids[0]) - len(asked)


def derived_loss(model, start):
    """The loss as the paper writes it: one preference after the other."""
    learned, n_learned, compared = 0, 0, 0
    for _, prompt, chosen, rejected, lang in RECORDS:
        with torch.no_grad():
            before = log_prob(start, prompt, chosen)[0] - log_prob(start, prompt, rejected)[0]
        good, length = log_prob(model, prompt, chosen)
        bad, _ = log_prob(model, prompt, rejected)
        compared = compared - logsigmoid(BETA * (good - bad - before))
        if lang == "ko":
            learned, n_learned = learned - good, n_learned + length
    return WEIGHT * learned / n_learned + (1 - WEIGHT) * compared / (len(RECORDS) / 2)


@pytest.mark.parametrize("family", ["llama", "gemma2"])
@pytest.mark.parametrize("chunk", [None, 5])
@pytest.mark.parametrize("packed", [True, False])
def test_clo_loss_and_gradients_equal_a_plain_derivation_in_float64(records, family, chunk, packed):
    start = tiny_model(family)
    model = copy.deepcopy(start)
    with torch.no_grad():
        generator = torch.Generator().manual_seed(0)
        for weight in model.parameters():
            weight += 0.02 * torch.randn(weight.shape, generator=generator)
    exact, exact_start = copy.deepcopy(model).double(), copy.deepcopy(start).double()
    expected = derived_loss(exact, exact_start)
    expected.backward()

    references = np.array(
        [[log_prob(exact_start, prompt, a)[0].item() for a in answers] for _, prompt, *answers, _ in RECORDS],
        np.float32,
    )
    learner = Learner(model, clo.build(weight=WEIGHT, beta=BETA), chunk=chunk)
    collate = collator(references, packed=packed)
    batches = [collate(records[:1]), collate(records[1:])]
    loss = sum(learner(batch, counts_of(batches)) for batch in batches)
    loss.backward()
    assert loss.item() == pytest.approx(expected.item(), rel=2e-5)
    scale = max(p.grad.abs().max().item() for p in exact.parameters())
    for (name, one), other in zip(model.named_parameters(), exact.parameters(), strict=True):
        assert torch.allclose(one.grad.double(), other.grad, atol=1e-4 * scale), name


def test_clo_at_the_start_is_two_log_two_a_record(records):
    model = tiny_model("llama")
    learner = Learner(model, clo.build(weight=0.0, beta=BETA), chunk=None)
    whole = records[:2]
    batch = collator(None)(whole)
    log_probs = clo.sequence_log_probs(learner.likelihood, batch).detach()
    batch = batch._replace(preferences=batch.preferences._replace(reference_S=log_probs))
    assert learner(batch, batch.counts).item() == pytest.approx(2 * math.log(2), rel=1e-6)


def test_only_answers_to_prompts_in_the_target_language_are_learned(records):
    batch = collator(None)(records)
    assert batch.preferences.learned_S.tolist() == [False, False, True, False] * 2 + [True, False]
    answers = [chosen for _, _, chosen, _, lang in RECORDS if lang == "ko"]
    assert batch.counts.targets == sum(len(answer.encode()) + 1 for answer in answers)
    assert batch.counts.pairs == 5


def test_packing_fills_less_up_and_keeps_every_sequence(records):
    packed, loose = collator(None)(records), collator(None, packed=False)(records)
    assert packed.padding < loose.padding / 2
    assert packed.tokens == loose.tokens
    learner = Learner(tiny_model("qwen2"), clo.build(weight=0.5, beta=0.1), chunk=None)
    one, other = (clo.sequence_log_probs(learner.likelihood, batch) for batch in (packed, loose))
    assert torch.allclose(one, other, rtol=1e-4)


def test_answer_that_is_longer_than_the_context_is_refused_by_name(records):
    with pytest.raises(ConfigError, match=r"row r0: prompt and answer have 3\d tokens, --context is 24"):
        collator(None, context=24)(records)


def test_training_by_clo_prefers_the_language_of_the_prompt(records):
    learner = Learner(tiny_model("llama"), clo.build(weight=0.2, beta=0.5), chunk=None).train()
    batch = collator(None)(records)
    with torch.no_grad():
        before = clo.sequence_log_probs(learner.likelihood, batch)
    batch = batch._replace(preferences=batch.preferences._replace(reference_S=before))
    optimizer = build_optimizer(learner, lr=1e-3, weight_decay=0.0)
    losses = [train_step(learner, optimizer, [batch], max_grad_norm=1.0).loss for _ in range(25)]
    gained = (clo.sequence_log_probs(learner.likelihood, batch) - before).view(-1, 2)
    assert losses[-1] < losses[0]
    assert (gained[:, 0] > gained[:, 1]).all()
