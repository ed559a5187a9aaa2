"""A small pre-norm encoder-decoder Transformer that CTranslate2 can run as it is.

Vaswani et al., 2017 (https://arxiv.org/abs/1706.03762), with layer normalisation before each block (Xiong et al., 2020,
https://arxiv.org/abs/2002.04745) and one matrix for source, target and output embeddings (Press and Wolf, 2017,
https://arxiv.org/abs/1608.05859). Shapes: B batch, S source length, T target length, C width, V vocabulary.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from loss import SmoothedLoss
from torch import Tensor, nn
from torch.nn import functional as F


@dataclass(frozen=True, slots=True)
class ModelOptions:
    """Sizes of the model."""

    vocabulary: int
    width: int = 256
    heads: int = 4
    feed_forward: int = 1024
    encoder_layers: int = 3
    decoder_layers: int = 2
    positions: int = 512
    dropout: float = 0.1


@dataclass(frozen=True, slots=True)
class Batch:
    """Padded ids with masks that are True at real tokens; ``labels`` is ``target`` shifted by one."""

    source: Tensor
    source_mask: Tensor
    target: Tensor
    target_mask: Tensor
    labels: Tensor


def sinusoids(positions: int, width: int) -> Tensor:
    """Returns the position encodings of Vaswani et al., sines before cosines, of shape [positions, width]."""
    rates = torch.exp(torch.arange(width // 2) * (-math.log(10000.0) / (width // 2 - 1)))
    angles = torch.arange(positions)[:, None] * rates[None, :]
    return torch.cat([angles.sin(), angles.cos()], dim=1)


class Attention(nn.Module):
    """Multi-head attention whose projections are fused as CTranslate2 stores them.

    Args:
        width: Model width.
        heads: Number of heads.
        cross: Keys and values come from the encoder.
    """

    def __init__(self, width: int, heads: int, *, cross: bool) -> None:
        super().__init__()
        self.heads = heads
        self.norm = nn.LayerNorm(width)
        self.project = nn.ModuleList(nn.Linear(width, parts * width) for parts in ((1, 2) if cross else (3,)))
        self.out = nn.Linear(width, width)

    def forward(self, x: Tensor, memory: Tensor | None, mask: Tensor | None) -> Tensor:
        """Attends from ``x`` to ``memory``, or causally or freely to itself.

        Args:
            x: Input. [B, T, C]
            memory: Encoder output for cross-attention. [B, S, C]
            mask: True where attention is allowed; None means causal. [B, 1, 1, S]
        """
        normed = self.norm(x)
        if memory is None:
            query, key, value = self.project[0](normed).chunk(3, dim=-1)
        else:
            query = self.project[0](normed)
            key, value = self.project[1](memory).chunk(2, dim=-1)
        query, key, value = (part.unflatten(-1, (self.heads, -1)).transpose(1, 2) for part in (query, key, value))
        # Spelled out: PyTorch's fused attention has a slow backward pass on CPU at these lengths.
        scores = (query * query.shape[-1] ** -0.5) @ key.transpose(2, 3)
        if mask is None:
            length = x.shape[1]
            mask = torch.ones(length, length, dtype=torch.bool, device=x.device).tril()
        mixed = scores.masked_fill(~mask, -1e4).softmax(-1).to(value.dtype) @ value
        return self.out(mixed.transpose(1, 2).flatten(2))


class FeedForward(nn.Module):
    """Two linear layers with a ReLU between them."""

    def __init__(self, width: int, inner: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.first = nn.Linear(width, inner)
        self.second = nn.Linear(inner, width)

    def forward(self, x: Tensor) -> Tensor:
        """Maps ``x``, of shape [B, T, C], to the residual."""
        return self.second(F.relu(self.first(self.norm(x))))


class Layer(nn.Module):
    """One encoder layer, or one decoder layer if ``cross`` is set."""

    def __init__(self, options: ModelOptions, *, cross: bool) -> None:
        super().__init__()
        self.attention = Attention(options.width, options.heads, cross=False)
        self.cross = Attention(options.width, options.heads, cross=True) if cross else None
        self.feed_forward = FeedForward(options.width, options.feed_forward)
        self.dropout = nn.Dropout(options.dropout)

    def forward(
        self, x: Tensor, mask: Tensor | None, memory: Tensor | None = None, memory_mask: Tensor | None = None
    ) -> Tensor:
        """Applies the blocks of the layer, each with a residual.

        Args:
            x: Input. [B, T, C]
            mask: Mask of self-attention, None for causal. [B, 1, 1, T]
            memory: Encoder output for cross-attention. [B, S, C]
            memory_mask: Mask of cross-attention. [B, 1, 1, S]
        """
        x = x + self.attention(x, None, mask)
        if self.cross is not None:
            x = x + self.cross(x, memory, memory_mask)
        return x + self.dropout(self.feed_forward(x))


class Translator(nn.Module):
    """Encoder, decoder and the shared embedding.

    Args:
        options: Sizes.
    """

    positions: Tensor

    def __init__(self, options: ModelOptions) -> None:
        super().__init__()
        self.options = options
        self.embedding = nn.Embedding(options.vocabulary, options.width)
        self.bias = nn.Parameter(torch.zeros(options.vocabulary))
        self.encoder = nn.ModuleList(Layer(options, cross=False) for _ in range(options.encoder_layers))
        self.decoder = nn.ModuleList(Layer(options, cross=True) for _ in range(options.decoder_layers))
        self.encoder_norm = nn.LayerNorm(options.width)
        self.decoder_norm = nn.LayerNorm(options.width)
        self.dropout = nn.Dropout(options.dropout)
        self.register_buffer("positions", sinusoids(options.positions, options.width), persistent=False)
        for parameter in self.parameters():
            if parameter.dim() > 1:
                nn.init.xavier_uniform_(parameter)
        nn.init.normal_(self.embedding.weight, std=options.width**-0.5)

    def embed(self, ids: Tensor) -> Tensor:
        """Embeds token ids, [B, T] to [B, T, C]."""
        x = self.embedding(ids) * math.sqrt(self.options.width) + self.positions[: ids.shape[1]]
        return self.dropout(x)

    def encode(self, source: Tensor, mask: Tensor) -> Tensor:
        """Encodes padded source ids, [B, S] to [B, S, C]."""
        x = self.embed(source)
        for layer in self.encoder:
            x = layer(x, mask)
        return self.encoder_norm(x)

    def decode(self, target: Tensor, memory: Tensor, mask: Tensor) -> Tensor:
        """Decodes under teacher forcing to the states before the output projection, [B, T] to [B, T, C]."""
        x = self.embed(target)
        for layer in self.decoder:
            x = layer(x, None, memory, mask)
        return self.decoder_norm(x)

    def logits(self, states: Tensor) -> Tensor:
        """Projects states on the vocabulary, [..., C] to [..., V]."""
        return F.linear(states, self.embedding.weight, self.bias)

    def forward(self, batch: Batch, smoothing: float, weights: Tensor) -> Tensor:
        """Returns the mean label-smoothed loss over the real target tokens of a batch.

        Args:
            batch: Padded ids.
            smoothing: Share of probability spread over the vocabulary.
            weights: Weight of each vocabulary entry as a label. [V]
        """
        mask = batch.source_mask[:, None, None, :]
        states = self.decode(batch.target, self.encode(batch.source, mask), mask)[batch.target_mask]
        labels = batch.labels[batch.target_mask]
        return SmoothedLoss.apply(states, self.embedding.weight, self.bias, labels, weights[labels], smoothing)

    @torch.inference_mode()
    def greedy(self, source: Tensor, source_mask: Tensor, start: int, end: int, limit: int) -> list[list[int]]:
        """Decodes greedily without a cache; slow, for checking conversions.

        Returns:
            The ids of each hypothesis, without start and end.
        """
        mask = source_mask[:, None, None, :]
        memory = self.encode(source, mask)
        ids = torch.full((len(source), 1), start)
        done = torch.zeros(len(source), dtype=torch.bool)
        for _ in range(limit):
            best = self.logits(self.decode(ids, memory, mask)[:, -1]).argmax(-1)
            ids = torch.cat([ids, torch.where(done, end, best)[:, None]], dim=1)
            done |= best == end
            if bool(done.all()):
                break
        rows: list[list[int]] = ids[:, 1:].tolist()
        return [row[: row.index(end)] if end in row else row for row in rows]
