"""Tiny encoders with random weights and a WordPiece tokenizer, saved as real ones are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

WORDS = ["the", "cat", "sat", "on", "a", "mat", "and", "saw", "dogs", "run", "house", "river", "green", "small"]
HANGUL = [
    "고양이",
    "매트",
    "위",
    "에",
    "앉",
    "았",
    "다",
    "개",
    "집",
    "강",
    "을",
    "를",
    "은",
    "는",
    "보",
    "초록",
    "작",
    "은",
]


def build_bert(path: Path, *, layers: int = 4, positions: int = 64, hidden: int = 32, seed: int = 0, **more) -> Path:
    """Save a BERT of `layers` layers for at most `positions` subwords; `more` goes into its configuration."""
    from transformers import BertConfig

    config = BertConfig(
        hidden_size=hidden,
        num_hidden_layers=layers,
        num_attention_heads=4,
        intermediate_size=2 * hidden,
        max_position_embeddings=positions,
        initializer_range=0.3,
        **more,
    )
    return build_encoder(path, config, limit=positions, seed=seed)


def build_encoder(
    path: Path,
    config: Any,
    *,
    limit: int = 64,
    template: str = "[CLS] $A [SEP]",
    padding: str = "right",
    seed: int = 0,
    pad: int = 1,
    spare: int = 0,
) -> Path:
    """Save a model of any configuration with random weights, and a tokenizer that wraps sentences in `template`.

    Its vocabulary has `spare` ids more than the tokenizer, and `pad` is the id of the padding, as the model sees it.
    """
    import torch
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import AutoModel, PreTrainedTokenizerFast

    special = {"unk_token": "[UNK]", "pad_token": "[PAD]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    letters = sorted({letter for word in (*WORDS, *HANGUL) for letter in word})
    pieces = [*special.values(), "[MASK]", *WORDS, *HANGUL, *letters, *(f"##{x}" for x in letters), "."]
    vocab = {piece: i for i, piece in enumerate(dict.fromkeys(pieces))}
    raw = Tokenizer(models.WordPiece(vocab, unk_token="[UNK]"))
    raw.normalizer = normalizers.BertNormalizer(lowercase=True)
    raw.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    ends = [(name, vocab[name]) for name in ("[CLS]", "[SEP]") if name in template]
    raw.post_processor = processors.TemplateProcessing(single=template, special_tokens=ends)
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=raw, model_max_length=limit, padding_side=padding, truncation_side=padding, **special
    )
    tokenizer.save_pretrained(path)
    torch.manual_seed(seed)
    config.vocab_size, config.pad_token_id = len(vocab) + spare, pad
    AutoModel.from_config(config).save_pretrained(path)
    return path


def sizes(**more: Any) -> dict[str, Any]:
    """Sizes of a small model, as most configurations name them."""
    return {
        "hidden_size": 32,
        "num_hidden_layers": 4,
        "num_attention_heads": 4,
        "intermediate_size": 64,
        "max_position_embeddings": 64,
        "initializer_range": 0.3,
        **more,
    }
