"""The page Forecast: where literal sales land, in parts, with a planned scenario, and without what forecasts."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from analytics.forecasting.candidates import Kind
from analytics.forecasting.kept import Basis
from analytics.forecasting.series import Key
from components.forecast_tables import day_rows
from data_access.queries.forecasts import sales_forecasts
from data_access.scope import Right, granted, local_admin
from data_access.stores import Stores
from data_access.writes.forecasts import keep_order_forecasts, keep_sales_forecasts
from data_access.writes.scenarios import save
from pages.frame import guard
from tests.data_access.test_forecasts import forecast
from tests.pages.conftest import Open, texts
from tests.promo_rows import HERO, START, draft, in_force
from tests.two_stacks import both_stacks
from tests.warehouse_rows import ACCOUNT, insert, order

ADMIN = local_admin("test")
DAYS = (date(2026, 12, 31) - date(2026, 11, 20)).days


def sales(stores: Stores) -> None:
    """30 a day in two channels from 1 November on, 25 a day a year before; a target of 900, and 20 a day to come."""
    insert(
        stores, "sales_aggregated",
        *(
            {"date": day, "channel": channel, "department": "TV", "promo_flag": False, "sales_value": Decimal(value),
             "margin_value": Decimal(5), "units": 3}
            for first, count, values in ((date(2025, 10, 1), 92, (15, 10)), (date(2026, 11, 1), 20, (20, 10)))
            for day in (first + timedelta(days=n) for n in range(count))
            for channel, value in zip(("online", "offline"), values, strict=True)
        ),
    )  # fmt: skip
    insert(
        stores, "targets",
        {"month": "2026-11", "geo": "DE", "sales_value_target": Decimal(900), "margin_pct_target": Decimal(20)},
    )  # fmt: skip
    parts = [
        forecast(*[20.0] * DAYS), forecast(*[14.0] * DAYS, key=Key("sales_value", "online", "TV")),
        forecast(*[6.0] * DAYS, key=Key("sales_value", "offline", "TV")),
    ]  # fmt: skip
    keep_sales_forecasts(stores, ADMIN, parts, Basis("DE", ("Advent",), {}))


@both_stacks
def test_month_and_quarter_land_beside_target_and_last_year(
    stores: Stores, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    sales(stores)
    # What forecasts is not there: stored figures are shown without it.
    for name in ("prophet", "statsmodels"):
        monkeypatch.setitem(sys.modules, name, None)
    app = open_page("forecast")
    assert not app.exception
    said = texts(app)
    # 20 × 30 came and 10 × 20 are to come, a fifth of them either way; 30 × 25 were sold a year before.
    cards = {metric.label: (metric.value, metric.delta) for metric in app.metric}
    assert cards["Nov 2026 lands at"] == ("800", "+6.7 %")
    assert cards["Month so far"][0] == "600"
    assert cards["Against target"][0] == "−100"
    assert cards["A day is off by"][0] == "8.5 %"
    assert cards["Interval held"][0] == "79.5 %"
    assert "**November 2026** will land at about **800** (760 to 840), 6.7 % more than a year before" in said
    assert "100 below its target" in said
    # 41 days of 20 after the 600; October was not delivered, and counts 31 × 30 as November's weekdays do; half the
    # width 0.2 × 1,750; 92 days of 25 a year before.
    assert "**Q4 2026** will land at about **2,350** (2,000 to 2,700), 2.2 % more than a year before." in said
    assert (
        "31 of its days up to 20 Nov 2026 were not delivered: the same weekdays around stand in for them with 930"
        in said
    )
    assert "figures up to 20 Nov 2026, forecast to 31 Dec 2026" in said
    assert "**Exponential smoothing**, which beat the seasonal naive in 1 trial on the past" in said
    assert "MASE 0.80 against 1.00, days off by 8.0 % against 10.0 %" in said
    parts, models = (frame.value for frame in app.dataframe)
    assert parts[["Part", "Month", "Quarter"]].to_numpy().tolist() == [
        ["All", 800.0, 2350.0], ["TV, Offline", 260.0, 756.0], ["TV, Online", 540.0, 1594.0],
    ]  # fmt: skip
    assert models["Model"].tolist() == ["Exponential smoothing (in use)", "… as shown, adding up", "Seasonal naive"]
    world = sales_forecasts(stores, ADMIN)
    assert world is not None
    assert day_rows(world, "sales_value")[0] == {
        "part": "All", "date": date(2026, 11, 21), "forecast": 20.0, "forecast_low": 10.0, "forecast_high": 30.0,
    }  # fmt: skip


def test_a_planned_scenario_moves_the_landing_by_the_simulators_figures(stores: Stores, open_page: Open) -> None:
    sales(stores)
    in_force(stores)
    saved = save(stores, ADMIN, draft(HERO), seen=None, save_id="a" * 8 + "-0000-4000-8000-000000000000")
    app = open_page("forecast", scenario=saved.scenario_id)
    assert not app.exception
    # Two days in December, 100 pieces at 10.00 each: 150 at 8.00 are 200 more a day.
    assert START.month == 12
    assert "**Q4 2026**: +400, so that it lands at about **2,750**" in texts(app)
    assert "**November 2026**: 0, so that it lands at about **800**" in texts(app)


def test_an_approved_scenario_is_never_counted_twice(stores: Stores, open_page: Open) -> None:
    sales(stores)
    in_force(stores)
    saved = save(stores, ADMIN, draft(HERO), seen=None, save_id="a" * 8 + "-0000-4000-8000-000000000000")
    basis = Basis("DE", ("Advent",), {saved.scenario_id: 1})
    whole, online = Key("sales_value"), Key("sales_value", "online", "TV")

    def said(*knowing: Key, version: int = 1) -> str:
        parts = [
            replace(forecast(*[value] * DAYS, key=key, kind=Kind.MEAN if key in knowing else Kind.ETS), promoted=True)
            for key, value in ((whole, 20.0), (online, 14.0), (Key("sales_value", "offline", "TV"), 6.0))
        ]
        of = replace(basis, scenarios={saved.scenario_id: version})
        keep_sales_forecasts(stores, ADMIN, parts, of)
        app = open_page("forecast", scenario=saved.scenario_id)
        assert not app.exception
        return texts(app)

    assert "the forecast counts with it already" in said(whole, online)
    # The total's model knows of no promotions, that of TV online does: adding all of it would count a part twice.
    found = said(online)
    assert "**Q4 2026**: it brings +400; with all of it the period lands between **2,350 and 2,750**." in found
    assert "so that it lands at" not in found
    # Neither knows of it.
    assert "**Q4 2026**: +400, so that it lands at about **2,750**" in said()
    assert "counts with its version 2, which was approved; this is version 1." in said(whole, online, version=2)


def test_store_orders_stand_apart_and_without_promo_rights_alone(
    connected: Stores, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    sales(connected)
    ann = granted("ann", [ACCOUNT], [Right.VIEW])
    monkeypatch.setattr(guard, "signed_in", lambda _settings: ann)
    app = open_page("forecast")
    assert not app.exception
    assert "No forecast yet" in texts(app)
    assert "forecast_anew" not in [button.key for button in app.button]
    insert(connected, "klaviyo_orders", *(order(f"o{n}", "50.00", f"2026-11-{n:02d} 10:00") for n in range(1, 21)))
    keep_order_forecasts(connected, ADMIN, ACCOUNT, [forecast(*[40.0] * DAYS, key=Key("revenue"))], Basis())
    app = open_page("forecast")
    assert not app.exception
    said = texts(app)
    assert "Store orders: gross revenue" in said
    assert "**November 2026** will land at about **€1,400**" in said
    assert next(control.options for control in app.segmented_control) == ["Store orders"]


def test_nothing_was_forecast_yet(stores: Stores, open_page: Open) -> None:
    app = open_page("forecast")
    assert not app.exception
    assert "No forecast yet" in texts(app)
    assert [button.label for button in app.button if button.key == "forecast_anew"] == ["Forecast"]
