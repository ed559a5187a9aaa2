"""Ways to give a model embeddings for another vocabulary, by name. Each one's packages are imported when it is used."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from cscl_data.embeddings.base import Materials, MixSettings, Mixture

__all__ = ["METHODS", "Materials", "Method", "MixSettings", "Mixture"]

Mix = Callable[[Materials, MixSettings], Iterator[Mixture]]


def _salt(materials: Materials, settings: MixSettings) -> Iterator[Mixture]:
    from cscl_data.embeddings.salt import mix

    return mix(materials, settings)


def _focus(materials: Materials, settings: MixSettings) -> Iterator[Mixture]:
    from cscl_data.embeddings.focus import mix

    return mix(materials, settings)


def _wechsel(materials: Materials, settings: MixSettings) -> Iterator[Mixture]:
    from cscl_data.embeddings.wechsel import mix

    return mix(materials, settings)


def _ofa(materials: Materials, settings: MixSettings) -> Iterator[Mixture]:
    from cscl_data.embeddings.ofa import mix

    return mix(materials, settings)


def _transtok(materials: Materials, settings: MixSettings) -> Iterator[Mixture]:
    from cscl_data.embeddings.transtok import mix

    return mix(materials, settings)


def _mean(materials: Materials, settings: MixSettings) -> Iterator[Mixture]:
    from cscl_data.embeddings.pieces import mix

    return mix(materials, settings)


def _nothing(materials: Materials, settings: MixSettings) -> Iterator[Mixture]:
    return iter(())


class Method(NamedTuple):
    """How a method makes rows.

    Attributes:
        mix: says of which source rows the row of a token is made.
        rest: how a token that `mix` says nothing of gets its row, a name of `rest.RESTS`.
        needs: what it draws on, names of `Materials`.
        version: raised whenever the rows for the same input change.
    """

    mix: Mix
    rest: str
    needs: tuple[str, ...] = ()
    version: int = 1


METHODS: dict[str, Method] = {
    "focus": Method(_focus, "gaussian", ("static",), version=2),
    "mean": Method(_mean, "mean"),
    "multivariate": Method(_nothing, "multivariate"),
    "ofa": Method(_ofa, "gaussian", ("static", "source_static"), version=2),
    "random": Method(_nothing, "gaussian"),
    "salt": Method(_salt, "gaussian", ("static", "helper"), version=2),
    "transtok": Method(_transtok, "unknown", ("counts",), version=2),
    "wechsel": Method(_wechsel, "gaussian", ("static", "source_static"), version=2),
}
"""Method by name."""
