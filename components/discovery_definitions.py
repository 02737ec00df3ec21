"""What the figures of the page Discovery mean: name, formula, source and text of each, for hover and glossary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_SALES: Final = "sales and targets of the company's workbooks"
_FOUND: Final = "opportunities, as they were found last"

DISCOVERY: Final[Mapping[str, tuple[str, str, str, str]]] = {
    "discovery.target": (
        "Target of the month",
        "sum of the month's targets over the regions that count",
        _SALES,
        "The target of the region of the page Planning; of all regions together where none is chosen there. A margin "
        "is weighted by sales targets.",
    ),
    "discovery.sales": (
        "Sold so far",
        "sum of the month's sales up to the last day with sales",
        _SALES,
        "Sales of all departments and channels. Ahead or behind: against the target's path, the target added up by the "
        "days' usual shares of the month.",
    ),
    "discovery.landing": (
        "Likely landing",
        "what has come + forecast of the days left",
        f"{_SALES}, uplift model",
        "That of the overview, by past months. Where too few of them can be tested, or the month has not begun: sales "
        "so far and the baseline of the days left, without promotions. 80 % lie between the bounds.",
    ),
    "discovery.gap": (
        "Gap to the target",
        "target − likely landing",
        f"{_SALES}, uplift model",
        "How far the month lands below its target, or above it.",
    ),
    "discovery.needed": (
        "Needed each day",
        "(target − sold so far) / days left",
        _SALES,
        "What each day behind the last one with sales has to bring, at least 0. Run rate: sold so far / days so far.",
    ),
    "discovery.opportunities": (
        "Opportunities of the month",
        "number of promotions found that begin in the month",
        _FOUND,
        "Of each department in each channel at most one: the days and the discount that are expected to bring most "
        "EBIT, days after included, among those that the validation passes. They are not to be added up: each is told "
        "as if it were the only one.",
    ),
}
