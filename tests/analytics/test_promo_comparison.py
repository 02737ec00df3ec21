"""Scenarios side by side, by hand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import pytest

from analytics.promo.comparison import Line, Number, Side, compared


def side(label: str, figures: Mapping[str, Number | None], *, days: int = 7, model: str = "m1", first: int = 1) -> Side:
    start, end = date(2026, 10, first), date(2026, 10, first + days - 1)
    return Side(label.lower(), label, start, end, model, figures, {"TV": 5.0, "Toys": -2.0})


def lines(*sides: Side) -> dict[str, Line]:
    return {line.measure: line for line in compared(sides).lines}


def test_the_best_of_each_figure_and_the_distance_to_the_first() -> None:
    found = lines(
        side("A", {"total_sales_value": Decimal("100.00"), "total_margin_pct": Decimal("20.50"), "invested": 30.0}),
        side("B", {"total_sales_value": Decimal("140.25"), "total_margin_pct": Decimal("18.00"), "invested": 10.0}),
        side("C", {"total_sales_value": Decimal("140.25"), "total_margin_pct": None, "invested": 20.0}),
    )
    assert found["total_sales_value"].best == (False, True, True)
    assert found["total_sales_value"].differences == (0, Decimal("40.25"), Decimal("40.25"))
    assert found["total_margin_pct"].best == (True, False, False)
    assert found["total_margin_pct"].differences == (0, Decimal("-2.50"), None)
    # What costs least is best.
    assert found["invested"].best == (False, True, False)


def test_losses_are_compared_as_they_are_and_equal_ones_have_no_best() -> None:
    found = lines(
        side("A", {"net_ebit_delta": -50.004, "overall_score": 85, "net_ebit_low": -90.0}),
        side("B", {"net_ebit_delta": -50.0, "overall_score": 85, "net_ebit_low": -300.0}),
    )
    assert found["net_ebit_delta"].best == (False, False)
    assert found["overall_score"].best == (False, False)
    assert found["net_ebit_low"].best == (True, False)
    assert found["net_ebit_low"].differences[1] == Decimal("-210.00")
    assert "total_units" not in found


def test_a_figure_of_one_side_only_has_no_best() -> None:
    found = lines(side("A", {"total_units": None}), side("B", {"total_units": 5}))
    assert found["total_units"].best == (False, False)
    assert found["total_units"].differences == (None, None)


def test_all_sides_share_an_axis_that_holds_zero() -> None:
    found = compared([side("A", {"net_ebit_delta": 20.0}), side("B", {"net_ebit_delta": -80.0})])
    assert found.axis("net_ebit_delta") == (-80.0, 20.0)
    assert found.department_axis() == (-2.0, 5.0)
    assert compared([side("A", {"total_ebit": 20}), side("B", {"total_ebit": 30})]).axis("total_ebit") == (0.0, 30.0)


def test_what_makes_them_unlike_each_other_is_told() -> None:
    same = [side("A", {}), side("B", {})]
    assert compared(same).cautions == ()
    longer, newer = compared([side("A", {}), side("B", {}, days=1, model="m2")]).cautions
    assert "A 7 days, B 1 day" in longer
    assert "A m1, B m2" in newer
    assert compared([side("A", {}), side("B", {}, first=9)]).cautions == (
        "They run on different days: their baselines are not the same.",
    )


@pytest.mark.parametrize("number", [1, 6])
def test_between_two_and_five(number: int) -> None:
    with pytest.raises(ValueError, match="between 2 and 5"):
        compared([side(str(n), {}) for n in range(number)])
