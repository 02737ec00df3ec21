"""What a discount does to a margin, and how much more must then be sold. Rates are fractions of sales or of the
regular price (0.2 for 20 %), money is in the company's currency. Formulas: the product's definitions, Promo."""

from __future__ import annotations

from typing import Final

from analytics.promo.terms import Form, Terms

DEFAULT_REDEMPTION: Final = 0.3


def margin_rate(margin: float, discount: float) -> float | None:
    """(m − d) / (1 − d): the unit price falls by the discount, the unit cost stays. None at a discount of 1."""
    return (margin - discount) / (1 - discount) if discount < 1 else None


def discount_given(sales: float, discount: float) -> float | None:
    """sales × d / (1 − d): what buyers would have paid more at the regular price; None at a discount of 1."""
    return sales * discount / (1 - discount) if discount < 1 else None


def margin_break_even(margin: float, discount: float) -> float | None:
    """d / (m − d): the uplift of units (fraction) at which the margin is the baseline's. None: no uplift reaches it."""
    if discount == 0:
        return 0.0
    return discount / (margin - discount) if margin > discount else None


def ebit_break_even(
    margin: float,
    discount: float,
    variable_cost: float,
    *,
    fixed_cost: float = 0.0,
    funding: float = 0.0,
    baseline_sales: float = 0.0,
) -> float | None:
    """The uplift of units (fraction) at which EBIT (contribution) is the baseline's. None: no uplift reaches it.

    (m − v) / ((m − d) − v(1 − d)) − 1, plus (fixed cost − supplier funding) / (contribution of a promo unit × baseline
    units), the latter told here by the baseline's sales at regular price. Below 0 where the funding alone pays for
    more than the discount costs.
    """
    kept = (margin - discount) - variable_cost * (1 - discount)
    if kept <= 0:
        return None
    net_cost = fixed_cost - funding
    if net_cost and baseline_sales <= 0:
        return None
    return (margin - variable_cost) / kept - 1 + (net_cost / (kept * baseline_sales) if net_cost else 0.0)


def roi(gain: float, investment: float) -> float | None:
    """(gain − investment) / investment as a fraction; None where nothing was invested."""
    return (gain - investment) / investment if investment > 0 else None


def sales_uplift(units: float, discount: float) -> float:
    """(1 + u)(1 − d) − 1: by how much sales rise where units rise by u."""
    return (1 + units) * (1 - discount) - 1


def margin_impact(units: float, discount: float, margin: float) -> float | None:
    """The change of margin value as a fraction of the baseline's: (1 + u)(m − d) / m − 1. None without a margin."""
    return (1 + units) * (margin - discount) / margin - 1 if margin > 0 else None


def effective_discount(terms: Terms) -> float:
    """The discount as a fraction of all the department's regular sales: depth × redemption × reach × promoted share.

    A bundle 'buy n, pay k' has the depth (n − k) / n, VAT-free at the rate t the depth t / (1 + t) of the price with
    VAT. Redemption is 1 where everybody who buys gets the discount, and DEFAULT_REDEMPTION for a coupon without one.
    """
    redemption = terms.redemption
    if redemption is None:
        redemption = DEFAULT_REDEMPTION if terms.form is Form.COUPON else 1.0
    return terms.depth * redemption * terms.reach * terms.promoted_share


def bundle_depth(taken: int, paid: int) -> float:
    """(n − k) / n of 'take n, pay k'. Raises ValueError where not 0 < k ≤ n."""
    if not 0 < paid <= taken:
        raise ValueError(f"of {taken} pieces between 1 and {taken} are paid, not {paid}")
    return (taken - paid) / taken


def vat_free_depth(rate: float) -> float:
    """t / (1 + t): what VAT at the rate t is of a price that holds it. Raises ValueError below 0."""
    if rate < 0:
        raise ValueError(f"a VAT rate cannot be {rate}")
    return rate / (1 + rate)
