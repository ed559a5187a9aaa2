"""Converts a `transformers` directory of a translation model for CTranslate2, and gives it away only if it agrees."""

from __future__ import annotations

import json
import shutil
import tempfile
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

from cscl_data.errors import BackendError, missing_package, unknown_name
from cscl_data.io.atomic import PARTIAL, output_errors, write_json
from cscl_data.io.hub import quiet_transformers
from cscl_data.io.shards import file_facts
from cscl_data.translators.agreement import Questions, agreement, first_line

MARKER = "conversion.json"
"""What a conversion says of itself: from what, how far it agrees, and the sha256 of its files. Written last."""
QUANTIZATIONS = (
    "int8",
    "int8_float32",
    "int8_float16",
    "int8_bfloat16",
    "int16",
    "float16",
    "bfloat16",
    "float32",
)
FAMILIES = ("marian", "m2m_100", "mbart", "t5", "mt5", "umt5")
"""What `config.json` calls the families; NLLB is an `m2m_100`, MADLAD-400 a `t5`."""

_TRIES = 3
_WEIGHTS = ("*.safetensors", "pytorch_model*.bin")
_KEPT = (
    "source.spm",
    "target.spm",
    "*.model",
    "tokenizer.json",
    "tokenizer_config.json",
    "README.md",
    "MODEL_CARD.md",
    "LICENSE*",
)


def is_original(directory: Path) -> bool:
    """Tell whether a directory holds a model as `transformers` saves it, and none of CTranslate2."""
    return bool(weight_files(directory)) and not (directory / "model.bin").is_file()


def weight_files(directory: Path) -> list[Path]:
    """Return the files of weights of a `transformers` directory, by name."""
    return sorted(path for pattern in _WEIGHTS for path in directory.glob(pattern) if path.is_file())


def quantization_for(device: str, compute_type: str) -> str:
    """Return how the weights are kept: as the compute type says; for `auto`, int8 for a CPU and float16 for a GPU.

    Raises:
        ConfigError: there is no such compute type.
    """
    if compute_type == "default":
        return "float32"
    if compute_type != "auto":
        if compute_type not in QUANTIZATIONS:
            raise unknown_name("compute type", compute_type, ("auto", "default", *QUANTIZATIONS))
        return compute_type
    if device == "auto":
        import ctranslate2

        return "float16" if ctranslate2.get_cuda_device_count() else "int8"
    return "float16" if device.startswith("cuda") else "int8"


def convert(
    source: Path,
    place: Path,
    *,
    name: str,
    quantization: str,
    device: str = "auto",
    compute_type: str = "auto",
    replace: bool = False,
) -> None:
    """Convert a model and put it in its place, if it is still the same model.

    Everything happens in a temporary directory beside `place`. Where another run was faster and its conversion is
    whole, that one stays, unless `replace` is given; anything else of that name is replaced.

    Args:
        source: a `transformers` directory.
        place: the directory to be made.
        name: what messages and the marker call the model.
        quantization: one of `QUANTIZATIONS`.
        device: where the compute type is tried.
        compute_type: with which it will run.
        replace: also replace a whole conversion.

    Raises:
        BackendError: it is of another family, cannot be loaded or converted, or the conversion does not agree.
        OutputError: the place cannot be written.
    """
    kind = str(_config(source, name).get("model_type", ""))
    if kind not in FAMILIES:
        raise BackendError(
            f"{name}: a model of the kind {kind or 'that config.json does not name'!r}, which is not converted",
            hint=f"translation models of these kinds are: {', '.join(FAMILIES)}",
        )
    with output_errors(place):
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".converting-", suffix=PARTIAL, dir=place.parent) as work:
            made = Path(work) / "float32"
            _run_converter(source, made, "float32", name)
            questions = Questions(source, made, name)
            theirs = questions.ask_original(source)
            ours = questions.ask_converted(made, compute_type="float32", device="cpu")
            if quantization != "float32":
                made = Path(work) / "quantised"
                _run_converter(source, made, quantization, name)
            tried = ours if compute_type == "float32" == quantization else None
            quantised = tried or questions.ask_converted(made, compute_type=compute_type, device=device)
            found = agreement(theirs, ours, quantised, questions.same_tokens)
            found.check(name, quantization if compute_type in ("auto", "default") else compute_type)
            names = sorted(path.name for path in made.iterdir())
            facts = {
                "model": name,
                "family": questions.family.name,
                "ctranslate2": version("ctranslate2"),
                "quantization": quantization,
                "agreement": {key: round(value, 4) for key, value in found._asdict().items()},
                "files": {file: file_facts(made / file)[1] for file in names},
            }
            write_json(made / MARKER, facts)
            _put(made, place, Path(work), replace=replace)


def conversion_facts(directory: Path) -> dict[str, Any]:
    """Return what a conversion says of itself; nothing where it is none."""
    try:
        found = json.loads((directory / MARKER).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) and isinstance(found.get("files"), dict) else {}


def is_whole(directory: Path) -> bool:
    """Tell whether a conversion's files are all there, as they were written."""
    listed = conversion_facts(directory).get("files")
    if not listed:
        return False
    return all((directory / name).is_file() and file_facts(directory / name)[1] == sha for name, sha in listed.items())


def _config(source: Path, name: str) -> dict[str, Any]:
    try:
        found = json.loads((source / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BackendError(f"{name}: its config.json cannot be read ({first_line(error)})") from error
    return found if isinstance(found, dict) else {}


def _run_converter(source: Path, out: Path, quantization: str, name: str) -> None:
    try:
        from ctranslate2.converters import TransformersConverter
    except ImportError as error:
        raise missing_package("translator", "ctranslate2", "ctranslate2") from error

    class Converter(TransformersConverter):  # type: ignore[misc]
        """Adds what transformers 5 no longer says of mBART: where its normalisation stands, and a first token."""

        def load_model(self, *args: Any, **options: Any) -> Any:
            model = super().load_model(*args, **options)
            if model.config.model_type == "mbart":
                model.config.normalize_before = model.config.normalize_embedding = True
            return model

        def load_tokenizer(self, *args: Any, **options: Any) -> Any:
            tokenizer = super().load_tokenizer(*args, **options)
            if tokenizer.bos_token is None and tokenizer.cls_token is not None:
                tokenizer.bos_token = tokenizer.cls_token
            return tokenizer

    with quiet_transformers():
        try:
            Converter(str(source)).convert(str(out), quantization=quantization)
        except Exception as error:
            raise BackendError(f"{name}: CTranslate2 does not convert it ({first_line(error)})") from error
    for path in sorted({path for pattern in _KEPT for path in source.glob(pattern) if path.is_file()}):
        shutil.copyfile(path, out / path.name)


def _put(made: Path, place: Path, work: Path, *, replace: bool) -> None:
    """Give a conversion its name; a rival's in the same place is as good as ours, anything else is moved away."""
    for number in range(_TRIES):
        try:
            made.rename(place)
            return
        except OSError:
            if not replace and is_whole(place):
                return
            if number == _TRIES - 1:
                raise
        with suppress(OSError):
            place.rename(work / f"away-{number}")
