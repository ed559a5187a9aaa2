"""A tiny BERT with random weights and a WordPiece tokenizer, saved as real ones are."""

from __future__ import annotations

from pathlib import Path

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


def build_bert(path: Path, *, layers: int = 4, positions: int = 64, hidden: int = 32, seed: int = 0) -> Path:
    """Save a BERT of `layers` layers for at most `positions` subwords."""
    import torch
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    letters = sorted({letter for word in (*WORDS, *HANGUL) for letter in word})
    pieces = [
        "[PAD]",
        "[UNK]",
        "[CLS]",
        "[SEP]",
        "[MASK]",
        *WORDS,
        *HANGUL,
        *letters,
        *(f"##{x}" for x in letters),
        ".",
    ]
    vocab = {piece: i for i, piece in enumerate(dict.fromkeys(pieces))}
    raw = Tokenizer(models.WordPiece(vocab, unk_token="[UNK]"))
    raw.normalizer = normalizers.BertNormalizer(lowercase=True)
    raw.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    raw.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", vocab["[CLS]"]), ("[SEP]", vocab["[SEP]"])]
    )
    special = {"unk_token": "[UNK]", "pad_token": "[PAD]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=raw, model_max_length=positions, **special)
    tokenizer.save_pretrained(path)
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=len(vocab),
        hidden_size=hidden,
        num_hidden_layers=layers,
        num_attention_heads=4,
        intermediate_size=2 * hidden,
        max_position_embeddings=positions,
        initializer_range=0.3,
    )
    BertModel(config).save_pretrained(path)
    return path
