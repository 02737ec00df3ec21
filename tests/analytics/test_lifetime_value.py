"""What customers will bring: Gamma-Gamma and its fallback, value over a horizon, intervals, calibration."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analytics.lifetime_value import (
    Base,
    Terms,
    by_frequency,
    calibrated,
    customer_intervals,
    discounted_orders,
    exact_sums,
    held_out_days,
    simulated_orders,
    total_interval,
    valued,
)
from analytics.order_value import GammaGamma, ShrunkMeans, one_error_away, order_values
from analytics.repeat_buying import Fitted, Model, NotFitted, expected_orders, fit, histories
from tests.analytics.buyers import Buyers, buyers

ORDERS = {"r": 0.8, "alpha": 60.0, "a": 0.9, "b": 2.2}
VALUES = GammaGamma(p=6.0, q=4.0, gamma=25.0)
TRUTH = Fitted(Model.MBG_NBD, **ORDERS, log_likelihood=0.0, curvature=())
YEAR = Terms()


def spending(rng: np.random.Generator, orders: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each customer's rate ν, and the mean of their repeat orders."""
    rate = rng.gamma(VALUES.q, 1 / VALUES.gamma, len(orders))
    total = rng.gamma(np.maximum(VALUES.p * orders, 1e-9)) / rate
    return rate, np.where(orders > 0, total / np.maximum(orders, 1), np.nan)


@pytest.fixture(scope="module")
def drawn() -> Buyers:
    return buyers(np.random.default_rng(11), 6000, **ORDERS, horizon=365)


# --- the value of an order -------------------------------------------------------------------------------------------


def test_known_parameters_of_values_are_found_again() -> None:
    rng = np.random.default_rng(2)
    orders = rng.geometric(0.3, 40_000)
    found = order_values(orders, spending(rng, orders)[1])
    assert isinstance(found, GammaGamma)
    assert (found.p, found.q, found.gamma) == pytest.approx((VALUES.p, VALUES.q, VALUES.gamma), rel=0.05)


def test_an_expected_order_lies_between_the_customer_and_the_account() -> None:
    # p γ / (q − 1) = 6 × 25 / 3 = 50. Two orders of 80 on average: 6 × (25 + 160) / (12 + 3) = 74.
    assert VALUES.expected([0, 2], [np.nan, 80]).tolist() == [50, 74]


def test_the_error_of_the_mean_is_what_it_says() -> None:
    """Sixty shops of 400 repeat customers: how far the fitted mean lies from the true one, 50, in its own errors."""
    rng = np.random.default_rng(3)
    off = []
    for _ in range(60):
        orders = rng.geometric(0.3, 400)
        found = order_values(orders, spending(rng, orders)[1])
        assert isinstance(found, GammaGamma)
        mean = float(found.expected(0, 0))
        apart = [np.log(float(other.expected(0, 0)) / mean) for other in one_error_away(found)]
        assert len(apart) == 3
        off.append(np.log(mean / 50) / np.linalg.norm(apart))
    # The deviation of 60 numbers of a standard normal lies within these in 98 of 100 cases, their mean too.
    assert 0.78 < np.std(off) < 1.22
    assert abs(np.mean(off)) < 0.31


def test_values_that_spread_too_widely_are_shrunk_means() -> None:
    # q of 0.7: the mean over customers is infinite.
    rng = np.random.default_rng(4)
    orders = rng.geometric(0.3, 5000)
    rate = rng.gamma(0.7, 1 / 25, 5000)
    assert isinstance(order_values(orders, rng.gamma(6.0 * orders) / rate / orders), ShrunkMeans)


def test_values_that_are_not_positive_are_shrunk_means() -> None:
    assert isinstance(order_values([1, 2, 1, 3], [10.0, 0.0, 30.0, 20.0]), ShrunkMeans)


def test_the_shrinking_follows_the_variances() -> None:
    # Normal customers with variance 400 between them and 900 within: the account's mean counts for 2.25 orders.
    rng = np.random.default_rng(6)
    orders = rng.integers(1, 9, 50_000)
    own = rng.normal(100, 20, 50_000)
    means = rng.normal(own, 30 / np.sqrt(orders))
    means[0] = -1.0  # one is enough to leave Gamma-Gamma
    found = order_values(orders, means)
    assert isinstance(found, ShrunkMeans)
    assert found.weight == pytest.approx(2.25, rel=0.1)
    shrunk = ShrunkMeans(100.0, 2.0)
    assert shrunk.expected([0, 2, 6], [np.nan, 80, 80]).tolist() == [100, 90, 85]


