"""RFM scores on rows that can be checked by hand, and the maps from score to segment."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from analytics.rfm import CutOffs, klaviyo_codes, quintile_codes, rank_scores
from data_access.reference import rfm
from settings import PROJECT_ROOT

DEFINED = PROJECT_ROOT.parent / "shared"


def test_equal_values_get_equal_scores() -> None:
    # percent_rank of 1, 1, 1, 2, 5, 9 is 0, 0, 0, 0.6, 0.8, 1: a quarter of the scale can stay empty.
    assert rank_scores(np.array([9, 1, 5, 1, 2, 1])).tolist() == [5, 1, 5, 1, 4, 1]


def test_the_fewest_days_are_best() -> None:
    assert rank_scores(np.array([10, 20, 30, 40, 50, 60]), fewest_best=True).tolist() == [5, 5, 4, 3, 2, 1]


@pytest.mark.parametrize("values", [[7], [7, 7, 7]], ids=["one customer", "all equal"])
def test_a_measure_that_tells_nobody_apart_scores_the_middle(values: list[int]) -> None:
    assert rank_scores(np.array(values)).tolist() == [3] * len(values)
    assert rank_scores(np.array(values), groups=3).tolist() == [2] * len(values)


def test_nobody_has_no_score() -> None:
    assert quintile_codes(np.array([]), np.array([]), np.array([])).tolist() == []


def test_codes_put_recency_first() -> None:
    days, orders, net = np.array([3, 90, 400]), np.array([1, 4, 2]), np.array([10.0, -5.0, 80.0])
    assert quintile_codes(days, orders, net).tolist() == [513, 351, 135]


def test_klaviyos_recency_has_fixed_days() -> None:
    days = np.array([180, 181, 365, 366])
    # Orders 1, 2, 3, 4: percent_rank 0, 1/3, 2/3, 1. Nothing was refunded: monetary is the same for all.
    assert klaviyo_codes(days, np.array([1, 2, 3, 4]), np.array([9, 9, 9, 9])).tolist() == [312, 222, 232, 132]


def test_fixed_limits_earn_the_score_they_name() -> None:
    limits = CutOffs((30, 90, 180, 365), (2, 3, 5, 10), (50, 100, 200, 500))
    days, orders = np.array([30, 31, 366]), np.array([1, 2, 10])
    assert limits.codes(days, orders, np.array([49.99, 50.0, 500.0])).tolist() == [511, 422, 155]


def test_limits_that_do_not_rise_are_refused() -> None:
    with pytest.raises(ValueError, match="orders have to rise"):
        CutOffs((30, 90, 180, 365), (2, 2, 5, 10), (50, 100, 200, 500))


def test_every_score_has_one_segment() -> None:
    five, three = range(1, 6), range(1, 4)
    assert set(rfm.segments()) == {f"{r}{f}{m}" for r in five for f in five for m in five}
    assert set(rfm.klaviyo_groups()) == {f"{r}{f}{m}" for r in three for f in three for m in three}
    assert len(set(rfm.segments().values())) == 11
    assert len(set(rfm.klaviyo_groups().values())) == 6
    assert rfm.segment_table().num_rows == 125
    assert rfm.klaviyo_group_table().column_names == ["rfm_score", "rfm_group"]


@pytest.mark.skipif(not DEFINED.is_dir(), reason="the definitions are not beside the repository")
@pytest.mark.parametrize("name", ["rfm_segments.csv", "klaviyo_rfm.csv"])
def test_the_maps_are_those_of_the_definitions(name: str) -> None:
    assert (Path(rfm.__file__).parent / name).read_bytes() == (DEFINED / name).read_bytes()
