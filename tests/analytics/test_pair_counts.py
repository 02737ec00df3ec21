"""Pairs counted over columns are those that a person counts basket by basket, whichever way they are counted."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import numpy as np
import pytest

from analytics import pair_counts
from analytics.pair_counts import MOST_PRODUCTS, count_pairs

Found = dict[tuple[int, int], tuple[int, int, int]]


def found(baskets: list[tuple[int, list[int]]], products: int, minimum: int = 1) -> Found:
    """(a, b): n, first day, last day."""
    number = np.repeat(np.arange(len(baskets)), [len(held) for _, held in baskets])
    day = np.repeat(np.array([day for day, _ in baskets], np.int32), [len(held) for _, held in baskets])
    product = np.array([one for _, held in baskets for one in held], np.int32)
    dated = count_pairs(number, product, products, day=day, minimum=minimum)
    plain = count_pairs(number, product, products, minimum=minimum)
    keys = zip(dated.a.tolist(), dated.b.tolist(), strict=True)
    values = zip(dated.n.tolist(), dated.first.tolist(), dated.last.tolist(), strict=True)
    assert dict(zip(zip(plain.a.tolist(), plain.b.tolist(), strict=True), plain.n.tolist(), strict=True)) == dict(
        zip(zip(dated.a.tolist(), dated.b.tolist(), strict=True), dated.n.tolist(), strict=True)
    )
    return dict(zip(keys, values, strict=True))


def by_hand(baskets: list[tuple[int, list[int]]], minimum: int = 1) -> Found:
    n: Counter[tuple[int, int]] = Counter()
    days: dict[tuple[int, int], list[int]] = {}
    for day, held in baskets:
        for pair in combinations(sorted(held), 2):
            n[pair] += 1
            days.setdefault(pair, []).append(day)
    return {pair: (count, min(days[pair]), max(days[pair])) for pair, count in n.items() if count >= minimum}


def test_four_baskets() -> None:
    baskets = [(9, [2, 0]), (-3, [0, 2, 5]), (4, [5]), (2, [5, 2])]
    assert found(baskets, 6) == {(0, 2): (2, -3, 9), (0, 5): (1, -3, -3), (2, 5): (2, -3, 2)}
    assert found(baskets, 6, minimum=2) == {(0, 2): (2, -3, 9), (2, 5): (2, -3, 2)}


@pytest.mark.parametrize("slabs", [False, True])
def test_days_of_two_thousand_years(slabs: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """A date of the year 1 is an error in somebody's data, but no other pair's days may suffer from it."""
    if slabs:
        monkeypatch.setattr(pair_counts, "SORTED_PAIRS", 0)
    baskets = [(-719_162, [0, 1]), (20_000, [0, 1, 2]), (60_000, [1, 2])]
    assert found(baskets, 3) == {
        (0, 1): (2, -719_162, 20_000),
        (0, 2): (1, 20_000, 20_000),
        (1, 2): (2, 20_000, 60_000),
    }
    with pytest.raises(ValueError, match="over 779,162 days"):
        found(baskets, MOST_PRODUCTS)


@pytest.mark.parametrize("baskets", [[], [(1, [3])], [(1, [3]), (2, [0]), (2, [3])]])
def test_without_pairs(baskets: list[tuple[int, list[int]]]) -> None:
    assert found(baskets, 4) == {}


@pytest.mark.parametrize("slabs", [False, True])
@pytest.mark.parametrize("minimum", [1, 4])
def test_long_baskets_and_one_of_500_products(slabs: bool, minimum: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways, with blocks and slabs so small that every kind of cut is made."""
    monkeypatch.setattr(pair_counts, "BLOCK", 200)
    monkeypatch.setattr(pair_counts, "SLAB_PAIRS", 20_000)
    if slabs:
        monkeypatch.setattr(pair_counts, "SORTED_PAIRS", 0)
    dice = np.random.default_rng(1)
    share = 1 / np.arange(1, 701)
    baskets = [
        (int(dice.integers(0, 900)), dice.choice(700, size, replace=False, p=share / share.sum()).tolist())
        for size in [*dice.integers(1, 25, 60).tolist(), 500]
    ]
    assert found(baskets, 700, minimum) == by_hand(baskets, minimum)


def test_more_products_than_can_be_numbered() -> None:
    with pytest.raises(ValueError, match="16,777,216"):
        count_pairs(np.array([1]), np.array([1]), MOST_PRODUCTS + 1)
