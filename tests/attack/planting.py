"""Texts that a shop, its customers and its colleagues wrote, in every column that holds such."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from data_access.stores import Stores

# Columns of people's own words: whatever Klaviyo, the shop or a form takes, it hands on.
_WORDS: Final = re.compile(
    r"(^|_)(name|title|subject|label|brand|brands_purchased|categories_purchased|category|categories|collections|tags|"
    r"text|description|reason|city|state|country|code|source|medium|product_type|device_type|domain|note|notes|"
    r"preview_text|top_tags|customer_tags|first_name|last_name)$"
)
_ID: Final = re.compile(r"(^|_)(id|type)$")
# What the program names itself.
_OWN: Final = {"holidays", "schema_migrations", "klaviyo_metrics", "dim_time", "exchange_rates", "settings", "stores"}
_OWN_COLUMNS: Final = {"state", "source", "discount_type"}


def plant(stores: Stores, texts: Sequence[str]) -> int:
    """Puts one of the texts in place of each word; equal words stay equal. How many columns that were."""
    with stores.operational.read() as session:
        columns = session.query_text(
            "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE schema_name = 'main'"
            " AND data_type IN ('VARCHAR', 'VARCHAR[]') AND table_name IN (SELECT table_name FROM duckdb_tables())",
            {},
        ).to_pylist()
    done = 0
    with stores.operational.write() as session:
        for row in columns:
            table, column, kind = row["table_name"], row["column_name"], row["data_type"]
            if table in _OWN or column in _OWN_COLUMNS or not _WORDS.search(column) or _ID.search(column):
                continue
            other = "$texts[1 + (hash({0}) % len($texts))::INTEGER]"
            put = (
                other.format(column)
                if kind == "VARCHAR"
                else f"list_transform({column}, lambda x: {other.format('x')})"
            )
            there = f"{column} IS NOT NULL" + (f" AND {column} <> ''" if kind == "VARCHAR" else "")
            session.query_text(f"UPDATE {table} SET {column} = {put} WHERE {there}", {"texts": list(texts)})
            done += 1
    return done
