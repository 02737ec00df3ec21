"""The page Access: admins see who was granted what, give roles and take them back; all others see nothing of it."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from analytics.access import Grant, Role
from components import access_form
from data_access.grants import rights_of, scope_of
from data_access.queries.grants import grants
from data_access.scope import local_admin
from data_access.stores import Stores
from data_access.writes.grants import give
from pages.frame import guard
from tests.pages.conftest import Open, texts
from tests.two_stacks import both_stacks
from tests.warehouse_rows import ACCOUNT, insert, store

ADMIN = local_admin()


def fill(app: AppTest, who: str, role: Role, account: str | None, *, pii: bool = False) -> AppTest:
    app.text_input(key="access_who").set_value(who)
    app.selectbox(key="access_role").set_value(role)
    app.selectbox(key="access_store").set_value(account)
    app.checkbox(key="access_pii").set_value(pii)
    app.button(key="access_give_it").click().run()
    assert not app.exception
    return app


@both_stacks
def test_roles_are_given_and_taken(stores: Stores, open_page: Open) -> None:
    insert(stores, "stores", store())
    app = open_page("access")
    assert not app.exception
    assert "Nothing yet. Begin with a role of an admin for yourself" in texts(app)
    assert "Nobody signs in here" in texts(app)
    fill(app, " Mia@Example.com", Role.MARKETER, ACCOUNT, pii=True)
    assert "is now marketer of" in texts(app)
    assert rights_of(grants(stores, ADMIN)[0]) >= {"export", "pii"}
    shown = app.dataframe[0].value
    assert shown["Who"].tolist() == ["mia@example.com"]
    assert (shown["Role"].tolist(), shown["Sees who customers are"].tolist()) == (["Marketer"], [True])
    # What cannot be kept is said, and stays in the form.
    fill(app, "   ", Role.VIEWER, None)
    assert "Say who it is for" in texts(app)
    assert len(grants(stores, ADMIN)) == 1
    app.selectbox(key="access_taken").set_value(grants(stores, ADMIN)[0]).run()
    app.button(key="access_take").click().run()
    assert "is no longer marketer of" in texts(app)
    assert grants(stores, ADMIN) == []


def test_an_admin_of_one_store_sees_and_grants_for_that_one(
    stores: Stores, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    insert(stores, "stores", store())
    give(stores, ADMIN, Grant("root@example.com", Role.ADMIN))
    give(stores, ADMIN, Grant("vic@example.com", Role.VIEWER, ACCOUNT))
    scope = scope_of("ada@example.com", [Grant("ada@example.com", Role.ADMIN, ACCOUNT)])
    monkeypatch.setattr(guard, "signed_in", lambda _settings: scope)
    app = open_page("access")
    assert app.dataframe[0].value["Who"].tolist() == ["vic@example.com"]
    assert access_form.ALL_STORES not in app.selectbox(key="access_store").options


def test_nobody_else_sees_who_was_granted_what(
    stores: Stores, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    insert(stores, "stores", store())
    give(stores, ADMIN, Grant("root@example.com", Role.ADMIN))
    for role in (role for role in Role if role is not Role.ADMIN):
        scope = scope_of("eve", [Grant("eve", role)])
        monkeypatch.setattr(guard, "signed_in", lambda _settings, scope=scope: scope)
        app = open_page("access")
        assert "No access" in texts(app)
        assert "root@example.com" not in texts(app)
        assert not app.dataframe
