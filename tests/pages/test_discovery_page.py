"""The page Discovery: a month against its target, the promotions that would close the gap, and targets typed there.

The company: TVs 1,000 a day, toys 50, as `tests.promo_rows` has it. Today is 21 November 2026.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from analytics.promo.targets import Change, Goal, Key
from components.discovery_charts import path_figure
from components.discovery_tables import pace_rows, part_rows
from data_access.queries.promo_pacing import paced
from data_access.queries.promo_sales import Target, targets
from data_access.scope import Right, granted, local_admin
from data_access.stores import Stores
from data_access.writes.targets import save_targets
from ingest.discovery import discover
from ingest.discovery_beside import looking
from pages.frame import guard
from tests.pages.conftest import Open, files, texts
from tests.promo_rows import in_force
from tests.two_stacks import both_stacks
from tests.warehouse_rows import insert

ADMIN, TODAY = local_admin(), date(2026, 11, 21)
BOB = granted("bob", [], [Right.VIEW, Right.PROMO_READ, Right.PROMO_WRITE])
NOV = Key("2026-11", "DE")


def sold(stores: Stores, first: date, last: date) -> None:
    """1,000 of TVs and 50 of toys a day, a quarter of it margin."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    insert(
        stores, "sales_aggregated",
        *({"date": day, "channel": "online", "department": name, "promo_flag": False, "discount_pct": None,
           "sales_value": Decimal(amount), "margin_value": Decimal(amount) / 4, "units": amount // 10}
          for day in days for name, amount in (("TV", 1000), ("Toys", 50))),
    )  # fmt: skip


def aim(stores: Stores, sales: int, key: Key = NOV, seen: Goal | None = None) -> Goal:
    goal = Goal(Decimal(sales), Decimal(20))
    save_targets(stores, ADMIN, [Change(key, seen, goal)])
    return goal


def cards_of(app: AppTest) -> dict[str, str]:
    return {str(metric.label): str(metric.value) for metric in app.metric}


def press(app: AppTest, key: str) -> AppTest:
    app = app.button(key=key).click().run()
    assert not app.exception
    return app


@both_stacks
def test_a_month_against_its_target_and_what_would_close_the_gap(stores: Stores, open_page: Open) -> None:
    assert "Nothing to hold against a target yet" in texts(open_page("discovery"))
    sold(stores, date(2026, 11, 1), date(2026, 11, 20))
    in_force(stores, more=3.0)
    aim(stores, 42_000)
    discover(stores, ADMIN, TODAY)
    app = open_page("discovery")
    assert not app.exception
    # 20 days of 1,050 have come; no past month can be tested, so 10 more of them are to come: 31,500 of 42,000.
    assert cards_of(app) == {
        "Target": "42k", "Sold so far": "21k", "Will land at": "31.5k", "Gap": "10.5k", "Needed a day": "2,100",
        "Opportunities": "1",
    }  # fmt: skip
    said = texts(app)
    assert "November 2026 · sales up to 20 Nov 2026 · target of DE" in said
    assert "November is on its way to about 31.5k, 10.5k (25.0 %) below its target." in said
    assert "The 10 days left have to bring 2,100 each; so far a day brought 1,050." in said
    # Twenty of thirty days, all of which sell alike: 28,000 of the target's path have come.
    assert "**7,000** behind" in said
    # 7 days at 15 % bring 7 × 236.25 of EBIT and 7 × 1,762.50 of sales, of a gap of 10,500.
    assert "1\\. **TV, online** · 22–28 Nov 2026 · 15 % off · EBIT **+1,654** · closes **117.5 %** of the gap" in said
    [link] = [one for one in app.get("page_link") if one.proto.label == "Begin a scenario"]
    assert (link.proto.page, link.proto.query_string.partition("=")[0]) == ("scenarios", "opportunity")
    parts = app.dataframe[0].value
    # TVs have 20 of 21 parts of the sales of the last 90 days.
    assert parts[["Part", "Gap", "Target", "Landing", "Sold", "Path"]].to_numpy().tolist() == [
        ["All", 10_500, 42_000, 31_500, 21_000, pytest.approx(28_000)],
        ["TV", 10_000, 40_000, 30_000, 20_000, pytest.approx(80_000 / 3)],
        ["Toys", 500, 2_000, 1_500, 1_000, pytest.approx(4_000 / 3)],
    ]
    assert "by shares of the last 90 days" in said
    december = open_page("discovery", of_month="Dec 2026")
    assert cards_of(december)["Target"] == "–"
    assert "December has not begun; it is likely to land at about 32.6k, and has no target." in texts(december)
    assert "TV, online** · 1–14 Dec 2026" in texts(december)
    october = open_page("discovery", of_month="Oct 2026")
    assert "The month is over" in texts(october)
    assert cards_of(october)["Opportunities"] == "–"
    assert not october.exception


