"""Each page as one Excel workbook, read by another program: its cells are the rows of the page."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analytics.access import GROUP, Grant, Role
from components.export_columns import columns_of, heading
from components.list_columns import CALLS, CHANGES, GRANTS, JUDGED, LOADS, MODELS, OPERATIONS, TARGETS
from data_access.derived import customer_profiles, customer_values
from data_access.derived.frame import compute
from data_access.operations.runs import recorded
from data_access.queries.promo_settings import promo_settings
from data_access.scope import NotPermitted, Right, granted, local_admin
from data_access.stores import Stores
from data_access.writes.grants import give
from data_access.writes.promo_settings import save_promo_settings
from data_access.writes.uplift_models import keep_model
from ingest.schedule.quota import QuotaUse
from pages.frame import company_exports, examining, exports, guard
from reports.rows import as_csv
from reports.workbook import Kind, Sheet, as_workbook
from tests.message_rows import campaign, flow, flow_fact, form, list_size, segment, sent, variation
from tests.pages.conftest import Open
from tests.pages.test_basket_page import placed
from tests.pages.test_forecast_page import sales as company_sales
from tests.pages.test_jobs_page import loaded, ran
from tests.pages.test_post_mortem_page import catalog
from tests.pages.test_post_mortem_page import kept as judged
from tests.pages.test_uplift_page import model as learned
from tests.repeat_orders import bought, covered
from tests.two_stacks import both_stacks
from tests.warehouse_rows import ACCOUNT, SEEN, attribution, insert, line, order

ADMIN = local_admin()

Whole = Callable[..., tuple[Any, Any, dict[str, Sequence[Any]]]]
LOOKS = {Kind.MONEY: '"€"#,##0.00;-"€"#,##0.00', Kind.PER_CENT: '#,##0.0" %"', Kind.SHARE: "0.0%"}


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What the buttons hand out, in the order in which they are drawn."""
    found: list[tuple[Any, ...]] = []
    monkeypatch.setattr(st, "download_button", lambda *of, **_: found.append(of))
    monkeypatch.setattr(DeltaGenerator, "download_button", lambda _column, *of, **_: found.append(of))
    return found


@pytest.fixture
def whole(open_page: Open, offered: list[tuple[Any, ...]], monkeypatch: pytest.MonkeyPatch) -> Whole:
    """Opens a page and clicks 'Whole page (Excel)': the page, the workbook, and the rows that it was made of."""

    def clicked(page: str, **query: str) -> tuple[Any, Any, dict[str, Sequence[Any]]]:
        offered.clear()
        rows: dict[str, Sequence[Any]] = {}

        def seen(title: str, about: Any, sheets: Sequence[Sheet], money: Any) -> bytes:
            rows.update({sheet.name: sheet.rows() for sheet in sheets})
            return as_workbook(title, about, sheets, money)

        for menus in (exports, company_exports):
            monkeypatch.setattr(menus, "as_workbook", seen)
        app = open_page(page, **query)
        app.session_state["export"] = True
        app.run()
        assert not app.exception
        assert not rows  # nothing is made before the click
        books = {label: (data, name) for label, data, name, _ in offered if label != "CSV"}
        # Of the company's pages one with a single table offers that one.
        data, name = books.get("Whole page (Excel)") or books["Excel"]
        assert name.endswith(".xlsx")
        return app, openpyxl.load_workbook(io.BytesIO(data())), rows

    return clicked


Parts = Callable[..., tuple[Any, dict[str, Any]]]


@pytest.fixture
def parts(open_page: Open, offered: list[tuple[Any, ...]]) -> Parts:
    """Opens what stands behind a row and clicks each of its Excel buttons: the page, and the workbooks by file name."""

    def clicked(param: str, table: str, id: str) -> tuple[Any, dict[str, Any]]:
        app = open_page("engagement", behind=table, period="28 d", **{param: id})
        offered.clear()
        app.session_state[f"export_{param}"] = True
        app.run()
        assert not app.exception
        made = [(file, data) for label, data, file, _ in offered if label == "Excel"]
        # A button hands its bytes, or is asked for them.
        held = {file: data() if callable(data) else data for file, data in made}
        return app, {file: openpyxl.load_workbook(io.BytesIO(data)) for file, data in held.items()}

    return clicked


