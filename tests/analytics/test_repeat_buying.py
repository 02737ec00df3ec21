"""MBG/NBD and BG/NBD: published estimates, known parameters found again, and what they predict against what comes."""

from __future__ import annotations

import csv
from collections.abc import Sequence

import numpy as np
import pytest

from analytics.repeat_buying import (
    Fitted,
    Histories,
    Model,
    NotFitted,
    Reason,
    churn,
    expected_if_alive,
    expected_orders,
    fallback_churn,
    fit,
    histories,
    one_error_away,
    p_alive,
)
from benchmarks.buyers import Buyers, buyers
from settings import PROJECT_ROOT

CDNOW = PROJECT_ROOT.parent / "shared" / "data" / "cdnow_customers_summary.csv"
KNOWN = {"r": 0.8, "alpha": 60.0, "a": 0.9, "b": 2.2}
TRUTH = Fitted(Model.MBG_NBD, **KNOWN, log_likelihood=0.0, curvature=())


def numbers(found: Fitted | NotFitted) -> list[float]:
    assert isinstance(found, Fitted)
    return [round(value, 3) for value in (found.r, found.alpha, found.a, found.b)]


@pytest.fixture(scope="module")
def cdnow() -> Histories:
    """2,357 customers of a music shop, first bought in early 1997, seen for 39 weeks; in weeks."""
    if not CDNOW.is_file():
        pytest.skip("the CDNOW customers are not beside the repository")
    with CDNOW.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    return histories(*([float(row[name]) for row in rows] for name in ("frequency", "recency", "T")))[0]


@pytest.fixture(scope="module")
def drawn() -> Buyers:
    return buyers(np.random.default_rng(7), 20_000, **KNOWN, horizon=365)


@pytest.fixture(scope="module")
def fitted(drawn: Buyers) -> Fitted:
    found = fit(histories(drawn.repeat, drawn.last, drawn.age)[0])
    assert isinstance(found, Fitted)
    return found


@pytest.mark.parametrize(
    ("model", "published"),
    [(Model.MBG_NBD, [0.525, 6.183, 0.891, 1.614]), (Model.BG_NBD, [0.243, 4.414, 0.793, 2.426])],
)
def test_published_estimates_are_found(cdnow: Histories, model: Model, published: list[float]) -> None:
    assert (cdnow.customers, cdnow.repeat_customers) == (2357, 946)
    assert numbers(fit(cdnow, model)) == published


def test_published_expectation_of_one_customer(cdnow: Histories) -> None:
    # Fader, Hardie, Lee: customer 1 bought 2 times, last in week 30.43 of 38.86, and is expected to buy 1.226 times in
    # the 39 weeks that follow.
    found = fit(cdnow, Model.BG_NBD)
    assert isinstance(found, Fitted)
    assert round(float(expected_orders(found, [2], [30.43], [38.86], 39)[0]), 3) == 1.226
    assert round(found.log_likelihood, 1) == -9582.4


def test_the_unit_of_time_does_not_matter(cdnow: Histories) -> None:
    days = fit(histories(*_spread(cdnow, 7.0))[0])
    weeks = fit(cdnow)
    assert isinstance(days, Fitted)
    assert isinstance(weeks, Fitted)
    assert (days.r, days.a, days.b) == pytest.approx((weeks.r, weeks.a, weeks.b), rel=1e-5)
    assert days.alpha == pytest.approx(7 * weeks.alpha, rel=1e-5)


def _spread(data: Histories, unit: float) -> tuple[np.ndarray, ...]:
    times = data.weight.astype(int)
    return np.repeat(data.repeat, times), np.repeat(data.last, times) * unit, np.repeat(data.age, times) * unit


def test_known_parameters_are_found_again(fitted: Fitted) -> None:
    found = np.array([fitted.r, fitted.alpha, fitted.a, fitted.b])
    assert found == pytest.approx(np.array(list(KNOWN.values())), rel=0.12)


def test_the_truth_lies_where_the_curvature_says(fitted: Fitted) -> None:
    def told(of: Fitted) -> np.ndarray:
        return np.log([of.r / of.alpha, of.a / (of.a + of.b)])

    away = one_error_away(fitted)
    assert len(away) == 4
    errors = np.sqrt(sum((told(other) - told(fitted)) ** 2 for other in away))
    assert np.all(np.abs(np.log([0.8 / 60, 0.9 / 3.1]) - told(fitted)) < 3.5 * errors)
    # This many customers tell rate and dropout within some per cent, and not to the last digit.
    assert np.all((errors > 0.002) & (errors < 0.1))


def test_as_many_are_alive_as_said(drawn: Buyers) -> None:
    said = p_alive(TRUTH, drawn.repeat, drawn.last, drawn.age)
    for low in np.arange(0, 1, 0.1):
        alike = (said >= low) & (said < low + 0.1)
        error = np.sqrt(0.25 / max(alike.sum(), 1))
        assert abs(drawn.alive[alike].mean() - said[alike].mean()) < 4 * error, low


