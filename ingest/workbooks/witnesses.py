"""What a whole column decides, carried to each block of its rows: a few of its cells that lead to the same decision."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.workbooks import cells, days
from ingest.workbooks.cells import Locale, Mask
from ingest.workbooks.columns import Holds

_NUMBERS: Final = frozenset({Holds.MONEY, Holds.COUNT})
_SHARES: Final = frozenset({Holds.DISCOUNT, Holds.PERCENT, Holds.SHARE})
_DAYS: Final = frozenset({Holds.DAY, Holds.MONTH})


def witnesses(blocks: Iterable[pa.Array], holds: Holds, locale: Locale) -> pa.Array | None:
    """Cells of a column by which each of its blocks is read as the whole: the first that shows a decimal comma, a point
    or the order of days and months; the largest share without a sign. None where each cell is read by itself."""
    if holds not in _NUMBERS | _SHARES | _DAYS:
        return None
    found: dict[int, pa.Array] = {}
    largest, of_largest = -1.0, None
    for block in blocks:
        is_text = pa.types.is_string(block.type)
        masks: list[Mask] = []
        if is_text:
            masks = days.day_signs(block) if holds in _DAYS else cells.number_signs(block)
        for sign, mask in enumerate(masks):
            if sign not in found and mask.any():
                found[sign] = block.slice(int(np.argmax(mask)), 1)
        if holds in _SHARES and len(block):
            sizes = _sizes(block, locale)
            at = int(np.argmax(sizes))
            if sizes[at] > largest:
                largest, of_largest = float(sizes[at]), block.slice(at, 1)
    kept = [*found.values(), *([] if of_largest is None else [of_largest])]
    return pa.concat_arrays(kept) if kept else None


def _sizes(block: pa.Array, locale: Locale) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """How large shares are that have no sign; −1 for others."""
    read = cells.numbers(block, locale)
    sizes = np.abs(np.asarray(pc.cast(read.values, pa.float64()).to_numpy(zero_copy_only=False), float))
    if pa.types.is_string(block.type):
        sizes[np.asarray(pc.fill_null(pc.match_substring(block, "%"), False).to_numpy(zero_copy_only=False), bool)] = -1
    return np.where(np.isnan(sizes), -1.0, sizes)
