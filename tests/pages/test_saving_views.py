"""Saved views: what the address says, under a name; the link that opens it shows the same figures."""

from __future__ import annotations

from urllib.parse import parse_qs

from analytics.saved_views import SavedView
from data_access.queries.saved_views import saved_views
from data_access.scope import local_admin
from data_access.stores import Stores
from data_access.writes.saved_views import save_view
from tests.pages.conftest import Open, texts
from tests.two_stacks import both_stacks
from tests.warehouse_rows import ACCOUNT, insert, order, store

ID = "00000000-0000-4000-8000-000000000001"


def saved_view(page: str = "/revenue", account: str = "Zz9") -> SavedView:
    return SavedView(ID, account, "Of another store", page, {"period": ("7 d",)}, "local admin")


@both_stacks
def test_a_view_is_saved_and_its_link_shows_the_same_figures(connected: Stores, open_page: Open) -> None:
    insert(
        connected,
        "klaviyo_orders",
        order("a", "150.00", "2026-11-16 10:00"),
        order("b", "70.00", "2026-11-17 10:00", shipping_country="AT"),
    )
    app = open_page("revenue", period="7 d", country="AT")
    figures = {metric.label: metric.value for metric in app.metric}
    assert figures["Gross revenue"] == "€70.00"
    app.button(key="views_open").click().run()
    (named,) = (one for one in app.text_input if (one.key or "").startswith("view_name_new"))
    named.set_value("Austria this week")
    (save,) = (one for one in app.button if (one.key or "").startswith("view_save_new"))
    app = save.click().run()
    assert not app.exception
    (view,) = saved_views(connected, local_admin(), [ACCOUNT])
    assert (view.name, view.page, view.owner, view.shared) == ("Austria this week", "/revenue", "local admin", False)
    # The comparison is the usual one, which no address names.
    assert view.filters == {"period": ("7 d",), "country": ("AT",), "compare": ("Previous period",)}

    other = open_page("jobs")
    other.button(key="views_open").click().run()
    (link,) = (one.proto for one in other.get("link_button") if one.proto.label == "Austria this week")
    assert link.url.startswith("revenue?store=") or link.url.startswith("./revenue?store=")
    query = parse_qs(link.url.partition("?")[2])
    assert query == {
        "store": ["Demo store"], "period": ["7 d"], "country": ["AT"], "compare": ["Previous period"]
    }  # fmt: skip
    fresh = open_page("revenue", **query)
    assert {metric.label: metric.value for metric in fresh.metric} == figures


def test_a_view_is_renamed_shared_and_removed(connected: Stores, open_page: Open) -> None:
    insert(connected, "stores", store("Zz9", "Other store"))
    admin = local_admin()
    view = saved_view()
    save_view(connected, admin, view)
    app = open_page("jobs")
    app.button(key="views_open").click().run()
    app.button(key=f"view_change_{ID}").click().run()
    app.text_input(key=f"view_name_change_{ID}").set_value("Renamed")
    app.radio(key=f"view_shared_change_{ID}").set_value("Everybody who sees the store")
    app.button(key=f"view_save_change_{ID}").click().run()
    assert [(one.name, one.shared) for one in saved_views(connected, admin, ["Zz9"])] == [("Renamed", True)]
    app.button(key="views_open").click().run()
    assert "Revenue · Other store · shared" in texts(app)
    app.button(key=f"view_remove_{ID}").click().run()
    assert saved_views(connected, admin, ["Zz9"]) == []


def test_a_view_of_the_company_is_saved_and_opened_without_any_store(stores: Stores, open_page: Open) -> None:
    app = open_page("calendar", at="2026-07")
    app.button(key="views_open").click().run()
    (named,) = (one for one in app.text_input if (one.key or "").startswith("view_name_new"))
    named.set_value("July")
    (seen_by,) = (one for one in app.radio if (one.key or "").startswith("view_shared_new"))
    assert seen_by.options == ["Only me", "Everybody who sees promotions"]
    seen_by.set_value("Everybody who sees promotions")
    (save,) = (one for one in app.button if (one.key or "").startswith("view_save_new"))
    assert not save.click().run().exception
    (view,) = saved_views(stores, local_admin(), [])
    assert (view.account, view.page, view.filters, view.shared) == ("", "/calendar", {"at": ("2026-07",)}, True)
    # Also where a store is connected: neither it nor its days are the view's.
    insert(stores, "stores", store())
    other = open_page("uplift", period="7 d")
    other.button(key="views_open").click().run()
    (link,) = (one.proto for one in other.get("link_button") if one.proto.label == "July")
    assert link.url.removeprefix("./") == "calendar?at=2026-07"
    assert "Calendar · shared" in texts(other)
    (named,) = (one for one in other.text_input if (one.key or "").startswith("view_name_new"))
    named.set_value("What discounts bring")
    (save,) = (one for one in other.button if (one.key or "").startswith("view_save_new"))
    save.click().run()
    own = saved_views(stores, local_admin(), [ACCOUNT])[1]
    assert (own.account, own.page, own.filters) == ("", "/uplift", {})


def test_a_view_whose_filter_value_or_page_is_gone_says_so(connected: Stores, open_page: Open) -> None:
    insert(connected, "klaviyo_orders", order("a", "150.00", "2026-11-16 10:00"))
    save_view(connected, local_admin(), saved_view(page="/gone", account=ACCOUNT))
    app = open_page("revenue", country="AT", store="Demo store")
    assert "The link asked for the country “AT”, which is not here." in texts(app)
    app.button(key="views_open").click().run()
    assert "Of another store: its page, /gone, is no more." in texts(app)
