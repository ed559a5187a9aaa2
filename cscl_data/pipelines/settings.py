"""Settings and signatures, spelt the same way by every job."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from cscl_data.io.bitext import BitextSpec
from cscl_data.pipelines.align_settings import AlignSettings

_NOT_SETTINGS = ("paths", "stdin", "src_file", "tgt_file", "else_by_code", "blank_ends_document", "window")


def bitext_settings(spec: BitextSpec) -> dict[str, Any]:
    """Return what decides how a bitext is read; its files stand in the plan's inputs."""
    settings = asdict(spec)
    if spec.draw is None:
        del settings["draw"]
    return {name: settings[name] for name in settings if name not in _NOT_SETTINGS}


def alignment_settings(settings: AlignSettings) -> dict[str, Any]:
    """Return what decides how pairs are aligned, as it stands in a plan: links made before by their name alone."""
    return {name: value for name, value in asdict(settings).items() if name != "links_under"}


def sig_line(**parts: object) -> str:
    """Return `key:value|key:value`, in the order given; None values are left out.

    Example:
        >>> sig_line(catalyst=None, indicators="@,|,/", checks="a b")
        'indicators:@,%7C,/|checks:a_b'
    """
    return "|".join(f"{key}:{_safe(value)}" for key, value in parts.items() if value is not None)


def joined_sig(sigs: Sequence[str], **more: object) -> str:
    """Return one signature for several that name the same parts: a part that differs has all its values, by commas.

    Args:
        sigs: what `sig_line` made.
        more: parts that follow.
    """
    parts = [dict(part.split(":", 1) for part in sig.split("|")) for sig in sigs]
    names = dict.fromkeys(name for part in parts for name in part)
    values = {name: [part.get(name, "none") for part in parts] for name in names}
    return sig_line(**{n: v[0] if len(set(v)) == 1 else ",".join(v) for n, v in values.items()}, **more)


def _safe(value: object) -> str:
    return str(value).replace("|", "%7C").replace(" ", "_")
