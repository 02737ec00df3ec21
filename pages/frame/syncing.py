"""The sidebar's sync: starts a job, follows it while it runs, shows how it ended."""

from __future__ import annotations

from datetime import timedelta

import streamlit as st

from components import sync_panel as panel
from components.revenue_words import freshness
from data_access import jobs
from data_access.jobs import Job, JobRunning, TooSoon
from data_access.queries.accounts import data_state
from data_access.queries.jobs import newest
from data_access.scope import Right
from pages.frame import clock, guard
from pages.frame.view import View
from settings import get_settings

EVERY = timedelta(seconds=1)
# The store that a person asked to sync: also while something else works on it, then it begins when that has ended.
WANTED = "sync_wanted"
_STARTED = clock.now()


def sync_panel(view: View) -> None:
    """Freshness and the account's sync. Polls only while a job runs, whoever started it."""
    words = freshness(view.shown)
    st.caption(words[:1].upper() + words[1:])
    job = _latest(view)
    if (job is not None and job.running) or jobs.waits(view.account.public_id):
        panel.poll(lambda: _follow(view), EVERY)
        return
    if view.account.files is not None:
        panel.filled(job, view.now)
        return
    wanted = st.session_state.pop(WANTED, None) == view.account.public_id
    if (wanted or _due_at_start(job)) and view.may(Right.SYNC):
        _start(view)
    # A click may meet a job that began after the button was drawn: it is not drawn again then, but `asked` is called.
    panel.resting(job, view.now, may_sync=view.may(Right.SYNC), asked=lambda: _want(view.account.public_id))


def _want(account: str) -> None:
    st.session_state[WANTED] = account


def _due_at_start(job: Job | None) -> bool:
    """Whether the app was asked to sync what it shows, and has not tried to since it started."""
    return get_settings().sync_at_start and (job is None or job.created_at < _STARTED)


def _latest(view: View) -> Job | None:
    return newest(view.stores, view.scope, view.account.public_id)


def _follow(view: View) -> None:
    with guard.explained(view.scope):
        job = _latest(view)
        if (job is None or not job.running) and jobs.waits(view.account.public_id):
            panel.queued()
            return
        if job is None or not job.running or _first_figures_came(view):
            st.rerun()
        if job.kind == "sync":
            st.session_state.pop(WANTED, None)
        elif st.session_state.get(WANTED) == view.account.public_id:
            st.caption("The sync that was asked for begins when this has ended.")
        may = view.may(Right.SYNC)
        if panel.running(job, clock.now(), may_cancel=may):
            jobs.request_cancel(view.stores.operational, view.scope, view.account.public_id)
            st.rerun(scope="fragment")


def _first_figures_came(view: View) -> bool:
    """A page that stands empty is drawn as soon as there is something; a full one is not moved under the reader."""
    if view.state.as_of is not None:
        return False
    return data_state(view.stores, view.scope, view.account.public_id).as_of is not None


def _start(view: View) -> None:
    from ingest.runner import start_sync  # only here: the client and its parsers are not needed to draw a page

    view.scope.require(Right.SYNC, view.account.public_id)
    try:
        start_sync(view.stores, get_settings(), view.account.public_id, by=view.scope.person)
    except JobRunning:
        # Something began in this very moment: it is followed, and the sync begins after it.
        _want(view.account.public_id)
    except TooSoon as soon:
        # Whoever clicks again and again starts nothing; what the last one brought stands on the page.
        panel.too_soon(soon.seconds)
        return
    st.rerun()
