"""What a campaign added, on its part of the page Engagement: beside attribution, doubts, naming and removing."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from data_access.scope import Right, granted
from data_access.stores import Stores
from pages.frame import guard
from tests.message_rows import campaign, sent
from tests.pages.conftest import Open, texts
from tests.pages.test_cohorts_page import cards
from tests.pages.test_engagement_page import table
from tests.two_stacks import both_stacks
from tests.warehouse_rows import ACCOUNT, attribution, deduction, insert, order

OF = {"klaviyo_public_id": ACCOUNT, "campaign_id": "k1"}


def arm(side: str, people: int, buyers: int, each: int) -> dict[str, Any]:
    """So many of them bought once, for as much; nobody bought before."""
    nothing = dict.fromkeys(
        ("buyers_before", "orders_before", "orders_before_squares", "orders_products", "revenue_before",
         "revenue_before_squares", "revenue_products", "unpriced"), 0,
    )  # fmt: skip
    spent = {"revenue": Decimal(buyers * each), "revenue_squares": Decimal(buyers * each * each)}
    held = {"people": people, "buyers": buyers, "orders": buyers, "orders_squares": buyers}
    return OF | nothing | held | spent | {"arm": side}


def named(**more: Any) -> dict[str, Any]:
    told = {
        "name": "Control", "kind": "chance", "source": "file", "source_name": "left-out.csv", "days": 7, "listed": 1010,
        "unknown": 3, "repeated": 2, "sent_on": date(2026, 11, 10), "history_from": date(2025, 1, 1),
        "created_by": "Ann", "created_at": datetime(2026, 11, 1, tzinfo=UTC),
    }  # fmt: skip
    return OF | told | more


@pytest.fixture
def sent_one(connected: Stores) -> Stores:
    """A campaign of 10 November with 660.00 by Klaviyo, and an order of 60.00 that it won, of which 10.00 came back."""
    insert(connected, "campaign_statistics", campaign("k1", "2026-11-10", 1000, delivered=990, value="660.00"))
    insert(connected, "klaviyo_campaigns", sent("k1", "2026-11-10 08:00", "Autumn"), sent("k2", "2026-11-12 16:00"))
    insert(connected, "klaviyo_orders", order("o1", "60.00", "2026-11-11 10:00"))
    insert(connected, "order_attribution", attribution("o1", "campaign", "k1", "email", "2026-11-11"))
    insert(connected, "order_deductions", deduction("o1", "10.00", "2026-11-18 09:00", "2026-11-11"))
    return connected


def button(app: AppTest, key: str) -> Any:
    return next((one for one in app.button if one.key == key), None)


@both_stacks
def test_what_it_added_stands_beside_what_attribution_says(sent_one: Stores, open_page: Open) -> None:
    insert(sent_one, "holdouts", named())
    # 100 of 1,000 reached and 50 of 1,000 left out bought for 10: 0.50 a person more, 500 in all; the standard error is
    # the root of (9,000 / 999 + 4,750 / 999) / 1,000 = 0.1173, its 95 % interval 0.27 to 0.73.
    insert(
        sent_one, "holdout_arms", arm("reached", 1000, 100, 10), arm("left_out", 1000, 50, 10), arm("leaked", 5, 0, 0)
    )
    app = open_page("engagement", campaign="k1")
    assert not app.exception
    said = texts(app)
    assert "The campaign **added €500** of net revenue, between €270 and €730 (95 %)." in said
    shown = cards(app)
    assert (shown["Added revenue"], shown["Added orders"], shown["Share of buyers"]) == ("€500", "50", "+5.0 pp")
    assert shown["Attributed, net"] == "€50.00"
    assert "credits the campaign with 1 order of the same 7 days, €50 net (€60 gross). Klaviyo's report credits" in said
    assert "€660, by the day of sending. They answer different questions and never add up" in said
    sides = table(app, "Side")
    assert list(sides["Side"]) == ["Reached", "Left out", "Left out, and got it"]
    assert list(sides["A person"]) == [1.0, 0.5, 0.0]
    assert "3 name nobody here · 2 name somebody once more · 5 got the campaign all the same" in said
    assert "Orders of 10 Nov 2026 to 16 Nov 2026 count" in said
    app.session_state["export_campaign"] = True
    assert "**What it added**, all rows" in texts(app.run())


@pytest.mark.parametrize(
    ("more", "arms", "expected"),
    [
        ({"sent_on": None}, [], "The campaign has not been sent yet"),
        ({}, [arm("left_out", 60, 0, 0)], "No event tells who received this campaign"),
        ({}, [arm("reached", 60, 0, 0), arm("leaked", 60, 0, 0)], "Everybody who was to be left out got the campaign"),
        ({}, [arm("reached", 900, 90, 10), arm("left_out", 1, 1, 10)], "One side has 1 person; from 50 on each side"),
        ({}, [arm("reached", 900, 90, 10), arm("left_out", 90, 0, 0)], "One side has 0 buyers, so that one order"),
        ({"kind": "rule", "history_from": date(2026, 11, 4)},
         [arm("reached", 900, 90, 10), arm("left_out", 900, 50, 10)],
         "the first is of 4 Nov 2026, days from 3 Nov 2026 on are needed"),
        ({"days": 30}, [arm("reached", 900, 90, 10), arm("left_out", 900, 50, 10)],
         "Not over yet: orders up to 20 Nov 2026 are in, those up to 9 Dec 2026 count."),
        ({}, [arm("reached", 900, 90, 10), arm("left_out", 900, 80, 10)], "**Whether it added anything is open**"),
        ({}, [arm("reached", 900, 90, 10), arm("left_out", 90, 20, 10), arm("leaked", 10, 0, 0)],
         "10 of 100 who were to be left out got it all the same"),
    ],
)  # fmt: skip
def test_what_cannot_be_concluded_is_said(
    sent_one: Stores, open_page: Open, more: dict[str, Any], arms: list[dict[str, Any]], expected: str
) -> None:
    insert(sent_one, "holdouts", named(**more))
    if arms:
        insert(sent_one, "holdout_arms", *arms)
    app = open_page("engagement", campaign="k1")
    assert not app.exception
    assert expected in texts(app)


def test_another_campaign_of_one_side_is_told(sent_one: Stores, open_page: Open) -> None:
    insert(sent_one, "holdouts", named())
    insert(sent_one, "holdout_arms", arm("reached", 1000, 100, 10), arm("left_out", 1000, 50, 10))
    other = OF | {"other_campaign_id": "k2"}
    insert(
        sent_one,
        "holdout_contacts",
        other | {"arm": "reached", "people": 900},
        other | {"arm": "left_out", "people": 10},
    )
    said = texts(open_page("engagement", campaign="k1"))
    assert "Campaign k2 (90.0 % of those reached, 1.0 % of the others)" in said


@both_stacks
def test_a_marketer_names_who_was_left_out_and_removes_them(sent_one: Stores, open_page: Open) -> None:
    insert(sent_one, "klaviyo_profiles", *(_profile(id) for id in ("ann", "bob")))
    app = open_page("engagement", campaign="k1")
    assert "Nobody is named as left out of this campaign" in texts(app)
    button(app, "holdout_name").click().run()
    next(one for one in app.file_uploader if one.key == "holdout_file").upload(
        "left-out.csv", b"email\nann@example.com\nBOB@example.com\nbob\nzoe@example.com\n", "text/csv"
    ).run()
    button(app, "holdout_save").click().run()
    assert not app.exception
    said = texts(app)
    assert (
        "2 people are left out, of 4 entries. 1 names nobody of this store: row 5. 1 names somebody once more: row 4."
        in said
    )
    assert "No event tells who received this campaign" in said
    # The same link shows it to others, who may not change it.
    button(app, "holdout_remove").click().run()
    button(app, "holdout_remove_sure").click().run()
    assert "Nobody is named as left out of this campaign" in texts(app)


def test_whoever_may_not_name_one_sees_no_button(
    sent_one: Stores, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "signed_in", lambda _settings: granted("eve", [ACCOUNT], [Right.VIEW]))
    insert(sent_one, "holdouts", named(campaign_id="k2"))
    app = open_page("engagement", campaign="k1")
    assert "Nobody is named as left out of this campaign" in texts(app)
    assert button(app, "holdout_name") is None
    app = open_page("engagement", campaign="k2")
    assert "Control: 1,010 entries of the file left-out.csv, named by Ann" in texts(app)
    assert button(app, "holdout_remove") is None


def _profile(id: str) -> dict[str, Any]:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return {
        "klaviyo_public_id": ACCOUNT, "id": id, "email": f"{id}@example.com", "created_at": at, "updated_at": at,
    }  # fmt: skip
