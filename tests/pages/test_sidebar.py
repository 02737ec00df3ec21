"""The sidebar: period and comparison are grey on pages that do not look at them; the sync that was asked for comes."""

from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from data_access import jobs
from data_access.stores import Stores
from tests.pages.conftest import Open
from tests.warehouse_rows import ACCOUNT


@pytest.mark.parametrize(
    ("page", "instead"),
    [("rfm", "up to the day As of"), ("cohorts", "by the month"), ("products", "30, 60 and 90 days")],
)
def test_what_does_nothing_is_grey_and_says_why(connected: Stores, open_page: Open, page: str, instead: str) -> None:
    app = open_page(page, period="7 d", compare="Last year")
    for key in ("period", "compare", "align"):
        assert app.selectbox(key=key).disabled
    assert instead in app.selectbox(key="period").help
    assert instead in app.selectbox(key="compare").help
    # What was chosen stays for the pages that look at it.
    app.switch_page("pages/sales/revenue.py").run()
    assert (app.selectbox(key="period").value, app.selectbox(key="period").disabled) == ("7 d", False)
    assert (app.selectbox(key="compare").value, app.selectbox(key="compare").disabled) == ("Last year", False)


def test_the_basket_page_looks_at_the_period_where_it_is_told_to(connected: Stores, open_page: Open) -> None:
    for days, grey in (("All orders", True), ("Chosen period", False)):
        app = open_page("basket", days=days)
        assert app.selectbox(key="period").disabled is grey
        assert app.selectbox(key="compare").disabled


def test_a_sync_asked_for_while_another_job_works_begins_after_it(connected: Stores, open_page: Open) -> None:
    """What was left in the spool is loaded by itself; the click that met it is not lost."""
    app = open_page("revenue")
    load = jobs.claim(connected.operational, ACCOUNT, by="test", lease=timedelta(seconds=60), kind="load")
    app = app.button(key="sync_now").click().run()
    assert "The sync that was asked for begins when this has ended." in [caption.value for caption in app.caption]
    jobs.finish(connected.operational, load.job_id, "done", jobs.Progress())
    app.run()
    with connected.operational.read() as session:
        assert [job.kind for job in jobs.recent_jobs(session, ACCOUNT)] == ["sync", "load"]
    # This store has no key: its sync ends by itself.
    while works(connected):
        time.sleep(0.05)


def test_who_asks_for_sync_after_sync_starts_one_and_is_told_when_the_next_may(
    connected: Stores, open_page: Open
) -> None:
    app = open_page("revenue")
    for _ in range(4):
        app = app.button(key="sync_now").click().run()
        while works(connected):
            time.sleep(0.05)
        app = app.run()
    with connected.operational.read() as session:
        assert [job.kind for job in jobs.recent_jobs(session, ACCOUNT)] == ["sync"]
    app = app.button(key="sync_now").click().run()
    told = [warning.value for warning in app.warning if "can be started in" in warning.value]
    assert len(told) == 1
    assert re.search(r"The next one can be started in ([12]?\d|30) seconds?\.", told[0])


def test_two_who_ask_at_the_same_time_start_one_sync(connected: Stores) -> None:
    """The row decides, in one transaction, not what each has seen."""
    lease = timedelta(seconds=60)

    def ask(who: int) -> str:
        try:
            return jobs.claim(connected.operational, ACCOUNT, by=str(who), lease=lease, pause=lease).state
        except (jobs.JobRunning, jobs.TooSoon) as refused:
            return type(refused).__name__

    with ThreadPoolExecutor(8) as people:
        answers = sorted(people.map(ask, range(8)))
    assert answers == ["JobRunning"] * 7 + ["running"]
    with connected.operational.read() as session:
        began = jobs.recent_jobs(session, ACCOUNT)
    assert len(began) == 1
    jobs.finish(connected.operational, began[0].job_id, "done", jobs.Progress())
    assert ask(9) == "TooSoon"
    # Work of another kind does not wait for it.
    other = jobs.claim(connected.operational, ACCOUNT, by="test", lease=lease, kind="load", pause=lease)
    jobs.finish(connected.operational, other.job_id, "done", jobs.Progress())


def works(stores: Stores) -> bool:
    with stores.operational.read() as session:
        return any(job.running for job in jobs.recent_jobs(session, ACCOUNT))
