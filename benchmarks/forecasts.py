"""Forecasts held against what came: how often intervals hold, how far off days are beside the seasonal naive, and what
worker processes bring. Of the demo's company, and of a grocer's real sales (dunnhumby's 'Complete Journey').

An interval of an origin is made from what was known then: earlier origins, and of these only the days before it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

import numpy as np

from analytics.baseline import SalesRow
from analytics.forecasting import measures
from analytics.forecasting.backtest import Backtest, behind, origins
from analytics.forecasting.candidates import Kind
from analytics.forecasting.choice import JUDGED_DAYS, put_together
from analytics.forecasting.intervals import calibrated, size_of
from analytics.forecasting.kept import Basis
from analytics.forecasting.series import Key, Series
from analytics.promo.settings import PromoSettings
from analytics.promo.terms import Floats
from benchmarks.grocery import FOLDER
from benchmarks.table import Figure
from demo.company.history import sales
from ingest.forecasting.gathering import Work, discounts, of_sales
from ingest.forecasting.pool import fitted

# Of so many newest origins the intervals are looked at; the others make them.
HELD_OUT: Final = 4
LAST: Final = date(2026, 11, 20)
DEPARTMENTS: Final = 8


@dataclass(frozen=True, slots=True)
class Held:
    """Days that came later. days: how many; inside: how many of them inside; sums: likewise of sums of four weeks."""

    days: int
    inside: int
    sums: int
    sums_inside: int


def company() -> list[SalesRow]:
    """The demo's company: three years, nine departments in two channels, with its promotions."""
    return [
        SalesRow(row.day, row.channel, row.department, row.discount is not None,
                 None if row.discount is None else Decimal(row.discount), Decimal(f"{row.sales:.2f}"),
                 Decimal(f"{row.margin:.2f}"), row.units)
        for row in sales(date(LAST.year - 3, LAST.month, LAST.day), LAST, 4)
    ]  # fmt: skip


def grocer() -> list[SalesRow]:
    """A year of a grocer's real sales by day, of its largest departments; margin is not known and 0."""
    import duckdb

    with duckdb.connect() as engine:
        engine.read_parquet(str(FOLDER / "transactions.parquet")).create_view("transactions")
        engine.read_parquet(str(FOLDER / "products.parquet")).create_view("products")
        found = engine.sql(
            "WITH days AS (SELECT CAST(t.transaction_timestamp - INTERVAL 5 HOUR AS DATE) AS day, p.department,"
            " sum(t.sales_value) AS sales, sum(t.quantity) AS units FROM transactions AS t"
            " JOIN products AS p USING (product_id) WHERE p.department IS NOT NULL GROUP BY ALL),"
            " largest AS (SELECT department FROM days GROUP BY department ORDER BY sum(sales) DESC LIMIT $departments)"
            " SELECT day, department, sales, units FROM days SEMI JOIN largest USING (department)"
            " WHERE day > (SELECT min(day) FROM days) AND day < (SELECT max(day) FROM days) ORDER BY ALL",
            params={"departments": DEPARTMENTS},
        ).fetchall()
    return [
        SalesRow(day, "offline", department, False, None, Decimal(f"{sales:.2f}"), Decimal(0), int(units))
        for day, department, sales, units in found
    ]


def work_of(rows: Sequence[SalesRow], country: str, metric: str) -> Work:
    """What is to be fitted for one figure."""
    last = max(row.date for row in rows)
    given = discounts(rows, (), PromoSettings(), (), last + timedelta(days=92))
    work = of_sales(rows, given, (), country)
    return replace(
        work, families={metric: work.families[metric]}, basis=Basis(country),
        tasks=[task for task in work.tasks if task.series.key.metric == metric],
    )  # fmt: skip


