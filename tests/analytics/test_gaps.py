"""When days that were not delivered are too many to look ahead from those that were."""

from __future__ import annotations

from datetime import date, timedelta

from analytics.gaps import filled, told_enough

MONDAY = date(2026, 6, 1)


def days(*numbers: int) -> dict[date, float]:
    return {MONDAY + timedelta(days=n): 10.0 for n in numbers}


def test_a_third_of_the_days_may_be_missing_and_no_more() -> None:
    """30 days, of which 10 in a row were not delivered; then 31 and 11."""
    known, missing = filled(days(*range(10), *range(20, 30)))
    assert (len(known), len(missing), told_enough(known, missing)) == (30, 10, True)
    known, missing = filled(days(*range(10), *range(21, 31)))
    assert (len(missing), told_enough(known, missing)) == (11, False)


def test_what_was_missing_years_ago_is_past() -> None:
    known, missing = filled(days(0, *range(400, 765)))
    assert (len(missing), told_enough(known, missing)) == (399, True)


def test_without_a_day_nothing_is_told() -> None:
    assert not told_enough({}, {})
