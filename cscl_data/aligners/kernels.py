"""How inner loops are compiled: cached on disk, free of the GIL, without `fastmath`, so that sums repeat exactly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
import numpy.typing as npt

Array = npt.NDArray[Any]
Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(function: Function) -> Function:
    """Compile a function at its first call; numba reads no annotations, they are for people and for mypy.

    A compiled function calls only compiled functions of its own file: numba's cache looks at that file alone, and would
    not notice a change elsewhere.
    """
    return cast(Function, numba.njit(cache=True, nogil=True)(function))