def held(value: Any) -> Any:
    """A value as a cell holds it."""
    if value is None or value == "" or value != value:
        return None
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001 - as Excel has it
    if isinstance(value, Decimal):
        return float(value)
    return "|".join(value) or None if isinstance(value, list) else value


def agree(book: Any, rows: dict[str, Sequence[Any]], *, blank: Sequence[str] = ()) -> None:
    """Every cell of every sheet is the row's, and each column says what it means and looks so; blank: without rows."""
    assert book.sheetnames == ["About", *rows]
    nothing_runs(rows)
    for name, wanted in rows.items():
        assert bool(wanted) == (name not in blank), name
        if not wanted:
            assert [cell.value for cell in next(book[name].iter_rows())] == ["No rows in this selection"]
            continue
        known = columns_of(name)
        assert not [column for column in wanted[0] if column not in known], name
        lines = list(book[name].iter_rows())
        assert [cell.value for cell in lines[0]] == [heading(column) for column in wanted[0]]
        assert len(lines) == len(wanted) + 1
        for cells, row in zip(lines[1:], wanted, strict=True):
            for cell, (column, value) in zip(cells, row.items(), strict=True):
                expected = held(value)
                if isinstance(expected, datetime):
                    assert abs((cell.value - expected).total_seconds()) < 0.01
                elif isinstance(expected, float):
                    assert cell.value == pytest.approx(expected, rel=1e-12), (name, column)
                else:
                    assert cell.value == expected, (name, column)
                if expected is not None and known[column].kind in LOOKS:
                    assert cell.number_format == LOOKS[known[column].kind], (name, column)


def nothing_runs(rows: dict[str, Sequence[Any]]) -> None:
    """Were every text of the page a formula, no cell of its files would be one, and every number a number still."""
    hostile = {
        name: [{column: _running(value) for column, value in row.items()} for row in wanted]
        for name, wanted in rows.items()
    }
    sheets = [Sheet(f"={name}", lambda wanted=wanted: wanted) for name, wanted in hostile.items()]  # type: ignore[misc]
    with zipfile.ZipFile(io.BytesIO(as_workbook("=1", {"=1": "=1"}, sheets))) as package:
        for part in package.namelist():
            assert not part.startswith("xl/worksheets/") or not re.search(rb"<f[ >]|<hyperlink", package.read(part))
    for wanted in filter(None, hostile.values()):
        content = as_csv(list(wanted[0]), wanted).decode("utf-8-sig")
        _, *lines = csv.reader(io.StringIO(content, newline=""))
        for told, row in zip(lines, wanted, strict=True):
            for cell, value in zip(told, row.values(), strict=True):
                assert not cell.startswith(tuple("=+@\t\r")), cell
                assert not cell.startswith("-") or not isinstance(value, str), cell


def _running(value: Any) -> Any:
    if isinstance(value, str):
        return f"=1+{value}"
    return [f"@{one}" for one in value] if isinstance(value, list) else value


def column(book: Any, sheet: str, name: str) -> list[Any]:
    head, *lines = book[sheet].iter_rows(values_only=True)
    return [row[head.index(heading(name))] for row in lines]


def about(book: Any) -> dict[str, str]:
    return {row[0]: row[1] for row in book["About"].iter_rows(max_row=20, values_only=True) if row[0] and row[1]}


