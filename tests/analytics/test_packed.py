"""Numbers packed into others come out as they were, each width at its ends."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.packed import packed, unpacked


@pytest.mark.parametrize(
    ("values", "width", "numbers"),
    [
        ([], 1, 0),
        ([1, 2, 3], 1, 1),
        ([-128, 127, 0, 0, 0, 0, 0, 0, 5], 1, 2),
        ([128], 2, 1),
        ([-32_769, 1, 2], 4, 2),
        ([2**31, -5], 8, 2),
        ([-(2**63), 2**63 - 1], 8, 2),
    ],
)
def test_each_value_comes_back(values: list[int], width: int, numbers: int) -> None:
    told, held = packed(np.array(values, np.int64))
    assert (told, len(held)) == (width, numbers)
    assert unpacked(told, held, len(values)).tolist() == values


def test_the_first_value_is_in_the_lowest_byte() -> None:
    assert packed(np.array([1, 2]))[1].tolist() == [0x0201]
