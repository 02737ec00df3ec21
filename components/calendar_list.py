"""The cards, the table, the overlaps in words, and the files of the calendar."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import streamlit as st

from analytics.periods import Period
from analytics.promo.calendar import Campaign, Kind, Overlap, Plan, Promotion, days_on
from components import calendar_words as words
from components import cards, charts, filters, tables, wording
from components.cards import Card
from components.definitions import told
from components.hovers import hover

# Of the address: the row of the table that is picked.
PROMOTION: Final = "promotion"
OVERLAPS_SAID: Final = 8
CARDS: Final = 4
_RUNS: Final = (Kind.APPROVED, Kind.NAMED, Kind.FOUND)


def skeleton() -> None:
    """The places of the page's cards, time line and table."""
    cards.skeleton(CARDS, sparklines=False)
    st.skeleton(charts.TALL + 75)
    st.skeleton(charts.LOW)


def filter_row(plan: Plan) -> tuple[tuple[str, ...], tuple[Kind, ...]]:
    """Departments and states that are asked for; none: all."""
    departments = sorted({cell.department for one in plan.promotions for cell in one.cells if cell.department})
    by_words = {text: kind for kind, text in words.KINDS.items()}
    chosen = filters.several("Department", departments, key="department", everything="All departments")
    kinds = filters.several("State", list(by_words), key="state", everything="All states")
    return chosen, tuple(by_words[text] for text in kinds)


def filtered(plan: Plan, departments: Sequence[str], kinds: Sequence[Kind]) -> Plan:
    """Those of some departments, with the promotions of all of them, and of some states; overlaps between them."""
    held = {*departments, ""}
    shown = tuple(
        one
        for one in plan.promotions
        if (not departments or held & set(one.departments)) and (not kinds or one.kind in kinds)
    )
    keys = {one.key for one in shown}
    met = tuple(
        one
        for one in plan.overlaps
        if one.first.key in keys
        and one.second.key in keys
        and (not departments or any(cell.department in held for cell in one.cells))
    )
    return Plan(shown, met, plan.first, plan.last)


def within(plan: Plan, window: Period) -> Plan:
    """The same with the overlaps that touch a period: two long promotions may meet before it."""
    met = tuple(one for one in plan.overlaps if one.start <= window.end and window.start <= one.end)
    return Plan(plan.promotions, met, plan.first, plan.last)


def days_of(plan: Plan, window: Period) -> int:
    """Days of a period on which something ran or is approved."""
    return days_on((one for one in plan.promotions if one.kind in _RUNS), window)


def four_cards(plan: Plan, window: Period) -> list[Card]:
    """How much of the time is on promotion, what is agreed on, what is not yet, and what meets."""
    by_kind = {kind: sum(one.kind is kind for one in plan.promotions) for kind in Kind}
    days = days_of(plan, window)
    ran = by_kind[Kind.NAMED] + by_kind[Kind.FOUND]
    waiting, drafts = by_kind[Kind.SUBMITTED], by_kind[Kind.DRAFT]
    met_days = days_on(_shared(plan.overlaps), window)
    on_days = f"on {wording.count(met_days)} {'day' if met_days == 1 else 'days'}"
    return [
        Card(
            "days", "Days on promotion", wording.count(days), "", "neither", "",
            [f"of {window.days}; {wording.count(ran)} in the catalog"], told("calendar.days"),
        ),
        Card(
            "approved", "Approved", wording.count(by_kind[Kind.APPROVED]), "", "neither", "",
            ["scenarios that hold their days"], told("calendar.approved"),
        ),
        Card(
            "planned", "Not approved", wording.count(waiting + drafts), "", "neither", "",
            [f"{wording.count(waiting)} waiting, {wording.count(drafts)} {'draft' if drafts == 1 else 'drafts'}"],
            told("calendar.planned"),
        ),
        Card(
            "overlaps", "Overlaps", wording.count(len(plan.overlaps)), "", "neither", "",
            [on_days if plan.overlaps else "nothing meets"],
            told("calendar.overlaps"),
        ),
    ]  # fmt: skip