def test_as_many_orders_come_as_said(drawn: Buyers) -> None:
    said = expected_orders(TRUTH, drawn.repeat, drawn.last, drawn.age, 365)
    for orders in range(8):
        alike = drawn.repeat == orders
        off = drawn.orders[alike] - said[alike]
        assert abs(off.mean()) < 4 * off.std() / np.sqrt(alike.sum()), orders


def test_who_bought_once_may_be_gone(fitted: Fitted) -> None:
    # a / b to one at once, and less likely alive with every silent day.
    alive = p_alive(fitted, [0, 0, 0], [0, 0, 0], [0, 100, 700])
    assert alive[0] == pytest.approx(fitted.b / (fitted.a + fitted.b))
    assert alive[0] > alive[1] > alive[2] > 0
    plain = Fitted(Model.BG_NBD, fitted.r, fitted.alpha, fitted.a, fitted.b, 0.0, ())
    assert p_alive(plain, [0], [0], [700]).tolist() == [1.0]


@pytest.mark.parametrize(("a", "b"), [(1.0, 2.0), (0.05, 0.3), (3.0, 500.0)])
def test_expected_orders_hold_in_hard_places(a: float, b: float) -> None:
    """Against the integral over rate and dropout, drawn; a = 1 has no closed form."""
    model = Fitted(Model.MBG_NBD, 0.6, 30.0, a, b, 0.0, ())
    rng = np.random.default_rng(3)
    for repeat, age, horizon in ((0, 0.0, 365.0), (4, 200.0, 365.0), (600, 700.0, 1000.0)):
        rate = rng.gamma(0.6 + repeat, 1 / (30 + age), 200_000)
        dropout = np.maximum(rng.beta(a, b + repeat + 1, 200_000), 1e-12)
        drawn = -np.expm1(-rate * dropout * horizon) / dropout
        error = drawn.std() / np.sqrt(200_000)
        found = expected_if_alive(model, [repeat], [age], horizon)[0]
        assert abs(found - drawn.mean()) < 5 * error, (repeat, age)


def test_the_same_customers_in_another_order_fit_alike(drawn: Buyers, fitted: Fitted) -> None:
    shuffled = np.random.default_rng(5).permutation(len(drawn.repeat))
    again = fit(histories(drawn.repeat[shuffled], drawn.last[shuffled], drawn.age[shuffled])[0])
    assert again == fitted


def test_equal_customers_are_put_together() -> None:
    data, places = histories([1, 0, 1, 0], [5, 0, 5, 0], [9, 9, 9, 8])
    assert data.weight.tolist() == [1, 1, 2]
    assert [(data.repeat[p], data.age[p]) for p in places] == [(1, 9), (0, 9), (1, 9), (0, 8)]
    nobody, _ = histories([], [], [])
    assert (nobody.customers, nobody.repeat_customers) == (0, 0)


def test_too_few_repeat_customers_are_not_fitted(drawn: Buyers) -> None:
    some = np.flatnonzero(drawn.repeat > 0)[:199]
    found = fit(histories(drawn.repeat[some], drawn.last[some], drawn.age[some])[0])
    assert found == NotFitted(Reason.FEW_REPEAT_CUSTOMERS, 199)


@pytest.mark.parametrize(
    ("repeat", "last"), [(1, 30.0), (2, 15.0)], ids=["everybody is alike", "two orders each, one gap"]
)
def test_customers_who_tell_nothing_are_not_fitted(repeat: int, last: float) -> None:
    found = fit(histories([repeat] * 300, [last] * 300, [30.0] * 300)[0])
    assert found == NotFitted(Reason.NO_CONVERGENCE, 300)


@pytest.mark.parametrize(
    "row", [([0], [3], [9]), ([1], [0], [9]), ([1], [10], [9]), ([-1], [0], [9])], ids=["one", "no", "late", "less"]
)
def test_histories_that_contradict_themselves_are_refused(row: Sequence[Sequence[float]]) -> None:
    with pytest.raises(ValueError, match="order"):
        histories(*row)


def test_without_a_model_silence_is_weighed_by_the_usual_gap() -> None:
    assert fallback_churn([0, 40, 80], 20).tolist() == pytest.approx([0, 0.6321, 0.8647], abs=1e-4)
    assert fallback_churn([180], None).tolist() == pytest.approx([0.6321], abs=1e-4)
    assert fallback_churn([2], 0).tolist() == pytest.approx([0.6321], abs=1e-4)


def test_churn_is_one_less_alive_or_the_fallback(drawn: Buyers, fitted: Fitted) -> None:
    found = churn(drawn.repeat, drawn.last, drawn.age, 30)
    assert found.model == fitted
    assert found.risk == pytest.approx(1 - p_alive(fitted, drawn.repeat, drawn.last, drawn.age))
    # Last seen 60, 0 and 30 days before the as-of date; 1 − exp(−R / 60).
    few = churn([0, 1, 0], [0, 50, 0], [60, 50, 30], 30)
    assert few.model == NotFitted(Reason.FEW_REPEAT_CUSTOMERS, 1)
    assert few.risk.tolist() == pytest.approx([0.6321, 0, 0.3935], abs=1e-4)
