"""One saved scenario: its figures, its validation, the steps it can take, the frozen forecast and its history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import streamlit as st

from analytics.promo.mechanics import ALL
from analytics.promo.scenarios import State, Version
from analytics.promo.terms import Form
from components import cards, charts, filters, scenario_checks, scenario_edit, scenario_figures, states, tables
from components import scenario_versions as history
from components import scenario_words as words
from components.plain import plain
from components.scenario_form import EVERYBODY, FORM_NAMES
from components.scenario_steps import Rights, Step, steps
from data_access.queries.promo_scenarios import Standing, frozen, scenario, versions
from data_access.queries.promo_state import SCENARIOS
from data_access.scope import Right
from pages.frame import briefing, company_exports, navigation, scenario_renewing, scenario_saving
from pages.frame.desk import Desk
from pages.frame.scenario_ways import NEW, Way, asked, back, go, say

_DONE: Final = {
    Step.SUBMIT: "Submitted: it waits for approval.",
    Step.APPROVE: "Approved; its forecast is frozen.",
    Step.REJECT: "Rejected; the planner reads why.",
    Step.WITHDRAW: "It is a draft again.",
    Step.ARCHIVE: "Archived.",
}
_ROWS: Final = {
    "department": "Department", "channel": "Channel", "discount_pct": "Discount", "form": "Mechanic",
    "segments": "For whom",
}  # fmt: skip
_BESIDES: Final = {
    "fixed_cost": ("Fixed cost", "%,.0f"), "funding": ("Supplier funding", "%,.0f"),
    "stock_cap": ("Stock, pieces", "%,.0f"), "promoted_share": ("On offer", "%g %%"),
    "redemption": ("Redeemed", "%g %%"), "reach": ("Reach", "%g %%"),
}  # fmt: skip


def page(d: Desk) -> None:
    """The scenario that the address names."""
    id = asked(Way.SCENARIO)
    title, caption = st.empty(), st.empty()
    title.title("Scenario", anchor=False)
    say()
    scenario_saving.warn()
    ways = st.container(horizontal=True, vertical_alignment="center")
    with ways:
        back()
    body, found = states.body(
        f"scenarios.{id}", navigation.visit(), _skeleton, lambda: d.read(scenario, id, datasets=(SCENARIOS,))
    )
    with body:
        if found is None:
            states.empty("This scenario is not there", "It may have been put away. Look in the list.", key="empty")
            return
        version = found.version
        title.title(plain(version.content.label), anchor=False)
        caption.caption(plain(_caption(version, d)))
        _draw(d, found)
    with ways:
        _ways(d, found)


def _draw(d: Desk, found: Standing) -> None:
    version = found.version
    if found.kpis is None:
        st.info("It was never simulated: open it in the builder and save it.")
    else:
        cards.show(scenario_figures.six_cards(found.kpis, d.currency), "", sparklines=False)
    scenario_renewing.offer(d, found)
    left, right = st.columns([3, 2])
    with left.container(border=True, height="stretch"):
        filters.heading("What it offers")
        _offers(version)
        if version.content.notes:
            st.caption(plain(version.content.notes))
    with right.container(border=True, height="stretch"):
        filters.heading("Validation")
        if found.validation is None:
            st.caption("It was never validated.")
        else:
            scenario_checks.kept(found.validation)
        _steps(d, found)
    kept = d.read(frozen, version.scenario_id, datasets=(SCENARIOS,))
    if kept is not None:
        with st.container(border=True):
            filters.heading("Frozen forecast")
            st.caption(
                f"Frozen with version {kept.version}, approved by {kept.approved_by} on "
                f"{words.moment(kept.approved_at, d.zone)}; later changes leave it as it is."
            )
            scenario_figures.draw_frozen(kept.forecast, d.currency, "promolens-scenario")
    all_versions = d.read(versions, version.scenario_id, datasets=(SCENARIOS,))
    with st.container(border=True):
        filters.heading("Versions")
        may = d.scope.allows(Right.PROMO_WRITE) and version.state not in (State.SUBMITTED, State.ARCHIVED)
        restored = history.history(all_versions, d.currency, d.zone, may_restore=may)
    if restored is not None:
        _edit(version, restored)


def _steps(d: Desk, found: Standing) -> None:
    version = found.version
    rights = Rights(d.scope.allows(Right.PROMO_WRITE), d.scope.allows(Right.PROMO_APPROVE))
    status = None if found.validation is None else found.validation["status"]
    wanted = steps(version.state, status, rights, key=f"{version.scenario_id}_{version.number}")
    if wanted is None:
        return
    step, comment = wanted
    if scenario_saving.take(d, version, step, comment):
        go(Way.SCENARIO, version.scenario_id, _DONE[step])


def _ways(d: Desk, found: Standing) -> None:
    version = found.version
    if d.scope.allows(Right.PROMO_WRITE):
        editable = version.state in (State.DRAFT, State.APPROVED, State.REJECTED)
        if editable and st.button("Edit", key="scenario_edit", icon=":material/edit:"):
            _edit(version, version)
        if st.button("Copy", key="scenario_copy", icon=":material/content_copy:"):
            label = f"Copy of {version.content.label}"[:100]
            copied = scenario_edit.of_content(version.content)
            scenario_saving.put_aside()
            scenario_edit.hold(replace(copied, label=label))
            go(Way.BUILD, NEW)
    if (
        version.state is State.APPROVED
        and version.content.end < d.today
        and st.button("Post-mortem", key="scenario_post_mortem", icon=":material/fact_check:")
    ):
        st.switch_page("pages/promotions/post_mortem.py", query_params={"scenario": version.scenario_id})
    briefing.offer(d, found, _caption(version, d))
    company_exports.menu(
        d, version.content.label,
        {"Versions": lambda: history.rows(d.read(versions, version.scenario_id, datasets=(SCENARIOS,)), d.currency)},
        {"Shows": _caption(version, d)}, file="scenario",
    )  # fmt: skip


def _edit(standing: Version, content_of: Version) -> None:
    """Into the builder, with what one of its versions holds, on top of the one that stands."""
    edited = scenario_edit.of_content(
        content_of.content, scenario_id=standing.scenario_id, seen=standing.number, state=standing.state.value
    )
    scenario_saving.put_aside()
    scenario_edit.hold(replace(edited, kept=standing.content))
    go(Way.BUILD, standing.scenario_id)


def _caption(version: Version, d: Desk) -> str:
    content = version.content
    told = [
        words.STATES[version.state],
        words.dates(content.start, content.end),
        words.type_words(content.scenario_type) if content.scenario_type else "",
        f"version {version.number} by {version.author}, {words.moment(version.created_at, d.zone)}",
        f"uplift model {version.model_version}" if version.model_version else "",
        words.amounts(d.currency),
    ]
    return " · ".join(part for part in told if part)


def _offers(version: Version) -> None:
    """The rows; of what a row may have besides, such as its fixed cost, the columns that any row fills in."""
    rows = [scenario_edit.as_shown(row.stored()) for row in version.content.mechanics]
    columns = {name: [row[name] for row in rows] for name in _ROWS}
    columns["channel"] = [scenario_edit.CHANNEL_NAMES.get(one, one) for one in columns["channel"]]
    columns["form"] = [FORM_NAMES[Form(one)] for one in columns["form"]]
    columns["segments"] = [_whom(one) for one in columns["segments"]]
    config = {name: st.column_config.Column(label) for name, label in _ROWS.items()}
    config["discount_pct"] = st.column_config.NumberColumn("Discount", format="%g %%")
    for name, (label, form) in _BESIDES.items():
        if any(row[name] is not None for row in rows):
            columns[name] = [row[name] for row in rows]
            config[name] = st.column_config.NumberColumn(label, format=form)
    if any(row["notes"] for row in rows):
        columns["notes"] = [row["notes"] for row in rows]
        config["notes"] = st.column_config.Column("Notes")
    tables.show(columns, config, key="table_rows")


def _whom(segments: Sequence[str]) -> str:
    return EVERYBODY if list(segments) == [ALL] else ", ".join(segments)


def _skeleton() -> None:
    cards.skeleton(scenario_figures.CARDS, sparklines=False)
    st.skeleton(charts.LOW)