def overlaps(met: Sequence[Overlap]) -> None:
    """Where two meet, in words."""
    filters.heading("Overlaps")
    if not met:
        st.caption("No two promotions share a department, channel and day.")
        return
    st.markdown("\n".join(f"- {words.overlap(one)}" for one in met[:OVERLAPS_SAID]))
    if len(met) > OVERLAPS_SAID:
        st.caption(f"And {wording.count(len(met) - OVERLAPS_SAID)} more: all are in the export.")


def table(plan: Plan) -> None:
    """All promotions; the row that is picked stands in the address."""
    rows = plan.promotions
    met = met_by(plan)
    columns: dict[str, Sequence[Any]] = {
        "Promotion": [words.name(one) for one in rows],
        "State": [words.KINDS[one.kind] for one in rows],
        "Starts": [one.start for one in rows],
        "Ends": [one.end for one in rows],
        "Days": [(one.end - one.start).days + 1 for one in rows],
        "Where": [words.where(one.cells) for one in rows],
        "Discount": [one.discount for one in rows],
        "Overlaps": [met.get(one.key, 0) for one in rows],
    }
    config = {
        "Promotion": st.column_config.TextColumn("Promotion", width="medium", pinned=True),
        "State": st.column_config.TextColumn("State"),
        "Starts": st.column_config.DateColumn("Starts", format="D MMM YYYY"),
        "Ends": st.column_config.DateColumn("Ends", format="D MMM YYYY"),
        "Days": st.column_config.NumberColumn("Days", format="%d"),
        "Where": st.column_config.TextColumn("Departments and channels", width="medium"),
        "Discount": st.column_config.NumberColumn("Discount", format="%.1f %%", help=hover("calendar.discount")),
        "Overlaps": st.column_config.NumberColumn("Overlaps", format="%d", help=hover("calendar.overlaps_of_one")),
    }
    tables.pickable(columns, config, ids=[one.key for one in rows], param=PROMOTION, key="table_promotions")


def met_by(plan: Plan) -> dict[str, int]:
    """Overlaps of each promotion, by its key."""
    found: dict[str, int] = {}
    for one in plan.overlaps:
        for key in (one.first.key, one.second.key):
            found[key] = found.get(key, 0) + 1
    return found


def promotion_rows(plan: Plan) -> list[dict[str, Any]]:
    """The promotions for a file."""
    met = met_by(plan)
    return [
        {
            "promotion": one.label,
            "source": one.kind.value,
            "starts": one.start,
            "ends": one.end,
            "departments": ", ".join(words.department(name) for name in one.departments),
            "channels": ", ".join(one.channels),
            "discount_pct": one.discount,
            "overlaps": met.get(one.key, 0),
            "version": one.version,
            "scenario_id": one.scenario_id,
        }
        for one in plan.promotions
    ]


def overlap_rows(plan: Plan) -> list[dict[str, Any]]:
    """The overlaps for a file: one row a pair and cell."""
    return [
        {
            "promotion": one.first.label,
            "source": one.first.kind.value,
            "meets": one.second.label,
            "its_source": one.second.kind.value,
            "department": words.department(cell.department),
            "channel": cell.channel,
            "starts": one.start,
            "ends": one.end,
            "days": one.days,
        }
        for one in plan.overlaps
        for cell in one.cells
    ]


def campaign_rows(campaigns: Sequence[Campaign]) -> list[dict[str, Any]]:
    """The campaigns for a file."""
    return [
        {"date": one.day, "store": one.store, "channel": one.channel, "campaign": one.name, "sent": one.sent}
        for one in campaigns
    ]


def _shared(met: Sequence[Overlap]) -> list[Promotion]:
    """The days of overlaps, as if each were a promotion."""
    return [Promotion("", Kind.NAMED, "", one.start, one.end, one.cells) for one in met]
