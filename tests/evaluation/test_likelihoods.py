"""Bits a byte and nats a token: by hand, and the same whatever the tokenizer cuts."""

from __future__ import annotations

import math

import pytest

from cscl_data.evaluation.likelihoods import TextLoss


def test_measures_by_hand():
    """A coin toss a bit: 8 bits for the 4 bytes of a text in 2 tokens."""
    loss = TextLoss(nats=8 * math.log(2), tokens=2, n_bytes=4, texts=1)
    assert loss.bits_per_byte == pytest.approx(2)
    assert loss.nats_per_token == pytest.approx(4 * math.log(2))
    assert loss.perplexity_per_byte == pytest.approx(4)
    assert loss.perplexity_per_token == pytest.approx(16)
    assert loss.document()["bits_per_byte"] == loss.bits_per_byte


def test_uniform_bytes_cost_eight_bits_however_they_are_cut():
    text = "물 water".encode()
    fine = TextLoss(nats=len(text) * math.log(256), tokens=len(text), n_bytes=len(text), texts=1)
    coarse = fine._replace(tokens=2)
    assert fine.bits_per_byte == coarse.bits_per_byte == pytest.approx(8)
    assert fine.nats_per_token < coarse.nats_per_token


def test_without_text_there_is_no_measure():
    assert (TextLoss().bits_per_byte, TextLoss().nats_per_token) == (None, None)
    assert (TextLoss().perplexity_per_byte, TextLoss().perplexity_per_token) == (None, None)


def test_hopeless_model_is_infinite_and_no_error():
    assert TextLoss(nats=1e6, tokens=1, n_bytes=1_000_000, texts=1).perplexity_per_token == math.inf
