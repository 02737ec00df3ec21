"""Forecasting: what it rests on, its worker processes, and the whole way from sales to what is kept."""

from __future__ import annotations

import subprocess
import sys
import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest

from analytics.baseline import SalesRow
from analytics.forecasting.backtest import Task
from analytics.forecasting.candidates import Kind
from analytics.forecasting.kept import Basis
from analytics.forecasting.series import Key, Series, Trouble
from analytics.promo.mechanics import Mechanic
from analytics.promo.settings import PromoSettings
from analytics.promo.terms import Cell
from data_access.queries.forecasts import OrdersAsked, Planned, order_forecasts, order_series, sales_forecasts
from data_access.scope import NotPermitted, Right, granted, local_admin
from data_access.stores import Stores
from data_access.writes.scenarios import approve, save, submit
from data_access.writes.workbooks import Rows, put_file
from ingest.forecasting import beside, pool
from ingest.forecasting.gathering import ahead_of, discounts, loaded_until, of_sales
from ingest.forecasting.pool import FitFailed, fitted
from ingest.forecasting.running import (
    NO_SALES,
    UP_TO_DATE,
    NothingToForecast,
    forecast_orders,
    forecast_sales,
    orders_by_the_clock,
    orders_work,
    sales_by_the_clock,
)
from ingest.schedule.context import Context
from settings import Settings
from tests.promo_rows import draft
from tests.warehouse_rows import ACCOUNT, attribution, insert, order, store, version

ADMIN = local_admin("test")
FIRST = date(2026, 10, 1)


def sold(day: int, department: str, channel: str, value: int, discount: int | None = None) -> SalesRow:
    """Pieces at 10.00 each."""
    depth = None if discount is None else Decimal(discount)
    worth = Decimal(value)
    return SalesRow(
        FIRST + timedelta(days=day), channel, department, discount is not None, depth, worth, worth / 4, value // 10
    )


def test_forecasts_reach_to_the_end_of_the_quarter_and_of_next_month() -> None:
    assert ahead_of(date(2026, 11, 20)) == 41  # 31 December
    assert ahead_of(date(2026, 12, 20)) == 42  # the end of January
    assert ahead_of(date(2026, 12, 31)) == 90  # the quarter that begins
    assert ahead_of(date(2026, 9, 30)) == 92


def test_figures_end_where_the_first_channel_ends_that_still_sells() -> None:
    # The shops are loaded to the 20th day, online to the 27th; a third channel sold last on the first day.
    rows = [
        *(sold(n, "TV", "offline", 10) for n in range(20)), *(sold(n, "TV", "online", 10) for n in range(27)),
        sold(0, "TV", "fair", 10),
    ]  # fmt: skip
    assert loaded_until(rows[:-1]) == FIRST + timedelta(days=19)
    assert loaded_until(rows) == FIRST
    # A month without it, it has closed.
    assert loaded_until([*rows, sold(30, "TV", "online", 10)]) == FIRST + timedelta(days=19)


def test_discounts_of_a_part_are_its_cells_by_their_sales() -> None:
    rows = [
        *(sold(n, "TV", "online", 300) for n in range(5)), *(sold(n, "Toys", "online", 100) for n in range(4)),
        sold(4, "Toys", "online", 100, 20),
    ]  # fmt: skip
    tomorrow = FIRST + timedelta(days=5)
    plans = [
        Planned("s1", 2, "Approved", tomorrow, tomorrow, (Mechanic("TV", "online", 10),)),
        # The same by the catalog, of all departments: it is not given twice.
        Planned("", 0, "Catalog", tomorrow, tomorrow + timedelta(days=1), (Mechanic("", "online", 10),)),
    ]
    found = discounts(rows, plans, PromoSettings(), (), FIRST + timedelta(days=7))
    assert found is not None
    assert found.of_cells[Cell("TV", "online")].tolist() == [0, 0, 0, 0, 0, 0.1, 0.1, 0]
    # 1,500 of 2,000 are TV's.
    assert found.of("online", "", FIRST, 8) == pytest.approx([0, 0, 0, 0, 0.05, 0.1, 0.1, 0])
    assert found.of("", "Toys", FIRST, 8) == pytest.approx([0, 0, 0, 0, 0.2, 0.1, 0.1, 0])
    assert found.of("offline", "", FIRST, 8).tolist() == [0.0] * 8
    assert discounts([], plans, PromoSettings(), (), FIRST) is None
    work = of_sales(rows, found, plans, "")
    known = (FIRST, FIRST + timedelta(days=4))
    assert work.basis == Basis("", ("Approved", "Catalog"), {"s1": 2}, None, known, {"s1": 2})
    # Without a promotion of before they are looked at and not fitted with.
    work = of_sales(rows[:-1], discounts(rows[:-1], plans, PromoSettings(), (), FIRST), plans, "")
    assert work.basis == Basis(discounts=known, looked_at={"s1": 2})
    # With one channel its total is no part of its own.
    assert [one.key[1:] for one in work.families["units"]] == [("", ""), ("online", "TV"), ("online", "Toys")]


