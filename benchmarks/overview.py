"""The overview over two years of orders, 3,000 campaigns and 200 flows of 10 messages."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from benchmarks.engagement import ACCOUNT, CAMPAIGNS, DAYS, FLOWS, MESSAGES, fill
from benchmarks.page import COLD_MS, WARM_MS
from benchmarks.servers import environment
from benchmarks.table import Figure
from data_access.migrate import migrate
from data_access.stores import close_stores, open_stores
from settings import PROJECT_ROOT, Settings

ORDERS: Final = 200_000
FILL: Final = (
    "INSERT INTO klaviyo_orders (klaviyo_public_id, order_id, event_id, customer_id, order_value, currency,"
    " order_value_account, order_date, order_timestamp, is_first_order, order_count_for_customer, order_status,"
    " synced_at)"
    " SELECT '{a}', 'o' || n, 'e' || n, 'c' || (n % 60000), 20 + n % 90, 'EUR', 20 + n % 90,"
    " DATE '{first}' + CAST(n % {days} AS INTEGER), TIMESTAMPTZ '{first} 09:00:00+00' + INTERVAL 1 DAY * (n % {days}),"
    " CASE WHEN n < 60000 THEN 1 ELSE 0 END, 1 + n // 60000, 'placed', now() FROM range({orders}) AS t(n)",
    "INSERT INTO order_attribution (klaviyo_public_id, order_id, order_date, channel, source_type, campaign_id,"
    " flow_id, message_id, updated_at) SELECT '{a}', 'o' || n, DATE '{first}' + CAST(n % {days} AS INTEGER), 'email',"
    " 'campaign', 'K' || (n % 3000), '', 'm', now() FROM range({orders}) AS t(n) WHERE n % 3 = 0",
    "INSERT INTO order_deductions (klaviyo_public_id, event_id, order_id, customer_id, event_type, event_timestamp,"
    " deduction_date, order_date, amount) SELECT '{a}', 'd' || n, 'o' || n, 'c' || (n % 60000), 'refund', TIMESTAMPTZ"
    " '{first} 09:00:00+00' + INTERVAL 1 DAY * (n % {days}), DATE '{first}' + CAST(n % {days} AS INTEGER),"
    " DATE '{first}' + CAST(n % {days} AS INTEGER), 5 FROM range({orders}) AS t(n) WHERE n % 20 = 0",
)


def measure(folder: Path, runs: int = 9) -> Iterator[Figure]:
    """Cold and warm server time of the page, beside its limits and the bare revenue by day."""
    folder.mkdir(parents=True)
    stores = open_stores(Settings(data_dir=folder))
    migrate(stores)
    fill(stores)
    first = datetime.now(UTC).date() - timedelta(days=DAYS - 1)
    with stores.warehouse.write() as session:
        for text in FILL:
            session.execute_text(text.format(a=ACCOUNT, first=first, days=DAYS, orders=ORDERS))
    close_stores(stores)
    command = [sys.executable, "-m", "benchmarks.page_probe", str(runs), "overview"]
    done = subprocess.run(
        command, cwd=PROJECT_ROOT, env=environment(folder), check=True, stdout=subprocess.PIPE, text=True
    )
    found = json.loads(done.stdout)
    cold, warm = found["cold"], found["warm"]
    size = f"{ORDERS:,} orders, {CAMPAIGNS:,} campaigns, {FLOWS * MESSAGES * DAYS:,} rows of flows"
    yield Figure("overview, cold", cold, "ms", "limit", COLD_MS, "≤ 300 ms", cold <= COLD_MS, size)
    yield Figure("overview, warm", warm, "ms", "limit", WARM_MS, "≤ 50 ms", warm <= WARM_MS)
    yield Figure("overview, cold (processor time)", found["cold_processor"], "ms", "limit", COLD_MS)
    yield Figure("overview, warm (processor time)", found["warm_processor"], "ms", "limit", WARM_MS)
    yield Figure("overview, cold", cold, "ms", "bare revenue by day", found["bare"])