def test_overview(connected: Stores, whole: Whole) -> None:
    insert(
        connected, "klaviyo_orders", order("first", "1.00", "2025-11-01 10:00"), order("a", "9.50", "2026-11-16 10:00")
    )
    insert(connected, "sync_jobs", ran("j", 3, 5, "failed", error="No key"))
    _, book, rows = whole("overview")
    agree(book, rows)
    assert column(book, "Month by day", "net_revenue_to_date")[-1] == 9.5
    assert sum(column(book, "What moved", "change")) == 2 * (8.5 + 9.5)
    assert column(book, "What needs you", "what") == ["Sync failed: No key"]


@both_stacks
def test_revenue(connected: Stores, whole: Whole) -> None:
    insert(
        connected, "klaviyo_orders",
        order("a", "150.00", "2026-11-16 10:00", customer_id="=cmd|'/c calc'!A1"),
        order("b", "100.00", "2026-11-18 19:00", discount_code="@SUM(1)"), order("old", "80.00", "2026-11-10 10:00"),
    )  # fmt: skip
    insert(connected, "klaviyo_order_line_items", line("a", "p1", "150.00", "2026-11-16", quantity=2))
    insert(connected, "order_attribution", attribution("a", "campaign", "K1", "email", "2026-11-16"))
    app, book, rows = whole("revenue", period="7 d")
    agree(book, rows, blank=["Unusual days"])
    assert sum(column(book, "Over time", "gross_revenue")) == 250
    assert {metric.label: metric.value for metric in app.metric}["Gross revenue"] == "€250"
    (table,) = (frame.value for frame in app.dataframe if "Product" in frame.value.columns)
    assert column(book, "Products", "sales") == list(table["Sales"]) == [150]
    assert column(book, "Campaigns and flows", "gross_revenue") == [150, 100]
    assert column(book, "Orders", "customer_id") == ["=cmd|'/c calc'!A1", "c-b"]
    assert {cell.data_type for line in book["Orders"].iter_rows() for cell in line} <= {"s", "n", "d"}
    said = about(book)
    assert said["Shows"].startswith("Demo store · 15–21 Nov 2026 · Europe/Berlin time · EUR")
    assert said["Shows"].endswith("all orders · data up to 21 Nov 2026 13:00")
    assert (said["Store"], said["Compared with"], said["Filters"]) == ("Demo store (AbC123)", "nothing", "none")
    assert said["How fresh"] == "data up to 21 Nov 2026 13:00"
    assert said["Exported"] == "2026-11-21 12:00 UTC"


