"""Whole numbers of few bytes, several of them in one of eight: what is read by the million is then read in few."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

_WIDTHS: Final = (1, 2, 4, 8)


def packed(values: npt.NDArray[np.integer[Any]]) -> tuple[int, npt.NDArray[np.int64]]:
    """The bytes that each of the values needs, and the numbers that hold them, the first in the lowest bytes.

    The last number is filled up with zeros.
    """
    low, high = (int(np.min(values)), int(np.max(values))) if len(values) else (0, 0)
    width = next(w for w in _WIDTHS if -(2 ** (8 * w - 1)) <= low and high < 2 ** (8 * w - 1))
    held = np.zeros(-(-len(values) * width // 8) * (8 // width), f"<i{width}")
    held[: len(values)] = values
    return width, held.view("<i8")


def unpacked(width: int, numbers: npt.NDArray[np.int64], count: int) -> npt.NDArray[np.integer[Any]]:
    """The first `count` values of `width` bytes each."""
    found: npt.NDArray[np.integer[Any]] = np.ascontiguousarray(numbers, "<i8").view(f"<i{width}")[:count]
    return found
