"""The arithmetic of a discount, by hand."""

import pytest

from analytics.promo import arithmetic as sums
from analytics.promo.terms import Cell, Form, Terms

TV = Cell("TV", "online")


def test_the_margin_rate_falls_by_more_than_the_cost_share() -> None:
    # 100 with a cost of 75, sold for 90: 15 of 90.
    assert sums.margin_rate(0.25, 0.10) == pytest.approx(15 / 90)
    # Below cost: 100 with a cost of 75, sold for 60, loses 15 of 60.
    assert sums.margin_rate(0.25, 0.40) == pytest.approx(-15 / 60)
    assert sums.margin_rate(0.25, 1.0) is None


def test_break_even_on_margin() -> None:
    # 25 a piece become 15: five pieces for every three, +66.7 %.
    assert sums.margin_break_even(0.25, 0.10) == pytest.approx(2 / 3)
    assert sums.margin_break_even(0.25, 0.0) == 0
    assert sums.margin_break_even(0.25, 0.25) is None
    assert sums.margin_break_even(0.25, 0.30) is None


def test_break_even_on_ebit() -> None:
    # 25 − 10 = 15 a piece become 15 − 9 = 6: 2.5 pieces for each, +150 %.
    assert sums.ebit_break_even(0.25, 0.10, 0.10) == pytest.approx(1.5)
    # A fixed cost of 60 on a baseline of 10 pieces at 100 takes 60 / 6 = 10 pieces more: another 100 %.
    assert sums.ebit_break_even(0.25, 0.10, 0.10, fixed_cost=60, baseline_sales=1000) == pytest.approx(2.5)
    # Funding of 60 pays for them.
    assert sums.ebit_break_even(0.25, 0.10, 0.10, fixed_cost=60, funding=60, baseline_sales=1000) == pytest.approx(1.5)
    # Funding of 90 pays for all that the discount costs: 10 pieces × (15 − 6).
    assert sums.ebit_break_even(0.25, 0.10, 0.10, funding=90, baseline_sales=1000) == pytest.approx(0)
    assert sums.ebit_break_even(0.25, 0.20, 0.10) is None
    assert sums.ebit_break_even(0.25, 0.10, 0.10, fixed_cost=60, baseline_sales=0) is None


def test_effective_discounts() -> None:
    assert sums.effective_discount(Terms(TV, 0.2)) == pytest.approx(0.2)
    assert sums.effective_discount(Terms(TV, 0.2, Form.COUPON)) == pytest.approx(0.06)
    assert sums.effective_discount(Terms(TV, 0.2, Form.COUPON, redemption=0.5, reach=0.5)) == pytest.approx(0.05)
    assert sums.effective_discount(Terms(TV, 0.2, Form.MEMBER_ONLY, reach=0.35)) == pytest.approx(0.07)
    assert sums.effective_discount(Terms(TV, 0.2, promoted_share=0.25)) == pytest.approx(0.05)
    assert sums.bundle_depth(3, 2) == pytest.approx(1 / 3)
    assert sums.vat_free_depth(0.19) == pytest.approx(19 / 119)
    with pytest.raises(ValueError, match="between 1 and 2"):
        sums.bundle_depth(2, 3)
    with pytest.raises(ValueError, match="VAT"):
        sums.vat_free_depth(-0.1)


def test_what_buyers_were_given() -> None:
    # 80 paid for what costs 100.
    assert sums.discount_given(80, 0.2) == pytest.approx(20)
    assert sums.discount_given(80, 1) is None


def test_uplift_of_sales_and_margin() -> None:
    # 15 pieces at 80 for 10 at 100; margin 15 × 5 for 10 × 25.
    assert sums.sales_uplift(0.5, 0.2) == pytest.approx(0.2)
    assert sums.margin_impact(0.5, 0.2, 0.25) == pytest.approx(75 / 250 - 1)
    assert sums.margin_impact(0.5, 0.2, 0) is None


def test_return_on_investment() -> None:
    assert sums.roi(150, 100) == pytest.approx(0.5)
    assert sums.roi(150, 0) is None
    assert sums.roi(150, -5) is None
