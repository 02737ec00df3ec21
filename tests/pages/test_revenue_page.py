"""The revenue page: the figures that a person reads, and its states."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import parse_tree_from_messages

from analytics.revenue import RevenueFigures
from data_access.queries import revenue as revenue_queries
from data_access.scope import Right, granted
from data_access.stores import Stores
from pages.frame import guard
from settings import PROJECT_ROOT
from tests.pages.conftest import Open, texts
from tests.two_stacks import both_stacks
from tests.warehouse_rows import ACCOUNT, SEEN, attribution, deduction, insert, line, order, store, version


@pytest.fixture
def week(connected: Stores) -> Stores:
    """This week 300.00 from three orders, the week before 200.00 from two; orders are known since 1 Oct 2026."""
    second = {"is_first_order": 0, "order_count_for_customer": 2}
    insert(
        connected,
        "klaviyo_orders",
        order("a", "150.00", "2026-11-16 10:00", customer_id="anna"),
        order("b", "100.00", "2026-11-18 19:00", channel="app", discount_amount_account=Decimal(25)),
        order("c", "50.00", "2026-11-21 09:00", customer_id="anna", shipping_country="AT", **second),
        order("old1", "120.00", "2026-11-10 10:00", customer_id="anna"),
        order("old2", "80.00", "2026-11-14 09:00"),
        order("oldest", "1.00", "2026-10-01 10:00"),
        order("late", "999.00", "2026-11-14 18:00"),
    )
    insert(connected, "klaviyo_order_line_items", line("a", "p1", "150.00", "2026-11-16", quantity=2))
    insert(connected, "order_deductions", deduction("old1", "30.00", "2026-11-17 10:00", "2026-11-10"))
    insert(connected, "order_attribution", attribution("a", "campaign", "K1", "email", "2026-11-16"))
    return connected


def cards(app: AppTest) -> dict[str, tuple[str, str]]:
    return {metric.label: (metric.value, metric.delta) for metric in app.metric}


def test_of_orders_from_files_nothing_is_said_of_klaviyo(stores: Stores, open_page: Open) -> None:
    """0 % from Klaviyo would say that campaigns and flows won nothing: nobody knows."""
    insert(stores, "stores", store(status="files"))
    insert(stores, "data_versions", version(as_of=SEEN))
    insert(stores, "klaviyo_orders", order("a", "150.00", "2026-11-16 10:00"), order("b", "50.00", "2026-11-10 10:00"))
    insert(stores, "klaviyo_orders", order("c", "9.00", "2026-11-03 00:00"), order("d", "9.00", "2026-11-04 00:00"))
    app = open_page("revenue", period="7 d")
    assert not app.exception
    assert list(cards(app)) == ["Gross revenue", "Orders", "Order value", "Customers", "Refund rate"]
    said = texts(app)
    assert "What won the orders" not in said
    assert "moved most" not in said
    assert "Files of orders do not tell which campaign or flow won an order" in said
    assert "hours are not known" not in said
    # 23:00 of the day before in UTC is midnight in Berlin: where all orders stand there, files told days alone.
    dates = texts(open_page("revenue", period="Custom", **{"from": "2026-11-01", "to": "2026-11-05"}))
    assert "All of these orders stand at midnight: their files tell the day and no time of day" in dates


@both_stacks
def test_the_six_cards_say_what_the_orders_add_up_to(week: Stores, open_page: Open) -> None:
    app = open_page("revenue", period="7 d")
    assert not app.exception
    assert app.title[0].value == "Revenue"
    # Compared up to the same hour: the order of 14 Nov 18:00 is still to come.
    assert cards(app) == {
        "Gross revenue": ("€300", "+50.0 %"),
        "Orders": ("3", "+50.0 %"),
        "Order value": ("€100.00", "0.0 %"),
        "Customers": ("2", "0.0 %"),
        # The refund of 17 Nov came later to its order of 10 Nov than any could to one of this week.
        "Refund rate": ("0.0 %", "0.0 pp"),
        "From Klaviyo": ("50.0 %", "+50.0 pp"),
    }
    said = texts(app)
    assert "Net **€270**" in said
    assert "**2** new  \n**0** repeat" in said
    assert "Gross revenue rose 50.0 %: 50.0 points from more orders, 0.0 points from larger ones." in said


def test_the_caption_says_what_is_shown(week: Stores, open_page: Open) -> None:
    caption = open_page("revenue", period="7 d", country="AT").caption
    said = next(element.value for element in caption if "Europe/Berlin" in element.value)
    assert said == (
        "Demo store · 15–21 Nov 2026 against 8–14 Nov 2026, both up to 13:00 on the last day · Europe/Berlin time · "
        "EUR, values as the shop sends them · AT · data up to today 13:00"
    )


@both_stacks
def test_filters_come_from_the_address(week: Stores, open_page: Open) -> None:
    app = open_page("revenue", period="7 d", channel="app")
    assert cards(app)["Gross revenue"][0] == "€100"
    app = open_page("revenue", period="7 d", orders="Repeat", compare="No comparison")
    assert cards(app)["Gross revenue"] == ("€50.00", "")
    app = open_page("revenue", period="Custom", **{"from": "2026-11-10", "to": "2026-11-14"})
    assert cards(app)["Gross revenue"][0] == "€1,199"


def test_nonsense_in_the_address_falls_back_to_the_default(week: Stores, open_page: Open) -> None:
    app = open_page("revenue", period="<b>", compare="x", channel="nowhere", store="Other")
    assert not app.exception
    assert cards(app)["Gross revenue"][0] == "€1,499"


@both_stacks
def test_an_order_without_a_rate_is_told_in_the_notes(week: Stores, open_page: Open) -> None:
    insert(
        week,
        "klaviyo_orders",
        order(
            "s", "900.00", "2026-11-19 10:00", currency="SEK", order_value_account=None, discount_amount_account=None
        ),
    )
    said = texts(open_page("revenue", period="7 d"))
    assert "1 order in SEK without an exchange rate to EUR" in said
    assert "Orders are known since 1 Oct 2026" in said


@both_stacks
def test_another_sessions_new_data_shows_on_the_next_run(week: Stores, open_page: Open) -> None:
    app = open_page("revenue", period="7 d")
    insert(week, "klaviyo_orders", order("new", "40.00", "2026-11-20 10:00"))
    assert cards(app.run())["Gross revenue"][0] == "€300"
    insert(week, "data_versions", version("more", 2))
    assert cards(app.run())["Gross revenue"][0] == "€340"


def test_no_store_yet(stores: Stores, open_page: Open) -> None:
    app = open_page("revenue")
    assert "No store yet" in texts(app)
    assert [button.key for button in app.button] == ["state_look_again"]


@both_stacks
def test_a_store_without_orders_names_the_next_step(stores: Stores, open_page: Open) -> None:
    insert(stores, "stores", store())
    app = open_page("revenue")
    assert "No orders yet" in texts(app)
    assert "never synced" in texts(app)
    assert app.button(key="sync_now").label == "Sync now"


def test_days_without_orders(week: Stores, open_page: Open) -> None:
    app = open_page("revenue", period="7 d", country="DE", channel="pos", orders="Repeat")
    assert not app.exception
    app = open_page("revenue", period="Custom", **{"from": "2026-01-01", "to": "2026-01-05"})
    assert "No orders in these days" in texts(app)


def test_a_database_of_another_version_is_a_sentence_not_a_traceback(stores: Stores, open_page: Open) -> None:
    with stores.operational.write() as session:
        session.execute_text("DELETE FROM schema_migrations")
    app = open_page("revenue")
    assert not app.exception
    assert "does not fit this version" in texts(app)
    assert "promolens migrate" in texts(app)


@both_stacks
def test_a_failing_query_is_a_sentence_with_details_for_admins(week: Stores, open_page: Open) -> None:
    with week.warehouse.write() as session:
        session.execute_text("DROP TABLE order_attribution")
    app = open_page("revenue")
    assert not app.exception
    assert "Try again" in [button.label for button in app.button]
    assert "order_attribution" in texts(app)


def test_others_see_no_details(week: Stores, open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    with week.operational.write() as session:
        session.execute_text("DROP TABLE order_attribution")
    monkeypatch.setattr(guard, "local_admin", lambda: granted("eve", [ACCOUNT], [Right.VIEW]))
    assert "order_attribution" not in texts(open_page("revenue"))


def test_a_person_without_the_right_sees_no_store_and_cannot_export(
    week: Stores, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "local_admin", lambda: granted("eve", [ACCOUNT], []))
    assert "No access" in texts(open_page("revenue"))
    monkeypatch.setattr(guard, "local_admin", lambda: granted("eve", [ACCOUNT], [Right.VIEW]))
    app = open_page("revenue", period="7 d")
    assert cards(app)["Orders"][0] == "3"
    assert app.button(key="sync_now").disabled


def test_served_to_others_without_sign_in_nothing_is_shown(
    week: Stores, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "OWN_MACHINE", frozenset())
    app = open_page("revenue")
    assert "No access" in texts(app)
    assert not app.metric


PAGES = [
    path
    for path in sorted((PROJECT_ROOT / "pages").glob("*/*.py"))
    if path.parent.name != "frame" and path.stem != "__init__"
]


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_a_page_on_its_own_shows_nothing(page: Path, week: Stores, open_page: Open) -> None:
    app = AppTest.from_file(str(page)).run()
    assert "No access" in texts(app)
    assert not app.metric
    assert not app.exception


def reach(stores: Stores, as_of: datetime | None) -> None:
    with stores.operational.write() as session:
        session.execute_text("DELETE FROM data_versions")
    row = version()
    insert(stores, "data_versions", row | {"as_of": as_of} if as_of else {k: row[k] for k in row if k != "as_of"})


def test_orders_newer_than_the_last_complete_sync_wait(week: Stores, open_page: Open) -> None:
    reach(week, datetime(2026, 11, 18, 12, 0, tzinfo=UTC))
    app = open_page("revenue", period="7 d")
    # Known up to 18 Nov 13:00: only the order of the 16th, against the one of 10 Nov.
    assert cards(app)["Gross revenue"] == ("€150", "+25.0 %")
    assert "both up to 13:00 on 18 Nov 2026" in texts(app)
    reach(week, datetime(2026, 11, 1, 12, 0, tzinfo=UTC))
    assert "data up to 1 Nov 2026 13:00, before this period begins" in texts(open_page("revenue", period="7 d"))


def test_skeletons_hold_the_places_of_figures_that_are_still_read(
    week: Stores, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Looks at what the browser has been sent at the moment when the figures are asked for."""
    seen: list[tuple[int, int]] = []
    read = revenue_queries.revenue

    def looks(*asked: Any) -> RevenueFigures:
        sent = parse_tree_from_messages(queues[-1]._queue)
        seen.append((len(sent.get("skeleton")), len(sent.metric)))
        return read(*asked)

    queues: list[ForwardMsgQueue] = []
    made = ForwardMsgQueue.__init__
    monkeypatch.setattr(ForwardMsgQueue, "__init__", lambda own: (queues.append(own), made(own))[1])
    monkeypatch.setattr(revenue_queries, "revenue", looks)
    app = open_page("revenue", period="7 d")
    assert seen == [(13, 0)]
    assert len(app.get("skeleton")) == 0
    assert len(app.metric) == 6
    # The figures stand in place of it from then on: other days are no reason to take the page away.
    app.sidebar.selectbox(key="period").select("28 d").run()
    assert seen[1:] == [(0, 0)]
    # Coming again, and looking at another store, is another matter.
    insert(week, "data_versions", version("more", 2))
    app.switch_page("pages/data/settings.py").run()
    app.switch_page("pages/sales/revenue.py").run()
    assert seen[2:] == [(13, 0)]
    assert len(app.metric) == 6
    insert(week, "stores", store("Bbb222", "Other store"))
    app.run().sidebar.selectbox(key="store").select("Other store").run()
    assert seen[3:] == [(13, 0)]
    assert len(app.get("skeleton")) == 0
    assert "No orders yet" in texts(app)


