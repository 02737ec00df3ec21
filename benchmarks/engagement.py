"""The engagement page over 3,000 campaigns and 200 flows of 10 messages in 730 days."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from benchmarks.page import COLD_MS, WARM_MS
from benchmarks.servers import environment
from benchmarks.table import Figure
from data_access.account_days import day_table
from data_access.migrate import migrate
from data_access.stores import Stores, close_stores, open_stores
from settings import PROJECT_ROOT, Settings

ACCOUNT: Final = "AbC123"
DAYS, CAMPAIGNS, FLOWS, MESSAGES = 730, 3_000, 200, 10
COUNTS: Final = (
    "recipients, delivered, bounced, failed, opens, opens_unique, clicks, clicks_unique, conversions,"
    " conversion_uniques, conversion_value, unsubscribes, unsubscribe_uniques, spam_complaints, text_message_spend,"
    " text_message_credit_usage_amount, updated_at"
)
VALUES: Final = (
    "100 + n % 7, 98 + n % 7, 2, 0, 60, 40 + n % 13, 12, 8 + n % 5, 3, 2 + n % 3, 99.5 + n % 50, 1, 1, 0, 0, 0, now()"
)
EVENTS: Final = "98, 60, 20, 30 + n % 9, 12, 2, 8, 2, 1, 0"
# Views of the page, by what its address asks for.
VIEWS: Final = {
    "engagement page": "",
    "flows, one of them": "behind=Flows&flow=F1",
    "one campaign": "campaign=K2919",
    "forms, one of them": "behind=Forms&form=f1",
    "segments, one of them": "behind=Segments&segment=s1",
}
FILL: Final = (
    "INSERT INTO stores (public_id, name, klaviyo_public_id, timezone, currency, country)"
    " VALUES ('{a}', 'Messages', '{a}', 'Europe/Berlin', 'EUR', 'DE')",
    "INSERT INTO data_versions (klaviyo_public_id, dataset, version, as_of) VALUES ('{a}', 'orders', 1, now())",
    "INSERT INTO campaign_statistics (klaviyo_public_id, campaign_id, campaign_name, send_channel, date, {counts})"
    " SELECT '{a}', 'K' || n, 'Campaign ' || n, CASE WHEN n % 4 = 0 THEN 'sms' ELSE 'email' END,"
    " DATE '{first}' + CAST(n % {days} AS INTEGER), {values} FROM range({campaigns}) AS t(n)",
    "INSERT INTO flow_statistics (klaviyo_public_id, flow_id, flow_name, flow_message_id, flow_message_name,"
    " send_channel, date, {counts}) SELECT '{a}', 'F' || (n % {flows}), 'Flow ' || (n % {flows}),"
    " 'M' || (n % {each}), 'Message', 'email', DATE '{first}' + CAST(n // {each} AS INTEGER), {values}"
    " FROM range({each} * {days}) AS t(n)",
    "INSERT INTO form_statistics (klaviyo_public_id, form_id, form_name, date, viewed_form, viewed_form_uniques,"
    " submits, submits_unique, updated_at) SELECT '{a}', 'f' || (n % 20), 'Form', DATE '{first}'"
    " + CAST(n // 20 AS INTEGER), 50, 40, 4, 4, now() FROM range(20 * {days}) AS t(n)",
    "INSERT INTO segment_statistics (klaviyo_public_id, segment_id, segment_name, date, total_members, new_members,"
    " removed_members, updated_at) SELECT '{a}', 's' || (n % 60), 'Segment', DATE '{first}'"
    " + CAST(n // 60 AS INTEGER), 1000 + n % 90, 9, 4, now() FROM range(60 * {days}) AS t(n)",
    "INSERT INTO klaviyo_campaigns (klaviyo_public_id, campaign_id, name, status, created_at, updated_at, sent_at,"
    " channel, archived, tags) SELECT '{a}', 'K' || n, 'Campaign ' || n, 'Sent', now(), now(), TIMESTAMPTZ"
    " '{first} 10:00:00+00' + INTERVAL 1 DAY * (n % {days}) + INTERVAL 1 HOUR * (n % 9), 'email', false,"
    " ['sale', 'news'] FROM range({campaigns}) AS t(n)",
    "INSERT INTO klaviyo_campaign_messages (klaviyo_public_id, message_id, campaign_id, channel, subject) SELECT"
    " '{a}', 'C' || n, 'K' || n, 'email', 'Subject ' || n FROM range({campaigns}) AS t(n)",
    # Campaigns are opened over three days, flows' messages every day.
    "INSERT INTO message_days SELECT '{a}', DATE '{first}' + CAST(n % {days} + d AS INTEGER), 'campaign', 'email',"
    " 'C' || n, {events} FROM range({campaigns}) AS t(n), range(3) AS u(d) WHERE n % 4 <> 0",
    "INSERT INTO message_days SELECT '{a}', DATE '{first}' + CAST(n // {each} AS INTEGER), 'flow', 'email',"
    " 'M' || (n % {each}), {events} FROM range({each} * {days}) AS t(n)",
    # Forty mailbox domains, opened on the day of sending and on the two after it.
    "INSERT INTO mailbox_days SELECT '{a}', DATE '{first}' + CAST(n // 40 + d AS INTEGER),"
    " DATE '{first}' + CAST(n // 40 AS INTEGER), CASE WHEN n % 2 = 0 THEN 'campaign' ELSE 'flow' END, 'email',"
    " 'd' || (n % 40) || '.example', {events} FROM range(40 * {days}) AS t(n), range(3) AS u(d)",
    "INSERT INTO contact_weeks SELECT '{a}', CAST(date_trunc('week', DATE '{first}') AS DATE)"
    " + CAST(7 * (n // 10) AS INTEGER), '', 1 + n % 10, 100 FROM range(10 * 104) AS t(n)",
    "INSERT INTO klaviyo_flows (klaviyo_public_id, flow_id, name, status, created_at, updated_at, archived, tags)"
    " SELECT '{a}', 'F' || n, 'Flow ' || n, 'live', now(), now(), false, ['life'] FROM range({flows}) AS t(n)",
)


def measure(folder: Path, runs: int = 9) -> Iterator[Figure]:
    """Cold and warm server time of the page and of what is opened from it."""
    folder.mkdir(parents=True)
    stores = open_stores(Settings(data_dir=folder))
    migrate(stores)
    fill(stores)
    close_stores(stores)
    size = f"{CAMPAIGNS:,} campaigns, {FLOWS * MESSAGES * DAYS:,} rows of flows"
    for name, query in VIEWS.items():
        command = [sys.executable, "-m", "benchmarks.page_probe", str(runs), "engagement", query]
        done = subprocess.run(
            command, cwd=PROJECT_ROOT, env=environment(folder), check=True, stdout=subprocess.PIPE, text=True
        )
        found = json.loads(done.stdout)
        for kind, limit in (("cold", COLD_MS), ("warm", WARM_MS)):
            took, processor = found[kind], found[f"{kind}_processor"]
            told = f"{size}; {processor:.0f} ms of the processors"
            yield Figure(f"{name}, {kind}", took, "ms", "limit", limit, f"≤ {limit:.0f} ms", took <= limit, told)
        if not query:
            yield Figure("engagement page, cold", found["cold"], "ms", "bare flows by day", found["bare"])


def fill(stores: Stores) -> None:
    """A store with messages only."""
    first = datetime.now(UTC).date() - timedelta(days=DAYS - 1)
    with stores.warehouse.write() as session:
        for text in FILL:
            filled = text.format(
                a=ACCOUNT, first=first, days=DAYS, campaigns=CAMPAIGNS, flows=FLOWS, each=FLOWS * MESSAGES,
                counts=COUNTS, values=VALUES, events=EVENTS,
            )  # fmt: skip
            session.execute_text(filled)
        session.stage("rebuild_days", day_table(first + timedelta(days=day) for day in range(DAYS)))
        session.execute("aggregate/flow_days", account=ACCOUNT)
