"""Forecasts as they are kept, on every engine: one model in use a series, an account's apart from the company's."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analytics.forecasting.candidates import Kind
from analytics.forecasting.choice import Forecast, Model, Record
from analytics.forecasting.intervals import Calibration
from analytics.forecasting.kept import Basis
from analytics.forecasting.landing import land, month_of, quarter_of
from analytics.forecasting.series import Key, Trouble
from data_access.queries.accounts import FORECASTS, data_state
from data_access.queries.forecasts import order_days, order_forecasts, sales_forecasts
from data_access.queries.promo_state import company_state
from data_access.scope import NotPermitted, Right, granted, local_admin
from data_access.stores import Stores, close_stores, open_stores
from data_access.writes.forecasts import keep_order_forecasts, keep_sales_forecasts
from settings import Settings
from tests.warehouse_rows import ACCOUNT, attribution, insert, line, order

ADMIN = local_admin("test")
LAST = date(2026, 11, 20)
BASIS = Basis("DE", ("Advent",), {"s1": 3})


@pytest.fixture(params=["duckdb", "postgresql"])
def stores(request: pytest.FixtureRequest, settings: Settings, migrated_file: Path) -> Iterator[Stores]:
    """Migrated stores, the operational one on each engine."""
    settings.data_dir.mkdir(parents=True)
    shutil.copy(migrated_file, settings.data_dir / "promolens.duckdb")
    url = "" if request.param == "duckdb" else request.getfixturevalue("migrated_postgres_url")
    opened = open_stores(Settings(data_dir=settings.data_dir, database_url=url) if url else settings)
    yield opened
    close_stores(opened)


def forecast(*value: float, key: Key | None = None, kind: Kind = Kind.ETS, last: date = LAST) -> Forecast:
    """A series of so many days behind its last one, whose exponential smoothing, or another model that is in use,
    was 8 % off."""
    told = np.array(value)
    ets, naive = Record(0.8, 8.0, -1.5), Record(1.0, 10.0, 2.0)
    by_origin = {date(2026, 10, 14): Record(0.7, 7.0, 1.0)}
    other = Kind.ETS if kind is Kind.NAIVE else kind
    return Forecast(
        key or Key("sales_value"), Trouble.GAPPY, date(2025, 11, 20), last,
        (Model(Kind.NAIVE, kind is Kind.NAIVE, naive, by_origin), Model(other, kind is other, ets, by_origin)),
        told, told - 10, told + 10, Calibration(50.0, (0.1, 0.2, 0.3), np.array([0.1, 0.2])), Record(0.85, 8.5, -1.0),
        79.5, {date(2026, 10, 14): -3.25},
    )  # fmt: skip


def test_what_is_kept_is_read_again(stores: Stores) -> None:
    part = forecast(60.0, 70.0, key=Key("units", "online", "TV"))
    keep_sales_forecasts(stores, ADMIN, [forecast(100.0, 110.5), part], BASIS)
    world = sales_forecasts(stores, ADMIN)
    assert world is not None
    assert (world.last, world.basis, world.metrics) == (LAST, BASIS, ("sales_value", "units"))
    held = world.series[Key("sales_value")]
    assert (held.kind, held.trouble) == (Kind.ETS, Trouble.GAPPY)
    assert held.models == {Kind.NAIVE: Record(1.0, 10.0, 2.0), Kind.ETS: Record(0.8, 8.0, -1.5)}
    assert (held.shown, held.inside, held.landings) == (Record(0.85, 8.5, -1.0), 79.5, {date(2026, 10, 14): -3.25})
    assert held.origins == (date(2026, 10, 14),)
    assert (held.days[0], held.value.tolist(), held.low.tolist(), held.high.tolist()) == (
        date(2026, 11, 21), [100.0, 110.5], [90.0, 100.5], [110.0, 120.5],
    )  # fmt: skip
    assert held.calibration.days == (0.1, 0.2, 0.3)
    assert world.series[Key("units", "online", "TV")].value.tolist() == [60.0, 70.0]


def test_a_new_forecast_takes_the_place_of_the_one_before_and_days_that_came_keep_theirs(stores: Stores) -> None:
    keep_sales_forecasts(stores, ADMIN, [forecast(100.0, 110.0)], BASIS)
    before = company_state(stores, ADMIN).versions[FORECASTS]
    later = forecast(200.0, 210.0, kind=Kind.NAIVE, last=date(2026, 11, 21))
    keep_sales_forecasts(stores, ADMIN, [later], BASIS)
    keep_sales_forecasts(stores, ADMIN, [later], BASIS)
    assert company_state(stores, ADMIN).versions[FORECASTS] == before + 2
    world = sales_forecasts(stores, ADMIN)
    assert world is not None
    held = world.series[Key("sales_value")]
    assert (held.kind, held.value.tolist()) == (Kind.NAIVE, [200.0, 210.0])
    assert rows(stores, "SELECT count(*) AS n FROM forecast_models") == [{"n": 2}]
    assert rows(stores, "SELECT model_type FROM forecast_models WHERE active") == [{"model_type": "seasonal_naive"}]
    # What was expected of the 21st by the model of then.
    expected = "SELECT CAST(date AS VARCHAR) AS d, CAST(value AS INTEGER) AS v FROM forecast_predictions ORDER BY date"
    assert rows(stores, expected) == [
        {"d": "2026-11-21", "v": 100}, {"d": "2026-11-22", "v": 200}, {"d": "2026-11-23", "v": 210},
    ]  # fmt: skip


def test_an_account_sees_its_own_forecasts_and_the_company_its_own(stores: Stores) -> None:
    for account, value in (("A", 1.0), ("B", 2.0)):
        keep_order_forecasts(stores, ADMIN, account, [forecast(value, key=Key("revenue"))], Basis())
    keep_sales_forecasts(stores, ADMIN, [forecast(3.0)], Basis())
    ann = granted("ann", ["A"], [Right.VIEW])
    of_a, of_b = order_forecasts(stores, ann, "A"), order_forecasts(stores, ADMIN, "B")
    of_company = sales_forecasts(stores, ADMIN)
    assert of_a is not None
    assert of_b is not None
    assert of_company is not None
    assert of_a.series[Key("revenue")].value.tolist() == [1.0]
    assert of_b.series[Key("revenue")].value.tolist() == [2.0]
    assert of_company.series[Key("sales_value")].value.tolist() == [3.0]
    assert list(of_a.series) == [Key("revenue")]
    assert data_state(stores, ann, "A").derived == (("forecasts", "forecasts:1"),)
    with pytest.raises(NotPermitted):
        order_forecasts(stores, ann, "B")
    with pytest.raises(NotPermitted):
        sales_forecasts(stores, ann)
    with pytest.raises(NotPermitted):
        keep_sales_forecasts(stores, ann, [forecast(3.0)], Basis())
    with pytest.raises(NotPermitted):
        keep_order_forecasts(stores, ann, "A", [forecast(3.0)], Basis())


def test_a_month_lands_at_what_came_and_what_is_expected(stores: Stores) -> None:
    # Ten days of November are left, of 20 each; half the width of a sum is a fifth of it.
    keep_sales_forecasts(stores, ADMIN, [forecast(*[20.0] * 10)], BASIS)
    world = sales_forecasts(stores, ADMIN)
    assert world is not None
    found = land(world.series[Key("sales_value")], 20 * 30.0, *month_of(date(2026, 11, 21)))
    assert found is not None
    assert (found.come, found.expected, found.days_left) == (600.0, 800.0, 10)
    assert (found.low, found.high) == pytest.approx((760.0, 840.0))
    # To the end of the quarter too little is forecast.
    assert land(world.series[Key("sales_value")], 600.0, *quarter_of(date(2026, 11, 21))) is None


def test_store_orders_by_day_and_the_channel_that_won_them(stores: Stores) -> None:
    insert(
        stores, "klaviyo_orders", order("a", "100.00", "2026-11-09 10:00"),
        order("gone", "50.00", "2026-11-09 11:00", order_status="cancelled"), order("free", "0.00", "2026-11-09 12:00"),
        order("later", "9.00", "2026-11-11 10:00"),
    )  # fmt: skip
    insert(stores, "order_attribution", attribution("a", "campaign", "c1", "email", "2026-11-09"))
    insert(
        stores, "klaviyo_order_line_items", *(line(id, "p", "9.00", "2026-11-09", 3) for id in ("a", "gone", "free"))
    )
    found = order_days(stores, ADMIN, ACCOUNT, date(2026, 11, 10))
    assert [(one.day, one.channel, float(one.revenue), one.orders, one.units) for one in found] == [
        (date(2026, 11, 9), "email", 100.0, 1, 3), (date(2026, 11, 9), "none", 50.0, 1, 3),
    ]  # fmt: skip


def rows(stores: Stores, sql: str) -> list[dict[str, Any]]:
    with stores.operational.read() as session:
        return session.query_text(sql, {}).to_pylist()


def test_no_more_than_one_model_of_a_series_is_in_use(stores: Stores) -> None:
    wrong = replace(forecast(1.0), models=tuple(replace(one, active=True) for one in forecast(1.0).models))
    with pytest.raises(AssertionError):
        keep_sales_forecasts(stores, ADMIN, [wrong], BASIS)
    assert sales_forecasts(stores, ADMIN) is None
