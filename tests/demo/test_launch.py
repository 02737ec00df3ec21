"""The demo as a new user meets it: every order of its stores can be summed, also those in other currencies."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from data_access.queries.accounts import accounts, without_rate
from data_access.scope import local_admin
from data_access.stores import close_stores, open_stores
from demo.rates import write_rates
from demo.world.profile import FIRST, SECOND
from settings import PROJECT_ROOT, Settings


def test_rates_cover_every_month_and_every_foreign_currency_and_stay_as_they_were(tmp_path: Path) -> None:
    since = datetime(2024, 10, 1, tzinfo=UTC)
    before = write_rates(tmp_path, since, datetime(2026, 10, 31, tzinfo=UTC)).read_text().splitlines()
    after = write_rates(tmp_path, since, datetime(2026, 11, 1, tzinfo=UTC)).read_text().splitlines()
    assert after[: len(before)] == before
    rows = list(csv.DictReader(after))
    days = {row["date"] for row in rows}
    assert (min(days), max(days), len(days)) == ("2024-10-01", "2026-11-01", 26)
    told = {(row["base"], row["quote"]) for row in rows}
    for store in (FIRST, SECOND):
        for currency in store.foreign:
            assert (currency, store.currency) in told


def test_no_order_of_the_demo_lacks_a_rate(tmp_path: Path) -> None:
    environment = {**os.environ, "DATA_DIR": str(tmp_path)}
    command = [sys.executable, "-m", "cli", "demo", "--events", "3000", "--no-serve", "--json"]
    done = subprocess.run(command, cwd=PROJECT_ROOT, env=environment, capture_output=True, text=True, check=True)
    assert {row["state"] for row in json.loads(done.stdout)["accounts"]} == {"done"}
    stores = open_stores(Settings(data_dir=tmp_path / "demo"))
    try:
        with stores.warehouse.read() as session:
            found = session.query_text(
                "SELECT count(*) FILTER (currency <> 'EUR') AS foreign_orders FROM klaviyo_orders"
                f" WHERE klaviyo_public_id = '{FIRST.public_id}'",
                {},
            ).to_pylist()
        assert found[0]["foreign_orders"] > 0
        for account in accounts(stores, local_admin()):
            assert without_rate(stores, local_admin(), account.public_id) == {}
    finally:
        close_stores(stores)