def held_out(series: Series, told: Floats, places: Sequence[int]) -> Held:
    """How often the intervals hold that were known at each of the newest origins. told: origins × days ahead."""
    came = behind(series.values, places)
    sizes = [size_of(series.values[:origin]) for origin in places]
    days = inside = sums = sums_inside = 0
    for place in range(min(HELD_OUT, len(places))):
        earlier = list(range(place + 1, len(places)))
        known = np.full((len(earlier), came.shape[1]), np.nan)
        for row, other in enumerate(earlier):
            until = places[place] - places[other]
            known[row, :until] = came[other, :until]
        made = calibrated(known, told[earlier], [sizes[other] for other in earlier], sizes[place])
        if made is None:
            continue
        own = ~np.isnan(came[place]) & ~np.isnan(told[place])
        half = made.of_days(np.nan_to_num(told[place]))
        hit = np.abs(came[place] - told[place])[own] <= half[own]
        days, inside = days + len(hit), inside + int(hit.sum())
        if own[:JUDGED_DAYS].all():
            off = abs(float((came[place] - told[place])[:JUDGED_DAYS].sum()))
            sums, sums_inside = sums + 1, sums_inside + int(off <= made.of_sum(told[place][:JUDGED_DAYS]))
    return Held(days, inside, sums, sums_inside)


def told_of(work: Work, tested: Mapping[Key, Backtest], metric: str) -> Iterator[tuple[Series, Floats, float, float]]:
    """Of each series what its model in use told of the past, its WAPE, and the seasonal naive's, after adding up."""
    own = work.families[metric]
    for forecast, series in zip(put_together(own, tested, work.origins, above_zero=True), own, strict=True):
        kind = forecast.active.kind
        past = tested[series.key].past
        told = np.where(np.isnan(past[kind]), past[Kind.NAIVE], past[kind])
        came = behind(series.values, work.origins)[:, :JUDGED_DAYS]
        known = ~np.isnan(came) & ~np.isnan(told[:, :JUDGED_DAYS])
        naive = past[Kind.NAIVE][:, :JUDGED_DAYS]
        yield (
            series, told, measures.wape(came[known], told[:, :JUDGED_DAYS][known]) or 0.0,
            measures.wape(came[known], naive[known]) or 0.0,
        )  # fmt: skip


def measure(workers: int = 2) -> Iterator[Figure]:
    """Coverage and error of both, and what a second process brings for 40 series."""
    for name, work, metric in (
        ("the demo's company", work_of(company(), "DE", "sales_value"), "sales_value"),
        ("a grocer's real year", work_of(grocer(), "US", "sales_value"), "sales_value"),
    ):
        tested = fitted(work.tasks, workers)
        told = list(told_of(work, tested, metric))
        found = [held_out(series, past, work.origins) for series, past, _, _ in told]
        days, inside = sum(one.days for one in found), sum(one.inside for one in found)
        share = inside / days * 100
        sums = sum(one.sums_inside for one in found) / max(sum(one.sums for one in found), 1) * 100
        yield Figure(
            f"forecasts: the 80 % interval holds days that came later, {name}", share, "%", "what it promises", 80.0,
            "75–85 %", 75 <= share <= 85,
            f"{days:,} days of {len(told)} series from {HELD_OUT} origins; sums of four weeks {sums:.0f} %",
        )  # fmt: skip
        own, naive = (float(np.mean([row[place] for row in told])) for place in (2, 3))
        beaten = sum(row[2] < row[3] for row in told)
        yield Figure(
            f"forecasts: a day is off by (WAPE), {name}", own, "%", "seasonal naive", naive, "below it", own < naive,
            f"{beaten} of {len(told)} series are nearer than the seasonal naive",
        )  # fmt: skip
    yield speed()


def speed(series: int = 40) -> Figure:
    """So many series fitted by one process and by two, wall clock."""
    work = work_of(company(), "DE", "sales_value")
    tasks = [
        replace(task, series=replace(task.series, key=Key(f"{task.series.key.metric} {n}", *task.series.key[1:])))
        for n, task in enumerate([*work.tasks, *work.tasks][:series])
    ]
    tasks = [replace(task, origins=origins(len(task.series.values))[:4]) for task in tasks]
    took = []
    for workers in (1, 2):
        began = time.perf_counter()
        fitted(tasks, workers)
        took.append(time.perf_counter() - began)
    gain = took[0] / took[1]
    return Figure(
        f"forecasts: {series} series by two processes, against one", gain, "×", "two cores", 2.0, "≥ 1.8 ×",
        gain >= 1.8,
        f"{took[0]:.0f} s and {took[1]:.0f} s, start of the processes in them",
    )  # fmt: skip
