"""The answers on top of the page Post-mortem."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from analytics.promo.postmortem.kept import Figures
from components import wording
from components.cards import Card
from components.definitions import Told, told
from components.post_mortem_words import pieces

CARDS: Final = 6


def six(figures: Figures, report: Mapping[str, Any] | None, currency: str) -> list[Card]:
    """Sales, margin, EBIT and units against the forecast, pieces on top, and ROI. report: None where another program
    wrote it."""
    totals = {} if report is None else report["totals"]

    def money(key: str, label: str, actual: Any, error: Any, definition: Told, beneath: str = "") -> Card:
        promised = totals.get(f"forecast_{key}")
        return Card(
            key, label, wording.money_short(actual, currency), "" if error is None else wording.change(error), "up",
            "" if promised is None else wording.money_short(promised, currency), [beneath] if beneath else [],
            definition,
        )  # fmt: skip

    promised = totals.get("forecast_units")
    rate = figures.actual_margin_pct
    return [
        money(
            "sales_value", "Sales", figures.actual_sales_value, figures.sales_value_error_pct,
            told("post-mortem.sales"),
        ),
        money(
            "margin_value", "Margin", figures.actual_margin_value, figures.margin_value_error_pct,
            told("post-mortem.margin"), "" if rate is None else f"{wording.rate(rate)} of sales",
        ),
        money("ebit", "EBIT", figures.actual_ebit, figures.ebit_error_pct, told("post-mortem.ebit")),
        Card(
            "units", "Units", wording.count_short(figures.actual_units),
            "" if figures.units_error_pct is None else wording.change(figures.units_error_pct), "up",
            "" if promised is None else wording.count_short(promised), [], told("post-mortem.units"),
        ),
        _on_top(report, told("post-mortem.on_top")),
        _roi(report, currency, told("post-mortem.roi")),
    ]  # fmt: skip


def _on_top(report: Mapping[str, Any] | None, definition: Told) -> Card:
    one = None if report is None else report["effect"].get("units")
    if one is None:
        return Card("on_top", "Units on top", wording.NOT_AVAILABLE, "", "neither", "", [], definition)
    beneath = [f"90 %: {pieces(one['low'])} to {pieces(one['high'])}"]
    beneath.append("more than chance brings" if one["sure"] else "not told from chance")
    return Card("on_top", "Units on top", pieces(one["value"]), "", "neither", "", beneath, definition)


def _roi(report: Mapping[str, Any] | None, currency: str, definition: Told) -> Card:
    one = None if report is None else report["returns"]
    if one is None:
        return Card("roi", "ROI", wording.NOT_AVAILABLE, "", "neither", "", [], definition)
    beneath = [
        f"Gain {wording.money_short(one['gain'], currency)}",
        f"Invested {wording.money_short(one['invested'], currency)}",
    ]
    value = wording.NOT_AVAILABLE if one["roi_pct"] is None else wording.rate(one["roi_pct"])
    return Card("roi", "ROI", value, "", "neither", "", beneath, definition)
