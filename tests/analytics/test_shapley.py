"""Shares of a change: exact, without a rest, and where the change was planted."""

from __future__ import annotations

import random
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest

from analytics.decomposition import ChannelSum, Factor, Made, Purchases, by_channel, explain
from analytics.shapley import shapley, to_cents

NEW, REPEAT, OFTEN, VALUE, LESS = Factor


def made(new: tuple[int, int, str], repeat: tuple[int, int, str], booked: str = "0", uncounted: str = "0") -> Made:
    def group(told: tuple[int, int, str]) -> Purchases:
        return Purchases(told[0], told[1], Decimal(told[2]))

    found = Made(group(new), group(repeat), Decimal(uncounted))
    return Made(found.new, found.repeat, found.uncounted, {"none": ChannelSum(found.gross, Decimal(booked))})


def moved(this: Made, other: Made) -> dict[Factor, Decimal]:
    shares = explain(this, other)
    assert sum(shares.values()) == this.net - other.net
    return {factor: share for factor, share in shares.items() if share}


def test_two_factors_as_by_hand() -> None:
    # 3 × 5 → 4 × 10: (4 − 3)(10 + 5)/2 = 7.5 and (10 − 5)(4 + 3)/2 = 17.5.
    now, before = (4, 10), (3, 5)

    def value(changed: object) -> Fraction:
        held = [now[i] if i in changed else before[i] for i in (0, 1)]  # type: ignore[operator]
        return Fraction(held[0] * held[1])

    assert shapley(2, value) == [Fraction(15, 2), Fraction(35, 2)]
    assert shapley(0, lambda _none: Fraction(7)) == []
    with pytest.raises(ValueError, match="-1 factors"):
        shapley(-1, value)


def test_cents_go_to_the_largest_remainders() -> None:
    third = Fraction(100, 3)
    assert to_cents([third, third, third]) == [Decimal("33.34"), Decimal("33.33"), Decimal("33.33")]
    assert to_cents([Fraction(-1, 3), Fraction(0), Fraction(1, 3)]) == [Decimal("-0.33"), 0, Decimal("0.33")]
    assert to_cents([]) == []
    with pytest.raises(ValueError, match="cannot be rounded"):
        to_cents([third])


def test_a_change_as_by_hand() -> None:
    # Repeat buyers only: 10 buyers, 1 order each of 20 → 12 buyers, 1.5 orders each of 20; 10 more are refunded.
    other, this = made((0, 0, "0"), (10, 10, "200.00")), made((0, 0, "0"), (12, 18, "360.00"), booked="10.00")
    # (12 − 10) × (1.5 + 1)/2 × 20 = 50; (1.5 − 1) × (12 + 10)/2 × 20 = 110.
    assert moved(this, other) == {REPEAT: Decimal(50), OFTEN: Decimal(110), LESS: Decimal(-10)}


@pytest.mark.parametrize(
    ("this", "factor", "share"),
    [
        (made((10, 10, "600.00"), (20, 30, "2400.00"), "50.00"), VALUE, "1500.00"),
        (made((20, 20, "600.00"), (20, 30, "1200.00"), "50.00"), NEW, "300.00"),
        (made((10, 10, "300.00"), (10, 15, "600.00"), "50.00"), REPEAT, "-600.00"),
        (made((10, 20, "600.00"), (20, 60, "2400.00"), "50.00"), OFTEN, "1500.00"),
        (made((10, 10, "300.00"), (20, 30, "1200.00"), "80.00"), LESS, "-30.00"),
    ],
)
def test_a_planted_change_is_found_where_it_was_planted(this: Made, factor: Factor, share: str) -> None:
    before = made((10, 10, "300.00"), (20, 30, "1200.00"), "50.00")
    assert moved(this, before) == {factor: Decimal(share)}
    assert moved(before, this) == {factor: -Decimal(share)}


def test_nobody_before_or_now_is_a_change_of_buyers() -> None:
    nobody, some = made((0, 0, "0"), (0, 0, "0")), made((3, 4, "100.00"), (2, 2, "50.01"))
    assert moved(some, nobody) == {NEW: Decimal("100.00"), REPEAT: Decimal("50.01")}
    assert moved(nobody, some) == {NEW: Decimal("-100.00"), REPEAT: Decimal("-50.01")}
    assert moved(nobody, nobody) == {}


def test_what_is_cancelled_within_the_period_moves_nothing() -> None:
    before = made((1, 1, "100.00"), (0, 0, "0"))
    assert moved(made((1, 1, "100.00"), (0, 0, "0"), booked="70.00", uncounted="70.00"), before) == {}
    # Ordered now and cancelled later: the books of these days still hold it. A value below 0 takes away.
    assert moved(made((1, 1, "100.00"), (0, 0, "0"), uncounted="70.00"), before) == {LESS: Decimal(70)}
    assert moved(made((1, 1, "100.00"), (0, 0, "0"), uncounted="-5.00"), before) == {LESS: Decimal(-5)}


def test_random_stores_leave_no_rest() -> None:
    draw = random.Random(7)

    def group() -> tuple[int, int, str]:
        buyers = draw.choice([0, draw.randint(1, 9)])
        return (
            buyers,
            buyers + (draw.randint(0, 5) if buyers else 0),
            str(buyers * draw.randint(1, 9999) / Decimal(100)),
        )

    periods = [made(group(), group(), str(draw.randint(0, 9999) / Decimal(100))) for _ in range(80)]
    for other, this in pairwise(periods):
        moved(this, other)


def test_channels_add_up() -> None:
    other = Made(channels={"email": ChannelSum(Decimal(50), Decimal(5)), "none": ChannelSum(Decimal(100))})
    this = Made(channels={"sms": ChannelSum(Decimal(20)), "none": ChannelSum(Decimal(90), Decimal(1))})
    assert list(by_channel(this, other).items()) == [("email", -45), ("sms", 20), ("none", -11)]
