"""The page Scenarios: built, saved, changed by two at once, submitted, decided on, compared, and optimised."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from analytics.promo.mechanics import Mechanic
from analytics.promo.scenarios import State
from data_access.queries.promo_scenarios import ScenarioRow, frozen, scenarios, versions
from data_access.scope import Right, granted, local_admin
from data_access.stores import Stores
from data_access.writes import scenarios as writes
from pages.frame import guard, scenario_ways
from tests.pages.conftest import Open, texts
from tests.promo_rows import draft, in_force
from tests.two_stacks import both_stacks
from tests.warehouse_rows import insert, store, version

ADMIN = local_admin()
READER = granted("rita", [], [Right.VIEW, Right.PROMO_READ])


def widget(app: AppTest, kind: str, start: str) -> Any:
    return next(found for found in getattr(app, kind) if (found.key or "").startswith(start))


def keys(app: AppTest) -> str:
    return " ".join(str(button.key) for button in app.button)


def press(app: AppTest, start: str) -> AppTest:
    app = widget(app, "button", start).click().run()
    assert not app.exception
    return app


def saved(stores: Stores, label: str = "October push", *rows: Mechanic) -> str:
    found = writes.save(stores, ADMIN, draft(*rows, label=label), seen=None, save_id=str(uuid.uuid4()))
    return found.scenario_id


def only(stores: Stores) -> ScenarioRow:
    [row] = scenarios(stores, ADMIN)
    return row


@both_stacks
def test_from_a_new_scenario_to_an_approved_one(stores: Stores, open_page: Open) -> None:
    in_force(stores)
    app = open_page("scenarios")
    assert "No scenarios yet" in texts(app)
    app = press(app, "scenario_new")
    assert "the figures follow at once" in texts(app)
    widget(app, "multiselect", "scenario_departments").set_value(["TV"]).run()
    assert widget(app, "button", "scenario_save").disabled
    app = widget(app, "text_input", "scenario_label").set_value("TV week").run()
    # Monday 23 to Sunday 29 November: 7 × 150 TVs at 8.00 which cost 6.00, for 7 × 100 at 10.00: 1,400 more of sales,
    # 700 less of margin, and a tenth of the sales: EBIT −840. The grid's step of 0 % is best: the fix drops the row.
    assert "EBIT ends 840 below the baseline" in texts(app)
    assert "Warnings · score 70 of 100 · 2 findings" in texts(app)
    app = press(app, "scenario_save")
    assert "Saved as version 1." in texts(app)
    assert [metric.value for metric in app.metric] == ["−840", "−700", "+1,400", "24.8 %", "+350", "2,100"]
    row = only(stores)
    assert (row.label, row.start, row.end, row.state, row.net_ebit_delta) == (
        "TV week", date(2026, 11, 23), date(2026, 11, 29), State.DRAFT, Decimal("-840.00"),
    )  # fmt: skip
    app = press(app, "step_submit")
    assert "Submitted: it waits for approval." in texts(app)
    app = press(app, "step_reject")
    assert "Say why it is rejected" in texts(app)
    widget(app, "text_area", "step_comment").set_value("Go ahead")
    app = press(app, "step_approve")
    assert "Approved; its forecast is frozen." in texts(app)
    assert "Held to: sales 8,750 (" in texts(app)
    assert "“Go ahead”" in texts(app)
    kept = frozen(stores, ADMIN, row.scenario_id)
    assert kept is not None
    # With 7 × 10 toys at 5.00 beside.
    assert (kept.version, kept.forecast["totals"]["sales_value"]) == (3, 8750.0)
    assert only(stores).state is State.APPROVED


@both_stacks
def test_what_somebody_else_saved_meanwhile_is_shown_before_anything_is_written(
    stores: Stores, open_page: Open
) -> None:
    in_force(stores)
    id = saved(stores)
    first, second, third = (open_page("scenarios", build=id) for _ in range(3))
    widget(first, "slider", "scenario_discount").set_value(15).run()
    first = press(first, "scenario_save")
    assert only(stores).version == 2
    widget(second, "text_input", "scenario_label").set_value("Mine").run()
    second = press(second, "scenario_save")
    assert "Somebody else saved meanwhile" in texts(second)
    assert "TV, online: discount 15 % instead of 20 %" in texts(second)
    assert "Renamed to 'Mine'; it was 'October push'" in texts(second)
    assert "TV, online: discount 20 % instead of 15 %" in texts(second)
    assert (only(stores).version, only(stores).label) == (2, "October push")
    second = press(second, "conflict_mine")
    assert (only(stores).version, only(stores).label) == (3, "Mine")
    assert [version.content.mechanics[0].discount_pct for version in versions(stores, ADMIN, id)] == [20.0, 15.0, 20.0]
    # The third takes what is there, and can still bring back what it had typed.
    widget(third, "text_input", "scenario_label").set_value("Third").run()
    third = press(press(third, "scenario_save"), "conflict_theirs")
    assert widget(third, "text_input", "scenario_label").value == "Mine"
    assert only(stores).version == 3
    third = press(third, "aside_back")
    assert widget(third, "text_input", "scenario_label").value == "Third"
    third = press(third, "scenario_save")
    assert (only(stores).version, only(stores).label) == (4, "Third")


def test_what_is_blocked_cannot_be_submitted_and_a_click_mends_it(stores: Stores, open_page: Open) -> None:
    in_force(stores)
    app = open_page("scenarios", build=saved(stores))
    app = widget(app, "slider", "scenario_discount").set_value(45).run()
    assert "Blocked" in texts(app)
    assert "above 40 %, the most at all" in texts(app)
    app = press(app, "scenario_save")
    assert only(stores).validation_status == "BLOCK"
    submit = widget(app, "button", "step_submit")
    assert submit.disabled
    assert "has to change before it can be submitted" in texts(app)
    app = press(app, "scenario_edit")
    app = press(app, "fix_")
    assert widget(app, "slider", "scenario_discount").value == 25
    app = press(app, "scenario_save")
    assert only(stores).validation_status == "WARN"
    assert not widget(app, "button", "step_submit").disabled
    # What it held before comes back as a draft on top, and nothing in between is lost.
    app = press(press(app, "restore_1"), "scenario_save")
    held = versions(stores, ADMIN, only(stores).scenario_id)
    assert [version.content.mechanics[0].discount_pct for version in held] == [20.0, 25.0, 45.0, 20.0]


def test_an_approved_one_keeps_its_forecast_whatever_is_edited(stores: Stores, open_page: Open) -> None:
    in_force(stores)
    id = saved(stores)
    writes.submit(stores, ADMIN, id, seen=1, save_id=str(uuid.uuid4()))
    writes.approve(stores, ADMIN, id, seen=2, save_id=str(uuid.uuid4()))
    app = press(open_page("scenarios", scenario=id), "scenario_edit")
    assert "saving starts a new draft, and the frozen forecast stays" in texts(app)
    widget(app, "slider", "scenario_discount").set_value(5).run()
    app = press(app, "scenario_save")
    assert only(stores).state is State.DRAFT
    assert "Frozen with version 3" in texts(app)
    # 2 × 150 TVs at 8.00 and 2 × 10 toys at 5.00, as it was approved.
    assert "Held to: sales 2,500 (" in texts(app)


def test_a_copy_is_one_of_its_own(stores: Stores, open_page: Open) -> None:
    in_force(stores)
    id = saved(stores)
    app = press(open_page("scenarios", scenario=id), "scenario_copy")
    assert widget(app, "text_input", "scenario_label").value == "Copy of October push"
    widget(app, "slider", "scenario_discount").set_value(10).run()
    press(app, "scenario_save")
    found = {row.label: row for row in scenarios(stores, ADMIN)}
    copied, first = found["Copy of October push"], found["October push"]
    assert (copied.version, copied.state, first.version, first.scenario_id) == (1, State.DRAFT, 1, id)
    of_both = [versions(stores, ADMIN, row.scenario_id)[0].content.mechanics[0].discount_pct for row in (first, copied)]
    assert of_both == [20.0, 10.0]


def test_several_are_compared_and_the_best_is_marked(stores: Stores, open_page: Open) -> None:
    hero, toys = saved(stores), saved(stores, "Toys", Mechanic("Toys", "online", 20))
    # With a store there is a sidebar, which has choices of its own in the address.
    insert(stores, "stores", store())
    insert(stores, "data_versions", version())
    app = open_page("scenarios", side_by_side=f"{hero},{toys},{uuid.uuid4()}")
    assert not app.exception
    assert "Toys loses least: −€18.00 of EBIT" in texts(app)
    table = app.dataframe[0].value
    net = table[table["Figure"] == "EBIT change, days after in"].iloc[0]
    assert (net["side_0"], net["side_1"]) == ("−€240.00", "★ −€18.00 (+€222.00)")
    app = press(app, "scenarios_back")
    assert "2 of 2 scenarios" in texts(app)
    widget(app, "multiselect", "state").set_value(["Approved"]).run()
    assert "No scenarios like these" in texts(app)
    alone = open_page("scenarios", side_by_side=hero)
    assert "Not enough scenarios" in texts(alone)


def test_the_optimiser_answers_and_opens_its_answer_as_a_scenario(stores: Stores, open_page: Open) -> None:
    in_force(stores)
    app = press(open_page("scenarios", optimise="new"), "optimise_run")
    # Every discount costs EBIT there.
    assert "the best promotion in these days is no promotion" in texts(app)
    widget(app, "segmented_control", "optimise_objective").set_value("Sales").run()
    app = press(app, "optimise_run")
    # 25 % off is the deepest allowed: 162.5 TVs a day at 7.50 sell for 1,218.75 in place of 1,000, with a margin of
    # 20 % where 18 % are asked for. Toys sell for less at any discount.
    assert "1 promotion at 25 %" in texts(app)
    app = press(app, "optimised_open")
    assert widget(app, "multiselect", "scenario_departments").value == ["TV"]
    app = open_page("scenarios", optimise="new")
    widget(app, "number_input", "optimise_sales").set_value(20000.0)
    app = press(app, "optimise_run")
    assert "sales of at least 20k" in texts(app)


@both_stacks
def test_an_opportunity_is_opened_as_a_scenario_in_its_days(stores: Stores, open_page: Open) -> None:
    in_force(stores)
    id = str(uuid.uuid4())
    insert(
        stores, "opportunities",
        {"id": id, "department": "Toys", "channel": "online", "date_start": "2026-12-07", "date_end": "2026-12-09",
         "discount_pct": "15", "reason": "Stock is high before Christmas."},
    )  # fmt: skip
    app = open_page("scenarios", opportunity=id)
    assert widget(app, "multiselect", "scenario_departments").value == ["Toys"]
    assert (widget(app, "slider", "scenario_discount").value, widget(app, "text_input", "scenario_label").value) == (
        15, "Toys, online",
    )  # fmt: skip
    press(app, "scenario_save")
    [row] = scenarios(stores, ADMIN)
    assert (row.start, row.end, row.source_opportunity_id, row.notes) == (
        date(2026, 12, 7), date(2026, 12, 9), id, "Stock is high before Christmas.",
    )  # fmt: skip
    for other in ("none", str(uuid.uuid4())):
        app = open_page("scenarios", opportunity=other)
        assert f"The link asked for the opportunity “{other}”, which is not here." in texts(app).replace("\\", "")
        assert widget(app, "multiselect", "scenario_departments").value == []


def test_a_save_that_a_second_click_breaks_off_is_done_once(
    stores: Stores, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_force(stores)
    app = open_page("scenarios", build="new")
    widget(app, "multiselect", "scenario_departments").set_value(["TV"]).run()
    app = widget(app, "text_input", "scenario_label").set_value("TV week").run()
    keep, kept = writes.save, []

    def broken_off(*args: Any, **kwargs: Any) -> writes.Saved:
        kept.append(keep(*args, **kwargs))
        if len(kept) == 1:
            st.rerun()
        return kept[-1]

    # The second click ends the first one's run after it has written and before it has noted so.
    monkeypatch.setattr(writes, "save", broken_off)
    app = press(app, "scenario_save")
    if len(kept) == 1:
        app = press(app, "scenario_save")
    assert "Saved as version 1." in texts(app)
    assert [one.fresh for one in kept] == [True, False]
    assert (only(stores).version, len(versions(stores, ADMIN, only(stores).scenario_id))) == (1, 1)


def test_a_second_click_that_breaks_off_the_way_to_what_was_saved_leads_there_too(
    stores: Stores, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_force(stores)
    app = open_page("scenarios", build="new")
    widget(app, "multiselect", "scenario_departments").set_value(["TV"]).run()
    app = widget(app, "text_input", "scenario_label").set_value("TV week").run()
    ways: list[str] = []

    def rerun() -> None:
        # The first way ends in a run of the second click, which comes with the address of before.
        ways.append(st.query_params.get("scenario", ""))
        if len(ways) == 1:
            st.query_params.clear()
            st.query_params["build"] = "new"
        st.rerun()

    monkeypatch.setattr(scenario_ways, "st", SimpleNamespace(**{**vars(st), "rerun": rerun}))
    app = press(app, "scenario_save")
    id = only(stores).scenario_id
    assert ways == [id, id]
    assert "Saved as version 1." in texts(app)
    assert app.title[0].value == "TV week"


@both_stacks
def test_a_saved_one_says_what_a_newer_model_makes_of_it(stores: Stores, open_page: Open) -> None:
    in_force(stores)
    id = saved(stores)
    assert "scenario_renew" not in keys(open_page("scenarios", scenario=id))
    in_force(stores, "u2", 1.0)
    app = open_page("scenarios", scenario=id)
    assert "These figures rest on u1; in force is u2, from sales up to 20 Nov 2026." in texts(app)
    # On each of two days 200 TVs at 8.00 which cost 6.00, for 100 at 10.00: 1,200 more of sales, the same margin, and a
    # tenth of the sales: EBIT −120. With 150 TVs it was 400 more of sales, 200 less of margin, and EBIT −240.
    assert (
        "With it: net EBIT change −120 instead of −240. Sales change +1,200 instead of +400, Margin change 0 instead "
        "of −200, EBIT change −120 instead of −240." in texts(app)
    )
    app = press(app, "scenario_renew")
    assert "Computed anew as version 2." in texts(app)
    row = only(stores)
    assert (row.version, row.model_version, row.net_ebit_delta) == (2, "u2", Decimal("-120.00"))
    assert "scenario_renew" not in keys(app)
    writes.submit(stores, ADMIN, id, seen=2, save_id=str(uuid.uuid4()))
    in_force(stores, "u3", 0.5)
    app = open_page("scenarios", scenario=id)
    assert "in force is u3" in texts(app)
    assert "scenario_renew" not in keys(app)


def test_who_may_only_look_is_offered_no_change(
    stores: Stores, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_force(stores)
    id = saved(stores)
    monkeypatch.setattr(guard, "local_admin", lambda: READER)
    app = open_page("scenarios", scenario=id)
    assert "scenario_edit" not in keys(app)
    assert "step_submit" not in keys(app)
    assert "lack the right" in texts(open_page("scenarios", build="new"))
