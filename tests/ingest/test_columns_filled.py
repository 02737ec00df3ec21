"""Every column of the seeds' tables that a sync fills holds something on the demo stores: more than one value, or a
reason why not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from data_access.stores import Stores, close_stores
from demo.emulator import running_emulator
from tests.ingest.synced import NOW, new_stores, one, registered_account, rows, settings_for, sync

TABLES = (
    "raw_api_responses", "klaviyo_metrics", "klaviyo_profiles", "klaviyo_campaigns", "klaviyo_flows", "klaviyo_events",
    "stores", "klaviyo_syncs", "campaign_statistics", "flow_statistics", "form_statistics", "segment_statistics",
    "klaviyo_orders", "klaviyo_order_line_items", "refund_cancelled_orders", "account_metrics_daily",
    "campaign_daily_aggregates", "fact_revenue", "fact_engagement", "fact_conversions", "klaviyo_aggregated_metrics",
    "dim_time", "order_attribution", "customer_profiles",
)  # fmt: skip
# What is the same everywhere, and why.
ONE_VALUE = {
    "raw_api_responses": {"api_version"},  # all that is asked for is asked for in one revision
    "stores": {"status", "is_updating_dashboard"},  # both stores are in use, and no sync is running
    "flow_statistics": {"failed"},  # the demo store's flows fail nowhere
    "campaign_daily_aggregates": {"total_campaigns"},  # the demo store sends one campaign a day and channel at most
}
# What a first sync of a private key's account leaves empty, and why.
EMPTY = {
    "klaviyo_profiles": {"merged_into", "deleted_at"},  # nobody was merged or erased yet
    "stores": {"oauth_token_encrypted", "refresh_token_encrypted", "token_expires_at"},  # nobody signed in
}


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stores]:
    folder: Path = tmp_path_factory.mktemp("filled")
    with running_emulator(events=30_000, seed=5, now=NOW) as emulator:
        settings = settings_for(emulator, folder)
        opened = new_stores(settings)
        for key, at in ((emulator.api_key, NOW), (emulator.second_api_key, NOW + timedelta(minutes=1))):
            account = registered_account(opened, settings, key)
            summary = sync(opened, settings, account, at=at)
            assert summary.state == "done", summary.error
    yield opened
    close_stores(opened)


def columns(stores: Stores, table: str) -> list[str]:
    sql = f"SELECT column_name FROM information_schema.columns WHERE table_name = '{table}' ORDER BY ordinal_position"
    return [name for (name,) in rows(stores, sql)]


@pytest.mark.parametrize("table", TABLES)
def test_every_column_holds_something(stores: Stores, table: str) -> None:
    names = columns(stores, table)
    assert names
    held = {
        name: one(stores, f"""SELECT count(DISTINCT nullif(CAST("{name}" AS VARCHAR), '')) FROM {table}""")
        for name in names
    }
    assert {name for name, values in held.items() if values == 0} == EMPTY.get(table, set())
    assert {name for name, values in held.items() if values == 1} == ONE_VALUE.get(table, set())