def test_half_of_a_first_sync_is_compared_with_nothing(week: Stores, open_page: Open) -> None:
    reach(week, None)
    app = open_page("revenue", period="7 d")
    assert cards(app)["Gross revenue"] == ("€300", "")
    assert "The first sync is not complete." in texts(app)
    assert "against" not in next(element.value for element in app.caption if "Europe/Berlin" in element.value)


def test_orders_are_young_by_the_age_that_they_have_now(week: Stores, open_page: Open) -> None:
    told = "younger than the usual return time"
    insert(week, "klaviyo_orders", order("ancient", "10.00", "2025-01-20 10:00"))
    assert told in texts(open_page("revenue", period="7 d"))
    assert told not in texts(open_page("revenue", period="Custom", **{"from": "2025-01-01", "to": "2025-01-31"}))


def test_a_part_of_the_orders_says_what_it_leaves_out(week: Stores, open_page: Open) -> None:
    told = "parts that add up to all orders"
    assert told not in texts(open_page("revenue", period="7 d"))
    for part in ("First", "Repeat"):
        assert told in texts(open_page("revenue", period="7 d", orders=part))


def test_stale_data_are_compared_up_to_where_they_reach(week: Stores, open_page: Open) -> None:
    reach(week, SEEN - timedelta(days=3))
    app = open_page("revenue", period="7 d")
    assert "data up to 18 Nov 2026 13:00" in texts(app)
    assert cards(app)["Gross revenue"][1] == "+25.0 %"


