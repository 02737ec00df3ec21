"""What the figures of scenarios mean: name, formula, source and text of each, for hover and glossary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_SAVED: Final = "saved scenarios, with the figures of their last version"

SCENARIOS: Final[Mapping[str, tuple[str, str, str, str]]] = {
    "scenarios.waiting": (
        "Wait for approval",
        "number of scenarios in the state submitted",
        _SAVED,
        "Scenarios that a planner has submitted and nobody has approved or rejected yet.",
    ),
    "scenarios.ahead": (
        "Approved, ahead",
        "Σ EBIT change, net, of approved scenarios that have not ended",
        _SAVED,
        "Expected change of EBIT of all approved scenarios that are running or to come, each by its own figures: where "
        "two meet in a department and channel, both are counted.",
    ),
    "scenarios.best": (
        "Best draft",
        "largest EBIT change, net, among drafts",
        _SAVED,
        "The draft that is expected to bring most. Scenarios are ranked by their result, never by the depth of their "
        "discounts.",
    ),
    "scenarios.blocked": (
        "Blocked drafts",
        "number of drafts whose validation is BLOCK",
        _SAVED,
        "Drafts with a finding of high severity: they cannot be submitted before it is changed.",
    ),
    "scenarios.net": (
        "EBIT change, net",
        "EBIT in its days − the baseline's − what the days after lose",
        _SAVED,
        "Expected change of EBIT (contribution) against no promotion at all, less what is only brought forward from "
        "the days after. Scenarios are ranked by it.",
    ),
    "scenarios.margin": (
        "Margin change of a scenario",
        "margin in its days − the baseline's",
        _SAVED,
        "Expected change of margin in the scenario's days, all departments and channels, against no promotion.",
    ),
    "scenarios.sales": (
        "Sales change of a scenario",
        "sales in its days − the baseline's",
        _SAVED,
        "Expected change of sales in the scenario's days, all departments and channels, against no promotion.",
    ),
    "scenarios.rate": (
        "Margin rate of a saved scenario",
        "margin / sales × 100",
        _SAVED,
        "Expected margin as a share of sales in the scenario's days, all departments and channels.",
    ),
    "scenarios.units": (
        "Units change of a scenario",
        "units in its days − the baseline's",
        _SAVED,
        "Expected change of pieces sold in the scenario's days, all departments and channels, against no promotion.",
    ),
    "scenarios.invested": (
        "Invested",
        "discount given on all promo units + fixed cost − supplier funding",
        _SAVED,
        "What the promotion costs. ROI = (gain − investment) / investment, n/a where nothing is invested; gain is the "
        "regular margin of the extra pieces, less what is brought forward and taken from others.",
    ),
}
