"""Measures and tests of pairs: ten baskets by hand, scipy's own tests, and shops where nothing goes together."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from analytics.pair_measures import false_discovery, fisher, independence, lift_interval, measures


def test_measures_of_ten_baskets() -> None:
    """Bread in 5 of 10, butter in 4, both in 3."""
    found = measures(3, 5, 4, 10)
    expected = {
        "support": 0.3,
        "confidence": 0.6,
        "lift": 1.5,
        "leverage": 0.1,
        "conviction": 0.6 / 0.4,
        "zhang": 0.1 / max(0.3 * 0.5, 0.5 * (0.4 - 0.3)),
        "jaccard": 3 / 6,
        "kulczynski": (3 / 5 + 3 / 4) / 2,
    }
    assert {name: float(getattr(found, name)) for name in expected} == pytest.approx(expected, abs=1e-12)


def test_what_has_nothing_to_divide_by_is_not_available() -> None:
    """A product nobody bought; a rule without exception; two products that are in every basket."""
    nobody, without_exception, everywhere = (measures(*row) for row in ((0, 0, 4, 10), (4, 4, 6, 10), (10, 10, 10, 10)))
    assert np.isnan([nobody.confidence, nobody.lift, nobody.kulczynski, without_exception.conviction]).all()
    assert np.isnan([everywhere.conviction, everywhere.zhang]).all()
    assert (float(nobody.support), float(everywhere.lift), float(everywhere.kulczynski)) == (0, 1, 1)


def test_fisher_is_scipys_on_every_small_table() -> None:
    tables = [
        (ab, a, b, n)
        for n in (7, 12)
        for a in range(n + 1)
        for b in range(n + 1)
        for ab in range(max(0, a + b - n), min(a, b) + 1)
    ]
    ours = fisher(*np.array(tables, float).T)
    theirs = [stats.fisher_exact([[ab, a - ab], [b - ab, n - a - b + ab]]).pvalue for ab, a, b, n in tables]
    np.testing.assert_allclose(ours, theirs, rtol=1e-9)


@pytest.mark.parametrize(
    ("ab", "a", "b", "n"), [(5, 900, 700, 4_000_000), (0, 3000, 9000, 3_000_000), (60, 400, 90, 50_000), (1, 1, 1, 9)]
)
def test_fisher_of_many_baskets(ab: int, a: int, b: int, n: int) -> None:
    theirs = stats.fisher_exact([[ab, a - ab], [b - ab, n - a - b + ab]]).pvalue
    np.testing.assert_allclose(independence(ab, a, b, n), theirs, rtol=1e-6)


def test_chi_squared_from_an_expected_count_of_ten_on() -> None:
    table = [[140, 860], [960, 98_040]]  # expected 11
    theirs = stats.chi2_contingency(table, correction=False).pvalue
    np.testing.assert_allclose(independence(140, 1000, 1100, 100_000), theirs, rtol=1e-9)
    assert independence(50, 100, 50, 100)[0] == 1


def test_false_discovery_is_scipys() -> None:
    p = np.array([0.01, 0.04, 0.03, 0.005, 0.55, 0.04])
    np.testing.assert_allclose(false_discovery(p), stats.false_discovery_control(p))
    assert len(false_discovery(np.empty(0))) == 0


def test_interval_of_the_lift() -> None:
    """Both ends are the binomial's: 3 of 10 lies between 6.7 and 65.2 per cent."""
    low, high = lift_interval([3, 0, 10], [5, 5, 10], [4, 4, 10], 10)
    exact = stats.binomtest(3, 10).proportion_ci(method="exact")
    np.testing.assert_allclose((low[0], high[0]), (exact.low / 0.2, exact.high / 0.2), rtol=1e-12)
    assert (low[1], high[2]) == (0, 1)


def test_where_nothing_goes_together_little_is_found() -> None:
    """60 shops of 40 independent products: hardly ever is a pair called significant."""
    dice = np.random.default_rng(3)
    shops, false = 60, 0
    left, right = np.triu_indices(40, 1)
    for _ in range(shops):
        bought = (dice.random((600, 40)) < dice.uniform(0.02, 0.3, 40)).astype(float)
        n, together = bought.sum(axis=0), (bought.T @ bought)[left, right]
        kept = together >= 5
        p = independence(together[kept], n[left][kept], n[right][kept], 600)
        false += bool((false_discovery(p) <= 0.05).any())
    # Of pairs with a minimum count the rare ones are chosen for being frequent together: slightly above 5 % at most.
    assert false / shops <= 0.15
