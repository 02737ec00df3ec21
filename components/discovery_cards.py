"""The answers on top of the page Discovery."""

from __future__ import annotations

from decimal import Decimal

from analytics.promo.pacing import Pace, Stage
from components import wording
from components.cards import Card
from components.definitions import told
from components.scenario_words import signed_money

CARDS = 6


def six_cards(found: Pace, count: int | None, best: Decimal | None, currency: str) -> list[Card]:
    """Target, sold so far, landing, gap, needed each day, opportunities. count: None where none were looked for; best:
    the largest change of EBIT among them."""
    return [_target(found, currency), _sales(found, currency), _landing(found, currency), _gap(found, currency),
            _needed(found, currency), _opportunities(count, best, currency)]  # fmt: skip


def _target(found: Pace, currency: str) -> Card:
    target = found.target
    if target is None:
        return Card(
            "target", "Target", wording.NOT_AVAILABLE, "", "neither", "", ["none is set"], told("discovery.target")
        )
    beneath = [f"margin **{wording.rate(target.margin_pct)}**"]
    if target.units is not None:
        beneath.append(f"{wording.count_short(target.units)} pieces")
    return Card(
        "target", "Target", wording.money_short(target.sales, currency), "", "neither", "", beneath,
        told("discovery.target", f"Exact: {wording.money(target.sales, currency)}."),
    )  # fmt: skip


def _sales(found: Pace, currency: str) -> Card:
    beneath = []
    if found.reached_pct is not None and found.stage is not Stage.NOT_BEGUN:
        beneath.append(f"**{wording.rate(found.reached_pct)}** of target")
    if found.ahead is not None and found.stage is Stage.RUNNING:
        where = "ahead" if found.ahead >= 0 else "behind"
        beneath.append(f"**{wording.money_short(abs(found.ahead), currency)}** {where}")
    elif found.margin_pct is not None:
        beneath.append(f"margin **{wording.rate(found.margin_pct)}**")
    if found.missing:
        days = len(found.missing)
        beneath.append(f"**{days}** {'day' if days == 1 else 'days'} not delivered")
    sold = wording.NOT_AVAILABLE if found.stage is Stage.NOT_BEGUN else wording.money_short(found.sales, currency)
    exact = f"Exact: {wording.money(found.sales, currency)}."
    return Card(
        "sales", "Sold" if found.stage is Stage.OVER else "Sold so far", sold, "", "neither", "", beneath,
        told("discovery.sales", exact),
    )  # fmt: skip


def _landing(found: Pace, currency: str) -> Card:
    definition = told("discovery.landing")
    ending = found.ending
    if ending is None:
        return Card(
            "landing", "Will land at", wording.NOT_AVAILABLE, "", "neither", "", ["too little history"], definition
        )
    low, high = wording.money_short(ending.low, currency), wording.money_short(ending.high, currency)
    over = found.stage is Stage.OVER
    return Card(
        "landing", "Landed at" if over else "Will land at", wording.money_short(ending.expected, currency), "",
        "neither", "", ["the month is over"] if over else [f"80 %: **{low}** to **{high}**"], definition,
    )  # fmt: skip


def _gap(found: Pace, currency: str) -> Card:
    definition = told("discovery.gap")
    if found.gap is None or found.target is None:
        why = "no target" if found.target is None else "no landing yet"
        return Card("gap", "Gap", wording.NOT_AVAILABLE, "", "neither", "", [why], definition)
    share = abs(found.gap) / float(found.target.sales) * 100 if found.target.sales > 0 else None
    beneath = [f"{'below' if found.gap > 0 else 'above'} target"]
    if share is not None:
        beneath = [f"**{wording.rate(share)}** {beneath[0]}"]
    size = wording.money_short(abs(found.gap), currency)
    return Card("gap", "Gap" if found.gap > 0 else "Ahead of target", size, "", "neither", "", beneath, definition)


def _needed(found: Pace, currency: str) -> Card:
    beneath = []
    if found.run_rate is not None:
        beneath.append(f"run rate **{wording.money_short(found.run_rate, currency)}**")
    beneath.append(f"**{found.days_left}** {'day' if found.days_left == 1 else 'days'} left")
    return Card(
        "needed", "Needed a day", wording.money_short(found.needed_a_day, currency), "", "neither", "", beneath,
        told("discovery.needed"),
    )  # fmt: skip


def _opportunities(count: int | None, best: Decimal | None, currency: str) -> Card:
    beneath = ["not looked for"] if count is None else ["none found"]
    if best is not None:
        beneath = [f"best: **{signed_money(best, currency)}** EBIT"]
    return Card(
        "opportunities", "Opportunities", wording.NOT_AVAILABLE if count is None else wording.count(count), "",
        "neither", "", beneath, told("discovery.opportunities"),
    )  # fmt: skip
