"""The same store synced into DuckDB, and into PostgreSQL with ClickHouse: every table and every figure is the same."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Dataframe

from analytics.periods import Comparison, Period
from data_access.operations.tables import ROLES, catalogue, portions
from data_access.queries.accounts import data_state, without_rate
from data_access.queries.revenue import OrdersOf, RevenueQuery, orders, products, revenue, revenue_choices
from data_access.scope import local_admin
from data_access.stores import Stores
from pages.frame import clock
from settings import get_settings
from tests.ingest.synced import EVENT_TIME, MOMENTS, NOW, OWN_TO_A_RUN, sync
from tests.pages.conftest import opening, texts
from tests.stacks.conftest import EVENTS, Stack
from tests.two_stacks import EMBEDDED, SERVERS

pytestmark = pytest.mark.slow
# When a row was written.
WRITTEN = {"ingest_seq", "synced_at", "inserted_at"}
SCOPE = local_admin("test")
END = date(2026, 10, 31)


def alike(value: Any) -> Any:
    """A value as every engine can keep it: documents are compared by content, a missing list is an empty one."""
    if isinstance(value, str) and value[:1] in {"{", "["}:
        return json.dumps(json.loads(value), sort_keys=True)
    return None if value == [] else value


def contents(stores: Stores) -> dict[str, list[str]]:
    """Every table's rows as text in order, but for what belongs to a run and the moments of writing."""
    found = {}
    for role in ROLES:
        store = stores.operational if role == "operational" else stores.warehouse
        with store.read() as session:
            for name, table in catalogue(session, role).items():
                if name in OWN_TO_A_RUN:
                    continue
                own = WRITTEN | (set() if name in EVENT_TIME else MOMENTS)
                rows = [row for part in portions(session, table, table.names) for row in part.to_pylist()]
                found[name] = sorted(str({key: alike(row[key]) for key in sorted(row.keys() - own)}) for row in rows)
    return found


def test_every_table_is_the_same(stacks: Mapping[str, Stack]) -> None:
    embedded, servers = (contents(stacks[name].stores) for name in (EMBEDDED, SERVERS))
    assert embedded.keys() == servers.keys()
    for table, rows in embedded.items():
        assert not unlike(rows, servers[table], table), unlike(rows, servers[table], table)
    filled = {table for table, rows in embedded.items() if rows}
    assert {
        "klaviyo_events", "klaviyo_orders", "klaviyo_order_line_items", "refund_cancelled_orders", "order_deductions",
        "order_attribution", "account_metrics_daily", "campaign_daily_aggregates", "campaign_statistics",
        "flow_statistics", "flow_days", "flows_by_day", "form_statistics", "segment_statistics", "fact_revenue",
        "fact_engagement", "fact_conversions", "klaviyo_aggregated_metrics", "dim_time", "holidays", "klaviyo_profiles",
        "customer_profiles", "customer_values", "cohort_months", "products_master", "product_relationships_optimized",
    } <= filled  # fmt: skip


def test_reading_everything_again_changes_no_table(stacks: Mapping[str, Stack]) -> None:
    stack = stacks[SERVERS]
    before = contents(stack.stores)
    again = sync(stack.stores, stack.settings, stack.accounts[0], full=True)
    assert (again.state, again.counts["events"], again.rejects) == ("done", 0, [])
    assert again.counts["events_read"] > EVENTS / 2
    after = contents(stack.stores)
    assert not [table for table in before if before[table] != after[table]]


def unlike(one: Any, other: Any, place: str = "") -> list[str]:
    """Where two answers differ, the first few places."""
    if one == other:
        return []
    if is_dataclass(one) and type(one) is type(other):
        parts = [(f".{f.name}", getattr(one, f.name), getattr(other, f.name)) for f in fields(one)]
    elif isinstance(one, Sequence) and not isinstance(one, str) and len(one) == len(other):
        parts = [(f"[{n}]", a, b) for n, (a, b) in enumerate(zip(one, other, strict=True))]
    elif isinstance(one, Mapping) and one.keys() == other.keys():
        parts = [(f"[{key!r}]", one[key], other[key]) for key in one]
    else:
        return [f"{place}: {one!r:.500} and {other!r:.500}"]
    return [told for name, a, b in parts for told in unlike(a, b, place + name)][:10]


