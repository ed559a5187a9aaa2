"""Tiny translation models with random weights, in the form in which the real ones come, made by the real converter."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

_SENTENCE = """
the a of to in model data text field record word line house river morning question answer small green old new
runs sings opens writes keeps gives and or not with from under over
"""


def corpus() -> list[str]:
    """Three hundred lines of a few dozen words, and some in other scripts."""
    words = _SENTENCE.split()
    lines = [" ".join(words[(i * k + k) % len(words)] for k in range(1, 4 + i % 6)) for i in range(300)]
    return [*lines, *("한국어 문장 하나 더", "日本語の文", "1 2 3 4 5 6 7 8 9 0", "@ # * . , ! ?") * 10]


def train_sentencepiece(path: Path, *, size: int = 160, **options: object) -> Path:
    import sentencepiece

    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(corpus()),
        model_writer=(buffer := io.BytesIO()),
        vocab_size=size,
        model_type="unigram",
        hard_vocab_limit=False,
        character_coverage=1.0,
        minloglevel=2,
        num_threads=1,
        **options,
    )
    path.write_bytes(buffer.getvalue())
    return path


def pieces_of(model: Path) -> list[str]:
    import sentencepiece

    loaded = sentencepiece.SentencePieceProcessor(model_file=str(model))
    return [loaded.id_to_piece(number) for number in range(loaded.get_piece_size())]


def build_marian(work: Path, *, languages: tuple[str, ...] = ()) -> Path:
    """OPUS-MT as its converter leaves it."""
    source = save_marian(work, languages=languages)
    return _convert(source, work / "marian-ct2", ["source.spm", "target.spm", "tokenizer_config.json"])


def save_marian(work: Path, *, languages: tuple[str, ...] = (), last_row: float = 0.0) -> Path:
    """OPUS-MT: source.spm, target.spm, a vocabulary whose last entry is <pad>; `last_row` is in that entry's vector."""
    import torch
    from transformers import MarianConfig, MarianMTModel, MarianTokenizer

    source = work / "marian"
    source.mkdir(parents=True)
    model = train_sentencepiece(source / "source.spm")
    (source / "target.spm").write_bytes(model.read_bytes())
    plain = [piece for piece in pieces_of(model) if piece not in ("<unk>", "<s>", "</s>")]
    tokens = ["</s>", "<unk>", *(f">>{code}<<" for code in languages), *plain, "<pad>"]
    (source / "vocab.json").write_text(json.dumps({token: i for i, token in enumerate(tokens)}), encoding="utf-8")
    tokenizer = MarianTokenizer(str(source / "source.spm"), str(source / "target.spm"), str(source / "vocab.json"))
    tokenizer.save_pretrained(source)
    torch.manual_seed(0)
    pad = len(tokens) - 1
    config = MarianConfig(
        vocab_size=len(tokens),
        **_sizes(),
        pad_token_id=pad,
        eos_token_id=0,
        decoder_start_token_id=pad,
        forced_eos_token_id=None,
        max_position_embeddings=512,
    )
    whole = MarianMTModel(config)
    with torch.no_grad():
        whole.model.shared.weight[pad] = last_row * torch.randn(config.d_model)
    whole.save_pretrained(source)
    return source


def build_m2m100(work: Path) -> Path:
    """M2M-100 as its converter leaves it."""
    return _convert(save_m2m100(work), work / "m2m100-ct2", ["sentencepiece.bpe.model", "tokenizer_config.json"])


def save_m2m100(work: Path) -> Path:
    """M2M-100: sentencepiece.bpe.model and vocab.json; language tokens behind the vocabulary, then made-up words."""
    import torch
    from transformers import M2M100Config, M2M100ForConditionalGeneration, M2M100Tokenizer

    source = work / "m2m100"
    source.mkdir(parents=True)
    model = train_sentencepiece(source / "sentencepiece.bpe.model")
    plain = [piece for piece in pieces_of(model) if piece not in ("<unk>", "<s>", "</s>")]
    tokens = ["<s>", "<pad>", "</s>", "<unk>", *plain]
    (source / "vocab.json").write_text(json.dumps({token: i for i, token in enumerate(tokens)}), encoding="utf-8")
    tokenizer = M2M100Tokenizer(str(source / "vocab.json"), str(model))
    codes = list(tokenizer.lang_token_to_id)
    tokenizer = M2M100Tokenizer(str(source / "vocab.json"), str(model), additional_special_tokens=codes)
    tokenizer.save_pretrained(source)
    torch.manual_seed(0)
    size = len(tokens) + len(codes) + 8
    config = M2M100Config(
        vocab_size=size, **_sizes(), pad_token_id=1, bos_token_id=0, eos_token_id=2, decoder_start_token_id=2
    )
    M2M100ForConditionalGeneration(config).save_pretrained(source)
    return source