def test_one_day_is_one_day_and_reversed_days_are_swapped(week: Stores, open_page: Open) -> None:
    app = open_page("revenue", period="Custom", **{"from": "2026-11-10", "to": "2026-11-10"})
    assert cards(app)["Gross revenue"][0] == "€120"
    assert cards(app.run())["Gross revenue"][0] == "€120"
    assert app.query_params["from"] == app.query_params["to"] == "2026-11-10"
    app = open_page("revenue", period="Custom", **{"from": "2026-11-14", "to": "2026-11-10"})
    assert "10–14 Nov 2026" in texts(app)


def test_store_and_days_stand_in_the_address_from_the_first_run(week: Stores, open_page: Open) -> None:
    app = open_page("revenue", period="Custom")
    assert app.query_params == {
        "store": "Demo store", "period": "Custom", "from": "2026-10-25", "to": "2026-11-21"
    }  # fmt: skip
    app = open_page("revenue")
    app.sidebar.selectbox(key="period").select("Custom").run()
    assert (app.query_params["from"], app.query_params["to"]) == ("2026-10-25", "2026-11-21")


def test_what_a_link_asks_for_in_vain_is_said_until_something_else_is_chosen(week: Stores, open_page: Open) -> None:
    app = open_page("revenue", store="Nope", channel="Moon", period="99 d")
    said = [warning.value for warning in app.warning]
    assert "The link asked for the store “Nope”, which is not here." in said
    assert "The link asked for the sales channel “Moon”, which is not here." in said
    assert "The link asked for the period “99 d”, which is not here." in said
    assert len(app.run().warning) == 3
    app.sidebar.selectbox(key="period").select("7 d").run()
    assert "period" not in " ".join(warning.value for warning in app.warning)
    app = open_page("revenue", period="Custom", **{"from": "2026-11-10", "to": "2031-01-01"})
    assert not app.exception
    assert "The link asked for the day “2031-01-01”, which is not here." in texts(app)


