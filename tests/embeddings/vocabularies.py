"""Tokenizers of all families over the same few words, made with the library that the real ones are made with."""

from __future__ import annotations

from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers
from transformers import PreTrainedTokenizerFast

WORDS = ("the", "house", "한국", "é", "1", ",")


def byte_level(words=WORDS, **more) -> PreTrainedTokenizerFast:
    """A GPT-2-like BPE whose tokens are bytes and whole words with and without a space before."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    cut = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokens, merges = list(alphabet), []
    for word in [text for own in words for text in (own, f" {own}")]:
        letters = cut.pre_tokenize_str(word)[0][0]
        for end in range(2, len(letters) + 1):
            if letters[:end] not in tokens:
                tokens.append(letters[:end])
                merges.append((letters[: end - 1], letters[end - 1]))
    core = Tokenizer(models.BPE(vocab={token: n for n, token in enumerate(tokens)}, merges=merges))
    core.pre_tokenizer, core.decoder = cut, decoders.ByteLevel()
    core.add_special_tokens(["<|end|>"])
    return PreTrainedTokenizerFast(tokenizer_object=core, **{"eos_token": "<|end|>", **more})


def unigram(words=WORDS, *, byte_fallback: bool = True, **more) -> PreTrainedTokenizerFast:
    """A SentencePiece-like Unigram model with byte tokens."""
    pieces = [("<unk>", 0.0), ("<s>", 0.0), ("</s>", 0.0)]
    pieces += [(f"<0x{byte:02X}>", -20.0) for byte in range(256)] if byte_fallback else []
    pieces += [(text, -2.0 - n / 10) for n, word in enumerate(words) for text in (f"▁{word}", word)]
    core = Tokenizer(models.Unigram(pieces, unk_id=0, byte_fallback=byte_fallback))
    core.pre_tokenizer, core.decoder = pre_tokenizers.Metaspace(), decoders.Metaspace()
    core.add_special_tokens(["<unk>", "<s>", "</s>"])
    marks = {"unk_token": "<unk>", "bos_token": "<s>", "eos_token": "</s>"}
    return PreTrainedTokenizerFast(tokenizer_object=core, **{**marks, **more})


def sentencepiece_bpe(words=WORDS) -> PreTrainedTokenizerFast:
    """A Llama-like BPE: no pre-tokenizer, spaces replaced by a normalizer."""
    letters = sorted({letter for word in words for letter in f"▁{word}"})
    tokens, merges = ["<unk>", "</s>", *letters], []
    for word in [text for own in words for text in (own, f"▁{own}")]:
        for end in range(2, len(word) + 1):
            if word[:end] not in tokens:
                tokens.append(word[:end])
                merges.append((word[: end - 1], word[end - 1]))
    core = Tokenizer(models.BPE(vocab={token: n for n, token in enumerate(tokens)}, merges=merges, unk_token="<unk>"))
    core.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    core.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.Strip(" ", 1, 0)])
    core.add_special_tokens(["<unk>", "</s>"])
    return PreTrainedTokenizerFast(tokenizer_object=core, unk_token="<unk>", eos_token="</s>")


def wordpiece(words=WORDS) -> PreTrainedTokenizerFast:
    """A BERT-like WordPiece."""
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    words = (*words, "a")
    tokens = [*special, *words, *(f"##{word}" for word in words if word.isalpha())]
    core = Tokenizer(models.WordPiece(vocab={token: n for n, token in enumerate(tokens)}, unk_token="[UNK]"))
    core.pre_tokenizer, core.decoder = pre_tokenizers.BertPreTokenizer(), decoders.WordPiece()
    core.add_special_tokens(special)
    names = ("pad_token", "unk_token", "cls_token", "sep_token", "mask_token")
    return PreTrainedTokenizerFast(tokenizer_object=core, **dict(zip(names, special, strict=True)))