@pytest.mark.parametrize(
    ("orders", "means", "account"),
    [([], [], 7.0), ([0, 0], [np.nan, np.nan], 7.0), ([3], [12.0], 12.0)],
    ids=["nobody", "nobody twice", "one customer"],
)
def test_few_customers_get_the_accounts_mean(orders: list[int], means: list[float], account: float) -> None:
    assert order_values(orders, means, otherwise=7.0).expected([0, 5], [np.nan, 99.0]).tolist() == [account, account]


# --- over a horizon ---------------------------------------------------------------------------------------------------


def test_value_is_orders_times_their_value_less_refunds_times_margin() -> None:
    terms = Terms(refund_rate=0.1, margin_rate=0.25)
    found = valued(TRUTH, VALUES, Base.of([0, 2], [0, 100], [200, 150], [np.nan, 80]), terms)
    orders = expected_orders(TRUTH, [0, 2], [0, 100], [200, 150], 365)
    assert found.orders.tolist() == pytest.approx(orders.tolist())
    assert found.order_value.tolist() == [50, 74]
    assert found.value.tolist() == pytest.approx((orders * [50, 74] * 0.9 * 0.25).tolist())


def test_what_comes_later_is_worth_less_by_the_years_rate() -> None:
    undiscounted = discounted_orders(TRUTH, [2], [150], Terms())[0]
    discounted = discounted_orders(TRUTH, [2], [150], Terms(discount_rate=0.1))[0]
    # Orders thin out over the year, so that their middle comes a little before its half.
    assert undiscounted / 1.1**0.5 < discounted < undiscounted / 1.1**0.4


def test_a_simulated_customer_orders_as_expected() -> None:
    rng = np.random.default_rng(9)
    for repeat, last, age in ((0, 0.0, 150.0), (5, 250.0, 300.0)):
        many = np.full(100_000, repeat)
        found = simulated_orders(TRUTH, many, many * 0 + last, many * 0 + age, 365, rng)
        expected = expected_orders(TRUTH, [repeat], [last], [age], 365)[0]
        assert abs(found.mean() - expected) < 5 * found.std() / np.sqrt(100_000)


def test_nine_in_ten_customers_bring_what_their_interval_says(drawn: Buyers) -> None:
    rng = np.random.default_rng(12)
    rate, mean = spending(rng, drawn.repeat)
    brought = np.where(drawn.orders > 0, rng.gamma(np.maximum(VALUES.p * drawn.orders, 1e-9)) / rate, 0.0)
    first = Base.of(drawn.repeat, drawn.last, drawn.age, mean).at(slice(400))
    found = customer_intervals(TRUTH, VALUES, first, YEAR, draws=500)
    inside = [one.low <= what <= one.high for one, what in zip(found, brought[:400], strict=True)]
    # Many bring nothing at all, which every interval that begins at 0 holds: more than nine in ten are inside.
    assert 0.88 <= np.mean(inside) <= 0.99


def test_the_total_lies_in_its_interval_as_often_as_said() -> None:
    """Six small shops that know nothing but their own customers: each fits, foretells and waits a year."""
    rng = np.random.default_rng(13)
    inside = 0
    for _ in range(6):
        shop = buyers(rng, 1200, **ORDERS, horizon=365)
        rate, mean = spending(rng, shop.repeat)
        brought = np.sum(rng.gamma(np.maximum(VALUES.p * shop.orders, 1e-9)) / rate * (shop.orders > 0))
        fitted = fit(histories(shop.repeat, shop.last, shop.age)[0])
        assert isinstance(fitted, Fitted)
        values = order_values(shop.repeat, mean)
        found = total_interval(fitted, values, Base.of(shop.repeat, shop.last, shop.age, mean), YEAR, sample=500)
        assert found is not None
        assert found.high - found.low < found.low
        inside += found.low <= brought <= found.high
    assert inside >= 4


