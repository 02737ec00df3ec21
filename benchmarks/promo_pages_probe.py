"""Times of the pages of promotions, forecasts, targets and post-mortems as JSON, in a process of its own: `python -m
benchmarks.promo_pages_probe RUNS`.

`cold`: a new session with nothing cached. `warm`: a further run of the same page. The median of the runs is told, and
the least processor time (of all threads), which other work does not stretch.
"""

from __future__ import annotations

import json
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from statistics import median
from typing import Final

import numpy as np
import streamlit as st
from streamlit.runtime.scriptrunner.script_cache import ScriptCache
from streamlit.testing.v1 import AppTest, local_script_runner

from analytics.forecasting.candidates import Kind
from analytics.forecasting.choice import Forecast, Model, Record
from analytics.forecasting.intervals import Calibration
from analytics.forecasting.kept import Basis
from analytics.forecasting.series import Key
from analytics.landing import month_end
from analytics.promo.breakdown import kpis_of
from analytics.promo.drafts import draft_of
from analytics.promo.forecast import forecast_of
from analytics.promo.mechanics import terms_of
from analytics.promo.model import Model as Uplift
from analytics.promo.postmortem.kept import Subject
from analytics.promo.scenarios import Draft
from analytics.promo.simulation import simulate
from analytics.promo.trial import tried
from analytics.promo.uncertainty import intervals
from analytics.promo.usual import Parts, Price, Weekdays
from analytics.promo.verdict import Report
from benchmarks.page_probe import require_drawn
from benchmarks.simulator import content, ground
from data_access import unwritten
from data_access.stores import Stores
from logs import configure
from settings import PROJECT_ROOT, get_settings

DAYS: Final = 730
LENGTH: Final = 14
SALES: Final = """
INSERT INTO sales_aggregated (date, channel, department, promo_flag, discount_pct, sales_value, margin_value, units)
SELECT day, channel, department, promo, CASE WHEN promo THEN 20 END, units * price, units * (price - 6.5), units
FROM (
    SELECT
        DATE '{first}' + CAST(n AS INTEGER) AS day, channel, 'D' || d AS department, promo,
        CASE WHEN promo THEN 8.0 ELSE 10.0 END AS price,
        CAST(
            (60 + 3 * d + 12 * (n % 7) + hash(n * 41 + d * 2 + c) % 17) * CASE WHEN promo THEN 1.5 ELSE 1 END AS INTEGER
        ) AS units
    FROM (
        SELECT
            n, d, c, CASE WHEN c = 0 THEN 'online' ELSE 'offline' END AS channel,
            n BETWEEN {start} AND {end} OR ((n // 7 + d) % 9 = 0 AND n < {start} - 28) AS promo
        FROM range({days}) AS a(n), range(20) AS b(d), range(2) AS e(c)
    )
)
"""
Spent = dict[str, dict[str, list[float]]]


def filled(stores: Stores, today: date) -> str:
    """Two years of sales, forecasts, targets, opportunities, and a scenario of 14 days that was approved before it ran:
    its id."""
    from data_access.migrate import migrate
    from data_access.scope import local_admin
    from data_access.writes.forecasts import keep_sales_forecasts
    from data_access.writes.scenarios import approve, save, submit
    from data_access.writes.uplift_models import keep_model
    from ingest.discovery import discover

    migrate(stores)
    first, start = today - timedelta(days=DAYS), today - timedelta(days=LENGTH + 21)
    place = (start - first).days
    with stores.operational.write() as session:
        session.execute_text(SALES.format(first=first, start=place, end=place + LENGTH - 1, days=DAYS))
        for n in range(-1, 2):
            month = (today.replace(day=15) + timedelta(days=30 * n)).strftime("%Y-%m")
            session.execute_text(
                "INSERT INTO targets (month, geo, sales_value_target, margin_pct_target)"
                f" VALUES ('{month}', 'DE', 2000000, 30)"
            )
        session.execute("scenarios/publish", dataset="promo")
    below = ground()
    told = below.baseline
    days = tuple(start + timedelta(days=n) for n in range(LENGTH))
    held = replace(
        told, days=days, units=told.units[:, :LENGTH], sales=told.sales[:, :LENGTH], margin=told.margin[:, :LENGTH]
    )
    parts = {
        cell: Parts(
            cell, None, Weekdays(told.units[row, :7], np.full(7, 50.0), 100.0), 0.0, (0.0, 0.0), np.ones(8),
            (Price(first, 10.0, 3.5),), today - timedelta(days=1),
        )
        for row, cell in enumerate(told.cells)
    }  # fmt: skip
    known = below.knowledge
    planned = replace(content(20.0), start=days[0], end=days[-1])
    found = simulate(held, terms_of(planned.mechanics, ()), known)
    forecast = forecast_of(found, intervals(found, known), known, "bench")
    one = save(
        stores, local_admin(), Draft(planned, kpis_of(found), Report(()), forecast, "bench"), seen=None,
        save_id=str(uuid.uuid4()),
    )  # fmt: skip
    # Before any model is in force: its baseline is not this one, day by day.
    submit(stores, local_admin(), one.scenario_id, seen=1, save_id=str(uuid.uuid4()))
    approve(stores, local_admin(), one.scenario_id, seen=2, save_id=str(uuid.uuid4()))
    keep_model(
        stores, local_admin(),
        Uplift("bench", "0" * 64, first, today, known.curves, parts, known.pull_forward, known.crosses, ()),
    )  # fmt: skip
    keep_sales_forecasts(stores, local_admin(), forecasts(today - timedelta(days=1)), Basis("DE", ("Bench",)))
    discover(stores, local_admin(), today)
    return one.scenario_id


