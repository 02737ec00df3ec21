"""What the figures of the overview mean: name, formula, source and text of each, for hover and glossary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_ORDERS: Final = "orders (Klaviyo's Placed Order events)"
_SALES: Final = "sales of all channels (the company's workbooks)"

OVERVIEW: Final[Mapping[str, tuple[str, str, str, str]]] = {
    "overview.net": (
        "Net revenue so far",
        "gross − booked deductions, month to date",
        _ORDERS,
        "Values of the month's orders by order date, less refunds and cancellations that came in it, "
        "whichever order they belong to.",
    ),
    "overview.landing": (
        "Will land at",
        "what has come + forecast of the days left",
        _ORDERS,
        "Where net revenue of the whole month will be: what has come, and the rest by recent weeks, their"
        " weekdays and last year's season. The bounds hold 80 %, by what the same rule was off in past "
        "months. The change is against the whole month a year before.",
    ),
    "overview.orders": (
        "Orders of the month",
        "orders above 0, month to date",
        _ORDERS,
        "Orders with a value above 0 by order date, cancelled ones included.",
    ),
    "overview.new": (
        "New buyers",
        "customers whose first order lies in the month",
        _ORDERS,
        "Distinct customers whose first known order that counts lies in the month.",
    ),
    "overview.repeat": (
        "Repeat buyers",
        "customers of the month − new buyers",
        _ORDERS,
        "Distinct customers with an order that counts in the month, and their first one before it.",
    ),
    "overview.booked": (
        "Deductions",
        "refunds + cancellations booked, month to date",
        _ORDERS,
        "Refunds and cancellations that came in the month, whichever order they belong to. What moved net revenue "
        "leaves out orders that came and were cancelled within the month.",
    ),
    "overview.sales": (
        "Sales so far",
        "sum of sales, month to date",
        _SALES,
        "Sales of all channels from the company's workbooks, from the month's first day to the last with sales."
        " Days that were not delivered are left out of last year's same days, too.",
    ),
    "overview.margin": (
        "Margin",
        "margin / sales × 100, month to date",
        _SALES,
        "Margin / sales of the same days. A target of several geos is weighted by their sales targets.",
    ),
    "overview.target": (
        "Sales target",
        "sum of the month's targets over geos",
        _SALES,
        "The month's target, added up over its geos: sales do not tell theirs, so all of them count.",
    ),
    "overview.needed": (
        "Needed a day",
        "(target − sales so far) / days left",
        _SALES,
        "What is missing to the target, over the days behind the last with sales.",
    ),
    "overview.sales_landing": (
        "Sales will land at",
        "what has come + forecast of the days left",
        _SALES,
        "The whole month's sales by the rule that store orders are landed by; the bounds hold 80 %.",
    ),
}