def test_the_other_pages(connected: Stores, whole: Whole, parts: Parts) -> None:
    placed(connected)
    covered(connected, "2026-11-21")
    for table in (customer_profiles.TABLE, customer_values.TABLE):
        compute(connected, ACCOUNT, table)
    insert(
        connected, "campaign_statistics",
        campaign("k1", "2026-11-10", 1000, opened=500, clicked=99, bought=33, value="660.00",
                 name="🎉 Ünïcode =1+1"),
        campaign("k2", "2026-11-12", 500, opened=100, clicked=10, bought=1, value="20.00"),
    )  # fmt: skip
    insert(connected, "klaviyo_campaigns", sent("k1", "2026-11-10 08:00", "", "email", "sale"))
    insert(connected, "flow_statistics", flow("w", "w1", "2026-11-11", 100, opened=50, bought=10, value="150.00"))
    insert(connected, "campaign_message_statistics", variation("k1", "m1", "va", "2026-11-10", 1000, opened=500))
    insert(connected, "klaviyo_flows", flow_fact("w"))
    insert(connected, "form_statistics", form("f", "2026-11-10", 200, 10))
    insert(connected, "segment_statistics", segment("s", "2026-11-10", 110, 12, 2))
    insert(connected, "list_sizes", list_size("l", "2026-11-10", 40))
    insert(connected, "sync_jobs", ran("a", 1, 10, events=30), ran("c", 26, 30, "failed", error="=refused"))
    insert(connected, "data_processing_jobs", loaded("n", SEEN, 120))

    app, book, rows = whole("engagement")
    agree(book, rows, blank=["Reachable people", "Unusual days"])
    assert set(rows) == {
        "Channels",
        "Campaigns",
        "Flows",
        "Forms",
        "Segments by day",
        "Lists by day",
        "Reachable people",
        "Unusual days",
    }
    shown = next(frame.value for frame in app.dataframe if "Campaign" in frame.value.columns)
    assert column(book, "Campaigns", "campaign_name") == list(shown["Campaign"])
    assert column(book, "Campaigns", "recipients") == list(shown["Recipients"]) == [500, 1000]
    assert column(book, "Campaigns", "open_rate_pct") == [20, 50]

    # What stands behind a row: its files hold what the page shows of it.
    for param, table, id, sheet, name, mark, on_page in (
        ("campaign", "Campaigns", "k1", "Variations", "recipients", "Variation", "Recipients"),
        ("flow", "Flows", "w", "Messages", "recipients", "Drop", "Recipients"),
        ("form", "Forms", "f", "Form by day", "viewed_form", "Form", "Views"),
        ("segment", "Segments", "s", "Segment by day", "total_members", "Segment", "Members"),
    ):
        app, books = parts(param, table, id)
        (book,) = (book for book in books.values() if sheet in book.sheetnames)
        shown = next(frame.value for frame in app.dataframe if mark in frame.value.columns)
        assert column(book, sheet, name) == list(shown[on_page]), param

    app, book, rows = whole("rfm")
    agree(book, rows)
    shown = next(frame.value for frame in app.dataframe if "Each" in frame.value.columns)
    assert column(book, "Segments", "segment") == list(shown["Segment"])
    assert column(book, "Segments", "customers") == list(shown["Customers"])
    assert column(book, "Segments", "net_revenue") == pytest.approx(list(shown["Revenue"]))
    assert sum(column(book, "Customers", "Net Revenue")) == sum(shown["Revenue"]) == 1_000
    assert "all history" in about(book)["Shows"]

    _, book, rows = whole("cohorts")
    # Everybody ordered once: there is no gap between orders.
    agree(book, rows, blank=["Days between orders"])
    assert len(column(book, "Customers", "customer_id")) == 100

    app, book, rows = whole("products")
    agree(book, rows)
    assert set(column(book, "Products", "product_id")) == {"pasta", "sauce", "cheese", "soap"}

    app, book, rows = whole("basket")
    assert list(rows) == ["Pairs", "Substitutes"]
    agree(book, rows, blank=["Substitutes"])
    shown = next(frame.value for frame in app.dataframe if "Kulczynski" in frame.value.columns)
    assert column(book, "Pairs", "product_a_name") == list(shown["Given"])
    assert [value * 100 for value in column(book, "Pairs", "confidence")] == pytest.approx(list(shown["Confidence"]))

    app, book, rows = whole("jobs")
    agree(book, rows)
    assert column(book, "Runs", "error") == [None, "=refused"]
    assert (column(book, LOADS, "rows"), column(book, LOADS, "outcome")) == ([120], ["completed"])
    assert book["Runs"]["L3"].data_type == "s"


