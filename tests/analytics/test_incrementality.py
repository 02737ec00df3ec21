"""Reached against left out, on groups that a person can check by hand."""

from __future__ import annotations

from math import isclose, sqrt

import numpy as np

from analytics.incrementality import Doubt, Kind, Side, compared, side


def group(people: int, buyers: int, each: float = 10.0, before: float = 0.0) -> Side:
    """So many of them bought for `each`, and everybody for `before` in the days before."""
    if before:
        after = np.zeros(people)
        after[:buyers] = each
        return side(people, after, np.full(people, before), (after > 0).astype(np.int64))
    return side(people, np.full(buyers, each), np.zeros(buyers), np.ones(buyers, dtype=np.int64))


def test_a_side_is_told_by_those_who_bought_alone() -> None:
    # 50 of 100 bought for 10: 5 a person, variance (50 × 100 − 100 × 25) / 99.
    found = group(100, 50)
    assert (found.people, found.buyers, found.mean, found.before) == (100, 50, 5.0, 0.0)
    assert isclose(found.variance, 2500 / 99)
    assert found.share == 0.5


def test_groups_by_chance_differ_by_what_they_bought() -> None:
    found = compared(Kind.CHANCE, group(100, 50), group(100, 25), days=14, days_before=28)
    told = found.difference
    assert told is not None
    assert told.per_person == 2.5
    # Variances 2500 / 99 and (25 × 100 − 100 × 6.25) / 99, both of 100 people.
    assert isclose(told.error, sqrt((2500 / 99 + 1875 / 99) / 100))
    # t with 194.0 degrees of freedom at 97.5 %: 1.9723.
    assert isclose(told.high - told.per_person, 1.9723 * told.error, rel_tol=1e-4)
    assert found.sure
    assert told.buyers is not None
    assert told.buyers.points == 25.0
    assert found.revenue is not None
    assert isclose(found.revenue[1], 250.0)
    assert found.doubts == ()


def test_what_explains_nothing_changes_nothing() -> None:
    # Everybody bought the same before: there is no slope on it.
    plain = compared(Kind.CHANCE, group(100, 50), group(100, 25), days=14, days_before=28)
    same = compared(
        Kind.CHANCE, group(100, 50, before=7.0), group(100, 25, before=7.0), days=14, days_before=28
    )  # fmt: skip
    assert plain.difference == same.difference


def test_what_was_bought_before_explains_chance_away() -> None:
    # Half of each side buys 10 before and after, and those reached 1 more: without chance left, the answer is sure.
    regular = np.tile([10.0, 0.0], 50)
    reached = side(100, regular + 1, regular, np.ones(100, dtype=np.int64))
    left_out = side(100, regular, regular, (regular > 0).astype(np.int64))
    told = compared(Kind.CHANCE, reached, left_out, days=14, days_before=14).difference
    assert told is not None
    assert isclose(told.per_person, 1.0)
    assert told.error < 1e-6


def test_groups_by_a_rule_are_each_set_against_themselves_before() -> None:
    # In 14 days after: 5 and 2.5 a person. In 28 days before: 12 and 6, of which half is what 14 days let expect.
    found = compared(
        Kind.RULE, group(100, 50, before=12.0), group(100, 25, before=6.0), days=14, days_before=28
    )  # fmt: skip
    assert found.difference is not None
    assert isclose(found.difference.per_person, (5 - 6) - (2.5 - 3))
    # Half of those reached bought and a quarter of the others, as may be with any campaign.
    assert found.difference.buyers is None


def test_too_few_say_nothing() -> None:
    few = compared(Kind.CHANCE, group(1000, 500), group(49, 25), days=14, days_before=28)
    assert (few.difference, few.revenue, few.doubts) == (None, None, (Doubt.FEW_PEOPLE,))
    rare = compared(Kind.CHANCE, group(1000, 500), group(1000, 19), days=14, days_before=28)
    assert (rare.difference, rare.doubts) == (None, (Doubt.FEW_BUYERS,))
    nobody = compared(Kind.CHANCE, group(1000, 500), group(0, 0), days=14, days_before=28)
    assert (nobody.left_out.share, nobody.doubts) == (None, (Doubt.FEW_PEOPLE,))


def test_doubts_are_told() -> None:
    # Groups by chance that were unlike before, leaks, days that are not over.
    random = np.random.default_rng(0)
    spent = random.exponential(10, 200)
    orders = np.ones(200, dtype=np.int64)
    one, other = side(400, spent, spent * 3, orders), side(400, spent, spent, orders)
    found = compared(Kind.CHANCE, one, other, leaked=22, days=14, days_before=28, over=False)
    assert found.doubts == (Doubt.DAYS_OPEN, Doubt.UNLIKE_BEFORE, Doubt.LEAKED)
    assert compared(Kind.RULE, one, other, leaked=21, days=14, days_before=28).doubts == ()
