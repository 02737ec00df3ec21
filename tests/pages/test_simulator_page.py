"""The simulator on a company that can be reckoned by hand: two departments, 100 pieces a day at 10.00, margin 25 %."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from analytics.promo.mechanics import Mechanic
from analytics.promo.model import Model
from analytics.promo.terms import Cell, CrossEffect, Curve, PullForward
from analytics.promo.usual import Parts, Price, Weekdays
from components import scenario_edit
from data_access.queries.promo_scenarios import scenarios, versions
from data_access.scope import Right, granted, local_admin
from data_access.stores import Stores
from data_access.writes.uplift_models import keep_model
from pages.frame import guard
from tests.pages.conftest import Open, texts
from tests.two_stacks import both_stacks
from tests.warehouse_rows import ACCOUNT, insert

TV, GAMES, AUDIO = Cell("TV", "online"), Cell("Games", "online"), Cell("Audio", "online")
CARDS = ("Sales", "Margin", "Margin rate", "EBIT (contribution)", "Units", "Net EBIT change")


def model() -> Model:
    """20 % off TV sells half as much again and takes a twentieth of Games' pieces; a quarter is only bought earlier.
    Of Audio no uplift is known."""
    knots = np.array([0.0, 0.2, 0.4])
    curve = Curve(knots, np.array([0.0, 0.5, 1.0]), np.zeros(3), 0.3, 40)
    flat = Curve(knots, np.zeros(3), np.zeros(3), 0.1, 12)
    parts = {
        cell: Parts(
            cell, None, Weekdays(np.full(7, 100.0), np.full(7, 30.0), 100.0), 0.0, (0.0, 0.0), np.ones(8),
            (Price(date(2026, 10, 1), 10.0, 2.5),), date(2026, 11, 20),
        )
        for cell in (TV, GAMES)
    }  # fmt: skip
    return Model(
        "2026-11-20-abcdef12", "f" * 64, date(2026, 9, 1), date(2026, 11, 20), {TV: curve, GAMES: flat}, parts,
        {TV: PullForward(0.25)}, (CrossEffect(TV, GAMES, -0.1),), (),
    )  # fmt: skip


@pytest.fixture
def company(stores: Stores) -> Stores:
    """No store is connected: what the company sells belongs to none."""
    keep_model(stores, local_admin(), model())
    insert(
        stores, "segments",
        {"segment_id": "LOYAL", "name": "Loyal", "share_of_customers": "0.2", "share_of_revenue": "0.5",
         "avg_basket_value": "60", "discount_sensitivity": "medium"},
    )  # fmt: skip
    return stores


def cards(app: AppTest) -> dict[str, str]:
    return {one.label: one.value for one in app.metric}


def departments(app: AppTest) -> Any:
    return next(one for one in app.multiselect if one.label == "Departments")


def typed(app: AppTest, **state: Any) -> AppTest:
    """A run after something was typed into the grid."""
    app.session_state[app.data_editor[0].key] = {"edited_rows": {}, "added_rows": [], "deleted_rows": [], **state}
    return app.run()


def started(open_page: Open, **query: str) -> AppTest:
    """The page with TV chosen, 20 % off."""
    return departments(open_page("simulator", **query)).set_value(["TV"]).run()


@both_stacks
def test_from_departments_and_a_discount_to_a_saved_scenario(company: Stores, open_page: Open) -> None:
    app = open_page("simulator")
    assert not app.exception
    assert "Choose departments and a discount" in texts(app)
    assert not app.metric
    app = departments(app).set_value(["TV"]).run()
    assert not app.exception
    # 23 to 29 Nov: TV 1,050 at 8.00, cost 7.50; Games loses 35 of 700. Against 1,400 at 10.00.
    assert cards(app) == {
        "Sales": "15k", "Margin": "2,188", "Margin rate": "14.5 %", "EBIT (contribution)": "682", "Units": "1,715",
        "Net EBIT change": "−1,549",
    }  # fmt: skip
    # EBIT 1,050 × −0.30 + 665 × 1.50 = 682.50, less 2,100; 87.5 pieces at 1.50 are missing in the days after.
    assert "EBIT ends 1,549 below the baseline" in texts(app)
    assert "uplift model 2026-11-20-abcdef12 · sales until 20 Nov 2026" in texts(app)
    save = app.button(key="simulator_save")
    assert save.disabled
    app.text_input[0].set_value("TV week").run()
    assert "Not saved: a reload loses it." in texts(app)
    first_click = app.session_state[scenario_edit.KEY]
    app.button(key="simulator_save").click().run()
    assert not app.exception
    # A second click that overtook the page finds it saved.
    app.session_state[scenario_edit.KEY] = first_click
    app.run().button(key="simulator_save").click().run()
    (kept,) = scenarios(company, local_admin())
    assert (kept.label, kept.version, str(kept.total_ebit), kept.units_delta) == ("TV week", 1, "682.50", 315)
    assert app.query_params["scenario"] == kept.scenario_id
    assert "All is saved." in texts(app)
    # A reload is a new session that knows the address only.
    again = open_page("simulator", scenario=kept.scenario_id)
    assert cards(again) == cards(app)
    assert again.text_input[0].value == "TV week"
    assert "Version 1, draft. All is saved." in texts(again)
    again = typed(again, edited_rows={0: {"discount_pct": 10.0}})
    assert "Not saved: a reload loses your changes." in texts(again)
    again.button(key="simulator_save").click().run()
    assert [one.number for one in versions(company, local_admin(), kept.scenario_id)] == [2, 1]
    # An earlier version, to be gone on with from there.
    earlier = open_page("simulator", scenario=kept.scenario_id, version="1")
    assert cards(earlier) == cards(app)
    assert "Version 2, draft. :orange[Not saved" in texts(earlier)
    opened = earlier.button(key="simulator_scenarios").click().run()
    assert not opened.exception
    assert opened.title[0].value == "TV week"


def test_what_is_typed_into_the_grid_counts_at_once(company: Stores, open_page: Open) -> None:
    app = typed(started(open_page), edited_rows={0: {"discount_pct": 10.0, "fixed_cost": 100.0, "funding": 40.0}})
    # 10 %: a quarter more, 875 at 9.00 (cost 7.50): margin 1,312.50, EBIT 525 − 60; Games 682.5 × 1.50.
    assert cards(app)["EBIT (contribution)"] == "1,489"
    assert app.slider[0].value == 10
    app = typed(app, edited_rows={0: {"form": "coupon", "discount_pct": 40.0, "redemption": 50.0}})
    # 40 % that half of the buyers redeem is 20 % of all.
    assert cards(app)["Units"] == "1,715"
    app = typed(app, added_rows=[{"department": "TV", "channel": "online", "discount_pct": 5.0}])
    assert "TV, online has a row for ALL already" in texts(app).replace("\\", "")
    assert not app.metric
    app = typed(app, deleted_rows=[0])
    assert departments(app).value == []
    assert not app.exception


def test_a_slider_moves_every_row_and_a_fix_makes_them_hold(company: Stores, open_page: Open) -> None:
    app = started(open_page)
    app.slider[0].set_value(45).run()
    assert app.data_editor[0].value["discount_pct"].tolist() == [45.0]
    said = texts(app)
    assert "Beyond what was seen: TV, online: 45.0 % off, the deepest seen is 30.0 %" in said
    assert "an effective discount of 45 % is above 40 %" in said
    places = [one.key for one in app.button if (one.key or "").startswith("fix_simulator")]
    app.button(key=places[0]).click().run()
    # The ceiling is 25 %; a low margin is never answered with a deeper discount.
    (depth,) = app.data_editor[0].value["discount_pct"].tolist()
    assert depth <= 25.0
    assert "is above" not in texts(app)


def test_a_row_that_does_not_count_is_named_and_keeps_the_scenario_from_being_saved(
    company: Stores, open_page: Open
) -> None:
    app = started(open_page)
    alone = cards(app)
    app.text_input[0].set_value("TV and audio").run()
    app = typed(app, added_rows=[{"department": "Audio", "channel": "online", "discount_pct": 20.0}])
    assert "row 2 (Audio, online): no sales are known" in texts(app)
    assert cards(app) == alone
    assert app.button(key="simulator_save").disabled


def test_more_days_than_a_scenario_may_have_are_told(company: Stores, open_page: Open) -> None:
    app = started(open_page)
    (days,) = app.date_input
    days.set_value((date(2026, 12, 1), date(2028, 1, 1))).run()
    assert [one.value for one in app.warning] == [
        "A scenario runs for at most 366 days: what follows is of 1 Dec 2026 – 1 Dec 2027."
    ]
    days.set_value((date(2026, 12, 1), date(2027, 12, 1))).run()
    assert not app.warning


def test_rows_for_some_segments_reach_their_share(company: Stores, open_page: Open) -> None:
    app = typed(started(open_page), edited_rows={0: {"segments": ["LOYAL"]}})
    # Half of the revenue: 10 % effective, a quarter more: 875, and Games loses 17.5.
    assert cards(app)["Units"] == "1,558"


def test_another_link_puts_what_is_not_saved_aside(company: Stores, open_page: Open) -> None:
    app = started(open_page)
    app.text_input[0].set_value("Kept").run()
    app.button(key="simulator_save").click().run()
    (kept,) = scenarios(company, local_admin())
    app.button(key="simulator_new").click().run()
    assert "scenario" not in app.query_params
    departments(app).set_value(["Games"]).run()
    app.query_params["scenario"] = kept.scenario_id
    app.run()
    assert departments(app).value == ["TV"]
    assert "Not saved, and kept aside: a scenario without a name" in texts(app)
    app.button(key="simulator_aside").click().run()
    assert departments(app).value == ["Games"]
    app.query_params["scenario"] = "00000000-0000-0000-0000-000000000000"
    app.run()
    assert "which is not here" in texts(app)


def test_one_that_another_page_hands_over_is_taken_up(company: Stores, open_page: Open) -> None:
    app = open_page("simulator")
    handed = scenario_edit.begun(date(2026, 11, 21))
    row = Mechanic("Games", "online", 15.0).stored()
    app.session_state[scenario_edit.KEY] = scenario_edit.Edited(
        "From the optimiser", handed.start, handed.end, "best_deal", (row,), laid=(row,), turn=90, grid=90
    )
    app.run()
    assert departments(app).value == ["Games"]
    assert app.text_input[0].value == "From the optimiser"


def test_before_anything_was_learned_it_says_what_to_do(stores: Stores, open_page: Open) -> None:
    app = open_page("simulator")
    assert not app.exception
    assert "Nothing to simulate with yet" in texts(app)
    assert "on the page Uplift" in texts(app)
    # What cannot be answered is not asked.
    assert not app.text_input


def test_who_may_look_but_not_plan_simulates_and_does_not_save(
    company: Stores, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "local_admin", lambda: granted("eve", [ACCOUNT], [Right.VIEW, Right.PROMO_READ]))
    app = started(open_page)
    app.text_input[0].set_value("Mine").run()
    assert cards(app)["Units"] == "1,715"
    assert app.button(key="simulator_save").disabled
    monkeypatch.setattr(guard, "local_admin", lambda: granted("eve", [ACCOUNT], [Right.VIEW]))
    assert "No access" in texts(open_page("simulator"))


def test_a_template_fills_the_rows(company: Stores, open_page: Open) -> None:
    app = open_page("simulator")
    app.session_state["scenario_templates"] = True
    app.run()
    next(one for one in app.button if (one.key or "").startswith("template_use")).click().run()
    assert not app.exception
    # 60 % of a ceiling of 25 % is 15 %; Games sells no more for less, TV loses more of EBIT than it.
    assert "Balanced: 2 rows in Games, TV" in texts(app)
    assert departments(app).value == ["Games", "TV"]
    assert app.slider[0].value == 15
