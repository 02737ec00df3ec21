"""Places, bars and sums of values that are never sorted are those of the sorted ones."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from analytics.ordered_values import OrderedValues

near = st.integers(-50, 50)
wide = st.one_of(near, st.integers(-(2**40), 2**40), st.integers(0, 2**18).map(lambda n: n * 131))


def test_places_of_few_values_and_of_far_ones() -> None:
    values = OrderedValues(np.array([5, 10**12, -3, 5, 10**12 + 1]))
    assert [values.at(place) for place in range(5)] == [-3, 5, 5, 10**12, 10**12 + 1]
    assert values.sum_of_highest(2) == 2 * 10**12 + 1
    # From -3 on: 5 and 5 are in the first bar of ten, what is far above in the last.
    assert values.bars(10, 2).tolist() == [3, 0, 2]


@given(st.lists(wide, min_size=1, max_size=60), st.integers(1, 2**36), st.integers(1, 30))
def test_all_is_as_if_they_were_sorted(values: list[int], width: int, last: int) -> None:
    found, known = OrderedValues(np.array(values)), sorted(values)
    assert [found.at(place) for place in range(len(known))] == known
    assert [found.sum_of_highest(n) for n in range(1, len(known) + 1)] == [
        sum(known[-n:]) for n in range(1, len(known) + 1)
    ]
    bars = [min((value - known[0]) // width, last) for value in known]
    assert found.bars(width, last).tolist() == [bars.count(bar) for bar in range(last + 1)]
