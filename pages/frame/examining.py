"""The health of the installation for its page: what was last found, and looking again beside the page."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import streamlit as st

from components import health as words
from components import sync_panel, wording
from components.list_columns import CALLS, OPERATIONS
from data_access.queries.health import Health, health
from pages.frame import clock, guard
from pages.frame.exports import Sets, menu
from pages.frame.view import View
from settings import get_settings

if TYPE_CHECKING:
    from ingest.runner import Overview

CHECKS, EXAMINATION = "checks", "examination"
EVERY: Final = timedelta(seconds=1)
# What is quickly told is looked at again when the page is opened, if it is older than this.
STALE: Final = timedelta(minutes=2)
# However many people open the page: a look is not begun more often than this.
_BEGUN_SECONDS: Final = 30.0
_begun: dict[str, float] = {}


def read(view: View) -> tuple[Health, Overview]:
    """What was last found, and what is done by the clock. Raises NotPermitted, StoreError."""
    from ingest.runner import schedule_overview  # only here: what the schedule needs is not needed to draw other pages

    found = health(view.stores, view.scope, CHECKS, EXAMINATION)
    return found, schedule_overview(view.stores, get_settings(), view.scope, clock.now())


def under_way(found: Health) -> bool:
    """Whether somebody looks at this moment."""
    return any(one is not None and one.state == "running" for one in (found.checks, found.examination))


def look_again_if_stale(view: View, found: Health) -> bool:
    """Begins a quick look where the last one is old; whether it did."""
    ended = found.checks.finished_at if found.checks else None
    never = found.examination is None or found.examination.finished_at is None
    if under_way(found) or (ended is not None and not never and clock.now() - ended < STALE):
        return False
    last = _begun.get(view.stores.operational.url)
    if last is not None and time.monotonic() - last < _BEGUN_SECONDS:
        return False
    _begun[view.stores.operational.url] = time.monotonic()
    begin(view, [(CHECKS, ""), *([(EXAMINATION, "")] if never else [])])
    return True


def begin(view: View, wanted: Sequence[tuple[str, str]]) -> None:
    """Does work beside the page. Raises NotPermitted."""
    from ingest.runner import begin_work

    _begun[view.stores.operational.url] = time.monotonic()
    begin_work(view.stores, get_settings(), view.scope, wanted)


def follow(view: View, seen: tuple[datetime | None, ...]) -> None:
    """Says that a look is under way, and draws the page anew once it has ended."""
    sync_panel.poll(lambda: _follow(view, seen), EVERY)


def ends(found: Health) -> tuple[datetime | None, ...]:
    """When each look last ended."""
    return tuple(one.finished_at if one is not None else None for one in (found.checks, found.examination))


def _follow(view: View, seen: tuple[datetime | None, ...]) -> None:
    with guard.explained(view.scope):
        found = health(view.stores, view.scope, CHECKS, EXAMINATION)
        waited = time.monotonic() - _begun.get(view.stores.operational.url, 0.0)
        if not under_way(found) and (ends(found) != seen or waited > _BEGUN_SECONDS):
            st.rerun()
        st.status("Looking …", type="compact")


def results(found: Health) -> tuple[list[Mapping[str, Any]], list[Mapping[str, Any]], dict[str, float]]:
    """Checks of both looks, the tables' sizes, and figures."""
    kept = [one.result for one in (found.checks, found.examination) if one is not None and one.result]
    checks = [check for result in kept for check in result.get("checks", [])]
    sizes = [row for result in kept for row in result.get("tables", [])]
    figures: dict[str, float] = {}
    for result in kept:
        figures |= result.get("figures", {})
    return checks, sizes, figures


def caption(view: View, found: Health, overview: Overview) -> str:
    """How fresh what stands here is."""
    now = clock.now()
    pieces = ["All stores"]
    for name, one in (("looked at", found.checks), ("databases examined", found.examination)):
        ended = one.finished_at if one is not None else None
        pieces.append(f"{name} {wording.ago(now - ended)}" if ended else f"not yet {name}")
    return " · ".join([*pieces, f"{view.account.timezone} time", f"schedule kept by {overview.kept_by}"])


def do_now(view: View, overview: Overview) -> None:
    """A choice of the clock's work, and a button that does it now."""
    with st.popover("Do now", icon=":material/play_arrow:", key="do_now"):
        rows = {f"{row['says']} · {row['name'] or 'everything'}": row for row in overview.work}
        picked = st.selectbox("Work", list(rows), key="do_now_work", index=None, placeholder="Choose")
        if st.button("Start", key="do_now_start", type="primary", disabled=picked is None) and picked is not None:
            begin(view, [(rows[picked]["work"], rows[picked]["account"])])
            st.toast(f"Begun: {picked}.")


def exports(view: View, found: Health, overview: Overview) -> None:
    """All that stands in tables, as files."""
    checks, sizes, _ = results(found)
    about = {"Shows": caption(view, found, overview), "Times": "UTC"}
    sets: Sets = {
        "Checks": lambda: checks,
        "Work": lambda: list(overview.work),
        "Tables": lambda: sizes,
        CALLS: lambda: words.call_rows(calls(overview)),
        OPERATIONS: lambda: words.operation_rows(found.operations),
    }
    menu(view, "Health", sets, about, file="promolens-health")


def calls(overview: Overview) -> list[dict[str, Any]]:
    """The report calls of every store, one row a report."""
    return [use.as_dict() | {"name": store.name} for store in overview.quotas for use in store.reports]
