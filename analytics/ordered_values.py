"""Whole numbers in order, for what is asked of their order more than once: by counts where they lie close together."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

Whole = npt.NDArray[np.int64]
# So far apart values are counted; others are sorted.
CLOSE: Final = 100_000


class OrderedValues:
    """Of one whole number or more: which stands at a place of their order, and how many are not above one."""

    def __init__(self, values: npt.NDArray[Any]) -> None:
        self.size = len(values)
        self.low, self.high = int(np.min(values)), int(np.max(values))
        self._upto: Whole | None = None
        if self.high - self.low < CLOSE:
            self._upto = np.cumsum(np.bincount(values - self.low))
        else:
            self._sorted = np.sort(values)

    def at(self, place: int) -> int:
        """The value at a place, 0 for the least."""
        if self._upto is None:
            return int(self._sorted[place])
        return self.low + int(np.searchsorted(self._upto, place, side="right"))

    def up_to(self, values: npt.NDArray[Any]) -> Whole:
        """How many are not above each of some values."""
        if self._upto is None:
            return np.searchsorted(self._sorted, values, side="right")
        place = np.clip(np.asarray(values, np.int64) - self.low, -1, len(self._upto) - 1)
        return np.where(place < 0, 0, self._upto[place])

    def sum_of_highest(self, count: int) -> int:
        """The sum of so many values from the highest on."""
        if self._upto is None:
            return int(self._sorted[self.size - count :].sum())
        counts = np.diff(self._upto, prepend=0)[::-1]
        taken = np.clip(count - (np.cumsum(counts) - counts), 0, counts)
        return int((taken * (self.low + np.arange(len(counts)))[::-1]).sum())
