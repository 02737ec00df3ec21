"""The answers on top of the page Forecast."""

from __future__ import annotations

from typing import Literal

from analytics.forecasting.candidates import Kind
from analytics.forecasting.outlook import Against, Outlook
from components import wording
from components.cards import Card
from components.definitions import told
from components.forecast_words import amount, between, exact, short

CARDS = 6
_Good = Literal["up", "down", "neither"]


def forecast_cards(shown: Outlook, currency: str) -> list[Card]:
    """Landings of month and quarter, what has come, the target, the usual error, how often intervals hold."""
    kept = shown.kept
    metric = kept.key.metric
    naive = kept.models.get(Kind.NAIVE)
    return [
        _landing("month", "Month lands at", shown.month, metric, currency),
        _landing("quarter", "Quarter lands at", shown.quarter, metric, currency),
        _so_far(shown.month, metric, currency),
        _target(shown.month, metric, currency),
        Card(
            "error", "A day is off by", wording.rate(kept.shown.wape), "", "down", "",
            [f"Naive: {wording.rate(naive.wape) if naive else wording.NOT_AVAILABLE}",
             f"Bias {wording.change(kept.shown.bias)}"],
            told("forecast.wape"),
        ),
        Card(
            "inside", "Interval held", wording.rate(kept.inside), "", "neither", "",
            ["80 % is promised"], told("forecast.inside"),
        ),
    ]  # fmt: skip


def _landing(period: str, label: str, against: Against | None, metric: str, currency: str) -> Card:
    definition = told(f"forecast.{period}")
    if against is None:
        return Card(
            period, label, wording.NOT_AVAILABLE, "", "neither", "", ["Not all of its days are forecast"], definition
        )
    landing = against.landing
    return Card(
        period, f"{short(against)} lands at", amount(landing.expected, metric, currency),
        "" if against.change_pct is None else wording.change(against.change_pct), "up",
        "" if against.year is None else amount(against.year, metric, currency),
        [f"80 %: {between(against, metric, currency)}",
         f"{landing.days_left} {'day' if landing.days_left == 1 else 'days'} to come"],
        definition,
    )  # fmt: skip


def _so_far(against: Against | None, metric: str, currency: str) -> Card:
    come = against.landing.come if against else None
    beneath = []
    if against is not None and against.landing.expected:
        beneath.append(f"{wording.rate(against.landing.come / against.landing.expected * 100)} of the landing")
    if against is not None and against.landing.missing:
        missing = against.landing.missing
        beneath.append(f"**{missing}** {'day' if missing == 1 else 'days'} not delivered")
    more = "" if come is None else f"Exact: {exact(come, metric, currency)}."
    return Card(
        "so_far", "Month so far", amount(come, metric, currency), "", "neither", "", beneath,
        told("forecast.so_far", more),
    )  # fmt: skip


def _target(against: Against | None, metric: str, currency: str) -> Card:
    definition = told("forecast.target")
    if against is None or against.target is None:
        return Card(
            "target", "Against target", wording.NOT_AVAILABLE, "", "neither", "", ["No target is set"], definition
        )
    gap = against.landing.expected - against.target
    sign = "+" if gap > 0 else ""
    share = f"{wording.rate(against.landing.expected / against.target * 100)} of it" if against.target else ""
    return Card(
        "target", "Against target", f"{sign}{amount(gap, metric, currency)}", "", "neither", "",
        [f"Target {amount(against.target, metric, currency)}", share], definition,
    )  # fmt: skip
