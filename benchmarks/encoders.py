"""Encoders of real shapes with random weights, for comparisons of speed and of links where no real one is at hand."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


def build_bert(path: Path, text: Iterable[str], *, vocabulary: int = 18_000, seed: int = 0) -> Path:
    """Save a BERT of 14 million parameters (12 layers of 256) with a WordPiece tokenizer trained on `text`.

    The weights are random, so its links say nothing about words. They do compare programs: similarities of subwords
    differ, and the argmax, the matching and the rounding meet the same cases as with trained weights.
    """
    import torch
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors, trainers
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    special = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    raw = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    raw.normalizer = normalizers.BertNormalizer(lowercase=False)
    raw.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(
        vocab_size=vocabulary, special_tokens=list(special.values()), show_progress=False
    )
    raw.train_from_iterator(text, trainer)
    ends = [(name, raw.token_to_id(name)) for name in ("[CLS]", "[SEP]")]
    raw.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=ends)
    PreTrainedTokenizerFast(tokenizer_object=raw, model_max_length=512, **special).save_pretrained(path)
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=raw.get_vocab_size(),
        hidden_size=256,
        num_hidden_layers=12,
        num_attention_heads=4,
        intermediate_size=1_024,
    )
    BertModel(config).save_pretrained(path)
    return path
