"""The foot of the sidebar: how fresh the figures are, and the sync with its progress, its end and what failed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol

import streamlit as st

from components import wording

RESOURCES: Final = {
    "account": "the account",
    "metrics": "metrics",
    "profiles": "customers",
    "events": "events",
    "campaigns": "campaigns",
    "campaign_messages": "campaign messages",
    "flows": "flows",
    "flow_actions": "flows",
    "flow_messages": "flow messages",
    "lists": "lists",
    "list_sizes": "the sizes of lists",
    "segments": "segments",
    "forms": "forms",
    "tags": "tags",
    "catalog_items": "the catalog",
    "catalog_variants": "the catalog",
    "catalog_categories": "the catalog",
    "campaign_values": "campaign reports",
    "flow_values": "flow reports",
    "form_values": "form reports",
    "segment_values": "segment reports",
    "figures": "the figures",
}
KINDS: Final = {
    "sync": "Sync", "load": "Load", "recompute": "Computation", "aggregate": "Computation", "refresh": "Computation",
    "orders": "Load of orders", "backup": "Backup", "retention": "Removal of old rows",
}  # fmt: skip
ASKED: Final = {"sync": "Fetching", "load": "Loading", "recompute": "Computing"}
UPKEEP: Final = {"retention": "Removing old rows", "backup": "Backing up", "orders": "Loading orders from a file"}
# What brings no events.
COMPUTED: Final = {
    "recompute": "Figures computed anew",
    "aggregate": "Figures brought up to date",
    "refresh": "All figures computed anew",
    "backup": "Backed up",
    "retention": "Old rows removed",
}
MOST_REJECTS: Final = 50


class Run(Protocol):
    """What the panel needs to know of a job; its fields are those of the job's row."""

    @property
    def kind(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def resource(self) -> str | None: ...
    @property
    def progress(self) -> float | None: ...
    @property
    def counts(self) -> Mapping[str, float]: ...
    @property
    def rejects(self) -> Sequence[Mapping[str, str]]: ...
    @property
    def notes(self) -> Sequence[str]: ...
    @property
    def error(self) -> str | None: ...
    @property
    def cancel_requested(self) -> bool: ...
    @property
    def created_at(self) -> datetime: ...
    @property
    def started_at(self) -> datetime | None: ...
    @property
    def finished_at(self) -> datetime | None: ...


def running(run: Run, now: datetime, *, may_cancel: bool, key: str = "sync_cancel") -> bool:
    """A job under way: what it does, how far it is, how fast. Whether the person asked to cancel it.

    A computation, a load of orders, a backup and the removal of old rows cannot be cancelled.
    """
    what = RESOURCES.get(run.resource or "", (run.resource or "").replace("_", " "))
    if run.cancel_requested:
        text = "Cancelling: what is loaded stays"
    elif run.resource == "figures" or run.kind == "recompute":
        text = "Computing the figures"
    elif run.kind in UPKEEP:
        text = UPKEEP[run.kind]
    else:
        text = f"{ASKED.get(run.kind, 'Working on')} {what}".strip() if what else "Starting"
    facts = [wording.passed(now - (run.started_at or run.created_at))]
    if events := run.counts.get("events"):
        facts.insert(0, f"{wording.count(events)} events")
    if rate := run.counts.get("events_per_second"):
        facts.append(f"{wording.count(rate)} a second")
    if run.progress is not None:
        st.progress(min(max(run.progress, 0.0), 1.0), text=f"{text} …")
        st.caption(" · ".join(facts))
    else:
        # Not as a block: at its end it would count as done.
        st.status(f"{text} …", expanded=True, type="compact").caption(" · ".join(facts))
    if run.kind in UPKEEP:
        st.caption("A sync can be started when it has ended.")
        return False
    if run.kind == "recompute":
        # One transaction: until it ends, the figures from before stand on every page.
        st.caption("Pages show the figures from before until it has ended.")
        return False
    return st.button(
        "Cancel", key=key, disabled=not may_cancel or run.cancel_requested, width="stretch", type="secondary"
    )


def queued() -> None:
    """A computation that begins by itself in a moment."""
    st.status("Computing the figures next …", type="compact")


def resting(run: Run | None, now: datetime, *, may_sync: bool, asked: Callable[[], None]) -> None:
    """The last job's end and the button for a new one; `asked` is called before the next run where it was pressed."""
    st.button(
        "Sync now",
        key="sync_now",
        icon=":material/sync:",
        width="stretch",
        disabled=not may_sync,
        on_click=asked,
        help=None if may_sync else "You may not start a sync. Ask an admin.",
    )
    if run is not None:
        _ended(run, now)


def too_soon(seconds: int) -> None:
    """What somebody is told who asks for a sync a moment after the last one began."""
    unit = "second" if seconds == 1 else "seconds"
    st.warning(f"The last sync began a moment ago. The next one can be started in {seconds} {unit}.")


def filled(run: Run | None, now: datetime) -> None:
    """The same for a store that is filled from files: there is nothing to sync."""
    if run is not None:
        _ended(run, now)


def _ended(run: Run, now: datetime) -> None:
    name = KINDS.get(run.kind, "Job")
    when = wording.ago(now - (run.finished_at or run.created_at))
    number = run.counts.get("events", 0)
    events = f"{wording.count(number)} new {'event' if number == 1 else 'events'}"
    if run.state == "failed":
        st.error(f"{name} failed {when}. {run.error or ''} Figures show what was loaded before it.".replace("  ", " "))
    elif run.kind == "orders":
        took = wording.passed((run.finished_at or now) - (run.started_at or run.created_at))
        st.caption(f"Orders loaded {when}, in {took}.")
    elif run.kind in COMPUTED and run.state == "done":
        took = wording.passed((run.finished_at or now) - (run.started_at or run.created_at))
        st.caption(f"{COMPUTED[run.kind]} {when}, in {took}.")
    elif run.state == "cancelled":
        st.caption(f"{name} cancelled {when}: {events} stay. The next one goes on from there.")
    else:
        took = wording.passed((run.finished_at or now) - (run.started_at or run.created_at))
        st.caption(f"{name} done {when}: {events} in {took}.")
    for note in run.notes:
        if not run.error or run.error not in note:
            st.caption(note)
    rejected = int(run.counts.get("rejected", 0))
    if rejected:
        with st.expander(f"{wording.count(rejected)} item(s) left out or repaired"):
            for reject in run.rejects[:MOST_REJECTS]:
                st.caption(f"{reject.get('place', '')}: {reject.get('reason', '')}")
            if rejected > min(len(run.rejects), MOST_REJECTS):
                st.caption(f"The first {min(len(run.rejects), MOST_REJECTS)} are listed.")


def poll(draw: Callable[[], None], every: timedelta) -> None:
    """Draws now and again at intervals, alone, without running the page; for as long as it is drawn in a page's run."""
    st.fragment(draw, run_every=every)()
