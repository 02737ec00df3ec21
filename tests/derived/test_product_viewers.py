"""Who looked at which product: a view names its product as an order's line does, on each operational engine."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pyarrow as pa
import pytest

from data_access.stores import Stores
from tests.two_stacks import EMBEDDED, SERVERS
from tests.warehouse_rows import ACCOUNT, SEEN, insert

OWN = {"klaviyo_public_id": ACCOUNT}
# A space that is not the keyboard's.
NO_BREAK = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize("settings", [EMBEDDED, SERVERS], indirect=True)
def test_a_view_names_its_product_as_a_line_does(stores: Stores) -> None:
    """The first that says something of ProductID, product_id, SKU and sku; of a variant, its product."""
    views = [
        ("ann", {"ProductID": " tea ", "product_id": "no", "SKU": "no", "sku": "no"}),
        ("ben", {"product_id": "tea", "SKU": "no", "sku": "no"}),
        ("ben", {"ProductID": "tea"}),
        ("cid", {"ProductID": "", "product_id": None, "SKU": "cup", "sku": "no"}),
        ("dan", {"ProductID": NO_BREAK, "SKU": "  ", "sku": "cup"}),
        ("eve", {"SKU": "tea-s"}),
        # Merged into ann, who is counted already.
        ("old", {"sku": "tea"}),
        ("fay", {"ProductID": 12.50}),
        ("gus", {"ProductName": "Nameless", "SKU": ""}),
    ]
    insert(
        stores,
        "klaviyo_metrics",
        OWN | {"id": "seen", "name": "Viewed Product", "created_at": SEEN, "updated_at": SEEN},
    )
    at = datetime(2026, 5, 20, 12, tzinfo=UTC)
    for place, (who, properties) in enumerate(views):
        event = {"id": f"v{place}", "metric_id": "seen", "profile_id": who, "timestamp": at, "raw_data": "{}"}
        insert(stores, "klaviyo_events", OWN | event | {"properties": json.dumps(properties), "ingest_seq": 1})
    span = {"start": datetime(2026, 5, 1, tzinfo=UTC), "end": datetime(2026, 6, 1, tzinfo=UTC)}
    with stores.operational.write() as session:
        session.stage("variant_products", pa.table({"line_product": ["tea-s"], "of_product": ["tea"]}))
        session.stage("merged_profiles", pa.table({"id": ["old"], "target": ["ann"]}))
        found = session.query("derive/product_viewers", account=ACCOUNT, **span).to_pylist()
    assert {row["product_id"]: row["viewers"] for row in found} == {"tea": 3, "cup": 2, "12.5": 1}
