"""The page Uplift: from nothing over a model learned beside it to curves, bands and effects that a person can check."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from analytics.promo.model import Doubt, Model, Observed, Why
from analytics.promo.terms import Cell, CrossEffect, Curve, PullForward
from analytics.promo.uplift import Band
from analytics.promo.usual import Parts, Price, Weekdays
from components.uplift_charts import curve_figure
from components.uplift_tables import band_rows, day_rows, effect_rows
from data_access.queries.promo_models import known
from data_access.scope import Right, granted, local_admin
from data_access.stores import Stores
from data_access.writes.uplift_models import keep_model
from ingest import uplift_beside
from pages.frame import guard
from tests.data_access.test_uplift_models import load
from tests.pages.conftest import Open, texts
from tests.two_stacks import both_stacks

TV, SHOP = Cell("TV", "online"), Cell("TV", "offline")
RADIO = Cell("Radio", "offline")


def model() -> Model:
    """TV online: 20 % off sells half as much again, give or take 5 points, seen so deep; of shops nothing is known."""
    knots = np.array([0.0, 0.1, 0.2, 0.3, 0.4])
    error = np.array([0.0, 0.025, 0.05, 0.1, 0.2])
    parts = {
        cell: Parts(
            cell, None, Weekdays(np.full(7, 100.0), np.full(7, 30.0), 100.0), 0.0, (0.0, 0.0), np.ones(8),
            (Price(date(2026, 10, 1), 10.0, 2.5),), date(2026, 11, 20),
        )
        for cell in (TV, SHOP)
    }  # fmt: skip
    days = (Observed(date(2026, 10, 5), 0.2, 0.4), Observed(date(2026, 10, 6), 0.18, 0.6))
    # (1.5) × 0.81 − 1 at the mean of both days, 19 %.
    band = Band(TV, "10-20", 0.19, 0.475, 0.39, 0.56, 0.19475, -0.646, 0.84, 2, False)
    return Model(
        "2026-11-20-abcdef12", "f" * 64, date(2026, 9, 1), date(2026, 11, 20),
        {TV: Curve(knots, np.array([0.0, 0.25, 0.5, 0.8, 1.1]), error, 0.2, 2),
         SHOP: Curve(knots, np.array([0.0, 0.2, 0.4, 0.6, 0.8]), error * 2, 0.0, 0)},
        parts, {TV: PullForward(0.25, 0.1)},
        (CrossEffect(TV, SHOP, -0.1, 0.02), CrossEffect(SHOP, TV, 0.01, 0.05)), (band,), {"TV": "Media"},
        doubts=(Doubt(SHOP, Why.NEVER_PROMOTED, 80, 0),), observed={TV: days},
    )  # fmt: skip


@both_stacks
def test_curves_bands_and_effects_of_the_model_in_force(stores: Stores, open_page: Open) -> None:
    keep_model(stores, local_admin(), model())
    app = open_page("uplift")
    assert not app.exception
    said = texts(app)
    assert "Model 2026-11-20-abcdef12, in force since" in said
    assert "sales of 1 Sep – 20 Nov 2026" in said
    assert "2 promo days, the deepest at 20.0 %" in said
    assert "**TV, offline** was never on promotion" in said
    bands, effects, pulled, _ = (frame.value for frame in app.dataframe)
    assert bands[["Channel", "Band", "Units", "Sales", "Days"]].to_numpy().tolist() == [
        ["Online", "10–20 %", 47.5, 19.48, 2]
    ]
    # The curve at 19 %: 47.5 % with an error of 4.75 points.
    assert bands["Between"].tolist() == ["40 to 55 %"]
    assert effects[["Source", "Affected", "Kind"]].to_numpy().tolist() == [
        ["TV, online", "TV, offline", "Cannibalization"],
        ["TV, offline", "TV, online", "No clear effect"],
    ]
    assert effects["Between"].tolist() == ["-13.3 to -6.7 %", "-7.2 to 9.2 %"]
    assert pulled[["Channel", "Share", "Between"]].to_numpy().tolist() == [["Online", 25.0, "9 to 41 %"]]


def test_a_proposed_model_is_held_against_the_one_in_force_and_put_there(
    stores: Stores, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin, now = local_admin(), model()
    knots = now.curves[TV].knots
    then = replace(
        now, version="2026-11-21-00000000",
        curves={TV: Curve(knots, np.array([0.0, 0.2, 0.65, 0.9, 1.2]), knots * 0, 0.2, 2), RADIO: now.curves[SHOP]},
        parts={TV: now.parts[TV], RADIO: replace(now.parts[SHOP], cell=RADIO)}, doubts=(), crosses=(),
    )  # fmt: skip
    keep_model(stores, admin, now)
    keep_model(stores, admin, then, "proposed")
    app = open_page("uplift")
    assert not app.exception
    changed = app.dataframe[0].value
    assert changed.fillna(-1).to_numpy().tolist() == [
        ["Radio", "Offline", -1, 20, -1, 40, -1, 60],
        ["TV", "Offline", 20, -1, 40, -1, 60, -1],
        ["TV", "Online", 25, 20, 50, 65, 80, 90],
    ]
    said = "Largest change at 20 % off: TV, online, +15.0 pp. 1 known to the other model only."
    assert said in texts(app)
    [button] = [one for one in app.button if one.label == "Put in force"]
    app = button.click().run()
    assert not app.exception
    assert "Model 2026-11-21-00000000 is in force now" in texts(app)
    assert [one.label for one in app.button if "uplift_choose" in str(one.key)] == ["Bring back"]
    reader = granted("rita", [], [Right.VIEW, Right.PROMO_READ])
    monkeypatch.setattr(guard, "signed_in", lambda _settings: reader)
    app = open_page("uplift")
    assert "Whoever may approve promotions can put it in force." in texts(app)
    assert not [one for one in app.button if "uplift_choose" in str(one.key)]


def test_a_curve_is_dashed_where_nobody_has_seen_it() -> None:
    figure = curve_figure(model(), TV)
    _, points, seen, beyond = figure["data"]
    assert (points["x"], points["y"]) == ([20.0, 18.0], [40.0, 60.0])
    assert (seen["x"], seen["y"], seen["line"]["dash"]) == ([0, 10, 20], [0, 25, 50], "solid")
    assert (beyond["x"], beyond["line"]["dash"]) == ([20, 30], "dash")
    assert "never seen so deep here" in beyond["text"][1]
    # Never on promotion: all of it is a guess.
    assert [one["line"]["dash"] for one in curve_figure(model(), SHOP)["data"] if one.get("mode") == "lines"] == [
        "dash"
    ]


def test_rows_for_files(stores: Stores) -> None:
    keep_model(stores, local_admin(), model())
    held = known(stores, local_admin())
    assert held is not None
    [band] = band_rows(held.model, held.bands)
    assert (band["band_discount_pct"], band["uplift_low_pct"], band["extrapolated"]) == (19.0, 39.69, False)
    assert [row["effect_pct"] for row in effect_rows(held.model)] == [-10.0, 1.0, 25.0]
    assert day_rows(held.model)[0] == {
        "department": "TV", "channel": "online", "date": date(2026, 10, 5), "discount_pct": 20.0,
        "observed_uplift_pct": 40.0,
    }  # fmt: skip


def test_from_nothing_to_a_model_learned_beside_the_page(stores: Stores, open_page: Open) -> None:
    app = open_page("uplift")
    assert "No uplift yet" in texts(app)
    load(stores)
    thread = uplift_beside.begin_learning(stores, local_admin())
    assert thread is not None
    assert uplift_beside.begin_learning(stores, local_admin()) is None or not thread.is_alive()
    thread.join()
    ended = uplift_beside.learning(stores)
    assert ended is not None
    assert (ended.failed, ended.share) == (False, 1.0)
    app.run()
    assert not app.exception
    assert [box.options for box in app.selectbox if box.label == "Department"] == [["D0", "D1"]]


def test_who_may_only_read_is_offered_no_estimate(
    stores: Stores, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = granted("rita", [], [Right.VIEW, Right.PROMO_READ])
    monkeypatch.setattr(guard, "signed_in", lambda _settings: reader)
    app = open_page("uplift")
    assert "has not been learned yet" in texts(app)
    assert not [button for button in app.button if button.label.startswith("Estimate")]
    nobody = granted("nobody", [], [Right.VIEW])
    monkeypatch.setattr(guard, "signed_in", lambda _settings: nobody)
    assert "No access" in texts(open_page("uplift"))
