"""Server times of the simulator as JSON, in a process of its own: `python -m benchmarks.simulator_probe RUNS`.

`cold`: a new session with nothing cached. `moved`: after the slider moved, over 20 departments in 2 channels and 30
days, with the simulation. `warm`: a further run that changes nothing. `…_processor`: the same in processor time.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import replace
from datetime import date
from statistics import median

import numpy as np
import streamlit as st
from streamlit.runtime.scriptrunner.script_cache import ScriptCache
from streamlit.testing.v1 import AppTest, local_script_runner

from analytics.promo.model import Model
from analytics.promo.scenarios import Content
from analytics.promo.usual import Parts, Price, Weekdays
from benchmarks.page_probe import require_drawn
from benchmarks.simulator import content, ground
from components import scenario_edit
from data_access import unwritten
from logs import configure
from settings import PROJECT_ROOT, get_settings


def filled() -> Content:
    """The company's model in an empty store, and the scenario over it."""
    from data_access.migrate import migrate
    from data_access.scope import local_admin
    from data_access.stores import open_stores
    from data_access.writes.uplift_models import keep_model

    stores = open_stores(get_settings())
    migrate(stores)
    below = ground()
    known = below.knowledge
    parts = {
        cell: Parts(
            cell, None, Weekdays(below.baseline.units[row, :7], np.full(7, 50.0), 100.0), 0.0, (0.0, 0.0), np.ones(8),
            (Price(date(2026, 11, 1), 10.0, 3.5),), date(2026, 11, 30),
        )
        for row, cell in enumerate(below.baseline.cells)
    }  # fmt: skip
    model = Model(
        "2026-11-30-00000000", "0" * 64, date(2024, 1, 1), date(2026, 11, 30), known.curves, parts, known.pull_forward,
        known.crosses, (),
    )  # fmt: skip
    keep_model(stores, local_admin(), model)
    return replace(content(20.0), label="")


def main(runs: int) -> dict[str, float]:
    """Medians in milliseconds over `runs` runs."""
    planned = filled()
    # A server compiles each script once and keeps it; a test would do so in each run.
    scripts = ScriptCache()
    local_script_runner.ScriptCache = lambda: scripts  # type: ignore[misc, assignment]
    spent: dict[str, list[float]] = {}

    def timed(name: str, app: AppTest) -> None:
        wall, processor = time.perf_counter(), time.process_time()
        app.run()
        spent.setdefault(name, []).append(time.perf_counter() - wall)
        spent.setdefault(f"{name}_processor", []).append(time.process_time() - processor)
        require_drawn(app)

    for run in range(runs + 1):
        app = AppTest.from_file(str(PROJECT_ROOT / "app.py"), default_timeout=120)
        app.run()
        app.switch_page("pages/promotions/simulator.py")
        st.cache_resource.clear()
        unwritten.forget()
        timed("cold" if run else "imports", app)
        app.session_state[scenario_edit.KEY] = replace(scenario_edit.of_content(planned), turn=90 + run, grid=90 + run)
        app.run()
        for discount in (10, 15, 25):
            app.slider[0].set_value(discount)
            timed("moved", app)
            timed("warm", app)
    return {name: median(seconds) * 1000 for name, seconds in spent.items()}


if __name__ == "__main__":
    configure("WARNING", "stderr")
    print(json.dumps(main(int(sys.argv[1]))))
