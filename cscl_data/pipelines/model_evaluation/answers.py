"""What a model says to prompts: the likeliest token each time, so that the same model says the same."""

from __future__ import annotations

from collections.abc import Sequence

from cscl_data.errors import InputError
from cscl_data.pipelines.model_evaluation.loaded import LoadedModel, Tick, Window


def answer(model: LoadedModel, prompts: Sequence[str], tick: Tick) -> list[str]:
    """Return the answers, in order, without special tokens and without white space around them.

    An answer ends at the model's own end marks, at `max_new_tokens`, or where the model can read no further.

    Raises:
        InputError: a prompt leaves no room for an answer, or the chat template refuses it.
    """
    import torch
    from transformers import GenerationConfig

    windows = [Window(n, ids) for n, ids in enumerate(_asked(model, prompts))]
    marks = model.speech.marks
    ends = getattr(model.model.generation_config, "eos_token_id", None)
    found = [""] * len(prompts)
    for part in model.batches(windows):
        width = len(part[0].ids)
        room = model.settings.max_new_tokens
        if model.longest is not None:
            room = min(room, model.longest - width)
        if room < 1:
            beginning = prompts[part[0].text][:40]
            raise InputError(
                f"--prompts: {beginning!r} ... has {width} tokens, and the model reads {model.longest}",
                hint="leave it out: an answer to a part of it is an answer to something else",
            )
        config = GenerationConfig(
            do_sample=False,
            max_new_tokens=room,
            pad_token_id=marks.pad,
            bos_token_id=marks.bos,
            eos_token_id=marks.eos if ends is None else ends,
        )
        filled = [width - len(one.ids) for one in part]
        ids = [[marks.pad] * n + one.ids for n, one in zip(filled, part, strict=True)]
        mask = [[0] * n + [1] * len(one.ids) for n, one in zip(filled, part, strict=True)]
        with model.asked() as whole:
            said = whole.generate(
                input_ids=torch.tensor(ids, device=model.device),
                attention_mask=torch.tensor(mask, device=model.device),
                generation_config=config,
            )
        for one, tokens in zip(part, said[:, width:].tolist(), strict=True):
            found[one.text] = str(model.tokenizer.decode(tokens, skip_special_tokens=True)).strip()
        tick(len(part))
    return found


def _asked(model: LoadedModel, prompts: Sequence[str]) -> list[list[int]]:
    """Return the tokens of each prompt up to where the answer begins, as training cuts it off."""
    from cscl_data.train.forms.sft import SEPARATOR

    speech = model.speech
    if speech.has_template:
        written = [speech.render([{"role": "user", "content": prompt}], ask=True) for prompt in prompts]
        return speech.template_ids(written)
    begin = [] if speech.marks.bos is None else [speech.marks.bos]
    return [begin + ids for ids in speech.ids([prompt + SEPARATOR for prompt in prompts])]
