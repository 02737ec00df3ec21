"""What each figure of a campaign with people left out of it means: name, formula, source, text on hover."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

HOLDOUTS: Final[Mapping[str, tuple[str, str, str, str]]] = {
    "message.added_revenue": (
        "Added revenue of a campaign",
        "(net revenue a person reached − left out) × people reached",
        "orders of those reached and of those left out",
        "How much more people bought because of the campaign: net revenue a person of those whom it reached less that"
        " of those left out, both adjusted by what they bought before, × people reached. Not what attribution counts.",
    ),
    "message.added_orders": (
        "Added orders of a campaign",
        "(orders a person reached − left out) × people reached",
        "orders of those reached and of those left out",
        "Orders that would not have come without it, reckoned like added revenue.",
    ),
    "message.added_buyers": (
        "Share of buyers, against those left out",
        "buyers / people reached − buyers / people left out",
        "orders of those reached and of those left out",
        "Difference of the shares of people who bought, in points; what they bought before is not taken into account,"
        " so that it is told of people left out by chance only.",
    ),
    "message.attributed_net": (
        "Attributed revenue of the same days, net",
        "value of the orders that the campaign won − deductions of these orders",
        "orders' own attribution",
        "Orders whose last touch the campaign was, also those that would have come anyway.",
    ),
}