def test_its_landing_is_the_overviews(stores: Stores, connected: Stores, open_page: Open) -> None:
    sold(stores, date(2026, 1, 1), date(2026, 11, 18))
    aim(stores, 42_000)
    in_force(stores)
    first, then = open_page("overview"), open_page("discovery")
    assert not then.exception
    # 18 days of 1,050 have come, 12 more are to come; the overview, which shows the store's orders first, tells company
    # sales without a currency.
    *_, landing = [str(metric.value) for metric in first.metric if metric.label == "Will land at"]
    assert (landing, cards_of(then)["Will land at"]) == ("31.5k", "€31.5k")
    assert "The landing is the overview's" in texts(then)


def test_the_path_the_fan_and_the_files(stores: Stores) -> None:
    sold(stores, date(2026, 11, 1), date(2026, 11, 20))
    in_force(stores)
    aim(stores, 42_000)
    held = paced(stores, ADMIN, date(2026, 11, 1), TODAY, None, "")
    figure, alt = path_figure(held.month, "EUR")
    [path, line] = figure["data"]
    # Without a model and without a past nothing lands.
    assert (path["y"][-1], line["y"][1], len(line["x"])) == (pytest.approx(42_000), 2_100, 20)
    assert alt == ("Sales added up by day of November 2026: sold €21k by 20 Nov 2026, the target's path ends at €42k.")
    rows = pace_rows(held.month)
    assert (rows[1]["sold_so_far"], rows[19]["sales"], rows[20]["sales"], rows[20]["sold_so_far"]) == (
        2_100, 1_050, None, None,
    )  # fmt: skip
    assert [(row["department"], row["target_allocated"], row["gap_allocated"]) for row in part_rows(held.shared)] == [
        ("TV", 40_000, None), ("Toys", 2_000, None),
    ]  # fmt: skip


def test_looking_again_and_all_of_it_in_files(stores: Stores, open_page: Open) -> None:
    sold(stores, date(2026, 11, 1), date(2026, 11, 20))
    app = open_page("discovery")
    assert "once uplift has been learned" in texts(app)
    assert not [button for button in app.button if button.key == "look_again"]
    in_force(stores, more=3.0)
    app = open_page("discovery")
    assert "Nobody has looked for promotions yet." in texts(app)
    press(app, "look_again")
    for _ in range(100):
        held = looking(stores)
        if held is not None and not held.running:
            break
        app.run()
    app.run()
    assert not app.exception
    assert "TV, online** · 22–28 Nov 2026" in texts(app)
    assert len(files(app)) == 9


def test_targets_are_typed_cell_by_cell_and_never_over_anothers(stores: Stores, open_page: Open) -> None:
    thousand = aim(stores, 1_000)
    app = open_page("discovery")
    app.session_state["targets_open"] = True
    app.run()
    assert not app.exception

    def edit(cells: dict[int, dict[str, Any]]) -> AppTest:
        state = {"edited_rows": cells, "added_rows": [], "deleted_rows": []}
        app.session_state[app.data_editor[0].key] = state
        return press(app, "targets_save")

    # October, November, December: the first three rows.
    assert app.data_editor[0].value["month"].tolist()[:3] == ["Oct 2026", "Nov 2026", "Dec 2026"]
    app = edit({1: {"sales_0": -5.0}, 2: {"sales_0": 900.0}})
    [error] = app.error
    assert "Nov 2026, DE: sales is -5.0; it lies between 0 and" in error.value
    assert "Dec 2026, DE: margin is missing: a target has sales and a margin." in error.value
    assert len(targets(stores, ADMIN)) == 1
    save_targets(stores, BOB, [Change(NOV, thousand, Goal(Decimal(7), Decimal(7)))])
    both = {1: {"sales_0": 2_000.0}, 2: {"sales_0": 900.0, "margin_pct_0": 25.0}}
    app = edit(both)
    assert "Nov 2026, DE: 7.00 at 7.0 % stands there now." in app.warning[0].value
    assert [row.sales_value for row in targets(stores, ADMIN)] == [7]
    app = edit(both)
    assert "2 targets saved." in texts(app)
    assert targets(stores, ADMIN) == (
        Target("2026-11", "DE", Decimal(2000), Decimal(20), None),
        Target("2026-12", "DE", Decimal(900), Decimal(25), None),
    )
    # Another region's columns are there as soon as it is named.
    app.text_input(key="targets_region").set_value("AT").run()
    assert not app.exception
    assert {"sales_0", "sales_1"} <= set(app.data_editor[0].value.columns)


def test_who_may_only_read_neither_looks_nor_types(
    stores: Stores, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    sold(stores, date(2026, 11, 1), date(2026, 11, 20))
    in_force(stores, more=3.0)
    discover(stores, ADMIN, TODAY)
    monkeypatch.setattr(guard, "signed_in", lambda _: granted("rita", [], [Right.VIEW, Right.PROMO_READ]))
    app = open_page("discovery")
    app.session_state["targets_open"] = True
    app.run()
    assert not app.exception
    assert "TV, online** · 22–28 Nov 2026" in texts(app)
    assert not [one for one in app.get("page_link") if one.proto.label == "Begin a scenario"]
    assert not {"look_again", "targets_save"} & {button.key for button in app.button}
    monkeypatch.setattr(guard, "signed_in", lambda _: granted("nobody", [], [Right.VIEW]))
    assert "No access" in texts(open_page("discovery"))
