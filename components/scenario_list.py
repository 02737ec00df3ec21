"""The list of scenarios: filters, cards, table and rows of the file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import Any, Final, Protocol, TypeVar

import pyarrow as pa
import streamlit as st

from components import cards, charts, filters, wording
from components.cards import Card
from components.definitions import told
from components.hovers import hover
from components.plain import plain
from components.scenario_words import MARKS, STATES, TYPES, signed_money, titled, type_words
from components.tables import ROW_HEIGHT

CARDS: Final = 4
ROWS_SEEN: Final = 14
LAST_CHANGED, BEST_RESULT, STARTS_NEXT = "Last changed", "Best result", "Latest start"
ORDERS: Final = (LAST_CHANGED, BEST_RESULT, STARTS_NEXT)
_ARCHIVED: Final = "archived"


class Listed(Protocol):
    """A scenario as it stands; money in the company's currency, None where it was never simulated."""

    @property
    def scenario_id(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def start(self) -> date: ...
    @property
    def end(self) -> date: ...
    @property
    def scenario_type(self) -> str | None: ...
    @property
    def state(self) -> str: ...
    @property
    def version(self) -> int: ...
    @property
    def model_version(self) -> str | None: ...
    @property
    def updated_by(self) -> str: ...
    @property
    def updated_at(self) -> datetime: ...
    @property
    def net_ebit_delta(self) -> Decimal | None: ...
    @property
    def ebit_delta(self) -> Decimal | None: ...
    @property
    def margin_value_delta(self) -> Decimal | None: ...
    @property
    def sales_value_delta(self) -> Decimal | None: ...
    @property
    def total_margin_pct(self) -> Decimal | None: ...
    @property
    def validation_status(self) -> str | None: ...
    @property
    def overall_score(self) -> int | None: ...


L = TypeVar("L", bound=Listed)


def skeleton() -> None:
    """The places of cards and table."""
    cards.skeleton(CARDS, sparklines=False)
    st.skeleton(charts.LOW + 75)


def months(rows: Iterable[Listed]) -> dict[str, date]:
    """The months in which scenarios run, the latest first, by their names."""
    found: set[date] = set()
    for row in rows:
        month = row.start.replace(day=1)
        while month <= row.end:
            found.add(month)
            month = _next(month)
    return {f"{month:%B %Y}": month for month in sorted(found, reverse=True)}


def filtered(rows: Sequence[L], states: Sequence[str], types: Sequence[str], of_months: Sequence[date]) -> list[L]:
    """The scenarios in one of these states, of one of these types, that run in one of these months. Nothing chosen:
    all, but of the states all that are not archived."""
    return [
        row
        for row in rows
        if (row.state in states if states else row.state != _ARCHIVED)
        and (not types or row.scenario_type in types)
        and (not of_months or any(row.start < _next(month) and row.end >= month for month in of_months))
    ]


def ordered(rows: Sequence[L], order: str) -> list[L]:
    """By their last change; by their result, those without one last; or by their start, the latest first."""
    if order == BEST_RESULT:
        worst = Decimal("-Infinity")
        return sorted(rows, key=lambda row: worst if row.net_ebit_delta is None else row.net_ebit_delta, reverse=True)
    if order == STARTS_NEXT:
        return sorted(rows, key=lambda row: (row.start, row.end), reverse=True)
    return sorted(rows, key=lambda row: row.updated_at, reverse=True)


def four_cards(rows: Sequence[Listed], today: date, currency: str) -> list[Card]:
    """What waits, what is agreed on and ahead, what cannot run as it is, and the best of the drafts."""
    waiting = [row for row in rows if row.state == "submitted"]
    ahead = [row for row in rows if row.state == "approved" and row.end >= today]
    drafts = [row for row in rows if row.state == "draft"]
    blocked = [row for row in drafts if row.validation_status == "BLOCK"]
    known = [row.net_ebit_delta for row in ahead if row.net_ebit_delta is not None]
    with_result = [row for row in drafts if row.net_ebit_delta is not None]
    best = max(with_result, key=lambda row: row.net_ebit_delta or Decimal(0), default=None)
    soonest = min(waiting, key=lambda row: row.start, default=None)
    return [
        Card(
            "waiting", "Wait for approval", wording.count(len(waiting)), "", "neither", "",
            [f"the first starts {wording.day(soonest.start)}" if soonest else "nothing waits"],
            told("scenarios.waiting"),
        ),
        Card(
            "ahead", "Approved, ahead", signed_money(sum(known, Decimal(0)), currency) if known else "–",
            "", "neither", "",
            [f"EBIT change of {_scenarios(len(ahead))}" if ahead else "none approved"],
            told("scenarios.ahead"),
        ),
        Card(
            "best", "Best draft", signed_money(best.net_ebit_delta, currency) if best else "–", "", "neither", "",
            [plain(best.label) if best else "no draft with figures"],
            told("scenarios.best"),
        ),
        Card(
            "blocked", "Blocked drafts", wording.count(len(blocked)), "", "neither", "",
            [f"of {wording.count(len(drafts))} {'draft' if len(drafts) == 1 else 'drafts'}"],
            told("scenarios.blocked"),
        ),
    ]  # fmt: skip


def sentence(rows: Sequence[Listed], today: date, currency: str) -> str:
    """Where planning stands, as a person would say it."""
    ahead = [row for row in rows if row.state == "approved" and row.end >= today]
    waiting = sum(row.state == "submitted" for row in rows)
    known = [row.net_ebit_delta for row in ahead if row.net_ebit_delta is not None]
    said = (
        f"{_scenarios(len(ahead)).capitalize()} approved and not over: {signed_money(sum(known, Decimal(0)), currency)}"
        " of EBIT expected"
        if known
        else "No approved scenario is ahead"
    )
    return f"{said}; {f'{_scenarios(waiting)} to decide on' if waiting else 'none waits for a decision'}."


def table(rows: Sequence[Listed], currency: str, zone: tzinfo, *, key: str) -> list[str]:
    """The scenarios, of which several can be picked; the ids of those."""
    columns: dict[str, Sequence[Any]] = {
        "Scenario": [row.label for row in rows],
        "State": [STATES.get(row.state, row.state) for row in rows],
        "Net": [_float(row.net_ebit_delta) for row in rows],
        "Checks": [MARKS.get(row.validation_status or "", wording.NOT_AVAILABLE) for row in rows],
        "Starts": [row.start for row in rows],
        "Ends": [row.end for row in rows],
        "Type": [type_words(row.scenario_type) for row in rows],
        "Sales": [_float(row.sales_value_delta) for row in rows],
        "Margin": [_float(row.total_margin_pct) for row in rows],
        "Version": [row.version for row in rows],
        "Model": [row.model_version or wording.NOT_AVAILABLE for row in rows],
        "By": [row.updated_by for row in rows],
        "Changed": [row.updated_at.astimezone(zone).replace(tzinfo=None) for row in rows],
    }
    config = {
        "Scenario": st.column_config.TextColumn("Scenario", width="medium", pinned=True),
        "State": st.column_config.TextColumn("State"),
        "Starts": st.column_config.DateColumn("Starts", format="D MMM YYYY"),
        "Ends": st.column_config.DateColumn("Ends", format="D MMM YYYY"),
        "Type": st.column_config.TextColumn("Type"),
        "Net": st.column_config.NumberColumn(
            titled("EBIT change", currency), format="%,.0f", help=told("scenarios.net")
        ),
        "Sales": st.column_config.NumberColumn(titled("Sales change", currency), format="%,.0f"),
        "Margin": st.column_config.NumberColumn("Margin", format="%.1f %%"),
        "Checks": st.column_config.TextColumn("Validation", help=hover("scenarios.validation")),
        "Version": st.column_config.NumberColumn("Version", format="%d"),
        "Model": st.column_config.TextColumn("Uplift model", help=hover("scenarios.uplift_model")),
        "By": st.column_config.TextColumn("Last changed by"),
        "Changed": st.column_config.DatetimeColumn("Last changed", format="D MMM YYYY, HH:mm"),
    }
    state = st.dataframe(
        pa.table(columns),
        column_config=config,
        hide_index=True,
        row_height=ROW_HEIGHT,
        height=ROW_HEIGHT * (min(max(len(rows), 1), ROWS_SEEN) + 1) + 3,
        key=key,
        placeholder="–",
        on_select="rerun",
        selection_mode="multi-row",
    )
    return [rows[place].scenario_id for place in state["selection"]["rows"] if place < len(rows)]


def file_rows(rows: Sequence[Listed]) -> list[dict[str, Any]]:
    """The list for a file: exact, and with the words of the database."""
    return [
        {
            "scenario": row.label,
            "state": row.state,
            "starts": row.start,
            "ends": row.end,
            "scenario_type": row.scenario_type,
            "net_ebit_delta": row.net_ebit_delta,
            "ebit_delta": row.ebit_delta,
            "margin_value_delta": row.margin_value_delta,
            "sales_value_delta": row.sales_value_delta,
            "total_margin_pct": row.total_margin_pct,
            "validation_status": row.validation_status,
            "overall_score": row.overall_score,
            "version": row.version,
            "model_version": row.model_version,
            "updated_by": row.updated_by,
            "updated_at_utc": row.updated_at,
            "scenario_id": row.scenario_id,
        }
        for row in rows
    ]


def filter_row(rows: Sequence[Listed]) -> tuple[tuple[str, ...], tuple[str, ...], tuple[date, ...], str]:
    """The filters of the list: states, types, months, and the order."""
    by_state = {words: name for name, words in STATES.items()}
    by_type = {words: name for name, words in TYPES.items()}
    by_month = months(rows)
    states = filters.several("State", list(by_state), key="state", everything="All but archived")
    types = filters.several("Type", list(by_type), key="type", everything="All types")
    chosen = filters.several("Month", list(by_month), key="month", everything="All months")
    order = filters.one("Order", ORDERS, key="order")
    return (
        tuple(by_state[words] for words in states),
        tuple(by_type[words] for words in types),
        tuple(by_month[words] for words in chosen),
        order,
    )


def _scenarios(number: int) -> str:
    return f"{wording.count(number)} {'scenario' if number == 1 else 'scenarios'}"


def _next(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
