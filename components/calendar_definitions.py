"""What the figures of the calendar mean: name, formula, source and text of each, for hover and glossary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_BOTH: Final = "scenarios and the catalog of promotions"

CALENDAR: Final[Mapping[str, tuple[str, str, str, str]]] = {
    "calendar.days": (
        "Days on promotion",
        "days with at least one promotion that ran or is approved",
        _BOTH,
        "Days of the month or quarter on which at least one promotion ran, by the catalog or found in sales, or is "
        "approved. Drafts, and what waits for approval, do not count.",
    ),
    "calendar.approved": (
        "Approved on the calendar",
        "number of approved scenarios that touch these days",
        "scenarios as they were approved last",
        "Scenarios as they were approved last; a later draft of one leaves it in place until it is approved itself.",
    ),
    "calendar.planned": (
        "Planned, not approved",
        "scenarios submitted + drafts that touch these days",
        "scenarios as they stand",
        "Scenarios that wait for approval, and drafts.",
    ),
    "calendar.overlaps": (
        "Overlaps",
        "pairs of promotions in the same department, channel and day",
        _BOTH,
        "Pairs of promotions that share a department, channel and day. Drafts are choices: they meet what was "
        "approved, submitted or run, never each other. What was found in sales is the trace of what ran, and a "
        "promotion of the catalog by the name of a scenario is that scenario: these do not meet.",
    ),
}
