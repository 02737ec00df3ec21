"""Sets of products that are bought together, by hand and beside mlxtend's fpgrowth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from mlxtend.frequent_patterns import fpgrowth

from analytics import bundles as module
from analytics.bundles import Bundle, bundles


def lines(baskets: list[list[int]]) -> tuple[np.ndarray, np.ndarray]:
    sizes = [len(held) for held in baskets]
    return np.repeat(np.arange(len(baskets)), sizes), np.array([one for held in baskets for one in held], np.int32)


def test_by_hand() -> None:
    """Bread, butter and jam in 4 of 10 baskets, butter in 5, each of the others in 4: 0.4 / (0.4 × 0.5 × 0.4)."""
    basket, product = lines([[0, 1, 2]] * 4 + [[1]] + [[3]] * 5)
    found, whole = bundles(basket, product, 4, minimum=4, total=10)
    assert whole
    assert found == [Bundle((0, 1, 2), 4, found[0].lift)]
    assert found[0].lift == pytest.approx(5)
    assert bundles(basket, product, 4, minimum=5, total=10) == ([], True)
    assert bundles(basket[:0], product[:0], 4, minimum=1, total=0) == ([], True)


def test_all_sets_are_those_of_fpgrowth() -> None:
    dice = np.random.default_rng(8)
    bought = dice.random((200, 12)) < dice.uniform(0.2, 0.6, 12)
    found, whole = bundles(*lines([np.flatnonzero(row).tolist() for row in bought]), 12, minimum=6, total=200)
    theirs = fpgrowth(pd.DataFrame(bought), min_support=6 / 200 - 1e-9, max_len=5)
    expected = {
        tuple(sorted(held)): round(support * 200)
        for held, support in zip(theirs["itemsets"], theirs["support"], strict=True)
        if len(held) > 2
    }
    assert whole
    assert {bundle.products: bundle.baskets for bundle in found} == expected
    assert {len(held) for held in expected} == {3, 4, 5}


def test_says_where_it_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_TRIED", 2)
    assert bundles(*lines([[0, 1, 2, 3, 4, 5]] * 3), 6, minimum=3, total=3)[1] is False
