"""Server times of a page as JSON, in a process of its own: `python -m benchmarks.page_probe RUNS [PAGE [QUERY]]`.

`cold`: a new session with nothing cached. `warm`: a further run of the same page. `bare`: what the page is about by day
as one hand-written statement, the floor of any page. PAGE: revenue, engagement or overview (the start page). QUERY:
what its address asks for. `…_processor`: the same in processor time of all threads, which other work does not stretch.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from statistics import median
from urllib.parse import parse_qsl

import streamlit as st
from streamlit.runtime.scriptrunner.script_cache import ScriptCache
from streamlit.testing.v1 import AppTest, local_script_runner

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


def main(runs: int, page: str = "revenue", query: str = "") -> dict[str, float]:
    """Medians in milliseconds over `runs` runs."""
    from data_access import unwritten
    from data_access.queries.accounts import accounts
    from data_access.scope import local_admin
    from data_access.stores import open_stores
    from settings import get_settings

    # A server compiles each script once and keeps it; a test would do so in each run.
    scripts = ScriptCache()
    local_script_runner.ScriptCache = lambda: scripts  # type: ignore[misc, assignment]
    app = AppTest.from_file(str(PROJECT_ROOT / "app.py"), default_timeout=120)
    app.run()  # imports
    require_drawn(app)
    cold, warm = [], []
    cold_processor, warm_processor = [], []
    for _ in range(runs):
        app = _next(app)
        if page != "overview":
            app.run()
            app.switch_page(f"pages/sales/{page}.py")
        for name, value in parse_qsl(query):
            app.query_params[name] = value
        st.cache_resource.clear()
        unwritten.forget()
        for seconds, processor in ((cold, cold_processor), (warm, warm_processor)):
            before = time.process_time()
            seconds.append(_seconds(app.run))
            processor.append(time.process_time() - before)
            require_drawn(app)
    stores = open_stores(get_settings())
    account = accounts(stores, local_admin())[0].public_id
    bare = []
    for _ in range(runs):
        with stores.warehouse.read() as session:
            bare.append(_seconds(lambda: session.query_text(BARE[page], {"account": account})))
    told = {
        "cold": cold,
        "warm": warm,
        "bare": bare,
        "cold_processor": cold_processor,
        "warm_processor": warm_processor,
    }
    return {name: median(seconds) * 1000 for name, seconds in told.items()}


def require_drawn(app: AppTest) -> None:
    """Raises RuntimeError where the run ended in an exception, or in the state that the app shows instead of one."""
    if app.exception:
        raise RuntimeError(app.exception[0].message)
    if any(button.key == "state_try_again" for button in app.button):
        raise RuntimeError("\n".join(element.value for element in (*app.subheader, *app.code)))


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
