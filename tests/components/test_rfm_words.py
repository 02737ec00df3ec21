"""The page RFM in words: how the risk of being gone was found."""

from __future__ import annotations

import pytest

from components.rfm_words import risk


@pytest.mark.parametrize(
    ("gap", "said"),
    [
        (35.0, "twice the median gap of 35 days between orders (two of one day are a gap of 0; 1 day is the least)."),
        (0.5, "twice the median gap of 1 day between orders (two of one day are a gap of 0; 1 day is the least)."),
        (0.0, "twice the median gap of 1 day between orders (two of one day are a gap of 0; 1 day is the least)."),
        (None, "twice 90 days, since nobody has bought twice."),
    ],
)
def test_the_gap_that_is_said_is_the_one_that_counts(gap: float | None, said: str) -> None:
    assert said in risk({"churn": {"method": "silence", "reason": "few repeat customers"}, "median_gap_days": gap})
