"""What customers will bring: Gamma-Gamma and its fallback, value over a horizon, intervals, calibration."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analytics.lifetime_intervals import customer_intervals, simulated_orders, total_interval
from analytics.lifetime_value import (
    Base,
    Terms,
    by_frequency,
    calibrated,
    discounted_orders,
    exact_sums,
    held_out_days,
    valued,
)
from analytics.order_value import GammaGamma, ShrunkMeans, as_known, drawn, one_error_away, order_values
from analytics.repeat_buying import Fitted, Model, NotFitted, expected_orders, fit, histories
from benchmarks.buyers import Buyers, buyers
from benchmarks.lifetime import HEAVY, KINDS, Kind, held

ORDERS = {"r": 0.8, "alpha": 60.0, "a": 0.9, "b": 2.2}
VALUES = GammaGamma(p=6.0, q=4.0, gamma=25.0)
TRUTH = Fitted(Model.MBG_NBD, **ORDERS, log_likelihood=0.0, curvature=())
YEAR = Terms()
USUAL_TAILS, HEAVY_TAILS, SHRUNK = KINDS[0], KINDS[1], KINDS[4]


def spending(rng: np.random.Generator, orders: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each customer's rate ν, and the mean of their repeat orders."""
    rate = rng.gamma(VALUES.q, 1 / VALUES.gamma, len(orders))
    total = rng.gamma(np.maximum(VALUES.p * orders, 1e-9)) / rate
    return rate, np.where(orders > 0, total / np.maximum(orders, 1), np.nan)


@pytest.fixture(scope="module")
def later() -> Buyers:
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


def test_nine_in_ten_customers_bring_what_their_interval_says(later: Buyers) -> None:
    rng = np.random.default_rng(12)
    rate, mean = spending(rng, later.repeat)
    brought = np.where(later.orders > 0, rng.gamma(np.maximum(VALUES.p * later.orders, 1e-9)) / rate, 0.0)
    first = Base.of(later.repeat, later.last, later.age, mean).at(slice(400))
    found = customer_intervals(TRUTH, VALUES, first, YEAR, draws=500)
    inside = [one.low <= what <= one.high for one, what in zip(found, brought[:400], strict=True)]
    # Many bring nothing at all, which every interval that begins at 0 holds: more than nine in ten are inside.
    assert 0.88 <= np.mean(inside) <= 0.99


@pytest.mark.parametrize("kind", [USUAL_TAILS, HEAVY_TAILS, SHRUNK], ids=lambda kind: kind.name)
def test_the_total_lies_in_its_interval_as_often_as_said(kind: Kind) -> None:
    """Small shops that know nothing but their own customers: each fits, foretells and waits a year."""
    found = [one for seed in range(6) if (one := held(kind, seed)) is not None]
    # At nine in ten: 4 of 6 and more in 98 of 100 cases. And nobody is told a range that says nothing.
    assert (len(found), sum(one.total for one in found) >= 4) == (6, True)
    assert max(one.width for one in found) < 0.6
    # Many a customer brings nothing, which every interval that begins at 0 holds.
    assert 0.9 <= np.mean([one.customers for one in found]) <= 0.99


def test_some_stand_for_all() -> None:
    """Of 1,500 customers with heavy tails 500 are drawn: about the same interval as where all are."""
    rng = np.random.default_rng(15)
    shop = buyers(rng, 1500, **ORDERS, horizon=365)
    rate = rng.gamma(HEAVY.q, 1 / HEAVY.gamma, 1500)
    mean = rng.gamma(np.maximum(HEAVY.p * shop.repeat, 1e-9)) / rate / np.maximum(shop.repeat, 1)
    fitted = fit(histories(shop.repeat, shop.last, shop.age)[0])
    assert isinstance(fitted, Fitted)
    values, base = order_values(shop.repeat, mean), Base.of(shop.repeat, shop.last, shop.age, mean)
    all_of_them, some = (total_interval(fitted, values, base, YEAR, draws=600, sample=sample) for sample in (1500, 500))
    assert all_of_them is not None
    assert some is not None
    assert some.low == pytest.approx(all_of_them.low, rel=0.06)
    assert some.high == pytest.approx(all_of_them.high, rel=0.06)