def task(metric: str, origins: tuple[int, ...] = ()) -> Task:
    return Task(Series(Key(metric), FIRST, np.arange(14.0)), np.zeros(24), (), origins, 10, (Kind.NAIVE,))


def test_worker_processes_tell_what_models_tell_and_one_that_fails_is_named() -> None:
    seen: list[tuple[int, int]] = []
    found = fitted([task("a"), task("b"), task("c")], 2, lambda done, of: seen.append((done, of)))
    assert sorted(key.metric for key in found) == ["a", "b", "c"]
    assert found[Key("b")].future[Kind.NAIVE].tolist() == [7, 8, 9, 10, 11, 12, 13, 7, 8, 9]
    assert seen == [(1, 3), (2, 3), (3, 3)]
    # An origin behind the last day is nothing that anybody can tell from.
    with pytest.raises(FitFailed, match=r"fitted broken ended unexpectedly .*ValueError"):
        fitted([task("broken", (99, 98, 97, 96))], 1)
    with pytest.raises(FitFailed, match="broken off"):
        fitted([task("a")], 1, stopping=lambda: True)


def test_processes_that_cannot_start_are_told_and_what_was_kept_stays(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(stores, 14)
    forecast_sales(stores, ADMIN, workers=1)
    before = sales_forecasts(stores, ADMIN)
    program = sys.executable
    monkeypatch.setattr(pool.sys, "executable", "/nowhere/python")
    with pytest.raises(FitFailed, match=r"could be started \(No such file or directory\).* --workers 1"):
        forecast_sales(stores, ADMIN, workers=2)
    held = sales_forecasts(stores, ADMIN)
    assert before is not None
    assert held is not None
    assert (held.made_at, list(held.series)) == (before.made_at, list(before.series))
    # One that starts does the work of the other.
    started = iter(["/nowhere/python"])
    open_process = subprocess.Popen
    monkeypatch.setattr(pool.sys, "executable", program)
    monkeypatch.setattr(
        pool.subprocess, "Popen", lambda words, **how: open_process([next(started, program), *words[1:]], **how)
    )
    assert sorted(key.metric for key in fitted([task("a"), task("b")], 2)) == ["a", "b"]


def load(stores: Stores, days: int) -> None:
    """So many days of TV in both channels and of toys in one, by weekday."""
    rows = [
        {
            "date": row.date, "channel": row.channel, "department": row.department, "promo_flag": row.promo_flag,
            "discount_pct": row.discount_pct, "sales_value": row.sales_value, "margin_value": row.margin_value,
            "units": row.units,
        }
        for n in range(days)
        for row in (sold(n, "TV", "online", 300 + n % 7), sold(n, "TV", "offline", 90), sold(n, "Toys", "online", 55))
    ]  # fmt: skip
    money = pa.decimal128(18, 2)
    schema = pa.schema([
        ("date", pa.date32()), ("channel", pa.string()), ("department", pa.string()), ("promo_flag", pa.bool_()),
        ("discount_pct", money), ("sales_value", money), ("margin_value", money), ("units", pa.int64()),
    ])  # fmt: skip
    table = pa.Table.from_pylist(rows, schema=schema)
    put_file(stores, ADMIN, "sales.csv", [Rows("sales", table, table.slice(0, 0))])


def test_from_sales_to_what_is_kept(stores: Stores, settings: Settings) -> None:
    with pytest.raises(NothingToForecast, match="no sales yet"):
        forecast_sales(stores, ADMIN)
    load(stores, 50)
    with pytest.raises(NotPermitted):
        forecast_sales(stores, granted("rita", [], [Right.PROMO_READ]))
    context = Context(stores, settings, ADMIN, "", lambda: datetime.now(UTC), lambda: False)
    said = sales_by_the_clock(context).message
    assert said == (
        "24 series of the company's sales are forecast up to 2026-12-31: 0 by a model that beats the seasonal naive,"
        " 24 by the seasonal naive."
    )
    assert sales_by_the_clock(context).message == UP_TO_DATE
    world = sales_forecasts(stores, ADMIN)
    assert world is not None
    # What they rest on is older than they are; sales that come between the two, while models are fitted, are missed.
    read = world.basis.changed_at
    assert read is not None
    assert read < world.made_at
    assert (world.behind(None), world.behind(read), world.behind(read + timedelta(microseconds=1))) == (
        False, False, True,
    )  # fmt: skip
    assert world.last == date(2026, 11, 19)
    whole = world.series[Key("sales_value")]
    assert (whole.kind, whole.trouble, whole.days[-1]) == (Kind.NAIVE, Trouble.SHORT, date(2026, 12, 31))
    # 20 November is day 50 (50 − 49 = 1 within its week): 301 + 90 + 55 as a week before.
    assert whole.value[0] == 446.0
    parts = [one for key, one in world.series.items() if key.metric == "sales_value" and key.channel and key.department]
    assert len(parts) == 3
    assert np.array([one.value for one in parts]).sum(axis=0) == pytest.approx(whole.value, abs=1e-9)

    # A promotion approved since is a reason to look again, a day later, and once: no past one tells what it does.
    done = save(stores, ADMIN, draft(), seen=None, save_id=str(uuid.uuid4()))
    submit(stores, ADMIN, done.scenario_id, seen=1, save_id=str(uuid.uuid4()))
    approve(stores, ADMIN, done.scenario_id, seen=2, save_id=str(uuid.uuid4()))
    assert sales_by_the_clock(context).message == UP_TO_DATE
    tomorrow = replace(context, clock=lambda: datetime.now(UTC) + timedelta(hours=21))
    assert sales_by_the_clock(tomorrow).message == said
    again = sales_forecasts(stores, ADMIN)
    assert again is not None
    assert (again.basis.scenarios, again.basis.looked_at) == ({}, {done.scenario_id: 3})
    assert sales_by_the_clock(tomorrow).message == UP_TO_DATE


def test_from_store_orders_to_what_is_kept(stores: Stores, settings: Settings) -> None:
    insert(stores, "stores", store())
    context = Context(stores, settings, ADMIN, ACCOUNT, lambda: datetime.now(UTC), lambda: False)
    with pytest.raises(NothingToForecast, match="no orders yet"):
        forecast_orders(stores, ADMIN, ACCOUNT)
    assert orders_by_the_clock(context).message == UP_TO_DATE
    # Known up to 13:00 on the 21st in Berlin: the 20th is the last whole day.
    insert(stores, "data_versions", version())
    rows = [order(f"o{n}", "50.00", f"{FIRST + timedelta(days=n)} 10:00") for n in range(52)]
    insert(stores, "klaviyo_orders", *rows)
    insert(
        stores,
        "order_attribution",
        *(attribution(f"o{n}", "flow", "f", "email", "2026-10-01") for n in range(0, 52, 2)),
    )
    with pytest.raises(NotPermitted):
        forecast_orders(stores, granted("rita", [ACCOUNT], [Right.VIEW]), ACCOUNT)
    assert orders_by_the_clock(context).message == (
        f"9 series of store orders of {ACCOUNT} are forecast up to 2026-12-31: 0 by a model that beats the seasonal"
        " naive, 9 by the seasonal naive."
    )
    assert orders_by_the_clock(context).message == UP_TO_DATE
    world = order_forecasts(stores, ADMIN, ACCOUNT)
    assert world is not None
    assert world.last == date(2026, 11, 20)
    assert set(world.series) == {
        Key(metric, channel) for metric in ("revenue", "orders", "units") for channel in ("", "email", "none")
    }
    # Every second day was won by e-mail: day 51, the next, is as day 44 was.
    told = [world.series[Key("revenue", channel)].value[:2].tolist() for channel in ("", "email", "none")]
    assert told == [[50.0, 50.0], [50.0, 0.0], [0.0, 50.0]]
    assert order_series(stores, ADMIN, ACCOUNT, OrdersAsked(world.last))[Key("orders")].values.sum() == 51


def test_a_store_without_orders_for_weeks_sold_nothing_but_one_from_files_may_lack_them(stores: Stores) -> None:
    insert(stores, "stores", store(), store("FILES", "From files", status="files", timezone="UTC"))
    insert(stores, "data_versions", version(), version(account="FILES"))
    # Three weeks of orders, two without any, a week with, and a last day that the sync covered without one.
    days = [*range(21), *range(35, 42)]
    for account in (ACCOUNT, "FILES"):
        rows = [order(f"o{n}", "50.00", f"{FIRST + timedelta(days=n)} 10:00") for n in days]
        insert(stores, "klaviyo_orders", *({**row, "klaviyo_public_id": account} for row in rows))
    unknown = {}
    for account in (ACCOUNT, "FILES"):
        work, last = orders_work(stores, ADMIN, account)
        assert last == date(2026, 11, 20)
        whole = work.families["orders"][0]
        assert (whole.last, whole.values[-1]) == (last, 0.0)
        unknown[account] = len(whole.unknown)
    assert unknown == {ACCOUNT: 0, "FILES": 14}


def test_discounts_of_days_that_workbooks_do_not_reach_are_the_planned_ones(stores: Stores) -> None:
    insert(stores, "stores", store())
    insert(stores, "data_versions", version())
    insert(
        stores, "klaviyo_orders", *(order(f"o{n}", "50.00", f"{FIRST + timedelta(days=n)} 10:00") for n in range(51))
    )
    work, last = orders_work(stores, ADMIN, ACCOUNT)
    assert (work.basis.discounts, work.tasks[0].discounts.max()) == (None, 0.0)
    # Sales to 20 October, 20 % off online on the last three days; the catalog names 10 % from 1 to 5 November.
    insert(
        stores, "sales_aggregated",
        *(
            {"date": FIRST + timedelta(days=n), "channel": "online", "department": "TV", "promo_flag": n > 16,
             "discount_pct": Decimal(20) if n > 16 else None, "sales_value": Decimal(100), "margin_value": Decimal(20),
             "units": 10}
            for n in range(20)
        ),
        # The shops are loaded further: they tell nothing of the web shop's days.
        *(
            {"date": FIRST + timedelta(days=n), "channel": "offline", "department": "TV", "promo_flag": False,
             "discount_pct": None, "sales_value": Decimal(100), "margin_value": Decimal(20), "units": 10}
            for n in range(40)
        ),
    )  # fmt: skip
    insert(
        stores, "promo_catalog",
        {"date_start": date(2026, 11, 1), "date_end": date(2026, 11, 5), "departments": ["TV"],
         "channels": ["online"], "avg_discount_pct": Decimal(10), "is_found": False, "promo_name": "Singles"},
    )  # fmt: skip
    work, last = orders_work(stores, ADMIN, ACCOUNT)
    assert work.basis.discounts == (FIRST, date(2026, 10, 20))
    told = work.tasks[0].discounts[: (last - FIRST).days + 1]
    given = {FIRST + timedelta(days=int(n)): round(float(told[n]), 4) for n in np.flatnonzero(told)}
    assert given == {
        **{date(2026, 10, day): 0.2 for day in (18, 19, 20)}, **{date(2026, 11, day): 0.1 for day in range(1, 6)},
    }  # fmt: skip
    # They are over: none is planned.
    assert work.basis.promotions == ()


def test_beside_the_page_it_says_how_it_ended(stores: Stores) -> None:
    assert beside.forecasting(stores, "") is None
    with pytest.raises(NotPermitted):
        beside.begin_forecasting(stores, granted("rita", [], [Right.PROMO_READ]), "")
    thread = beside.begin_forecasting(stores, ADMIN, "")
    assert thread is not None
    thread.join()
    held = beside.forecasting(stores, "")
    assert held is not None
    assert (held.failed, held.said, held.running) == (True, NO_SALES, False)