@pytest.mark.parametrize(
    ("asked", "held"),
    [
        (("2026-11-10", "2031-01-01"), ("2026-11-10", "2026-11-21")),
        (("2026-11-10", "soon"), ("2026-11-10", "2026-11-21")),
        (("2001-01-01", "2026-11-12"), ("2026-10-25", "2026-11-12")),
        (("x", "y"), ("2026-10-25", "2026-11-21")),
    ],
)
def test_an_unknown_day_is_replaced_in_the_address(
    week: Stores, open_page: Open, asked: tuple[str, str], held: tuple[str, str]
) -> None:
    app = open_page("revenue", period="Custom", store="Nope", **dict(zip(("from", "to"), asked, strict=True)))
    for _ in range(2):
        assert not app.exception
        assert (app.query_params["from"], app.query_params["to"]) == held
        assert app.query_params["store"] == "Demo store"
        assert "which is not here." in texts(app)
        app.run()


def test_the_store_with_the_most_orders_opens_first(week: Stores, open_page: Open) -> None:
    insert(week, "stores", store("Aaa111", "A thin store"))
    app = open_page("revenue", period="7 d")
    assert cards(app)["Orders"][0] == "3"
    assert app.query_params["store"] == "Demo store"
    assert app.sidebar.selectbox(key="store").options == ["A thin store", "Demo store"]


@both_stacks
def test_a_link_to_a_product_shows_its_days_and_orders(week: Stores, open_page: Open) -> None:
    insert(
        week,
        "klaviyo_order_line_items",
        line("b", "p1", "40.00", "2026-11-18", quantity=3),
        line("old1", "p1", "95.00", "2026-11-10"),
        line("late", "p1", "500.00", "2026-11-14"),
    )
    app = open_page("revenue", period="7 d", product="p1")
    assert not app.exception
    assert [element.value for element in app.subheader if "p1" in element.value] == ["Product p1"]
    # The order of 14 Nov 18:00 is still to come in the compared week.
    found = {metric.label: (metric.value, metric.delta) for metric in app.metric[6:]}
    assert found == {
        "Sales": ("€190", "+100.0 %"),
        "Units": ("5", "+400.0 %"),
        "Orders": ("2", "+100.0 %"),
        "Price a unit": ("€38.00", "−60.0 %"),
    }
    assert "All orders with it" in texts(app)
    table = app.dataframe[-1].value
    assert table["Order"].tolist() == ["b", "a"]
    assert table["Time"].astype(str).tolist() == ["2026-11-18 19:00:00", "2026-11-16 10:00:00"]
    assert table["Sales"].tolist() == [40.0, 150.0]
    assert table["Won by"].tolist() == ["nobody", "Campaign, e-mail"]
    assert app.query_params["product"] == "p1"
    app = app.button(key="product_close").click().run()
    assert len(app.metric) == 6
    assert "product" not in app.query_params


def test_a_product_that_did_not_sell_in_these_days_says_so(week: Stores, open_page: Open) -> None:
    app = open_page("revenue", period="7 d", product="<b>gone")
    assert not app.exception
    assert "It was not sold in these days" in texts(app)
    assert len(app.metric) == 6