def test_a_total_is_as_uncertain_as_the_value_of_an_order() -> None:
    """How often customers order is known; what an order is worth only from 250 customers.

    5000 customers without repeat orders: what the mean is uncertain adds to chance as its error says.
    """
    rng = np.random.default_rng(14)
    orders = rng.geometric(0.3, 250)
    new = Base.of(np.zeros(5000), np.zeros(5000), np.full(5000, 100.0), np.full(5000, np.nan))
    values = order_values(orders, spending(rng, orders)[1])
    assert isinstance(values, GammaGamma)
    mean = float(values.expected(0, 0))
    error = np.linalg.norm([np.log(float(other.expected(0, 0)) / mean) for other in one_error_away(values)])
    found = total_interval(TRUTH, values, new, YEAR, sample=500)
    narrow = total_interval(TRUTH, as_known(values), new, YEAR, sample=500)
    assert found is not None
    assert narrow is not None
    wide, least = (np.log(one.high / one.low) / 2 / 1.645 for one in (found, narrow))
    assert wide == pytest.approx(np.hypot(error, least), rel=0.12)
    assert wide > 1.3 * least


def test_shrunk_means_spend_with_both_variances() -> None:
    """Variance 400 within customers, 100 between: the account's mean of 100 counts for four orders.

    Four orders of 120 make 110, whose variance is 100 × 400 / (400 + 4 × 100) = 50; three later orders bring 330 with a
    variance of 9 × 50 + 3 × 400 = 1650. Of nobody's orders the mean is 100: 9 × 100 + 1200 = 2100. The account's mean
    is known to 2, which is half of it for the first and all of it for the other: 9 × 1 and 9 × 4 more.
    """
    rng = np.random.default_rng(16)
    values = drawn(ShrunkMeans(100.0, 4.0, 400.0, 100.0, 2.0), 100_000, rng)
    found = values.spent([4, 0], [120.0, np.nan], np.full((100_000, 2), 3), rng)
    assert found.mean(axis=0) == pytest.approx([330, 300], rel=0.003)
    assert found.var(axis=0) == pytest.approx([1659, 2136], rel=0.03)


def test_a_mean_of_hardly_anything_brings_nothing() -> None:
    """100 / 1e-308 is more than a number can be, and 1e-308 squared less: nothing is drawn, not what is no number.

    Beside it nobody with an order, whose mean is 1e-308 too, and no orders later on.
    """
    values = drawn(ShrunkMeans(1e-308, 4.0, 400.0, 100.0), 1000, np.random.default_rng(17))
    assert np.all(
        values.spent([4, 0, 0], [1e-308, np.nan, np.nan], np.full((1000, 3), [3, 3, 0]), np.random.default_rng(18)) == 0
    )


def test_a_customer_is_as_uncertain_as_the_parameters() -> None:
    """Of a customer with one repeat order: parameters that are hardly known leave more open than known ones."""
    one = Base.of([1], [90], [100], [80.0])
    (known,) = customer_intervals(TRUTH, VALUES, one, YEAR)
    (value,) = customer_intervals(TRUTH, replace(VALUES, curvature=(1.5 * np.eye(3)).tolist()), one, YEAR)
    (often,) = customer_intervals(replace(TRUTH, curvature=tuple(map(tuple, 1.5 * np.eye(4)))), VALUES, one, YEAR)
    assert known.high * 1.05 < min(value.high, often.high)


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


def test_a_split_in_time_foretells_each_class(later: Buyers) -> None:
    found = calibrated(later.repeat, later.last, later.age, later.orders, 365)
    assert not isinstance(found, NotFitted)
    assert found.error_pct == pytest.approx(0, abs=5)
    for one in found.classes[:4]:
        assert one.predicted == pytest.approx(one.actual, rel=0.2), one
    assert sum(one.customers for one in found.classes) == 6000


@pytest.mark.parametrize(("history", "days"), [(0, 0), (83, 0), (84, 28), (390, 130), (2000, 182)])
def test_how_much_is_held_out(history: int, days: int) -> None:
    assert held_out_days(history) == days
