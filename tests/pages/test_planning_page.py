"""The page Planning: what all scenarios rest on, told with its problems, saved once, and never over another's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from analytics.promo.verdict import Limits
from components import planning_form
from data_access.queries.promo_settings import promo_settings, settings_versions
from data_access.scope import Right, granted, local_admin
from data_access.stores import Stores
from data_access.writes.promo_settings import save_promo_settings
from pages.frame import guard
from tests.data_access.test_uplift_models import load
from tests.pages.conftest import Open, texts
from tests.promo_rows import in_force
from tests.two_stacks import both_stacks

ADMIN = local_admin()
BOB = granted("bob", [], [Right.VIEW, Right.PROMO_READ, Right.PROMO_WRITE])


def field(app: AppTest, kind: str, name: str) -> Any:
    return next(one for one in getattr(app, kind) if (one.key or "").startswith(f"planning_{name}_"))


def save(app: AppTest) -> AppTest:
    next(one for one in app.button if (one.key or "").startswith("planning_save")).click()
    app = app.run()
    assert not app.exception
    return app


@both_stacks
def test_settings_are_saved_once_with_who_changed_what(stores: Stores, open_page: Open) -> None:
    load(stores)
    app = open_page("planning")
    assert not app.exception
    assert "Nothing was ever saved" in texts(app)
    assert app.data_editor[0].value["department"].tolist() == ["D0", "D1"]
    field(app, "selectbox", "currency").set_value("SEK")
    field(app, "number_input", "variable_cost.online").set_value(12.0)
    field(app, "number_input", "limits.budget").set_value(300_000.0)
    field(app, "text_input", "limits.grid").set_value("0; 7,5; 15")
    field(app, "text_area", "mandatory.legal").set_value("Terms apply\n\n")
    state = {"edited_rows": {0: {"group": "Media", "discount": 20, "dip": 21}}, "added_rows": [], "deleted_rows": []}
    app.session_state[app.data_editor[0].key] = state
    app = save(app)
    assert "Saved as version 1: 8 changes." in texts(app)
    held = promo_settings(stores, ADMIN)
    assert (held.currency, held.variable_cost, held.groups, held.mandatory) == (
        "SEK", {"online": 0.12}, {"D0": "Media"}, {"legal": ("Terms apply",)},
    )  # fmt: skip
    assert (held.limits.budget, held.limits.grid, held.limits.discount_by_department, held.dip_window("D0")) == (
        300_000, (0, 0.075, 0.15), {"D0": 0.2}, 21,
    )  # fmt: skip
    # All else is as it was.
    usual = replace(held, currency="", variable_cost={}, groups={}, mandatory={}, limits=Limits())
    assert replace(usual, dip_window_by_department={}, version=0).stored() == type(held)().stored()
    told = app.dataframe[-1].value
    assert told[told["Setting"] == "Budget"][["By", "Was", "Is"]].to_numpy().tolist() == [
        ["local admin", "350,000", "300,000"]
    ]
    assert "Discount at most of D0" in told["Setting"].tolist()
    # Saving what stands there makes no version.
    assert "Nothing had changed." in texts(save(app))
    assert [one.settings.version for one in settings_versions(stores, ADMIN, 9)] == [1]


def test_all_problems_are_told_at_once_and_nothing_entered_is_lost(
    stores: Stores, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    # One that a person types in.
    monkeypatch.setattr(planning_form, "COUNTRIES", ("DK", "XX"))
    app = open_page("planning")
    assert "Departments appear here once sales are loaded" in texts(app)
    field(app, "selectbox", "country").set_value("XX")
    field(app, "number_input", "limits.discount").set_value(45.0)
    field(app, "number_input", "limits.margin").set_value(180.0)
    field(app, "number_input", "dip_window_days").set_value(90)
    field(app, "text_input", "limits.grid").set_value("0; much")
    app = save(app)
    assert [error.value for error in app.error] == [
        "Not above the limit beside it.", "Between -100 and 100 %.",
        "Holds 'much', which is not a discount.", "Between 1 and 60.",
    ]  # fmt: skip
    assert settings_versions(stores, ADMIN, 9) == ()
    # They stay with what was typed, until the next attempt.
    app.run()
    assert (len(app.error), field(app, "number_input", "limits.margin").value) == (4, 180.0)
    field(app, "number_input", "limits.discount").set_value(25.0)
    field(app, "number_input", "limits.margin").set_value(20.0)
    field(app, "number_input", "dip_window_days").set_value(14)
    field(app, "text_input", "limits.grid").set_value("0 10")
    app = save(app)
    assert [error.value for error in app.error] == ["Is a country whose holidays are not known."]
    field(app, "selectbox", "country").set_value("DK")
    app = save(app)
    assert not app.error
    held = promo_settings(stores, ADMIN)
    assert (held.country, held.limits.margin, held.limits.grid) == ("DK", 0.2, (0, 0.1))


def test_what_another_saved_meanwhile_is_told_and_both_can_stand(stores: Stores, open_page: Open) -> None:
    app = open_page("planning")
    save_promo_settings(stores, BOB, replace(promo_settings(stores, BOB), limits=Limits(budget=200_000, discount=0.2)))
    field(app, "number_input", "limits.budget").set_value(300_000.0)
    field(app, "number_input", "default_redemption").set_value(40.0)
    app = save(app)
    said = texts(app)
    assert "bob saved version 1" in said
    assert "Budget: 350,000 → 200,000" in said
    assert "Coupons redeemed: 30 % → 40 %" in said
    assert "Changed by both, where yours would count: Budget." in said
    assert field(app, "number_input", "limits.budget").value == 300_000
    assert promo_settings(stores, ADMIN).version == 1
    app = app.button(key="planning_both").click().run()
    assert "Saved as version 2" in texts(app)
    held = promo_settings(stores, ADMIN)
    assert (held.limits.budget, held.limits.discount, held.default_redemption) == (300_000, 0.2, 0.4)
    save_promo_settings(stores, BOB, replace(held, currency="NOK"))
    field(app, "number_input", "default_redemption").set_value(50.0)
    app = save(app).button(key="planning_theirs").click().run()
    assert (field(app, "number_input", "default_redemption").value, promo_settings(stores, ADMIN).version) == (40.0, 3)


def test_a_model_learned_with_other_groups_is_told_and_readers_change_nothing(
    stores: Stores, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_force(stores)
    assert "was learned with other" not in texts(open_page("planning"))
    save_promo_settings(stores, BOB, replace(promo_settings(stores, BOB), groups={"TV": "Media"}))
    reader = granted("rita", [], [Right.VIEW, Right.PROMO_READ])
    monkeypatch.setattr(guard, "signed_in", lambda _settings: reader)
    app = open_page("planning")
    said = texts(app)
    assert "was learned with other groups of departments than these" in said
    assert "You may look at these settings" in said
    assert all(box.disabled for box in (*app.number_input, *app.text_input, *app.text_area))
    nobody = granted("nobody", [], [Right.VIEW])
    monkeypatch.setattr(guard, "signed_in", lambda _settings: nobody)
    assert "No access" in texts(open_page("planning"))