def asked(days: int, **more: Any) -> RevenueQuery:
    period = Period(END - timedelta(days=days - 1), END)
    compared = Comparison(
        Period(period.start - timedelta(days=days), period.start - timedelta(days=1)), shift_days=days
    )
    usual: dict[str, Any] = {"zone": "Europe/Berlin", "first_weekday": 1}
    return RevenueQuery(period=period, comparison=compared, compared_until=None, **usual | more)


QUESTIONS = {
    "a week": asked(7),
    "four weeks": asked(28),
    "a year": asked(365),
    "two years, nothing before": asked(730),
    "no comparison": RevenueQuery(Period(END, END), None, None, "Europe/Berlin", 1),
    "another zone and weekday": asked(90, zone="America/New_York", first_weekday=7),
    "first orders": asked(365, orders_of=OrdersOf.FIRST),
    "repeat orders": asked(365, orders_of=OrdersOf.REPEAT),
    "cancelled orders": asked(365, orders_of=OrdersOf.CANCELLED),
    "one channel": asked(365, channels=("web",)),
    "some countries": asked(365, countries=("DE", "US")),
    "up to an hour": asked(28, this_until=datetime.fromisoformat("2026-10-31T09:00:00+00:00")),
    "young orders": asked(28, young_from=date(2026, 10, 20)),
}
# The second account has another zone and currency, and the same statements.
OF_BOTH_ACCOUNTS = {"a year", "another zone and weekday"}


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_figure_of_the_revenue_page_is_the_same(stacks: Mapping[str, Stack], question: str) -> None:
    asked_of = stacks[EMBEDDED].accounts
    for account in asked_of if question in OF_BOTH_ACCOUNTS else asked_of[:1]:
        for read in (revenue, products, orders):
            one, other = (
                read(stacks[name].stores, SCOPE, account, QUESTIONS[question]) for name in (EMBEDDED, SERVERS)
            )
            # Not `assert one == other`: explaining a difference of so much takes minutes.
            assert not unlike(one, other), unlike(one, other)


def test_what_can_be_chosen_and_what_is_left_out_is_the_same(stacks: Mapping[str, Stack]) -> None:
    for account in stacks[EMBEDDED].accounts:
        choices = [revenue_choices(stacks[name].stores, SCOPE, account) for name in (EMBEDDED, SERVERS)]
        assert choices[0] == choices[1]
        assert choices[0].channels
        left_out = [without_rate(stacks[name].stores, SCOPE, account) for name in (EMBEDDED, SERVERS)]
        assert left_out[0] == left_out[1]
        states = [data_state(stacks[name].stores, SCOPE, account) for name in (EMBEDDED, SERVERS)]
        assert states[0].as_of == states[1].as_of


def test_the_figures_are_no_empty_ones(stacks: Mapping[str, Stack]) -> None:
    found = revenue(stacks[SERVERS].stores, SCOPE, stacks[SERVERS].accounts[0], QUESTIONS["a year"])
    assert found.this.total.gross > 0
    assert found.this.total.orders > 50
    assert found.products
    assert found.this.sources


# Whatever carries a figure, a word or a choice.
KINDS = ("metric", "dataframe", "plotly_chart", "selectbox", "multiselect", "number_input", "segmented_control")


def drawn(app: AppTest) -> list[str]:
    """All that a page shows: its texts, and its cards, tables, charts and choices as the browser is told them."""
    assert not app.exception
    # How long the last run took is the one thing that may differ.
    told = [line for line in texts(app).splitlines() if not line.startswith("Sync done")]
    for kind in KINDS:
        for element in app.get(kind):
            said = element.value.to_csv() if isinstance(element, Dataframe) else str(element.proto)
            told.append(f"{kind} {said}")
    return told


@pytest.mark.parametrize(
    ("page", "query"),
    [
        ("overview", {}),
        ("revenue", {"period": "90 d", "compare": "Same days last year"}),
        ("revenue", {"period": "28 d", "orders": "Repeat"}),
        ("engagement", {"period": "90 d", "compare": "Last year"}),
        ("engagement", {"period": "12 m", "behind": "Flows"}),
        ("settings", {}),
    ],
    ids=lambda found: found if isinstance(found, str) else "",
)
def test_a_page_draws_the_same_on_both(
    stacks: Mapping[str, Stack], monkeypatch: pytest.MonkeyPatch, page: str, query: dict[str, str]
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    one, other = (drawn(opening(stacks[name].settings, monkeypatch)(page, **query)) for name in (EMBEDDED, SERVERS))
    get_settings.cache_clear()
    assert not unlike(one, other), unlike(one, other)
    assert any(re.search("EUR" if page == "settings" else r"€\d", line) for line in one)
