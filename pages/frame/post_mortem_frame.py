"""What the page Post-mortem looks at: the promotions that are over, the one in the address, its newest report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

import streamlit as st

from analytics.promo.calendar import Kind
from analytics.promo.postmortem.kept import Subject
from components import filters, post_mortem_tables, states, tables
from components import post_mortem_findings as findings
from components import post_mortem_words as words
from components.plain import plain
from data_access.queries.accounts import PROMO
from data_access.queries.promo_calendar import Days, plan
from data_access.queries.promo_post_mortems import Kept, ReportRow, post_mortem, post_mortems
from data_access.queries.promo_scenarios import scenarios
from data_access.queries.promo_state import POST_MORTEMS, SCENARIOS
from pages.frame.desk import Desk

SCENARIO: Final = "scenario"
PROMOTION: Final = "promotion"


@dataclass(frozen=True, slots=True)
class Choice:
    """A promotion that is over. report: its newest one, None where it was not judged."""

    subject: Subject
    label: str
    start: date
    end: date
    kind: str
    report: ReportRow | None

    @property
    def key(self) -> str:
        """What tells it from all others."""
        return f"{SCENARIO}:{self.subject.scenario_id}" if self.subject.scenario_id else str(self.subject.promotion_id)

    @property
    def state(self) -> str:
        """Of its report, '' without."""
        return "" if self.report is None else self.report.state

    @property
    def sales(self) -> Decimal | None:
        """What was sold in its days."""
        return None if self.report is None else self.report.figures.actual_sales_value

    @property
    def sales_error(self) -> Decimal | None:
        """By how many per cent the forecast of sales was off."""
        return None if self.report is None else self.report.figures.sales_value_error_pct

    @property
    def ebit_error(self) -> Decimal | None:
        """The same of EBIT."""
        return None if self.report is None else self.report.figures.ebit_error_pct


@dataclass(frozen=True, slots=True)
class Found:
    """What stands on the page. picked: the one in the address; kept: its newest report."""

    choices: Sequence[Choice]
    picked: Choice | None
    kept: Kept | None


def asked() -> str:
    """What the address asks for, '' for the list."""
    if scenario := st.query_params.get(SCENARIO):
        return f"{SCENARIO}:{scenario}"
    return st.query_params.get(PROMOTION, "")


def read(d: Desk, key: str) -> Found:
    """What stands on the page. Raises NotPermitted, StoreError."""
    choices = _choices(d)
    picked = next((one for one in choices if one.key == key), None)
    report = None if picked is None else picked.report
    kept = None if report is None else d.read(post_mortem, report.report_id, datasets=(POST_MORTEMS,))
    return Found(choices, picked, kept)


def _choices(d: Desk) -> list[Choice]:
    """Scenarios that were approved and promotions of the catalog, as far as they are over, the newest first."""
    newest: dict[tuple[str | None, str | None], ReportRow] = {}
    for row in d.read(post_mortems, datasets=(POST_MORTEMS,)):
        held = newest.get((row.scenario_id, row.promotion_id))
        if held is None or held.version < row.version:
            newest[row.scenario_id, row.promotion_id] = row
    found = [
        Choice(
            Subject(scenario_id=row.scenario_id), row.label, row.start, row.end, "Scenario",
            newest.get((row.scenario_id, None)),
        )
        for row in d.read(scenarios, datasets=(SCENARIOS,))
        if row.approved_version is not None and row.end < d.today
    ]  # fmt: skip
    past = d.read(plan, Days(date.min, d.today - timedelta(days=1)), datasets=(PROMO, SCENARIOS))
    found += [
        Choice(
            Subject(promotion_id=one.key), one.label or words.listed(one.cells), one.start, one.end,
            "Catalog" if one.kind is Kind.NAMED else "Found in sales", newest.get((None, one.key)),
        )
        for one in past.promotions
        if one.scenario_id is None and one.end < d.today
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.end, one.start, one.label, one.key), reverse=True)


def pick(found: Found, key: str) -> None:
    """Which promotion is looked at; another one goes into the address."""
    if key and found.picked is None:
        filters.not_here("promotion", [key.removeprefix(f"{SCENARIO}:")])
    by_key = {one.key: one for one in found.choices}

    def named(key: str) -> str:
        one = by_key[key]
        return f"{words.titled(one.label)} · {words.dates(one.start, one.end)} · {words.STATES[one.state]}"

    keys = list(by_key)
    # A browser goes on showing the words that it was given for what is chosen: another state is another choice.
    state = by_key[key].state if key in by_key else ""
    chosen = st.selectbox(
        "Promotion", keys, index=keys.index(key) if key in by_key else None, format_func=named,
        key=f"post_mortem_pick_{key}_{state}", placeholder=words.PICK, label_visibility="collapsed",
    )  # fmt: skip
    if (chosen or "") != (key if key in by_key else ""):
        _go(chosen)


def counted(found: Found) -> str:
    """The line beneath the title of the list."""
    states_held = [one.state for one in found.choices]
    return words.overview(len(states_held), len([one for one in states_held if one]), states_held.count("closed"))


def overview(d: Desk, found: Found) -> None:
    """All that can be judged, or that there is nothing yet."""
    if not found.choices:
        states.empty("Nothing to judge yet", words.NONE, key="empty")
        st.page_link("pages/data/workbooks.py", label="Load workbooks", icon=":material/upload_file:")
        return
    with st.container(border=True):
        filters.heading("Promotions that are over")
        if (chosen := post_mortem_tables.promotion_table(found.choices, d.currency)) is not None:
            _go(chosen)
        st.caption("Tick one to see what it brought.")


def sentences(d: Desk, kept: Kept) -> tuple[Sequence[str], Sequence[str]]:
    """Insights and learning points: those that are kept, else what the report's figures say."""
    if kept.insights or kept.learning_points or kept.report is None:
        return kept.insights, kept.learning_points
    return findings.insights(kept.report, d.currency), findings.learning_points(kept.report, d.currency)


def bullets(said: Sequence[str]) -> None:
    """Sentences, whatever signs the names in them hold."""
    st.markdown("\n".join(f"- {plain(sentence)}" for sentence in said))


def _go(key: str | None) -> None:
    tables.forget(SCENARIO)
    tables.forget(PROMOTION)
    if key is not None:
        name, _, id = key.rpartition(":")
        st.query_params[name or PROMOTION] = id
    st.rerun()