def build_nllb(work: Path) -> Path:
    """NLLB as its converter leaves it."""
    return _convert(save_nllb(work), work / "nllb-ct2", ["tokenizer.json", "tokenizer_config.json"])


def save_nllb(work: Path) -> Path:
    """NLLB: the M2M-100 architecture with a tokenizer.json and FLORES-200 codes."""
    import torch
    from transformers import M2M100Config, M2M100ForConditionalGeneration, NllbTokenizer

    source = work / "nllb"
    source.mkdir(parents=True)
    alphabet = sorted({char for line in corpus() for char in line if char != " "})
    starts = [f"▁{char}" for char in alphabet]
    merges = [("▁", char) for char in alphabet]
    tokens = ["<s>", "<pad>", "</s>", "<unk>", "▁", *alphabet, *starts]
    tokenizer = NllbTokenizer(vocab={token: i for i, token in enumerate(tokens)}, merges=merges)
    tokenizer.save_pretrained(source)
    torch.manual_seed(0)
    config = M2M100Config(
        vocab_size=len(tokenizer), **_sizes(), pad_token_id=1, bos_token_id=0, eos_token_id=2, decoder_start_token_id=2
    )
    M2M100ForConditionalGeneration(config).save_pretrained(source)
    return source


def save_mbart(work: Path, *, first: bool = False) -> Path:
    """mBART-50, or the first mBART: a SentencePiece model, and language tokens behind its vocabulary."""
    import torch
    from transformers import MBart50Tokenizer, MBartConfig, MBartForConditionalGeneration, MBartTokenizer

    source = work / "mbart"
    source.mkdir(parents=True)
    pieces = _scored(train_sentencepiece(source / "sentencepiece.bpe.model"))
    special = ("<s>", "<pad>", "</s>", "<unk>") if first else ("<unk>", "<s>", "</s>")
    vocabulary = [*((token, 0.0) for token in special), *pieces]
    tokenizer_class = MBartTokenizer if first else MBart50Tokenizer
    tokenizer = tokenizer_class(vocab=vocabulary, src_lang="en_XX", tgt_lang="ko_KR")
    tokenizer.save_pretrained(source)
    torch.manual_seed(0)
    config = MBartConfig(
        vocab_size=len(tokenizer),
        **_sizes(),
        pad_token_id=1,
        bos_token_id=0,
        eos_token_id=2,
        decoder_start_token_id=2,
        forced_eos_token_id=None,
        tokenizer_class=tokenizer_class.__name__,
    )
    MBartForConditionalGeneration(config).save_pretrained(source)
    return source


def save_t5(work: Path) -> Path:
    """MADLAD-400: a T5 without tied embeddings whose vocabulary has `<2ko>` and the like."""
    import torch
    from transformers import T5Config, T5ForConditionalGeneration, T5Tokenizer

    source = work / "t5"
    source.mkdir(parents=True)
    pieces = _scored(train_sentencepiece(work / "t5.model"))
    codes = [f"<2{code}>" for code in ("en", "ko", "ja", "id")]
    vocabulary = [*((token, 0.0) for token in ("<pad>", "</s>", "<unk>", *codes)), *pieces]
    tokenizer = T5Tokenizer(vocab=vocabulary, extra_ids=0)
    tokenizer.save_pretrained(source)
    torch.manual_seed(0)
    config = T5Config(
        vocab_size=len(tokenizer),
        d_model=16,
        d_kv=8,
        d_ff=32,
        num_layers=1,
        num_heads=2,
        initializer_factor=4.0,
        feed_forward_proj="gated-gelu",
        tie_word_embeddings=False,
        pad_token_id=tokenizer.pad_token_id,
        eos_token_id=tokenizer.eos_token_id,
        decoder_start_token_id=tokenizer.pad_token_id,
    )
    T5ForConditionalGeneration(config).save_pretrained(source)
    return source


def _scored(model: Path) -> list[tuple[str, float]]:
    import sentencepiece

    loaded = sentencepiece.SentencePieceProcessor(model_file=str(model))
    numbers = range(loaded.get_piece_size())
    kept = [n for n in numbers if not loaded.is_control(n) and not loaded.is_unknown(n)]
    return [(loaded.id_to_piece(n), loaded.get_score(n)) for n in kept]


def _sizes() -> dict[str, Any]:
    """Small, and with weights so large that what is said depends on what is asked."""
    return {
        "init_std": 0.4,
        "d_model": 16,
        "encoder_layers": 1,
        "decoder_layers": 1,
        "encoder_attention_heads": 2,
        "decoder_attention_heads": 2,
        "encoder_ffn_dim": 32,
        "decoder_ffn_dim": 32,
    }


def _convert(source: Path, out: Path, files: list[str]) -> Path:
    from ctranslate2.converters import TransformersConverter

    TransformersConverter(str(source), copy_files=files).convert(str(out), force=True)
    return out
