"""A shop and a company of which everything was named by somebody hostile."""

from __future__ import annotations

import json
from collections.abc import Sequence

from data_access.stores import Stores
from tests.attack.planting import plant
from tests.message_rows import campaign
from tests.pages.test_calendar_page import scenario
from tests.pages.test_discovery_page import aim
from tests.pages.test_post_mortem_page import catalog, kept, sales
from tests.promo_rows import in_force
from tests.warehouse_rows import insert, line, order, store, version


def founded(stores: Stores, names: Sequence[str]) -> None:
    """Thirty orders of five products, a campaign a day, a model, a promotion judged, two scenarios and a target."""
    insert(stores, "stores", store(name=names[3]))
    insert(stores, "data_versions", version())
    for number in range(30):
        day = f"2026-11-{number % 19 + 1:02d}"
        more = {
            "customer_id": f"c{number % 7}",
            "shipping_country": f"D{number % 6}",
            "device_type": f"d{number % 3}",
        }
        insert(stores, "klaviyo_orders", order(f"o{number}", "10.00", f"{day} 10:00", **more))
        for product in {number % 5, (number + 1) % 5}:
            insert(stores, "klaviyo_order_line_items", line(f"o{number}", f"p{product}", "5.00", day))
        insert(stores, "campaign_statistics", campaign(f"k{number}", day, 1000, opened=200))
    in_force(stores)
    catalog(stores)
    sales(stores)
    kept(stores)
    scenario(stores, "October push")
    scenario(stores, "November push", submitted=True)
    aim(stores, 40_000)
    _renamed(stores, ("TV", names[7]), ("Toys", names[40]))
    assert plant(stores, names) > 60


def _renamed(stores: Stores, *names: tuple[str, str]) -> None:
    """Departments, which stand in many documents, called otherwise."""
    with stores.operational.write() as session:
        columns = session.query_text(
            "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE schema_name = 'main'"
            " AND table_name IN (SELECT table_name FROM duckdb_tables())",
            {},
        ).to_pylist()
        for table, column, kind in (row.values() for row in columns):
            if table in {"stores", "schema_migrations", "settings", "dim_time", "holidays"}:
                continue
            for old, new in names:
                if kind == "VARCHAR":
                    put, held, value = "$x", f"{column} = '{old}'", new
                elif kind == "VARCHAR[]":
                    put = f"list_transform({column}, lambda one: CASE WHEN one = '{old}' THEN $x ELSE one END)"
                    held, value = f"list_contains({column}, '{old}')", new
                elif kind == "JSON":
                    put = f"replace(CAST({column} AS VARCHAR), '\"{old}\"', $x)"
                    held, value = f"CAST({column} AS VARCHAR) LIKE '%\"{old}\"%'", json.dumps(new)
                else:
                    continue
                session.query_text(f"UPDATE {table} SET {column} = {put} WHERE {held}", {"x": value})
