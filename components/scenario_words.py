"""What is said of scenarios: their types, states and versions, and what changed from one version to the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import Any, Final

from analytics.periods import Period
from analytics.promo.breakdown import Kpis
from analytics.promo.mechanics import ALL
from components import wording

TYPES: Final[Mapping[str, str]] = {
    "conservative": "Conservative",
    "balanced": "Balanced",
    "aggressive": "Aggressive",
    "flash": "Flash",
    "best_deal": "Best deal",
    "coupon": "Coupon",
    "member_only": "Members only",
}
# What a template of the type starts from.
STARTS_FROM: Final[Mapping[str, str]] = {
    "conservative": "40 % of each department's discount ceiling, where that is expected to earn most.",
    "balanced": "60 % of each department's discount ceiling, where that is expected to earn most.",
    "aggressive": "90 % of each department's discount ceiling, where that is expected to earn most.",
    "flash": "At most three days, one step of the grid deeper than balanced.",
    "best_deal": "The discounts that the optimiser finds best for EBIT within all limits.",
    "coupon": "Balanced discounts by coupon: only those who redeem it get them.",
    "member_only": "Balanced discounts for the segments that are members.",
}
STATES: Final[Mapping[str, str]] = {
    "draft": "Draft",
    "submitted": "Waiting for approval",
    "approved": "Approved",
    "rejected": "Rejected",
    "archived": "Archived",
}
VERDICTS: Final[Mapping[str, str]] = {"PASS": "Passes", "WARN": "Warnings", "BLOCK": "Blocked"}
MARKS: Final[Mapping[str, str]] = {"PASS": "✓ Passes", "WARN": "! Warnings", "BLOCK": "✗ Blocked"}
_COLUMNS: Final[Mapping[str, str]] = {
    "discount_pct": "discount",
    "form": "form",
    "redemption": "redemption",
    "reach": "reach",
    "promoted_share": "promoted share",
    "fixed_cost": "fixed cost",
    "funding": "supplier funding",
    "stock_cap": "stock",
    "notes": "notes",
}
_SHARES: Final = frozenset({"redemption", "reach", "promoted_share"})
_MONEY: Final = frozenset({"fixed_cost", "funding"})
_KPIS: Final[Mapping[str, str]] = {
    "sales_value_delta": "Sales change",
    "margin_value_delta": "Margin change",
    "ebit_delta": "EBIT change",
}


def type_words(kind: str | None) -> str:
    """A scenario's type, as people say it."""
    return TYPES.get(kind or "", kind or wording.NOT_AVAILABLE)


def dates(start: date, end: date) -> str:
    """From when to when it runs."""
    return wording.days(Period(start, end))


def amounts(currency: str) -> str:
    """What amounts are in, for a caption."""
    return f"amounts in {currency}" if currency else "amounts in the currency of the sales"


def titled(name: str, currency: str) -> str:
    """The heading of a column of money."""
    return f"{name}, {currency}" if currency else name


def moment(value: datetime, zone: tzinfo) -> str:
    """When something was saved: 20 Nov 2026 14:05."""
    local = value.astimezone(zone)
    return f"{wording.day(local.date())} {local:%H:%M}"


def signed_money(value: wording.Number | None, currency: str) -> str:
    """A change in money with its sign: +€1,200, −€80."""
    if value is None:
        return wording.NOT_AVAILABLE
    text = wording.money_short(value, currency)
    return f"+{text}" if round(Decimal(str(value)), 2) > 0 else text


def changes_said(changes: Mapping[str, Any], currency: str) -> list[str]:
    """What changed against the version before, a sentence each, figures last; 'nothing' is an empty list. changes: as
    they are kept in `scenario_versions.changes`."""
    said = []
    if state := changes.get("state"):
        said.append(_step(*state))
    for name, (before, after) in (changes.get("fields") or {}).items():
        said.append(_field(name, before, after))
    rows = changes.get("rows") or {}
    for row in rows.get("added", ()):
        said.append(f"{_where(row)} added at {_value('discount_pct', row['discount_pct'], currency)}.")
    for row in rows.get("removed", ()):
        said.append(f"{_where(row)} left out; it had {_value('discount_pct', row['discount_pct'], currency)}.")
    for row in rows.get("changed", ()):
        told = [
            f"{_COLUMNS.get(name, name)} {_value(name, after, currency)} instead of {_value(name, before, currency)}"
            for name, (before, after) in row["fields"].items()
            if name != "notes"
        ]
        if "notes" in row["fields"]:
            told.append("other notes")
        said.append(f"{_where(row)}: {', '.join(told)}.")
    if model := changes.get("model_version"):
        said.append(f"Rests on uplift model {model[1] or 'none'} instead of {model[0] or 'none'}.")
    if figures := _kpis_said(changes.get("kpis") or {}, currency):
        said.append(figures)
    return said


def with_other_model(kept: Kpis, now: Kpis, changes: Mapping[str, Any], currency: str) -> str:
    """What a scenario's figures would be by another uplift model. changes: the totals that differ, before and after."""
    before, after = (
        (one.kpi_breakdown.get("after") or {}).get("net_ebit_delta", one.ebit_delta) for one in (kept, now)
    )
    told = [
        f"net EBIT change {signed_money(after, currency)} instead of {signed_money(before, currency)}."
        if before != after
        else "the net EBIT change would be the same.",
        _kpis_said(changes, currency),
    ]
    return " ".join(part for part in told if part)


def _step(before: str, after: str) -> str:
    if after == "draft":
        return {
            "approved": "A new draft of an approved scenario; its frozen forecast stays.",
            "submitted": "Taken back to draft.",
        }.get(before, "A draft again.")
    return "Submitted for approval." if after == "submitted" else f"{STATES.get(after, after)}."


def _kpis_said(changes: Mapping[str, Any], currency: str) -> str:
    told = [
        f"{words} {signed_money(changes[name][1], currency)} instead of {signed_money(changes[name][0], currency)}"
        for name, words in _KPIS.items()
        if name in changes
    ]
    return f"{', '.join(told)}." if told else ""


def _field(name: str, before: Any, after: Any) -> str:
    if name == "label":
        return f"Renamed to '{after}'; it was '{before}'."
    if name in ("date_range_start", "date_range_end"):
        verb = "Starts" if name.endswith("start") else "Ends"
        return f"{verb} {_day(after)} instead of {_day(before)}."
    if name == "scenario_type":
        return f"Type {type_words(after)} instead of {type_words(before)}."
    if name == "notes":
        return "Other notes." if before and after else "Notes added." if after else "Notes removed."
    return "Comes from another opportunity." if after else "No longer comes from an opportunity."


def _day(told: str | None) -> str:
    return wording.day(date.fromisoformat(told)) if told else wording.NOT_AVAILABLE


def _where(row: Mapping[str, Any]) -> str:
    segments: Sequence[str] = row.get("segments") or (ALL,)
    whom = "" if list(segments) == [ALL] else f" for {', '.join(segments)}"
    return f"{row['department']}, {row['channel']}{whom}"


def _value(name: str, value: Any, currency: str) -> str:
    if value is None:
        return "percentage" if name == "form" else "none"
    if name == "discount_pct":
        return f"{float(value):g} %"
    if name in _SHARES:
        return f"{float(value) * 100:g} %"
    if name in _MONEY:
        return wording.money(value, currency)
    if name == "stock_cap":
        return wording.count(value)
    return str(value).replace("_", " ")