def test_health(connected: Stores, whole: Whole, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(examining, "begin", lambda *_: None)
    used = QuotaUse("campaign_values", used=3, planned=30, daily=225, reserve=45)
    monkeypatch.setattr(examining, "calls", lambda _: [used.as_dict() | {"name": "Demo store"}])
    with recorded(connected.operational, "backup", by="schedule"):
        pass
    app, book, rows = whole("health")
    agree(book, rows, blank=["Checks", "Tables"])
    assert set(rows) == {"Checks", "Work", "Tables", CALLS, OPERATIONS}
    assert [column(book, OPERATIONS, name) for name in ("what", "outcome", "started_by")] == [
        ["Backup"], ["done"], ["schedule"],
    ]  # fmt: skip
    shown = next(frame.value for frame in app.dataframe if "people" in frame.value.columns)
    names = ("store", "report", "made", "planned", "left", "permitted")
    assert [column(book, CALLS, name) for name in names] == [["Demo store"], ["Campaigns"], [3], [30], [195], [225]]
    assert list(shown["people"]) == [195]


def test_pages_of_promotions(stores: Stores, whole: Whole) -> None:
    """A company without a store; each page's own test has its figures."""
    save_promo_settings(stores, ADMIN, replace(promo_settings(stores, ADMIN), currency="EUR"))
    _, book, rows = whole("planning")
    agree(book, rows)
    assert [column(book, CHANGES, name) for name in ("version", "saved_by", "setting", "is")] == [
        [1], ["local admin"], ["Currency"], ["EUR"],
    ]  # fmt: skip

    keep_model(stores, ADMIN, learned())
    _, book, rows = whole("uplift")
    agree(book, rows)
    assert column(book, MODELS, "model_version") == ["2026-11-20-abcdef12"]
    assert column(book, MODELS, "state") == ["active"]
    assert column(book, "Coefficients", "uplift_units_pct") == [47.5]

    catalog(stores)
    judged(stores)
    _, book, rows = whole("post_mortem")
    agree(book, rows)
    assert [column(book, JUDGED, name) for name in ("promotion", "post_mortem", "sales", "sales_off_pct")] == [
        ["TV $week"], ["Open"], [8400], [-12.5],
    ]  # fmt: skip

    _, book, rows = whole("calendar")
    agree(book, rows, blank=["Overlaps", "Campaigns"])
    assert column(book, "Promotions", "promotion") == ["TV $week"]

    company_sales(stores)
    _, book, rows = whole("forecast")
    agree(book, rows)
    assert set(column(book, "Forecast parts", "part")) == {"All", "TV, Offline", "TV, Online"}

    _, book, rows = whole("discovery")
    agree(book, rows, blank=["Opportunities"])
    assert [column(book, TARGETS, name) for name in ("month", "region", "target_sales")] == [
        ["2026-11"], ["DE"], [900],
    ]  # fmt: skip
    assert column(book, "Pace", "sold_so_far")[19] == 600

    give(stores, ADMIN, Grant(f"{GROUP}Buyers", Role.PLANNER))
    _, book, rows = whole("access")
    agree(book, rows)
    assert [column(book, GRANTS, name) for name in ("who", "group", "role", "store")] == [
        ["Buyers"], [True], ["planner"], ["All stores"],
    ]  # fmt: skip


def test_who_may_not_see_addresses_gets_none_in_the_file(
    connected: Stores, whole: Whole, monkeypatch: pytest.MonkeyPatch
) -> None:
    covered(connected, "2026-11-21")
    insert(connected, "klaviyo_orders", bought("ann", "100.00", "2026-11-19", 49), bought("bob", "30.00", "2026-11-10"))
    compute(connected, ACCOUNT, customer_profiles.TABLE)
    monkeypatch.setattr(
        guard, "signed_in", lambda _settings: granted("reader", [ACCOUNT], [Right.VIEW, Right.EXPORT])
    )  # fmt: skip
    _, book, rows = whole("rfm")
    agree(book, rows)
    assert column(book, "Customers", "Email") == ["a•••@•••.com", "b•••@•••.com"]


def test_the_right_is_asked_for_again_when_it_is_clicked(
    connected: Stores, whole: Whole, monkeypatch: pytest.MonkeyPatch
) -> None:
    insert(connected, "klaviyo_orders", order("a", "150.00", "2026-11-16 10:00"))
    given = exports.workbook
    monkeypatch.setattr(
        exports, "workbook", lambda view, *rest: given(_without(view, Right.EXPORT), *rest)
    )  # fmt: skip
    with pytest.raises(NotPermitted):
        whole("revenue")


def _without(view: Any, right: Right) -> Any:
    return replace(view, scope=view.scope.without(right))
