"""Insights and learning points of a post-mortem: sentences that cite the report's own figures, kept along with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from analytics.promo.postmortem.kept import PostMortem
from components import wording
from components.post_mortem_words import FACTORS, FIGURES, amount, change, pieces, signed

_Z: Final = 1.6448536269514722
# Points by which the discount that sales tell may differ from the planned one before it is told.
_OFF: Final = 1.0


def with_sentences(found: PostMortem, currency: str) -> PostMortem:
    """A report with the sentences that are kept along with it."""
    return replace(
        found, insights=insights(found.report, currency), learning_points=learning_points(found.report, currency)
    )


def insights(report: Mapping[str, Any], currency: str) -> tuple[str, ...]:
    """What happened."""
    said = [*_against(report, currency), *_sources(report, currency), *_furthest(report, currency)]
    said += [*_after(report), *_others(report), *_returns(report, currency), *_placebo(report)]
    return tuple(said)


def learning_points(report: Mapping[str, Any], currency: str) -> tuple[str, ...]:
    """What to plan otherwise, or to keep."""
    return (*_uplifts(report), *_discounts(report), *_worth(report, currency))


def _against(report: Mapping[str, Any], currency: str) -> list[str]:
    said = []
    for name, figure in FIGURES.items():
        actual, promised = report["totals"][figure], report["totals"][f"forecast_{figure}"]
        if promised is None:
            continue
        error = report["totals"][f"{figure}_error_pct"]
        share = "" if error is None else f", {wording.change(error)}"
        said.append(
            f"{name}: {amount(actual, figure, currency)} against a forecast of {amount(promised, figure, currency)}"
            f" ({change(actual - promised, figure, currency)}{share})."
        )
    return said


def _sources(report: Mapping[str, Any], currency: str) -> list[str]:
    """Of the errors in sales and EBIT, which part is the largest."""
    if report["errors"] is None:
        return []
    said = []
    for name in ("Sales", "EBIT"):
        parts = report["errors"][FIGURES[name]]
        factor = max(parts, key=lambda one: abs(parts[one]))
        whole = sum(parts.values())
        if round(parts[factor]) == 0:
            continue
        said.append(
            f"Of the error in {name if name == 'EBIT' else name.lower()} of {signed(whole, currency)} the largest part"
            " is"
            f" {FACTORS[factor].lower()}, {signed(parts[factor], currency)}."
        )
    return said


def _furthest(report: Mapping[str, Any], currency: str) -> list[str]:
    rows = [row for row in report["by_department"] if row["forecast_sales_value"] is not None]
    if len(rows) < 2:
        return []
    worst = max(rows, key=lambda row: abs(row["sales_value"] - row["forecast_sales_value"]))
    off = worst["sales_value"] - worst["forecast_sales_value"]
    return [f"Furthest off in sales: {worst['department']}, {signed(off, currency)}."] if round(off) else []


def _after(report: Mapping[str, Any]) -> list[str]:
    rows = report["dip"]
    if not rows:
        return []
    missing = sum(float(row["pull_forward_units"]) for row in rows)
    days = max(int(row["days"]) for row in rows)
    usual = sum(float(row["baseline_units"]) for row in rows)
    window = "the day after it" if days == 1 else f"up to {days} days after it"
    if missing <= 0:
        return [f"On {window} nothing was missing: {pieces(-missing)} pieces against {wording.count(usual)} as usual."]
    sure = [row for row in rows if row["low"] > 0]
    told = (
        f"in {len(sure)} of {len(rows)} departments and channels by more than chance"
        if sure
        else "no more than chance brings in any of them"
    )
    return [
        f"On {window} {wording.count(missing)} pieces were missing of {wording.count(usual)} that are usual; {told}."
    ]


def _others(report: Mapping[str, Any]) -> list[str]:
    said = []
    sure = [row for row in report["signals"] if row["low"] > 0 or row["high"] < 0]
    for row in sorted(sure, key=lambda row: row["effect_units"]):
        did = "sold fewer because of it" if row["effect_units"] < 0 else "sold more because of it"
        said.append(
            f"{row['department']}, {row['channel']} {did}: {pieces(row['effect_units'])} pieces (90 %:"
            f" {pieces(row['low'])} to {pieces(row['high'])})."
        )
    if rest := len(report["signals"]) - len(sure):
        others = "other department and channel" if rest == 1 else "other departments and channels"
        said.append(f"What it did to {rest} {others} cannot be told from nothing.")
    return said


def _returns(report: Mapping[str, Any], currency: str) -> list[str]:
    one = report["returns"]
    if one is None:
        return []
    share = "" if one["roi_pct"] is None else f": ROI {wording.change(one['roi_pct'])}"
    return [
        f"{wording.money_whole(one['invested'], currency)} were invested (discount"
        f" {wording.money_whole(one['discount_given'], currency)}, fixed cost"
        f" {wording.money_whole(one['fixed_cost'], currency)}, less funding"
        f" {wording.money_whole(one['funding'], currency)})"
        f" and the gain was {wording.money_whole(one['gain'], currency)}{share}."
    ]


def _placebo(report: Mapping[str, Any]) -> list[str]:
    one = report["placebo"]
    if one is None or not one["windows"] or one["false_share"] is None:
        return []
    return [
        f"Of {wording.count(one['windows'])} windows of before without a promotion,"
        f" {wording.rate(one['false_share'] * 100)}"
        " looked like an effect at the 5 % level."
    ]


def _uplifts(report: Mapping[str, Any]) -> list[str]:
    """Forecast uplift of each promoted department and channel against what was seen."""
    said = []
    for row in _promoted(report):
        planned, seen, error = row["forecast_uplift_pct"], row["uplift_pct"], row["uplift_error_pct"]
        if planned is None or seen is None or error is None:
            continue
        low, high = seen - _Z * error, seen + _Z * error
        figures = f"{wording.change(seen)} seen (90 %: {wording.change(low)} to {wording.change(high)})"
        if low <= planned <= high:
            told = f"the forecast uplift of {wording.change(planned)} stands: {figures}."
        else:
            told = (
                f"the forecast uplift of {wording.change(planned)} was too {'high' if planned > seen else 'low'}:"
                f" {figures}."
            )
        said.append(f"{row['department']}, {row['channel']}: {told}")
    return said


def _discounts(report: Mapping[str, Any]) -> list[str]:
    said = []
    for row in _promoted(report):
        planned, seen = row["discount_pct"], row["seen_discount_pct"]
        if planned is None or seen is None or abs(planned - seen) < _OFF:
            continue
        said.append(
            f"{row['department']}, {row['channel']}: sales show a discount of {wording.rate(seen)}, planned were"
            f" {wording.rate(planned)}."
        )
    return said


def _worth(report: Mapping[str, Any], currency: str) -> list[str]:
    one = report["returns"]
    if one is None or one["roi_pct"] is None:
        return []
    if one["gain"] < one["invested"]:
        short = wording.money_whole(one["invested"] - one["gain"], currency)
        return [f"Its gain does not cover what was invested: {short} are missing."]
    return [
        f"Its gain covers what was invested, with {wording.money_whole(one['gain'] - one['invested'], currency)} left."
    ]


def _promoted(report: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return [row for row in report["cells"] if row["promoted"]]
