"""A lifelike store of any size for working on pages: `python -m tests.pages.lifelike FOLDER [ORDERS]`.

Only shapes matter here (seasons, long tails, several channels and countries); figures are tested on literal rows.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from data_access.migrate import migrate
from data_access.stores import Stores, close_stores, open_stores
from settings import Settings
from tests.warehouse_rows import ACCOUNT, insert, store, version

FILL = (Path(__file__).parent / "lifelike.sql").read_text(encoding="utf-8")


def fill(stores: Stores, orders: int, now: datetime) -> None:
    """Two years of orders up to `now` for the test account; the second store stays empty."""
    insert(
        stores,
        "stores",
        store(name="Halm & Norden"),
        store("Zz9", "Empty store", currency="USD", timezone="America/New_York", country="US"),
    )
    text = FILL.format(
        today=now.date(), now=now.replace(tzinfo=None).isoformat(sep=" "), orders=orders, account=ACCOUNT
    )
    with stores.warehouse.write() as session:
        for part in text.split(";\n"):
            if part.strip():
                session.execute_text(part)
    insert(stores, "data_versions", version(as_of=now))


if __name__ == "__main__":
    own = open_stores(Settings(data_dir=Path(sys.argv[1])))
    migrate(own)
    fill(own, int(sys.argv[2]) if len(sys.argv) > 2 else 15_000, datetime.now(UTC))
    close_stores(own)