def test_a_total_is_as_uncertain_as_the_value_of_an_order() -> None:
    """Shops that know well how often customers order, and from 250 of them only what an order is worth.

    5000 customers without repeat orders: chance hardly counts, what the mean is uncertain does.
    """
    rng = np.random.default_rng(14)
    known = Fitted(Model.MBG_NBD, **ORDERS, log_likelihood=0.0, curvature=tuple(map(tuple, 1e12 * np.eye(4))))
    new = Base.of(np.zeros(5000), np.zeros(5000), np.full(5000, 100.0), np.full(5000, np.nan))
    inside, taken_as_known = 0, 0
    for _ in range(40):
        orders = rng.geometric(0.3, 250)
        values = order_values(orders, spending(rng, orders)[1])
        assert isinstance(values, GammaGamma)
        later = simulated_orders(known, new.repeat, new.last, new.age, 365, rng)
        rate, _ = spending(rng, later)
        brought = np.sum(rng.gamma(np.maximum(VALUES.p * later, 1e-9)) / rate * (later > 0))
        found = total_interval(known, values, new, YEAR, sample=200)
        narrow = total_interval(known, replace(values, curvature=()), new, YEAR, sample=200)
        assert found is not None
        assert narrow is not None
        inside += found.low <= brought <= found.high
        taken_as_known += narrow.low <= brought <= narrow.high
    # Of 40 at nine in ten: at least 31 in 99 of 100 cases.
    assert inside >= 31
    assert taken_as_known < inside


def test_nobody_brings_nothing() -> None:
    assert total_interval(TRUTH, VALUES, Base.of([], [], [], []), YEAR) is None


def test_the_same_seed_gives_the_same_interval() -> None:
    some = Base.of([2, 0], [100, 0], [150, 9], [80.0, np.nan])
    found = [customer_intervals(TRUTH, VALUES, some, YEAR) for _ in range(2)]
    assert found[0] == found[1]
    assert all(0 <= one.low < one.high for one in found[0])


def test_an_order_without_a_rate_is_an_order_of_unknown_value() -> None:
    # Of two repeat orders one has a value, 80: (25 + 80) × 6 / (6 + 3).
    found = valued(TRUTH, VALUES, Base.of([2], [100], [150], [80.0], priced=[1]), YEAR)
    assert found.order_value.tolist() == [70]
    assert found.orders == pytest.approx(expected_orders(TRUTH, [2], [100], [150], 365))


# --- held against what came -------------------------------------------------------------------------------------------


def test_predicted_and_held_out_orders_by_class() -> None:
    found = by_frequency([0, 0, 1, 9, 7], [0.2, 0.4, 1.0, 5.0, 4.0], [0, 1, 2, 6, 2], 90)
    assert [(c.repeat, c.customers, round(c.predicted, 9), c.actual) for c in found.classes] == [
        (0, 2, 0.3, 0.5), (1, 1, 1.0, 2.0), (7, 2, 4.5, 4.0),
    ]  # fmt: skip
    assert (found.predicted, found.actual) == pytest.approx((10.6, 11))
    assert found.error_pct == pytest.approx(-3.636, abs=1e-3)


def test_sums_do_not_depend_on_the_order() -> None:
    groups, values = np.array([1, 0, 1, 1]), np.array([1e16, 7.0, 1.0, -1e16])
    assert exact_sums(groups, values, 3) == [7.0, 1.0, 0.0]
    assert exact_sums(groups[::-1], values[::-1], 3) == [7.0, 1.0, 0.0]


def test_a_split_in_time_foretells_each_class(drawn: Buyers) -> None:
    found = calibrated(drawn.repeat, drawn.last, drawn.age, drawn.orders, 365)
    assert not isinstance(found, NotFitted)
    assert found.error_pct == pytest.approx(0, abs=5)
    for one in found.classes[:4]:
        assert one.predicted == pytest.approx(one.actual, rel=0.2), one
    assert sum(one.customers for one in found.classes) == 6000


@pytest.mark.parametrize(("history", "days"), [(0, 0), (83, 0), (84, 28), (390, 130), (2000, 182)])
def test_how_much_is_held_out(history: int, days: int) -> None:
    assert held_out_days(history) == days
