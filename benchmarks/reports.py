"""The Excel workbooks and the PDF of a month, over the messages of `engagement` and 50 orders a day for two years.

`python -m benchmarks.reports FOLDER` measures a store that is filled already, in a process of its own.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Final

from analytics.report_month import report_month
from benchmarks.engagement import ACCOUNT, DAYS, fill
from benchmarks.servers import environment
from benchmarks.table import Figure
from components import engagement_exports, monthly_report, revenue_tables
from components.export_columns import columns_of
from components.revenue_series import Shown
from data_access.derived import customer_profiles
from data_access.derived.frame import compute
from data_access.migrate import migrate
from data_access.queries.accounts import accounts
from data_access.queries.engagement_behind import behind, forms, list_days, segment_days
from data_access.queries.monthly import MonthlyFigures, monthly, revenue_query
from data_access.queries.revenue import orders, products
from data_access.scope import local_admin
from data_access.stores import close_stores, open_stores
from reports.monthly import as_pdf
from reports.workbook import Sheet, as_workbook
from settings import PROJECT_ROOT, Settings

ORDERS_A_DAY, CUSTOMERS, PRODUCTS = 50, 9_000, 400
LIMIT_SECONDS: Final = 2.0
RUNS: Final = 3
ORDERS: Final = (
    "INSERT INTO klaviyo_orders (klaviyo_public_id, order_id, event_id, customer_id, customer_email, order_value,"
    " currency, order_value_account, order_date, order_timestamp, order_status, is_first_order,"
    " order_count_for_customer, shipping_country, device_type, channel, discount_amount, discount_amount_account,"
    " synced_at) SELECT '{a}', 'o' || n, 'e' || n, 'c' || (n * 7919 % {customers}), 'c' || (n * 7919 % {customers})"
    " || '@example.com', 20 + n % 90, 'EUR', 20 + n % 90, DATE '{first}' + CAST(n // {each} AS INTEGER),"
    " CAST(DATE '{first}' + CAST(n // {each} AS INTEGER) AS TIMESTAMP) + INTERVAL 1 MINUTE * (600 + n % 600),"
    " 'placed', CASE WHEN n < {customers} THEN 1 ELSE 0 END, 1 + n // {customers}, 'DE', 'desktop', 'web', 0, 0, now()"
    " FROM range({each} * {days}) AS t(n)",
    "INSERT INTO klaviyo_order_line_items (klaviyo_public_id, order_id, line_item_id, product_id, product_name,"
    " quantity, unit_price, line_total_account, line_total, order_date, synced_at) SELECT '{a}', 'o' || (n // 2), n,"
    " 'p' || (n * n % {products}), 'Product ' || (n * n % {products}), 1 + n % 2, 10, 10 + n % 45, 10 + n % 45,"
    " DATE '{first}' + CAST(n // 2 // {each} AS INTEGER), now() FROM range(2 * {each} * {days}) AS t(n)",
    "INSERT INTO order_attribution (klaviyo_public_id, order_id, source_type, channel, campaign_id, message_id,"
    " order_date, updated_at) SELECT '{a}', 'o' || (4 * n), 'campaign', 'email', 'K' || (n % 3000), 'm', DATE '{first}'"
    " + CAST(4 * n // {each} AS INTEGER), now() FROM range({each} * {days} // 4) AS t(n)",
)


def measure(folder: Path) -> Iterator[Figure]:
    """Processor seconds, of all threads, of each file beside the same reads alone; peak memory of the whole process."""
    folder.mkdir(parents=True)
    stores = open_stores(Settings(data_dir=folder))
    migrate(stores)
    fill(stores)
    first = datetime.now(UTC).date() - timedelta(days=DAYS - 1)
    with stores.warehouse.write() as session:
        for text in ORDERS:
            session.execute_text(
                text.format(
                    a=ACCOUNT, first=first, days=DAYS, each=ORDERS_A_DAY, customers=CUSTOMERS, products=PRODUCTS
                )
            )
    compute(stores, ACCOUNT, customer_profiles.TABLE)
    close_stores(stores)
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.reports", str(folder)],
        cwd=PROJECT_ROOT, env=environment(folder), check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    told = json.loads(done.stdout)
    for name, note in (
        ("Engagement, Excel of a month", f"{told['rows']['engagement']:,} rows"),
        ("Revenue, Excel of a month", f"{told['rows']['revenue']:,} rows"),
        ("the monthly report, PDF", f"{told['pages']} pages"),
    ):
        seconds, bare = told["seconds"][name], told["bare"][name]
        met = seconds <= LIMIT_SECONDS
        yield Figure(name, seconds, "s", "limit", LIMIT_SECONDS, "≤ 2 s", met, note)
        yield Figure(name, seconds, "s", "its reads alone", bare)
    yield Figure("the first PDF of a process, its libraries loaded", told["first"], "s", "limit", LIMIT_SECONDS)
    yield Figure("peak memory of the process that makes all of them", told["memory"], "MiB")


def _probe(folder: Path) -> None:
    stores = open_stores(Settings(data_dir=folder))
    scope, now = local_admin(), datetime.now(UTC)
    (account,) = accounts(stores, scope)
    today = now.astimezone(account.zone)
    month = report_month((today.date().replace(day=1) - timedelta(days=1)).replace(day=1), today)
    shown = Shown(account, month.period, month.before, now, now)
    asked = revenue_query(account, month.period, month.before, now)

    def read() -> MonthlyFigures:
        return monthly(stores, scope, account, month, now)

    found = read()
    wanted = behind(found.engagement_asked, found.engagement.first_day)
    messages, figures, period = found.engagement, found.revenue, month.period
    sets: dict[str, dict[str, Callable[[], list[dict[str, object]]]]] = {
        "engagement": {
            "Channels": lambda: engagement_exports.channel_rows(messages),
            "Campaigns": lambda: engagement_exports.campaign_rows(messages, shown),
            "Flows": lambda: engagement_exports.flow_rows(found.flows),
            "Forms": lambda: engagement_exports.form_rows(forms(stores, scope, ACCOUNT, wanted)),
            "Lists by day": lambda: engagement_exports.list_rows(list_days(stores, scope, ACCOUNT, period)),
            "Segments by day": lambda: engagement_exports.segment_rows(segment_days(stores, scope, ACCOUNT, period)),
        },
        "revenue": {
            "Over time": lambda: revenue_tables.day_rows(figures, shown),
            "Products": lambda: revenue_tables.product_rows(products(stores, scope, ACCOUNT, asked), figures, shown),
            "Campaigns and flows": lambda: revenue_tables.source_rows(figures, shown),
            "Orders": lambda: revenue_tables.order_rows(orders(stores, scope, ACCOUNT, asked), shown),
        },
    }
    seconds, bare, rows = {}, {}, {}
    for page, tables in sets.items():
        name = f"{page.capitalize()}, Excel of a month"
        rows[page] = sum(len(table()) for table in tables.values())
        bare[name] = _median(lambda tables=tables: [table() for table in tables.values()])  # type: ignore[misc]
        sheets = [Sheet(table, of, columns_of(table)) for table, of in tables.items()]
        seconds[name] = _median(lambda sheets=sheets: as_workbook("Bench", {}, sheets))  # type: ignore[misc]

    def pdf() -> bytes:
        held = read()
        report = monthly_report.monthly_report(
            account, month, now, now, held.revenue, held.last_year, held.products, held.engagement,
            held.flows, held.engagement_asked.last_whole, held.rfm,
        )  # fmt: skip
        return as_pdf(report, now)

    began = time.process_time()
    content = pdf()
    first = time.process_time() - began
    seconds["the monthly report, PDF"] = _median(pdf)
    bare["the monthly report, PDF"] = _median(read)
    told = {
        "seconds": seconds, "bare": bare, "rows": rows, "first": first, "memory": _memory(),
        "pages": content.count(b"/Type /Page\n"),
    }  # fmt: skip
    close_stores(stores)
    print(json.dumps(told))


def _median(work: Callable[[], object]) -> float:
    def once() -> float:
        began = time.process_time()
        work()
        return time.process_time() - began

    return median(once() for _ in range(RUNS))


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    _probe(Path(sys.argv[1]))
