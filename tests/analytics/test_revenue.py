"""What is computed from the revenue page's figures."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from analytics.revenue import Amounts, Source, Span, largest_shift, movement

MONEY = st.decimals(Decimal("0.01"), Decimal(10) ** 9, places=2)


def test_movement_splits_into_orders_and_their_value() -> None:
    found = movement(Amounts(gross=Decimal(300), priced=3), Amounts(gross=Decimal(150), priced=2))
    assert found is not None
    # (3 − 2) × (100 + 75) / 2 = 87.5 and (100 − 75) × (3 + 2) / 2 = 62.5, of 150
    assert (round(found.change_pct, 6), round(found.orders_points, 3), round(found.value_points, 3)) == (
        100,
        58.333,
        41.667,
    )


def test_movement_leaves_orders_without_a_rate_out() -> None:
    found = movement(Amounts(Decimal(200), orders=4, priced=2), Amounts(Decimal(100), orders=1, priced=1))
    assert found is not None
    assert (found.change_pct, found.orders_points, found.value_points) == (100, 100, 0)


def test_two_of_a_hundred_orders_may_lack_a_rate() -> None:
    assert Amounts(orders=100, priced=98).fully_priced
    assert not Amounts(orders=100, priced=97).fully_priced
    assert Amounts().fully_priced


@given(MONEY, MONEY, st.integers(1, 10**6), st.integers(1, 10**6))
def test_movement_leaves_no_remainder(now: Decimal, before: Decimal, orders: int, earlier: int) -> None:
    found = movement(Amounts(gross=now, priced=orders), Amounts(gross=before, priced=earlier))
    assert found is not None
    size = max(abs(found.orders_points), abs(found.value_points), 1)
    assert abs(found.orders_points + found.value_points - found.change_pct) <= size * 1e-9


def test_movement_needs_something_to_compare_with() -> None:
    assert movement(Amounts(gross=Decimal(1), priced=1), Amounts()) is None


def test_the_largest_shift_may_be_a_fall() -> None:
    def span(flows: int, campaigns: int) -> Span:
        return Span(
            sources=(
                Source("flow", "email", "F", "F", Amounts(gross=Decimal(flows))),
                Source("campaign", "sms", "K", "K", Amounts(gross=Decimal(campaigns))),
            )
        )

    assert largest_shift(span(50, 90), span(100, 60)) == (("flow", "email"), -50)
    assert largest_shift(span(1, 1), span(1, 1)) is None


def test_rates_without_a_denominator_are_not_available() -> None:
    nothing = Amounts()
    assert (nothing.aov, nothing.refund_rate, nothing.discount_share) == (None, None, None)
    assert Span().attributed_share is None
