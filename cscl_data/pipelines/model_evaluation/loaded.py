"""A model with its tokenizer on its device, and the batches that it is given."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from cscl_data.errors import ConfigError, RetryableBackendError
from cscl_data.io.hub import quiet_transformers
from cscl_data.pipelines.model_evaluation.settings import LONGEST, ModelSettings

if TYPE_CHECKING:
    import torch

    from cscl_data.train.speech import OpenedSpeech

Tick = Callable[[int], None]
"""Is told how many texts were done."""


class Window(NamedTuple):
    """Tokens of one forward pass, and the number of the text that they are of."""

    text: int
    ids: list[int]


class LoadedModel:
    """A causal language model of `transformers` with its tokenizer.

    Args:
        name: a directory, or `hub:ORG/NAME`.
        settings: how it is run.

    Attributes:
        longest: tokens that it can read; None where nothing says.
        context: tokens of a window.
        begin: the token that stands before every text: that of the beginning, or of the end where there is none.
        template: how prompts are written: by the `chat template`, or `plain`.

    Raises:
        ConfigError: --context is longer than what the model reads, or the chat template cannot be read.
        BackendError: `transformers` cannot load model or tokenizer, or there is no such device.
    """

    def __init__(self, name: str, settings: ModelSettings) -> None:
        import torch

        from cscl_data.train.device import pick_device
        from cscl_data.train.model import load_model
        from cscl_data.train.tokenizer import load_tokenizer

        if settings.threads is not None:
            torch.set_num_threads(settings.threads)
        self.settings = settings
        self.device = pick_device(settings.device)
        self.tokenizer = load_tokenizer(name)
        self.model = load_model(name, dtype=getattr(torch, settings.dtype)).to(self.device).eval()
        config = self.model.config.get_text_config()
        self.vocab_size = int(config.vocab_size)
        longest = getattr(config, "max_position_embeddings", None)
        self.longest: int | None = int(longest) if longest else None
        if settings.context and self.longest and settings.context > self.longest:
            raise ConfigError(f"--context {settings.context}: {name} reads at most {self.longest} tokens")
        self.context = settings.context or min(LONGEST, self.longest or LONGEST)
        self.speech, self.template = _speech(self.tokenizer, name, settings.chat_template)
        marks = self.speech.marks
        self.begin = marks.eos if marks.bos is None else marks.bos

    def longer(self, texts: Sequence[str]) -> int:
        """Return how many texts have more tokens than a window holds behind its beginning mark."""
        return sum(len(ids) >= self.context for ids in self.speech.ids(texts))

    def batches(self, windows: Sequence[Window]) -> Iterator[list[Window]]:
        """Yield batches of windows of like length, the longest first: memory runs out at once or never."""
        ordered = sorted(windows, key=lambda one: -len(one.ids))
        size = self.settings.batch_size
        for start in range(0, len(ordered), size):
            yield ordered[start : start + size]

    def tensor(self, part: Sequence[Window]) -> torch.Tensor:
        """Return the ids of a batch, int64 [texts, tokens]; rows are filled up behind their end, out of its sight."""
        import torch

        width = max(len(one.ids) for one in part)
        pad = self.speech.marks.pad
        return torch.tensor([one.ids + [pad] * (width - len(one.ids)) for one in part], device=self.device)

    @contextmanager
    def asked(self) -> Iterator[Any]:
        """Compute without gradients and without a word while the block runs; hand out the model.

        Raises:
            RetryableBackendError: the device has too little memory.
        """
        import torch

        try:
            with torch.inference_mode(), quiet_transformers():
                yield self.model
        except torch.OutOfMemoryError as error:
            raise RetryableBackendError(
                "the model and a batch do not fit into the memory of the device",
                hint="--batch-size 1, a shorter --context, or --dtype bfloat16",
            ) from error


def _speech(tokenizer: Any, name: str, chat_template: str | None) -> tuple[OpenedSpeech, str]:
    """Return what tokenises for a model, and how its prompts are written."""
    from cscl_data.train.speech import PLAIN, OpenedSpeech, own_template
    from cscl_data.train.tokenizer import speech_spec

    given = chat_template
    if given is None and own_template(tokenizer) is None:
        given = PLAIN
    spec = speech_spec(tokenizer, "sft", name=name, chat_template=given)
    return OpenedSpeech(spec), PLAIN if spec.template is None else "chat template"
