"""Orders and their lines, from a few literal events."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

import pytest

from data_access.aggregates import recompute
from tests.figures.literal import METRICS, PLACED, Event, Ledger, item, placed, refunded


def only(ledger: Ledger, table: str = "klaviyo_orders") -> dict[str, Any]:
    (row,) = ledger.rows(table)
    return row


def test_without_an_event_there_is_nothing(ledger: Ledger) -> None:
    done = ledger.refresh()
    assert (done.projected.orders, done.aggregated.days) == (0, 0)
    assert ledger.rows("klaviyo_orders") == []
    assert [row for row in ledger.rows("data_versions") if row["version"] or row["publishing"]] == []


def test_the_plain_flavour(ledger: Ledger) -> None:
    ledger.profile("p1", "Ann@Example.com", tags="vip, wholesale")
    ledger.load(
        placed(
            "1001",
            "2025-05-01T10:00:00+02:00",
            99.0,
            Items=[item("a", 60.0), item("b", 25.0, 2)],
            DiscountValue=11,
            DiscountCode="TEN",
            source_name="POS",
            device_type="Mobile",
            ShippingAddress={"City": "Köln", "RegionCode": "NW", "CountryCode": "DE", "Zip": "50667"},
            utm_source="google",
            utm_medium="cpc",
            utm_campaign="brand",
        )
    )
    ledger.refresh()
    row = only(ledger)
    assert {key: row[key] for key in row if key not in ("synced_at", "inserted_at", "order_timestamp")} == {
        "klaviyo_public_id": ledger.account,
        "order_id": "1001",
        "event_id": "1001",
        "customer_id": "p1",
        "customer_email": "ann@example.com",
        "order_value": Decimal("99.00"),
        "currency": "EUR",
        "order_value_account": Decimal("99.00"),
        "order_status": "placed",
        "order_date": date(2025, 5, 1),
        "item_count": 3,
        "product_count": 2,
        "is_first_order": 1,
        "order_count_for_customer": 1,
        "days_since_last_order": None,
        "channel": "pos",
        "device_type": "Mobile",
        "shipping_city": "Köln",
        "shipping_state": "NW",
        "shipping_country": "DE",
        "shipping_zip": "50667",
        "discount_amount": Decimal("11.00"),
        "discount_amount_account": Decimal("11.00"),
        "discount_code": "TEN",
        "discount_type": "code",
        "customer_tags": ["vip", "wholesale"],
        "customer_total_spent": Decimal("99.00"),
        "customer_order_count": 1,
        "utm_source": "google",
        "utm_medium": "cpc",
        "utm_campaign": "brand",
    }
    # 11.00 over 60.00 and 50.00: 6.00 and 5.00.
    assert ledger.table(
        "klaviyo_order_line_items", "line_item_id", "product_id", "sku", "product_brand", "collections", "product_type",
        "quantity", "unit_price", "line_total", "discount_amount", "discount_per_item",
    ) == [
        ("1001:1", "a", "a-1", "Brand", ["Shoes", "Trail"], "Shoes", 1, "60.00", "54.00", "6.00", "6.00"),
        ("1001:2", "b", "b-1", "Brand", ["Shoes", "Trail"], "Shoes", 2, "25.00", "45.00", "5.00", "2.50"),
    ]  # fmt: skip


def test_the_shop_flavour(ledger: Ledger) -> None:
    line = {
        "id": 77,
        "product_id": 5,
        "variant_id": 9,
        "sku": "S-5",
        "title": "Tent",
        "vendor": "Fern",
        "product_type": "Camping",
        "quantity": 2,
        "price": "30.00",
        "total_discount": "0.00",
        "discount_allocations": [{"amount": "4.00"}, {"amount": "5.50"}],
    }
    ledger.load(
        Event(
            "e1",
            PLACED,
            "2025-05-01T10:00:00+02:00",
            properties={
                "$event_id": "ev-9",
                "$value": 50.5,
                "Items": ["Tent"],
                "Collections": ["Outdoor", "All products"],
                "Discount Codes": ["NINE", "FREESHIP"],
                "Total Discounts": "9.50",
                "Source Name": "Web",
                "Client Type": "Desktop",
                "Shipping Address": {"City": "Bonn", "CountryCode": "DE"},
                "$extra": {
                    "line_items": [line],
                    "landing_site": "https://x.de/?utm_source=news%20letter&utm_medium=email",
                },
            },
        )
    )
    ledger.refresh()
    row = only(ledger)
    assert (row["order_id"], row["channel"], row["device_type"], row["shipping_city"]) == (
        "ev-9",
        "web",
        "Desktop",
        "Bonn",
    )
    assert (row["discount_code"], row["discount_type"], row["discount_amount"]) == ("NINE", "code", Decimal("9.50"))
    assert (row["utm_source"], row["utm_medium"], row["utm_campaign"]) == ("news letter", "email", "")
    assert ledger.table(
        "klaviyo_order_line_items", "line_item_id", "product_id", "variant_id", "product_name", "product_brand",
        "collections", "product_type", "quantity", "unit_price", "line_total", "discount_amount", "discount_per_item",
    ) == [
        ("77", "5", "9", "Tent", "Fern", ["Outdoor", "All products"], "Camping", 2, "30.00", "50.50", "9.50", "4.75")
    ]  # fmt: skip


def test_defaults_where_the_event_is_silent(ledger: Ledger) -> None:
    ledger.load(placed("1", "2025-05-01T10:00:00+02:00", 10))
    ledger.refresh()
    row = only(ledger)
    assert (row["channel"], row["device_type"], row["discount_type"], row["utm_source"]) == ("web", "", "", "")
    # Neither a profile nor an e-mail: the key column holds the profile's id.
    assert (row["customer_email"], row["customer_tags"]) == ("p1", [])


def test_a_discount_without_a_code_is_automatic(ledger: Ledger) -> None:
    ledger.load(placed("1", "2025-05-01T10:00:00+02:00", 10, DiscountValue="2.50", DiscountCode=""))
    ledger.refresh()
    assert (only(ledger)["discount_type"], only(ledger)["discount_amount"]) == ("automatic", Decimal("2.50"))


def test_an_uneven_discount_is_spread_without_losing_a_cent(ledger: Ledger) -> None:
    ledger.load(
        placed("1", "2025-05-01T10:00:00+02:00", 20, DiscountValue=10, Items=[item(p, 10.0) for p in ("a", "b", "c")])
    )
    ledger.refresh()
    # A third each, rounded down; the last line takes the rest.
    assert ledger.table("klaviyo_order_line_items", "product_id", "discount_amount", "line_total") == [
        ("a", "3.33", "6.67"),
        ("b", "3.33", "6.67"),
        ("c", "3.34", "6.66"),
    ]


@pytest.mark.parametrize(
    ("properties", "place"),
    [
        ({"OrderId": "1"}, "$value"),
        ({"OrderId": "1", "$value": "a lot"}, "$value"),
        ({"OrderId": " ", "$value": 5}, "OrderId"),
        ({}, "OrderId"),
    ],
)
def test_an_event_that_cannot_be_an_order_is_rejected_with_its_place(
    ledger: Ledger, properties: dict[str, Any], place: str
) -> None:
    ledger.load(Event("e1", PLACED, "2025-05-01T10:00:00+02:00", properties=properties))
    assert ledger.refresh().projected.rejected == 1
    (rejected,) = ledger.rows("projection_rejects")
    assert rejected["event_id"] == "e1"
    assert f"event_properties.{place}" in rejected["reason"]
    assert ledger.rows("klaviyo_orders") == []


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ({"Quantity": 1, "ItemPrice": 5.0}, "neither ProductID nor SKU"),
        ("just a name", "neither ProductID nor SKU"),
        (item("x", 5.0, Quantity="many"), "quantity"),
        (item("x", 5.0, Quantity=-1), "quantity"),
        (item("x", 5.0, ItemPrice=-5.0), "price"),
        (item("x", 5.0, ItemPrice=None, RowTotal=None), "price"),
        (item("x", 5.0, ItemPrice="five"), "price"),
        (item("x", 5.0, ItemPrice=9_999_999_999_999_999.0), "price"),
        (item("x", 5.0, ItemPrice=999_999_999_999.0, Quantity=999_999_999), "beyond"),
        (item("x", 5.0, Quantity=10**30), "quantity"),
    ],
)
def test_a_bad_line_is_rejected_and_its_order_kept(ledger: Ledger, entry: Any, says: str) -> None:
    ledger.load(placed("1", "2025-05-01T10:00:00+02:00", 20, DiscountValue=2, Items=[item("a", 22.0), entry]))
    ledger.refresh()
    (rejected,) = ledger.rows("projection_rejects")
    assert rejected["reason"].startswith("event_properties.Items[1]: ")
    assert says in rejected["reason"]
    assert ledger.table("klaviyo_order_line_items", "product_id", "line_total") == [("a", "20.00")]
    assert only(ledger)["item_count"] == 1


@pytest.mark.parametrize("items", ["text", {"a": 1}, 5, None, [], [None], ["Tent", "Boots"]])
def test_odd_items_cost_nothing_but_the_lines(ledger: Ledger, items: Any) -> None:
    ledger.load(placed("1", "2025-05-01T10:00:00+02:00", 20, Items=items))
    ledger.refresh()
    assert only(ledger)["order_value"] == Decimal("20.00")
    assert ledger.rows("klaviyo_order_line_items") == []


def test_huge_and_negative_values_are_kept_exactly(ledger: Ledger) -> None:
    ledger.load(
        placed("1", "2025-05-01T10:00:00+02:00", 999_999_999_999.99), placed("2", "2025-05-02T10:00:00+02:00", -3.5)
    )
    ledger.refresh()
    assert ledger.table("klaviyo_orders", "order_id", "order_value_account", "order_count_for_customer") == [
        ("1", "999999999999.99", 1),
        ("2", "-3.50", 0),
    ]


def test_the_same_order_told_twice_is_one_the_latest_event_ties_by_id(ledger: Ledger) -> None:
    ledger.load(
        placed("e1", "2025-05-01T10:00:00+02:00", 10, OrderId="A", Items=[item("a", 10.0)]),
        placed("e3", "2025-05-01T10:05:00+02:00", 30, OrderId="A", Items=[item("c", 30.0)]),
    )
    ledger.refresh()
    ledger.load(placed("e2", "2025-05-01T10:05:00+02:00", 20, OrderId="A", Items=[item("b", 20.0)]))
    ledger.refresh()
    assert ledger.table("klaviyo_orders", "order_id", "event_id", "order_value") == [("A", "e3", "30.00")]
    assert ledger.table("klaviyo_order_line_items", "product_id") == [("c",)]


def test_an_order_that_moves_to_another_day_and_customer_leaves_nothing_behind(ledger: Ledger) -> None:
    ledger.load(placed("e1", "2025-05-01T10:00:00+02:00", 10, "p1", OrderId="A"))
    ledger.refresh()
    ledger.load(placed("e2", "2025-05-03T10:00:00+02:00", 12, "p2", OrderId="A"))
    ledger.refresh()
    assert ledger.table("klaviyo_orders", "order_id", "customer_id", "order_date", "is_first_order") == [
        ("A", "p2", "2025-05-03", 1)
    ]
    assert ledger.table("account_metrics_daily", "date", "total_revenue") == [("2025-05-03", "12.00")]
    assert ledger.table("fact_revenue", "date", "revenue") == [("2025-05-03", "12.00")]


def test_the_day_is_the_accounts(ledger: Ledger) -> None:
    ledger.load(placed("1", "2025-05-01T21:59:59+00:00", 10), placed("2", "2025-05-01T22:00:00+00:00", 10))
    ledger.refresh()
    assert ledger.table("klaviyo_orders", "order_id", "order_date") == [("1", "2025-05-01"), ("2", "2025-05-02")]


def test_running_again_changes_nothing(ledger: Ledger) -> None:
    ledger.load(placed("1", "2025-05-01T10:00:00+02:00", 10, Items=[item("a", 10.0)]))
    ledger.refresh()
    before = ledger.rows("klaviyo_orders"), ledger.rows("data_versions")
    assert ledger.refresh().aggregated.datasets == ()
    assert (ledger.rows("klaviyo_orders"), ledger.rows("data_versions")) == before


class TestConversionMetric:
    TWO: ClassVar = {**METRICS, "m-api": ("placed order", "api")}

    def orders(self, ledger: Ledger) -> list[tuple[Any, ...]]:
        ledger.refresh()
        return ledger.table("klaviyo_orders", "order_id")

    @pytest.fixture
    def both(self, ledger: Ledger) -> Ledger:
        for id in self.TWO.keys() - METRICS.keys():
            name, integration = self.TWO[id]
            now = "2024-01-01T00:00:00+00:00"
            row = {"id": id, "name": name, "created_at": now, "updated_at": now, "integration_id": integration}
            ledger.insert("klaviyo_metrics", {"klaviyo_public_id": ledger.account, **row})
        return ledger

    def api(self, id: str, at: str) -> Event:
        return Event(id, "m-api", at, properties={"OrderId": id, "$value": 5})

    def test_the_one_with_most_orders_in_the_last_90_days(self, both: Ledger) -> None:
        both.load(
            placed("old1", "2025-01-01T10:00:00+01:00", 10),
            placed("old2", "2025-01-02T10:00:00+01:00", 10),
            placed("new", "2025-06-01T10:00:00+02:00", 10),
            self.api("api1", "2025-06-01T10:00:00+02:00"),
            self.api("api2", "2025-06-02T10:00:00+02:00"),
        )
        assert self.orders(both) == [("api1",), ("api2",)]

    def test_a_tie_goes_to_the_first_integration(self, both: Ledger) -> None:
        both.load(placed("shop", "2025-06-01T10:00:00+02:00", 10), self.api("api", "2025-06-01T10:00:00+02:00"))
        assert self.orders(both) == [("api",)]

    def test_a_choice_holds_and_rebuilds_all_figures(self, both: Ledger) -> None:
        both.load(placed("shop", "2025-06-01T10:00:00+02:00", 10), self.api("api", "2025-06-03T10:00:00+02:00"))
        self.orders(both)
        both.setting("conversion_metric_id", PLACED)
        assert both.refresh().projected.rebuilt
        assert self.orders(both) == [("shop",)]
        assert both.table("account_metrics_daily", "date", "total_revenue") == [("2025-06-01", "10.00")]
        assert both.rows("touched") == []

    def test_a_choice_that_is_not_there_any_more_falls_back(self, both: Ledger) -> None:
        both.setting("conversion_metric_id", "gone")
        both.load(placed("shop", "2025-06-01T10:00:00+02:00", 10))
        assert self.orders(both) == [("shop",)]


def test_a_slice_at_a_time_gives_the_same(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    events = [placed(f"{n}", f"2025-05-0{n}T10:00:00+02:00", n, f"p{n % 2}") for n in range(1, 8)]
    ledger.load(*events)
    monkeypatch.setattr("data_access.projections.SLICE_EVENTS", 2)
    ledger.refresh()
    columns = ("order_id", "order_count_for_customer", "customer_total_spent")
    sliced = ledger.table("klaviyo_orders", *columns)
    assert len(sliced) == 7
    monkeypatch.undo()
    recompute(ledger.stores, ledger.account)
    assert ledger.table("klaviyo_orders", *columns) == sliced


def test_two_entries_of_one_id_are_two_lines(ledger: Ledger) -> None:
    same = item("P", 10, LineItemID="L")
    ledger.load(placed("A", "2025-05-01T12:00:00+02:00", 30, Items=[same, same | {"Quantity": 2, "RowTotal": 20}]))
    ledger.project()
    assert ledger.table("klaviyo_order_line_items", "line_item_id", "quantity", "line_total") == [
        ("A:2", 2, "20.00"),
        ("L", 1, "10.00"),
    ]


def test_a_changed_address_is_written_small_in_every_alphabet(ledger: Ledger) -> None:
    ledger.profile("p1", "First@Example.com")
    ledger.load(placed("A", "2025-05-01T12:00:00+02:00", 10))
    ledger.refresh()
    ledger.profile("p1", "ÄDA@Example.com")
    ledger.refresh()
    assert ledger.table("klaviyo_orders", "order_id", "customer_email") == [("A", "äda@example.com")]


def test_spaces_of_every_script_around_a_number_are_no_part_of_it(ledger: Ledger) -> None:
    line = item("red", 5.0, ItemPrice="\u00a05.00", RowTotal=None)
    ledger.load(placed("A", "2025-05-01T12:00:00+02:00", 10, OrderId="A\u00a0", Items=[line]))
    ledger.load(refunded("r", "\u3000A", "2025-05-02T12:00:00+02:00", 4))
    ledger.refresh()
    assert ledger.table("klaviyo_orders", "order_id") == [("A",)]
    assert ledger.table("klaviyo_order_line_items", "order_id", "unit_price") == [("A", "5.00")]
    assert ledger.table("order_deductions", "order_id", "amount") == [("A", "4.00")]


def test_an_entry_that_is_null_names_nothing(ledger: Ledger) -> None:
    """ClickHouse keeps no missing text in a list: such an event would hold up every sync after it."""
    ledger.profile("p1", tags=["vip", None])
    lines = [item("own", 5.0, ProductCategories=[None, "Shoes"]), item("orders", 5.0, ProductCategories=[None])]
    ledger.load(placed("A", "2025-05-01T12:00:00+02:00", 10, Items=lines, Categories=[None, "Sale", None]))
    ledger.refresh()
    assert only(ledger)["customer_tags"] == ["vip"]
    assert ledger.table("klaviyo_order_line_items", "product_id", "collections", "product_type") == [
        ("orders", ["Sale"], "Sale"),
        ("own", ["Shoes"], "Shoes"),
    ]
