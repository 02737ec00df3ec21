"""The creative brief of a scenario: filled, edited, saved by two, brought back, and behind the scenario."""

from __future__ import annotations

import uuid
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from data_access.queries.promo_briefs import brief, brief_versions
from data_access.queries.promo_ground import Asked
from data_access.scope import local_admin
from data_access.stores import Stores
from data_access.writes import scenarios
from pages.frame import guard
from pages.frame.scenario_desk import resting_on
from tests.pages.conftest import Open, texts
from tests.pages.test_scenarios_page import READER, keys, press, saved, widget
from tests.promo_rows import END, HERO, START, draft, in_force
from tests.two_stacks import both_stacks

ADMIN = local_admin()


def opened(open_page: Open, id: str) -> AppTest:
    app = open_page("scenarios", scenario=id)
    assert "Key messages" not in texts(app)
    return press(app, "brief")


@both_stacks
def test_a_brief_is_edited_saved_and_told_to_be_behind_its_scenario(stores: Stores, open_page: Open) -> None:
    in_force(stores)
    id = saved(stores)
    app = opened(open_page, id)
    assert "Not saved yet: filled from the scenario." in texts(app)
    widget(app, "text_input", "brief_tone").set_value("calm")
    widget(app, "text_area", "brief_legal").set_value("Terms apply\n\n Not with vouchers ")
    app = press(app, "brief_save")
    assert "Saved as version 1 of the brief." in texts(app)
    held = brief(stores, ADMIN, id)
    assert held is not None
    assert (held.brief.tone, held.brief.mandatory_elements.legal, held.scenario_version) == (
        "calm", ("Terms apply", "Not with vouchers"), 1,
    )  # fmt: skip
    # Untouched parts are those of the template, the grid of assets among them.
    assert (held.brief.key_messages[0], [asset.type for asset in held.brief.assets]) == (
        "20 % off TV", ["homepage_hero", "email_banner"],
    )  # fmt: skip
    assert held.brief.assets[0].product_focus == ("TV",)
    ground = resting_on(stores, ADMIN, Asked(START, END, id, START))
    assert ground is not None
    assert ground.briefed == {"legal": ("Terms apply", "Not with vouchers"), "brand": ("Company logo",)}
    assert "Nothing was changed." in texts(press(app, "brief_save"))
    scenarios.save(
        stores, ADMIN, draft(replace(HERO, discount_pct=30.0), scenario_id=id), seen=1, save_id=str(uuid.uuid4())
    )
    app = opened(open_page, id)
    assert "It was written for version 1 of the scenario, which has version 2 now" in texts(app)
    assert "TV, online: discount 30 % instead of 20 %" in texts(app)
    app = press(app, "brief_fill")
    assert "Filled anew from the scenario" in texts(app)
    assert widget(app, "text_area", "brief_messages").value.splitlines()[0] == "30 % off TV"
    app = press(app, "brief_save")
    assert "It was written for version" not in texts(app)
    assert "left out “20 % off TV”" in texts(app)
    app = press(press(app, "brief_back_1"), "brief_save")
    newest, *_ = found = brief_versions(stores, ADMIN, id)
    assert [one.scenario_version for one in found] == [2, 2, 1]
    assert (newest.number, newest.brief) == (3, held.brief)


def test_what_somebody_else_saved_of_a_brief_is_shown_before_anything_is_written(
    stores: Stores, open_page: Open
) -> None:
    id = saved(stores)
    first, second, third = (opened(open_page, id) for _ in range(3))
    widget(first, "text_input", "brief_tone").set_value("calm")
    press(first, "brief_save")
    widget(second, "text_input", "brief_tone").set_value("loud")
    second = press(second, "brief_save")
    assert "saved version 1. Somebody else saved meanwhile. Nothing of yours was written yet" in texts(second)
    assert "Tone: “loud” instead of “calm”." in texts(second)
    assert len(brief_versions(stores, ADMIN, id)) == 1
    second = press(second, "brief_mine")
    assert [one.brief.tone for one in brief_versions(stores, ADMIN, id)] == ["loud", "calm"]
    widget(third, "text_area", "brief_messages").set_value("")
    third = press(third, "brief_save")
    assert "It has no key message." in texts(third)
    widget(third, "text_area", "brief_messages").set_value("Only today")
    third = press(press(third, "brief_save"), "brief_theirs")
    assert widget(third, "text_input", "brief_tone").value == "loud"
    assert len(brief_versions(stores, ADMIN, id)) == 2


def test_who_may_only_look_reads_the_saved_brief_without_a_form(
    stores: Stores, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = saved(stores)
    app = opened(open_page, id)
    widget(app, "text_input", "brief_tone").set_value("calm")
    press(app, "brief_save")
    monkeypatch.setattr(guard, "local_admin", lambda: READER)
    app = opened(open_page, id)
    assert "Version 1 by" in texts(app)
    assert "calm" in texts(app)
    assert "brief_save" not in keys(app)
    assert "brief_fill" not in keys(app)


def test_the_brief_says_what_the_scenario_says_and_goes_into_files(stores: Stores, open_page: Open) -> None:
    app = opened(open_page, saved(stores))
    said = texts(app)
    # 2 × 150 TVs at 8.00 in place of 2 × 100 at 10.00.
    assert "Win 400 of sales beyond what would be sold anyway" in said.replace(" EUR", "")
    assert "20 % off TV" in said
    assert "1–2 December 2026" in said
    assert {element.proto.id.rsplit("-", 1)[-1] for element in app.get("download_button")} >= {
        "brief_pdf",
        "brief_markdown",
    }
