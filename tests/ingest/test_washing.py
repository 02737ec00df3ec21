"""Klaviyo still has somebody who was forgotten here: their money comes in with the next sync, they do not."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pyarrow as pa

from data_access.personal.forgetting import forget, people
from data_access.scope import local_admin
from data_access.stores import Stores, close_stores, open_stores
from ingest.fetch.columns import ProfileColumns
from ingest.order_files.loading import Asked, load_orders
from ingest.runner import load_spool
from settings import Settings
from tests.figures.literal import ACCOUNT, Ledger
from tests.ingest.chunks import AT, account_with_key, chunk, events
from tests.two_stacks import both_stacks

ADMIN = local_admin("test")
JANE, AGAIN, THIRD, OTHER = "01HPJANE000000001", "01HPJANE000000002", "01HPJANE000000003", "01HPOTHER00000001"


def profiles(*found: tuple[str, str | None]) -> pa.Table:
    """Profiles by id and e-mail, of one household with one telephone, as a fetch brings them."""
    schema = ProfileColumns().table().schema
    same = {"first_name": "Jane", "phone_number": "+493012345678", "created_at": AT, "updated_at": AT}
    rows = [{"id": id, "email": email, **same} for id, email in found]
    return pa.Table.from_pylist([{name: row.get(name) for name in schema.names} for row in rows], schema=schema)


def responses(*ids: str) -> pa.Table:
    """An answer of the API for each of these profiles."""
    return pa.table(
        {
            "endpoint": ["/api/profiles"] * len(ids),
            "response_data": [json.dumps({"data": [{"type": "profile", "id": id}]}) for id in ids],
            "timestamp": pa.array([AT] * len(ids), pa.timestamp("us", "UTC")),
            "api_version": ["2026-07-15"] * len(ids),
        }
    )


def load(stores: Stores, settings: Settings, seq: int, tables: dict[str, pa.Table]) -> None:
    chunk(settings, seq, tables)
    done = load_spool(stores, settings, ACCOUNT)
    assert done is not None
    assert (done.state, done.error) == ("done", None)


@both_stacks
def test_a_sync_brings_nobody_back_who_was_forgotten(settings: Settings, stores: Stores) -> None:
    ledger = account_with_key(stores, settings)
    first = {
        "events": events(("o1", AT - timedelta(days=2)), profiles=[JANE]),
        "profiles": profiles((JANE, "j@d.example")),
    }
    load(stores, settings, 1, first)
    (erased,) = forget(stores, settings, ADMIN, people(stores, settings, ADMIN, JANE))
    stores = open_stores(settings)
    ledger = Ledger(stores)

    # The order from before, told again; a new one; one under a new profile with the address from before; one under a
    # profile that is known by the telephone number alone; and one of somebody else who shares that number.
    load(
        stores,
        settings,
        2,
        {
            "events": events(
                ("o1", AT - timedelta(days=2)), ("o2", AT - timedelta(days=1)), ("o3", AT), ("o4", AT), ("o6", AT),
                profiles=[JANE, JANE, AGAIN, OTHER, THIRD],
            ),
            "profiles": profiles(
                (JANE, "j@d.example"), (AGAIN, "J@D.example"), (THIRD, None), (OTHER, "bob@example.com")
            ),
            "raw_api_responses": responses(JANE, AGAIN, OTHER),
        },
    )  # fmt: skip
    orders = {
        row["order_id"]: (row["customer_id"], row["order_value_account"]) for row in ledger.rows("klaviyo_orders")
    }
    assert orders == {
        "o1": (erased.pseudonym, Decimal(10)),
        "o2": (erased.pseudonym, Decimal(10)),
        "o3": (erased.pseudonym, Decimal(10)),
        "o4": (OTHER, Decimal(10)),
        "o6": (erased.pseudonym, Decimal(10)),
    }
    assert {row["email"] for row in ledger.rows("klaviyo_profiles")} == {None, "bob@example.com"}
    assert len(ledger.rows("raw_api_responses")) == 1
    # Under the new id alone, without the address: known by now.
    load(stores, settings, 3, {"events": events(("o5", AT), profiles=[AGAIN])})
    assert {row["customer_id"] for row in ledger.rows("klaviyo_orders")} == {erased.pseudonym, OTHER}
    close_stores(stores)
    left = [path for path in settings.data_dir.rglob("*") if path.is_file() and b"01HPJANE" in path.read_bytes()]
    assert left == []


def test_a_file_of_orders_brings_nobody_back(settings: Settings, stores: Stores, tmp_path: Path) -> None:
    file = tmp_path / "orders.csv"
    head = "order_id,customer_email,order_date,product_id,unit_price,shipping_city"
    file.write_text(f"{head}\n1,j@d.example,2026-01-02,P1,10.00,Bonn\n2,bob@example.com,2026-01-03,P1,7.50,Kiel\n")
    load_orders(stores, settings, ADMIN, "shop", file, Asked())
    (erased,) = forget(stores, settings, ADMIN, people(stores, settings, ADMIN, "j@d.example"))
    assert erased.left == []
    stores = open_stores(settings)
    load_orders(stores, settings, ADMIN, "shop", file, Asked())
    found = {
        row["order_id"]: (row["customer_email"], row["order_value"], row["shipping_city"])
        for row in Ledger(stores, "shop").rows("klaviyo_orders")
    }
    assert found == {
        "1": (erased.pseudonym, Decimal("10.00"), ""),
        "2": ("bob@example.com", Decimal("7.50"), "Kiel"),
    }
    close_stores(stores)
