"""Targets typed in the app: the same rows as a workbook brings, told cell by cell, never over another's change."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from analytics.gaps import Reach
from analytics.promo.settings import PromoSettings
from analytics.promo.targets import Change, Goal, Key, changes_of, read_region
from components.discovery_words import answer
from data_access.queries.promo_pacing import paced
from data_access.queries.promo_sales import Target, targets
from data_access.queries.promo_settings import promo_settings
from data_access.queries.promo_state import TARGETS, company_state
from data_access.scope import NotPermitted, Right, granted
from data_access.stores import Stores
from data_access.writes.promo_settings import save_promo_settings
from data_access.writes.targets import TargetsChanged, save_targets
from tests.noted import noted
from tests.two_stacks import both_stacks
from tests.warehouse_rows import insert

ANN = granted("ann", [], [Right.PROMO_READ, Right.PROMO_WRITE])
NOV, DEC = Key("2026-11", "DE"), Key("2026-12", "DE")
THOUSAND = Goal(Decimal("1000.00"), Decimal("20.00"))


@both_stacks
def test_typed_targets_stand_beside_those_of_workbooks(stores: Stores) -> None:
    insert(
        stores, "targets",
        {"month": "2026-11", "geo": "DE", "sales_value_target": Decimal(900), "margin_pct_target": Decimal(20),
         "source_file": "targets.xlsx"},
    )  # fmt: skip
    nine = Goal(Decimal("900.00"), Decimal("20.00"))
    both = [Change(NOV, nine, THOUSAND), Change(DEC, None, replace(THOUSAND, units=7))]
    assert save_targets(stores, ANN, both) == 2
    assert targets(stores, ANN) == (
        Target("2026-11", "DE", Decimal(1000), Decimal(20), None),
        Target("2026-12", "DE", Decimal(1000), Decimal(20), 7),
    )
    # Saved once more nothing changes; what another has changed since is told, and nothing of one's own is written.
    assert (save_targets(stores, ANN, both), company_state(stores, ANN).versions[TARGETS]) == (0, 1)
    late = [Change(NOV, nine, Goal(Decimal(5), Decimal(1))), Change(DEC, replace(THOUSAND, units=7), None)]
    with pytest.raises(TargetsChanged, match="2026-11 DE") as told:
        save_targets(stores, ANN, late)
    assert told.value.standing == {NOV: THOUSAND}
    assert len(targets(stores, ANN)) == 2
    assert save_targets(stores, ANN, late[1:]) == 1
    assert [row.month for row in targets(stores, ANN)] == ["2026-11"]
    with pytest.raises(NotPermitted):
        save_targets(stores, granted("rita", [], [Right.PROMO_READ]), both)
    with pytest.raises(ValueError, match="no month"):
        save_targets(stores, ANN, [Change(Key("2026-13", "DE"), None, THOUSAND)])
    assert sorted((row["actor"], row["id"]) for row in noted(stores, "targets.save")) == [
        ("ann", "2026-11 DE"), ("ann", "2026-12 DE"), ("ann", "2026-12 DE"),
    ]  # fmt: skip


def test_each_bad_cell_is_told_and_good_rows_beside_it_are_told_too() -> None:
    blank = {"sales": None, "margin_pct": float("nan"), "units": None}
    typed = {
        NOV: {"sales": 1000, "margin_pct": 20, "units": None}, DEC: {"sales": -1, "margin_pct": None, "units": 1.5},
        Key("2027-01", "DE"): {"sales": 10.005, "margin_pct": 101, "units": None}, Key("2027-02", "DE"): blank,
        Key("2027-03", "DE"): {"sales": 10.005, "margin_pct": 20, "units": 3.0},
    }  # fmt: skip
    changes, problems = changes_of({NOV: THOUSAND, Key("2027-02", "DE"): THOUSAND}, typed)
    assert [(change.key.month, change.wanted) for change in changes] == [
        ("2027-02", None), ("2027-03", Goal(Decimal("10.01"), Decimal("20.00"), 3)),
    ]  # fmt: skip
    assert [(bad.key.month, bad.column, bad.wrong) for bad in problems] == [
        ("2026-12", "sales", "is -1; it lies between 0 and 1,000,000,000,000,000"),
        ("2026-12", "margin_pct", "is missing: a target has sales and a margin"),
        ("2026-12", "units", "is no whole number"),
        ("2027-01", "margin_pct", "is 101; it lies between 0 and 100"),
    ]
    assert read_region("  New   York ") == "New York"
    with pytest.raises(ValueError, match="1 to 40"):
        read_region(" ")


@both_stacks
def test_a_month_is_read_with_its_parts(stores: Stores) -> None:
    def sold(day: str, amount: int, department: str = "TV") -> dict[str, object]:
        return {
            "date": date.fromisoformat(day), "channel": "online", "department": department, "promo_flag": False,
            "discount_pct": None, "sales_value": Decimal(amount), "margin_value": Decimal(amount) / 4, "units": 1,
        }  # fmt: skip

    insert(
        stores, "sales_aggregated",
        sold("2025-11-01", 300), sold("2025-11-30", 100, "Toys"),
        sold("2026-11-01", 90), sold("2026-11-10", 10, "Toys"),
        sold("2026-11-05", 0),  # delivered, without sales: no gap of a week
        sold("2026-11-22", 5000),
    )  # fmt: skip
    save_targets(stores, ANN, [Change(NOV, None, THOUSAND), Change(Key("2026-11", "AT"), None, THOUSAND)])
    found = paced(stores, ANN, date(2026, 11, 1), date(2026, 11, 21), None, "")
    month = found.month
    # The 22nd is not over on the 21st.
    assert (month.sales, month.through, month.target.sales if month.target else None) == (100, date(2026, 11, 10), 2000)
    assert {cell.department: (part.target, part.sales) for cell, part in found.shared.cells.items()} == {
        "TV": (1500, 90), "Toys": (500, 10),
    }  # fmt: skip
    save_promo_settings(stores, ANN, PromoSettings(geo="AT"))
    geo = promo_settings(stores, ANN).geo
    assert paced(stores, ANN, date(2026, 11, 1), date(2026, 11, 21), None, geo).month.to_go == 900


@both_stacks
def test_a_month_ends_where_the_first_channel_ends_that_still_sells(stores: Stores) -> None:
    def sold(day: date, channel: str) -> dict[str, object]:
        return {
            "date": day, "channel": channel, "department": "TV", "promo_flag": False, "discount_pct": None,
            "sales_value": Decimal(10), "margin_value": Decimal(4), "units": 1,
        }  # fmt: skip

    # 10 a day each: the web shop to the 10th, the shops to the 8th.
    days = [date(2026, 11, day) for day in range(1, 11)]
    insert(
        stores, "sales_aggregated",
        *(sold(day, "online") for day in days), *(sold(day, "offline") for day in days[:8]),
    )  # fmt: skip
    found = paced(stores, ANN, date(2026, 11, 1), date(2026, 11, 12), None, "")
    month = found.month
    assert (month.through, month.sales, month.run_rate, month.days_left) == (date(2026, 11, 8), 160, 20, 22)
    assert {cell.channel: part.sales for cell, part in found.shared.cells.items()} == {"online": 80, "offline": 80}
    assert month.reach == Reach(date(2026, 11, 8), date(2026, 11, 10), ("offline",))
    assert "Offline is loaded up to 8 Nov 2026, other sales up to 10 Nov 2026" in answer(month, "EUR")
    # Of days up to the 7th both are known; 29 days without the shops, they have closed.
    month = paced(stores, ANN, date(2026, 11, 1), date(2026, 11, 7), None, "").month
    assert (month.sales, month.reach) == (140, Reach(date(2026, 11, 7), date(2026, 11, 7), ()))
    insert(stores, "sales_aggregated", sold(date(2026, 12, 7), "online"))
    month = paced(stores, ANN, date(2026, 12, 1), date(2026, 12, 8), None, "").month
    assert (month.sales, month.reach) == (10, Reach(date(2026, 12, 7), date(2026, 12, 7), ()))
