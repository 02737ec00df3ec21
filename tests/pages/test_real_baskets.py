"""Orders that nobody here made up: a week of a grocer's, by the command, on the pages about customers and products.

What the pages must say is counted from the file itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

import cli
from benchmarks import grocery
from components import wording
from data_access.queries.basket import basket
from data_access.queries.basket_query import BasketQuery
from data_access.scope import local_admin
from data_access.stores import Stores
from tests.pages.conftest import Open, texts

SHOP = "GROCER"
DAYS = 7


@pytest.fixture
def file(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The lines of the file as `lines`, amounts in cents."""
    path = tmp_path / "grocery.parquet"
    grocery.write(path, days=DAYS)
    with duckdb.connect() as engine:
        engine.read_parquet(str(path)).create_view("file")
        engine.execute(
            "CREATE TABLE lines AS SELECT basket_id, household_id, CAST(product_id AS VARCHAR) AS product_id,"
            " quantity, CAST(round(sales_value * 100) AS BIGINT) AS cents, '" + str(path) + "' AS path FROM file"
        )
        yield engine


def told(file: duckdb.DuckDBPyConnection, sql: str) -> Any:
    row = file.execute(sql).fetchone()
    assert row is not None
    return row if len(row) > 1 else row[0]


def cards(app: AppTest) -> dict[str, str]:
    assert not app.exception
    return {metric.label: metric.value for metric in app.metric}


def turned(app: AppTest, page: str) -> dict[str, str]:
    """The cards of another page about customers."""
    return cards(app.switch_page(f"pages/customers/{page}.py").run())


def test_a_week_of_a_grocer_on_every_page(stores: Stores, open_page: Open, file: duckdb.DuckDBPyConnection) -> None:
    words = ["load-orders", told(file, "SELECT any_value(path) FROM lines"), "--account", SHOP]
    words += ["--timezone", grocery.ZONE, "--account-timezone", grocery.ACCOUNT_ZONE]
    done = CliRunner().invoke(cli.app, [*words, *(word for one in grocery.MAPPING for word in ("--map", one))])
    assert done.exit_code == 0, done.output
    orders, lines = told(file, "SELECT count(DISTINCT basket_id), count(*) FROM lines")
    assert f"{SHOP}: {orders:,} orders with {lines:,} lines" in done.output

    # An order counts that is worth more than nothing.
    file.execute(
        "CREATE TABLE orders AS SELECT basket_id, any_value(household_id) AS household, sum(cents) AS cents FROM lines"
        " GROUP BY ALL HAVING sum(cents) > 0"
    )
    file.execute("CREATE TABLE counted AS FROM lines SEMI JOIN orders USING (basket_id)")
    file.execute("CREATE TABLE buyers AS SELECT household, count(*) AS n, sum(cents) AS cents FROM orders GROUP BY ALL")
    customers, repeat, cents = told(file, "SELECT count(*), sum(CAST(n > 1 AS INT)), sum(cents) FROM buyers")
    app = open_page("rfm")
    shown = cards(app)
    assert shown["Customers"] == wording.count_short(customers)
    assert wording.money_short(cents / 100, "USD") in texts(app)
    best = told(
        file,
        "SELECT sum(cents) FILTER (place <= total // 5) * 100.0 / sum(cents) FROM (SELECT cents,"
        " row_number() OVER (ORDER BY cents DESC) AS place, count(*) OVER () AS total FROM buyers)",
    )
    assert shown["Best fifth brings"] == wording.rate(float(best))

    shown = turned(app, "cohorts")
    assert shown["Customers"] == wording.count_short(customers)
    assert shown["Repeat rate"] == wording.rate(100 * repeat / customers)

    shown = turned(app, "products")
    assert shown["Revenue, 30 days"] == wording.money_short(told(file, "SELECT sum(cents) FROM lines") / 100, "USD")
    # The file has products of which no unit was sold.
    sold = "SELECT count(DISTINCT product_id) FROM counted WHERE quantity > 0"
    assert shown["Products sold"] == wording.count(told(file, sold))

    held, several, mean = told(
        file,
        "SELECT count(*), avg(CAST(n > 1 AS INT)) * 100, avg(n) FROM"
        " (SELECT count(DISTINCT product_id) AS n FROM counted GROUP BY basket_id)",
    )
    shown = turned(app, "basket")
    assert shown["Baskets"] == wording.count_short(held)
    assert (shown["With several"], shown["Products a basket"]) == (wording.rate(several), f"{mean:.2f}")
    found = basket(stores, local_admin(), SHOP, BasketQuery())
    assert found is not None
    for rule in found.rules[:3]:
        counts = [
            told(file, f"SELECT count(*) FROM (SELECT basket_id FROM counted WHERE product_id IN ({ids}) GROUP BY ALL"
                       f" HAVING count(DISTINCT product_id) = {size})")
            for ids, size in (
                (f"'{rule.given.id}'", 1), (f"'{rule.other.id}'", 1), (f"'{rule.given.id}', '{rule.other.id}'", 2)
            )
        ]  # fmt: skip
        assert counts == [rule.given.baskets, rule.other.baskets, rule.baskets]
        assert rule.lift == pytest.approx(counts[2] * held / (counts[0] * counts[1]))
