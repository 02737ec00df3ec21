"""The monthly report, read again by another program: its figures are those of the pages for that month."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from pypdf import PdfReader
from typer.testing import CliRunner

from cli import app as command_line
from data_access.derived import customer_profiles
from data_access.derived.frame import compute
from data_access.scope import Right, granted
from data_access.stores import Stores
from pages.frame import guard
from tests.message_rows import campaign, flow, flow_fact, sent
from tests.pages.conftest import Open
from tests.repeat_orders import bought, covered
from tests.two_stacks import both_stacks
from tests.warehouse_rows import ACCOUNT, SEEN, attribution, deduction, insert, line, order, store, version

Report = Callable[..., tuple[Any, str, Any]]
REPEAT = {"is_first_order": 0, "order_count_for_customer": 2}
OCTOBER = {"period": "Custom", "from": "2026-10-01", "to": "2026-10-31"}


@pytest.fixture
def report(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> Report:
    """Opens the page Revenue and clicks 'Monthly report (PDF)': the page, the text of the file, and the file."""
    offered: dict[str, Any] = {}
    monkeypatch.setattr(st, "download_button", lambda label, data, *_, **__: offered.update({label: data}))

    def clicked(**query: str) -> tuple[Any, str, Any]:
        offered.clear()
        app = open_page("revenue", **query)
        assert not app.exception
        pdf = PdfReader(io.BytesIO(offered["Monthly report (PDF)"]()))
        text = "\n".join(page.extract_text() for page in pdf.pages)
        return app, re.sub(r"[ \u00a0]+", " ", text), pdf

    return clicked


@pytest.fixture
def months(connected: Stores) -> Stores:
    """October 2026: 300.00 of three orders. September: 200.00 of two. October 2025: 400.00 of one."""
    insert(
        connected, "klaviyo_orders",
        bought("ann", "150.00", "2026-10-02", discount_amount_account=Decimal(50)),
        bought("bob", "100.00", "2026-10-20"), bought("cem", "50.00", "2026-10-31", 50, **REPEAT),
        bought("cem", "80.00", "2026-09-11"), bought("dee", "120.00", "2026-09-30"),
        bought("eve", "400.00", "2025-10-10"), bought("fay", "1.00", "2025-08-01"),
        bought("gil", "999.00", "2026-11-01"),
    )  # fmt: skip
    insert(
        connected, "klaviyo_order_line_items",
        line("ann-2026-10-02", "p1", "150.00", "2026-10-02", 3), line("bob-2026-10-20", "p2", "100.00", "2026-10-20"),
        line("dee-2026-09-30", "p1", "120.00", "2026-09-30"), line("cem-2026-09-11", "p2", "130.00", "2026-09-11"),
    )  # fmt: skip
    insert(connected, "order_deductions", deduction("bob-2026-10-20", "30.00", "2026-10-25 10:00", "2026-10-20"))
    insert(
        connected, "order_attribution",
        attribution("ann-2026-10-02", "campaign", "k1", "email", "2026-10-02"),
        attribution("bob-2026-10-20", "flow", "w", "email", "2026-10-20"),
    )  # fmt: skip
    insert(
        connected, "campaign_statistics",
        campaign("k1", "2026-10-01", 1000, delivered=990, bounced=10, opened=495, clicked=99, bought=33, value="660.00",
                 spam_complaints=3, name="🎉 Größe – Ελλάδα (*_`<b>`"),
        campaign("k0", "2026-09-10", 500, opened=100, clicked=10, bought=5, value="50.00"),
        campaign("first", "2025-08-01", 10),
    )  # fmt: skip
    insert(connected, "klaviyo_campaigns", sent("k1", "2026-10-01 08:00"))
    insert(connected, "flow_statistics", flow("w", "w1", "2026-10-11", 100, opened=50, bought=10, value="150.00"))
    insert(connected, "klaviyo_flows", flow_fact("w"))
    covered(connected, "2026-11-21")
    compute(connected, ACCOUNT, customer_profiles.TABLE)
    return connected


@both_stacks
def test_october_says_what_the_pages_say(months: Stores, report: Report, tmp_path: Path) -> None:
    app, text, pdf = report(**OCTOBER, compare="Last year")
    assert 2 <= len(pdf.pages) <= 5
    assert f"1 / {len(pdf.pages)}" in text
    assert pdf.metadata.title == "October 2026 – Demo store"
    assert [entry.title for entry in pdf.outline][:2] == ["Where the month stood", "What won the orders"]
    assert "1–31 Oct 2026 against 1–30 Sep 2026 and 1–31 Oct 2025 · Europe/Berlin time · EUR" in text.replace("\n", " ")
    assert "data up to 21 Nov 2026 13:00" in text.replace("\n", " ")
    shown = {metric.label: (metric.value, metric.delta) for metric in app.metric}
    # 300.00 against 200.00 of September, and against 400.00 of October 2025, which the page shows.
    assert shown["Gross revenue"] == ("€300", "−25.0 %")
    assert "Gross revenue\n€300\n+50.0 % vs Sep 2026\n−25.0 % vs Oct 2025\nNet €270" in text
    for label, (value, change) in shown.items():
        assert f"{label}\n{value}\n" in text
        assert f"{change} vs Oct 2025" in text or change == "–", label
    assert "3\n+50.0 % vs Sep 2026\n+200.0 % vs Oct 2025" in text
    # 30.00 of 300.00, no refunds in either month before; 250.00 of 300.00 are attributed, nothing was in September.
    assert "10.0 %\n+10.0 pp vs Sep 2026" in text
    assert "Campaigns and flows won €250, 83.3 % of gross revenue" in text
    assert "Campaigns by e-mail €150.00 50.0 % 1 €150.00 n/a" in text
    assert "Unattributed orders €50.00 16.7 % 1 €50.00 −75.0 %" in text
    assert "All orders €300.00 100.0 % 3 €100.00 +50.0 %" in text
    # Messages: 1,100 against 500; the sign that the font lacks is a box, and Markdown is no markup here.
    assert "Recipients\n1,100\n+120.0 % vs Sep 2026" in text
    assert "□ Größe – Ελλάδα (*_`<b>` 1 Oct 1,000 50.0 % 10.0 % €0.66 €660.00" in text
    # 3 of 1,090 e-mails; none was sent in the last 14 days of October, so the month's own rate is judged.
    assert "Spam complaints 0.28 % – 0.10 %, 0.30 % at most above the limit" in text
    assert "Spam complaints of e-mail stand at 0.28 % over these days, above the limit of 0.10 %" in text
    # By 31 Oct six customers; Ann and Bob had ordered nothing by 30 Sep. The order of 1 Nov is not among them.
    assert "Customers at the end of 31 Oct 2026" in text
    assert "2 ordered for the first time since 30 Sep 2026" in text.replace("\n", " ")
    assert "294 new" not in text
    assert "2 new · 1 repeat" in text
    # 150.00 against 120.00, 100.00 against 130.00.
    assert "Product p1 €150.00 60.0 % 3 1 +25.0 %" in text
    assert "Product p1 €150.00 +€30.00" in text
    assert "Product p2 €100.00 −€30.00" in text
    assert "Order value: the average order value of the page Revenue, its AOV; cancelled orders are in it." in (
        text.replace("\n", " ")
    )
    assert "999" not in text

    out = tmp_path / "october.pdf"
    done = CliRunner().invoke(
        command_line, ["report", "--account", ACCOUNT, "--month", "2026-10", "--out", str(out), "--json"]
    )
    assert done.exit_code == 0, done.output
    written = "\n".join(page.extract_text() for page in PdfReader(out).pages)
    assert "Gross revenue\n€300\n+50.0 % vs Sep 2026" in written


def test_a_month_that_is_not_over_is_told_to_date(months: Stores, report: Report) -> None:
    _, text, pdf = report(period="28 d")
    assert pdf.metadata.title == "November 2026, month to date – Demo store"
    told = text.replace("\n", " ")
    assert "Where the month stands" in told
    assert "1–21 Nov 2026 against 1–21 Oct 2026 and 1–21 Nov 2025, up to the same hour" in told
    # 999.00 against the 250.00 of 1–21 Oct; nothing in November 2025.
    assert "Gross revenue\n€999\n+299.6 % vs 1–21 Oct 2026\nn/a vs 1–21 Nov 2025" in text
    assert "Nothing was sent in these days." in told
    assert "No e-mail was sent in these days: nothing can be said of its rates." in told
    assert "No rate of e-mail is at its limit" not in told


def test_where_there_is_nothing_to_tell_that_is_said(months: Stores, report: Report) -> None:
    _, text, pdf = report(period="Custom", **{"from": "2025-12-01", "to": "2025-12-24"})
    assert len(pdf.pages) == 1
    assert "Nothing was sold and nothing was sent in December 2025. Orders are known since 1 Aug 2025." in text
    for words, said in (
        (["--account", ACCOUNT, "--month", "2025-12"], "Nothing was sold and nothing was sent in December 2025."),
        (["--account", ACCOUNT, "--month", "2027-01"], "2027-01 has not begun by then."),
        (["--account", ACCOUNT, "--month", "May"], "takes a month such as 2026-10, not 'May'"),
        (["--account", "Nobody", "--month", "2026-10"], "There is no account 'Nobody'"),
    ):
        done = CliRunner().invoke(command_line, ["report", *words, "--out", "never.pdf"])
        assert (done.exit_code, said in done.output) == (1, True), done.output
    assert not Path("never.pdf").exists()


def test_an_empty_store_says_what_to_do(stores: Stores, report: Report) -> None:
    insert(stores, "stores", store())
    _, text, pdf = report()
    assert len(pdf.pages) == 1
    assert "no orders and no messages here yet" in text


def test_of_a_store_of_files_nothing_is_said_of_messages(stores: Stores, report: Report) -> None:
    insert(stores, "stores", store(status="files"))
    insert(stores, "data_versions", version(as_of=SEEN))
    insert(
        stores, "klaviyo_orders",
        order("a", "150.00", "2026-10-16 10:00"), order("b", "50.00", "2026-09-10 10:00"),
        order("c", "1.00", "2026-08-10 10:00"),
    )  # fmt: skip
    _, text, pdf = report(**OCTOBER)
    assert [entry.title for entry in pdf.outline] == [
        "Where the month stood", "What sold", "Notes: what is left out, what is not final, which method",
    ]  # fmt: skip
    told = text.replace("\n", " ")
    assert "€150 +200.0 % vs Sep 2026" in told
    assert "Files of orders do not tell which campaign or flow won an order" in told
    assert "what they did, and whether e-mail is let in, are left out" in told
    for untold in ("Campaigns and flows", "From Klaviyo", "Nothing was sent", "at its limit", "not known"):
        assert untold not in told, untold


def test_who_may_not_export_is_offered_none(
    connected: Stores, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    insert(connected, "klaviyo_orders", order("a", "150.00", "2026-11-16 10:00"))
    monkeypatch.setattr(guard, "signed_in", lambda _settings: granted("reader", [ACCOUNT], [Right.VIEW]))
    app = open_page("revenue")
    assert not app.exception
    assert not app.get("download_button")