def drafted(stores: Stores, today: date) -> list[str]:
    """Three scenarios of next month by the model in force, each of all cells, as the builder keeps them: their ids."""
    from data_access.queries.promo_ground import Asked, ground_of
    from data_access.queries.promo_models import known
    from data_access.queries.promo_settings import promo_settings
    from data_access.scope import local_admin
    from data_access.writes.scenarios import save

    scope = local_admin()
    learned = known(stores, scope)
    assert learned is not None
    first, ids = today + timedelta(days=7), []
    for discount in (10.0, 20.0, 30.0):
        planned = replace(
            content(discount), label=f"Bench {discount:.0f} %", start=first, end=first + timedelta(days=LENGTH - 1)
        )
        asked = Asked(planned.start, planned.end, None, today)
        below = ground_of(stores, scope, asked, learned.model, promo_settings(stores, scope))
        draft = draft_of(tried(below, planned), below)
        ids.append(save(stores, scope, draft, seen=None, save_id=str(uuid.uuid4())).scenario_id)
    return ids


def forecasts(last: date) -> list[Forecast]:
    """Of three figures the total, 2 channels, 20 departments and 40 cells, with the records of four models."""
    departments, channels = [f"D{n}" for n in range(20)], ["online", "offline"]
    parts = [
        ("", ""), *((channel, "") for channel in channels), *(("", name) for name in departments),
        *((channel, name) for channel in channels for name in departments),
    ]  # fmt: skip
    ahead = (month_end(month_end(last) + timedelta(days=1)) - last).days + 31
    records = {last - timedelta(days=37 * n): Record(0.8, 12.0, 1.0) for n in range(1, 9)}
    found = []
    for metric in ("sales_value", "margin_value", "units"):
        for channel, name in parts:
            size = 1000.0 * (1 if channel else 2) * (1 if name else 20)
            value = size * (1 + 0.1 * (np.arange(ahead) % 7))
            models = tuple(
                Model(kind, kind is Kind.MEAN, Record(0.8 + n / 10, 12.0 + n, 1.0), records)
                for n, kind in enumerate(Kind)
            )
            found.append(
                Forecast(
                    Key(metric, channel, name), None, last - timedelta(days=DAYS), last, models, value, value * 0.8,
                    value * 1.2, Calibration(size, (0.2, 0.2, 0.2), np.full(91, 0.1)), Record(0.8, 12.0, 1.0), 80.0,
                    dict.fromkeys(records, 2.0), True,
                )
            )  # fmt: skip
    return found


@contextmanager
def timed(spent: Spent, name: str) -> Iterator[None]:
    """Adds what a piece of work took."""
    wall, processor = time.perf_counter(), time.process_time()
    yield
    held = spent.setdefault(name, {"seconds": [], "processor": []})
    held["seconds"].append(time.perf_counter() - wall)
    held["processor"].append(time.process_time() - processor)


def main(runs: int) -> dict[str, dict[str, float]]:
    """Seconds by what was asked."""
    from data_access.queries.promo_post_mortem_case import judged
    from data_access.scope import local_admin
    from data_access.stores import open_stores
    from data_access.writes.post_mortems import save

    stores, spent = open_stores(get_settings()), Spent()
    today = datetime.now(UTC).date()
    scenario = filled(stores, today)
    with timed(spent, "post-mortem of 14 days, 20 departments × 2 channels, judged the first time"):
        found = judged(stores, local_admin(), Subject(scenario_id=scenario), ())
    save(stores, local_admin(), found, seen=None, save_id=str(uuid.uuid4()))
    drafts = drafted(stores, today)
    scripts = ScriptCache()
    local_script_runner.ScriptCache = lambda: scripts  # type: ignore[misc, assignment]
    pages = {
        "post-mortem page, stored": ("pages/promotions/post_mortem.py", {"scenario": scenario}),
        "post-mortem page, the list": ("pages/promotions/post_mortem.py", {}),
        "forecast page": ("pages/sales/forecast.py", {}),
        "discovery page": ("pages/promotions/discovery.py", {}),
        "scenarios page, the list": ("pages/promotions/scenarios.py", {}),
        "scenarios page, one": ("pages/promotions/scenarios.py", {"scenario": scenario}),
        "scenarios page, three side by side": ("pages/promotions/scenarios.py", {"side_by_side": ",".join(drafts)}),
        "scenarios page, the optimiser before it is asked": ("pages/promotions/scenarios.py", {"optimise": "new"}),
        "calendar page": ("pages/promotions/calendar.py", {}),
        "uplift page": ("pages/promotions/uplift.py", {}),
        "planning page": ("pages/promotions/planning.py", {}),
        "workbooks page": ("pages/data/workbooks.py", {}),
    }
    for name, (script, address) in pages.items():
        for run in range(runs + 1):
            app = AppTest.from_file(str(PROJECT_ROOT / "app.py"), default_timeout=120)
            app.run()
            app.switch_page(script)
            for key, value in address.items():
                app.query_params[key] = value
            st.cache_resource.clear()
            st.cache_data.clear()
            unwritten.forget()
            # The first run imports.
            of = spent if run else Spent()
            with timed(of, f"{name}, cold"):
                app.run()
            require_drawn(app)
            with timed(of, f"{name}, warm"):
                app.run()
            require_drawn(app)
    how: dict[str, Callable[[list[float]], float]] = {"seconds": median, "processor": min}
    return {name: {what: how[what](values) for what, values in held.items()} for name, held in spent.items()}


if __name__ == "__main__":
    configure("WARNING", "stderr")
    sys.stdout.write(json.dumps(main(int(sys.argv[1]))))
