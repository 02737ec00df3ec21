"""Server times of a page as JSON, in a process of its own: `python -m benchmarks.page_probe RUNS [PAGE]`.

`cold`: a new session with nothing cached. `warm`: a further run of the same page. `bare`: what the page is about by day
as one hand-written statement, the floor of any page. `cold_processor`, `warm_processor`:
the same runs in processor time of all threads, which a shared machine does not stretch.
PAGE: revenue, engagement or overview (the start page).
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from statistics import median

import streamlit as st
from streamlit.testing.v1 import AppTest

from logs import configure
from settings import PROJECT_ROOT

REVENUE = """
SELECT order_date, sum(order_value_account) AS gross
FROM klaviyo_orders
WHERE klaviyo_public_id = $account
GROUP BY order_date
"""
MESSAGES = """
SELECT date, sum(recipients) AS recipients, sum(opens_unique) AS opens, sum(conversion_value) AS value
FROM flow_statistics
WHERE klaviyo_public_id = $account
GROUP BY date
"""
BARE = {"revenue": REVENUE, "engagement": MESSAGES, "overview": REVENUE}


def main(runs: int, page: str = "revenue") -> dict[str, float]:
    """Medians in milliseconds over `runs` runs."""
    from data_access.queries.accounts import accounts
    from data_access.scope import local_admin
    from data_access.stores import open_stores
    from settings import get_settings

    app = AppTest.from_file(str(PROJECT_ROOT / "app.py"), default_timeout=120)
    app.run()  # imports
    if app.exception:
        raise RuntimeError(app.exception[0].message)
    cold, warm, used = [], [], []
    for _ in range(runs):
        app = _next(app)
        if page != "overview":
            app.run()
            app.switch_page(f"pages/sales/{page}.py")
        st.cache_resource.clear()
        began = time.process_time()
        cold.append(_seconds(app.run))
        between = time.process_time()
        warm.append(_seconds(app.run))
        used.append((between - began, time.process_time() - between))
    stores = open_stores(get_settings())
    account = accounts(stores, local_admin())[0].public_id
    bare = []
    for _ in range(runs):
        with stores.warehouse.read() as session:
            bare.append(_seconds(lambda: session.query_text(BARE[page], {"account": account})))
    return {
        "cold": median(cold) * 1000,
        "warm": median(warm) * 1000,
        "cold_processor": median(first for first, _ in used) * 1000,
        "warm_processor": median(second for _, second in used) * 1000,
        "bare": median(bare) * 1000,
    }


def _next(before: AppTest) -> AppTest:
    """A new session. A server looks through the installed packages once, at its start: not part of a page."""
    app = AppTest.from_file(str(PROJECT_ROOT / "app.py"), default_timeout=120)
    app._bidi_component_manager = before._bidi_component_manager
    return app


def _seconds(function: Callable[[], object]) -> float:
    started = time.perf_counter()
    function()
    return time.perf_counter() - started


if __name__ == "__main__":
    configure("WARNING", "stderr")
    sys.stdout.write(json.dumps(main(int(sys.argv[1]), *sys.argv[2:])))
