"""`promolens forecast` and `promolens discover`: what they answer, how they end, and what they refuse."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from analytics.forecasting.series import Key
from data_access.queries.forecasts import order_forecasts
from data_access.scope import local_admin
from data_access.stores import open_stores
from ingest.forecasting import pool
from settings import Settings
from tests.cli.conftest import Run
from tests.promo_rows import in_force
from tests.warehouse_rows import ACCOUNT, SEEN, attribution, insert, order, store, version

LAST = (SEEN - timedelta(days=1)).date()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("forecast", "--world", "moon"), "'moon' is neither orders nor sales"),
        (("forecast", "--world", "sales", "--account", ACCOUNT), "sales belong to no account"),
        (("forecast", "--workers", "0"), "--workers"),
        (("forecast", "--workers", "many"), "--workers"),
        (("discover", "december"), "unexpected extra argument"),
    ],
)
def test_wrong_usage_says_what_is_wrong(run: Run, words: tuple[str, ...], says: str) -> None:
    done = run(*words)
    assert done.code == 2
    assert says in " ".join(done.err.replace("│", " ").split())


def test_without_figures_both_say_what_to_do_first(migrated: Run, tmp_path: Path) -> None:
    for words, says in (
        (("forecast",), "the company's sales: There are no sales yet. Load workbooks first: promolens ingest"),
        (("forecast", "--world", "orders"), "There is no store"),
        (("forecast", "--account", "Nobody"), "Nobody"),
        (("discover",), "No uplift model is in force."),
    ):
        done = migrated(*words)
        assert (done.code, done.out) == (1, ""), words
        assert says in done.error
    insert(open_stores(Settings(data_dir=tmp_path / "data")), "stores", store())
    done = migrated("forecast", "--account", ACCOUNT)
    assert done.code == 1
    assert done.error.startswith(f"{ACCOUNT}: There are no orders yet")


def test_a_stores_orders_are_forecast_and_kept(migrated: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stores = open_stores(Settings(data_dir=tmp_path / "data"))
    insert(stores, "stores", store())
    insert(stores, "data_versions", version())
    # One order of 50.00 a day for 30 days, and then none for the ten days up to the last that was synced: seven quiet
    # days are told as seven quiet days, not by the week that was sold in before.
    days = [LAST - timedelta(days=n) for n in range(10, 40)]
    insert(stores, "klaviyo_orders", *(order(f"o{day}", "50.00", f"{day} 10:00") for day in days))
    insert(stores, "order_attribution", attribution(f"o{days[0]}", "flow", "f", "email", f"{days[0]}"))
    done = migrated("forecast", "--account", ACCOUNT, "--workers", "1", "--json")
    assert done.code == 0
    (made,) = done.json["forecasts"]
    assert (made["world"], made["account"], made["last_day"], made["until"]) == (
        "orders", ACCOUNT, f"{LAST}", "2026-12-31",
    )  # fmt: skip
    assert {(one["metric"], one["channel"], one["model_type"], one["trouble"]) for one in made["series"]} == {
        (metric, channel, "seasonal_naive", "short" if metric != "units" else "empty")
        for metric in ("revenue", "orders", "units")
        for channel in ("", "email", "none")
    }
    world = order_forecasts(stores, local_admin(), ACCOUNT)
    assert world is not None
    assert set(world.series[Key("revenue")].value.tolist()) == {0.0}
    # In words, with the company's sales that are not there.
    said = migrated("forecast", "--workers", "1")
    assert said.code == 0
    assert said.out.splitlines() == [
        f"9 series of store orders of {ACCOUNT} are forecast up to 2026-12-31: 0 by a model that beats the seasonal"
        " naive, 9 by the seasonal naive.",
        "the company's sales: There are no sales yet. Load workbooks first: promolens ingest, or the page Workbooks.",
    ]
    # A process that cannot start leaves what was kept.
    monkeypatch.setattr(pool.sys, "executable", "/nowhere/python")
    done = migrated("forecast", "--account", ACCOUNT)
    assert done.code == 1
    assert "could be started (No such file or directory). What was forecast before stays." in done.error
    held = order_forecasts(stores, local_admin(), ACCOUNT)
    assert held is not None
    assert set(held.series) == set(world.series)


def test_opportunities_are_told_with_their_reasons(migrated: Run, tmp_path: Path) -> None:
    stores = open_stores(Settings(data_dir=tmp_path / "data"))
    in_force(stores, more=3.0)
    done = migrated("discover", "--json")
    assert done.code == 0
    told = done.json["opportunities"]
    # Next month has 14 days for it; 15 % off is best (see the tests of what is found): 14 × 236.25.
    best = told[0] if told[0]["expected_ebit_delta"] > 3000 else told[-1]
    assert (best["department"], best["channel"], best["discount_pct"], best["expected_ebit_delta"]) == (
        "TV", "online", 15.0, 3307.5,
    )  # fmt: skip
    assert best["gap_share_pct"] is None
    said = migrated("discover").out.splitlines()
    assert said[0].startswith(f"{len(told)} opportunit")
    assert any(line.startswith(f"  TV, online, {best['date_start']} to {best['date_end']}: 15 % off") for line in said)
    # A model that says that no discount pays leaves nothing to propose.
    in_force(stores, "u2", more=0.0)
    done = migrated("discover")
    assert (done.code, done.out) == (
        0, "No promotion was found that is expected to earn more than it costs and that the validation passes.\n",
    )  # fmt: skip
