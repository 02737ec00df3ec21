"""The page Calendar: what runs when, what meets, and the ways from there."""

from __future__ import annotations

import json
import uuid
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from analytics.access import Grant, Role
from analytics.promo.calendar import Campaign
from analytics.promo.mechanics import Mechanic
from data_access.grants import scope_of
from data_access.queries.accounts import accounts
from data_access.scope import Right, granted, local_admin
from data_access.stores import Stores
from data_access.writes import scenarios as writes
from pages.frame import calendar_frame, desk, guard
from tests.pages.conftest import Open, files, texts
from tests.promo_rows import draft
from tests.two_stacks import both_stacks
from tests.warehouse_rows import insert, store

ADMIN = local_admin()


def scenario(stores: Stores, label: str, *rows: Mechanic, submitted: bool = False) -> str:
    id = writes.save(stores, ADMIN, draft(*rows, label=label), seen=None, save_id=str(uuid.uuid4())).scenario_id
    if submitted:
        writes.submit(stores, ADMIN, id, seen=1, save_id=str(uuid.uuid4()))
    return id


def cards_of(app: AppTest) -> dict[str, str]:
    return {str(metric.label): str(metric.value) for metric in app.metric}


def bars(app: AppTest) -> list[dict[str, Any]]:
    [chart] = app.get("plotly_chart")
    return [trace for trace in json.loads(chart.proto.spec)["data"] if trace["type"] == "bar"]


@both_stacks
def test_the_months_promotions_where_they_meet_and_the_way_to_one(stores: Stores, open_page: Open) -> None:
    assert "No promotions yet" in texts(open_page("calendar"))
    # 1 and 2 December: a scenario that waits, a draft that it meets in TV, and what ran in the end of November.
    waiting = scenario(stores, "TV days", submitted=True)
    scenario(stores, "Both", Mechanic("TV", "online", 10), Mechanic("Toys", "online", 15))
    insert(
        stores, "promo_catalog",
        {"promo_name": "Black week", "date_start": date(2026, 11, 23), "date_end": date(2026, 12, 1),
         "departments": ["Toys"], "channels": ["online"], "avg_discount_pct": Decimal("25.00"), "is_found": False},
    )  # fmt: skip
    november = open_page("calendar")
    assert not november.exception
    assert "November 2026: 1 promotion of the catalog; 8 days of 30 on promotion; nothing overlaps." in texts(november)
    november.button(key="calendar_next").click().run()
    december = texts(november)
    assert november.query_params["at"] == "2026-12"
    assert "1 promotion of the catalog, 1 waiting for approval and 1 draft; 1 day of 31 on promotion; 2 overlaps." in (
        december
    )
    assert "**Black week** (in the catalog) and **Both** (draft): Toys online, 1 Dec 2026 (1 day)." in december
    assert "**TV days** (waiting for approval) and **Both** (draft): TV online, 1–2 Dec 2026 (2 days)." in december
    assert cards_of(november) == {
        "Days on promotion": "1", "Approved": "0", "Not approved": "2", "Overlaps": "2",
    }  # fmt: skip
    # TV: two lanes; Toys: two lanes; the hatched days of both pairs, each on both of its bars.
    assert [len(trace["x"]) for trace in bars(november)] == [1, 1, 2, 4]
    app = open_page("calendar", at="2026-12", promotion=f"{waiting}/2", span="Quarter")
    assert "Q4 2026" in texts(app)
    app.button(key="calendar_open").click().run()
    assert not app.exception
    assert app.title[0].value == "TV days"


def test_departments_and_states_narrow_it_and_all_of_it_goes_into_files(stores: Stores, open_page: Open) -> None:
    scenario(stores, "TV days", submitted=True)
    scenario(stores, "Both", Mechanic("TV", "online", 10), Mechanic("Toys", "online", 15))
    app = open_page("calendar", at="2026-12")
    app.multiselect(key="department").set_value(["Toys"]).run()
    assert "1 of 2 promotions" in texts(app)
    assert "No two promotions share" in texts(app)
    assert len(files(app)) == 7
    empty = open_page("calendar", at="2027-05")
    assert "No promotions in May 2027" in texts(empty)
    empty.button(key="calendar_nearest").click().run()
    assert "December 2026: 1 waiting for approval and 1 draft" in texts(empty)
    wrong = open_page("calendar", at="yesterday")
    assert "The link asked for the month “yesterday”" in texts(wrong)


def test_campaigns_of_a_store_that_one_only_looks_at_go_into_no_file(stores: Stores) -> None:
    """A marketer of Anna's shop may export promotions, which are the company's, and of Bea's shop nothing."""
    insert(stores, "stores", store("AnnaId", "Anna's shop"), store("BeaId", "Bea's shop"))
    scope = scope_of("mia", [Grant("mia", Role.MARKETER, "AnnaId"), Grant("mia", Role.VIEWER, "BeaId")])
    d = desk.laid_out(stores, scope, accounts(stores, scope))
    day = date(2026, 12, 1)
    own, looked_at = (Campaign(shop, "email", "Sale", day, sent=True) for shop in ("Anna's shop", "Bea's shop"))
    assert calendar_frame.exportable(d, [own, looked_at]) == (own,)


def test_who_may_not_see_promotions_is_told(stores: Stores, open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "local_admin", lambda: granted("vera", [], [Right.VIEW]))
    app = open_page("calendar")
    assert "No access" in texts(app)
    assert [title.value for title in app.title] == ["Calendar"]
