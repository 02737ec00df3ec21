"""Whole numbers as if in order, for what is asked of their order more than once, without sorting them.

Values that lie close together are counted. Others are counted in steps, and only those of the steps that a question
falls into are looked at more closely.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

Whole = npt.NDArray[np.int64]
# So many different values are counted one by one; beyond, in as many steps of equal width.
CLOSE: Final = 1 << 17


class OrderedValues:
    """Of one whole number or more: which stands at a place of their order, and what the highest come to."""

    def __init__(self, values: npt.NDArray[Any]) -> None:
        self.size = len(values)
        self.low, self.high = int(np.min(values)), int(np.max(values))
        self._values = values
        self._shift = max(0, (self.high - self.low).bit_length() - CLOSE.bit_length() + 1)
        self._step = np.subtract(values, self.low, dtype=np.int64)
        self._step >>= self._shift
        self._upto = np.cumsum(np.bincount(self._step))
        self._within: dict[int, OrderedValues] = {}

    def at(self, place: int) -> int:
        """The value at a place, 0 for the least."""
        step = int(np.searchsorted(self._upto, place, side="right"))
        if not self._shift:
            return self.low + step
        if step not in self._within:
            self._within[step] = OrderedValues(self._values[self._step == step])
        return self._within[step].at(place - (int(self._upto[step - 1]) if step else 0))

    def bars(self, width: int, last: int) -> Whole:
        """How many lie in each of `last` bars of that width from the least value on, and in one of all above them."""
        start = np.arange(len(self._upto), dtype=np.int64) << self._shift
        first = np.minimum(start // width, last)
        whole = first == np.minimum((start + ((1 << self._shift) - 1)) // width, last)
        counts = np.diff(self._upto, prepend=0)
        found = np.zeros(last + 1, np.int64)
        np.add.at(found, first[whole], counts[whole])
        if not whole.all():
            # Of steps that reach into two bars one looks at the values.
            split = self._values[~whole[self._step]].astype(np.int64) - self.low
            found += np.bincount(np.minimum(split // width, last), minlength=last + 1)
        return found

    def sum_of_highest(self, count: int) -> int:
        """The sum of so many values from the highest on, one at least."""
        least = self.at(self.size - count)
        above = self._values > least
        missing = count - int(np.count_nonzero(above))
        return int(np.sum(self._values[above], dtype=np.int64)) + missing * least
