"""Figures of post-mortems on sales that a person can check by hand: the same on every day, so that what would have been
sold is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from analytics.baseline import SalesRow
from analytics.promo.postmortem.case import Case, Offered, Other
from analytics.promo.postmortem.counterfactual import Expected
from analytics.promo.postmortem.effect import effect
from analytics.promo.postmortem.errors import Side, decomposed
from analytics.promo.postmortem.marks import Mark, MarkKind
from analytics.promo.postmortem.report import NothingToJudge, analysed
from analytics.promo.terms import Cell

TV, AUDIO, TOYS = Cell("TV", "online"), Cell("Audio", "online"), Cell("Toys", "online")
START = date(2026, 6, 1)
DAY = timedelta(days=1)


def rows(cell: Cell, first: date, days: int, units: int, price: float, margin: float, off: int = 0) -> list[SalesRow]:
    """The same on each day; price and margin a piece as sold; off: per cent."""
    return [
        SalesRow(
            first + n * DAY, cell.channel, cell.department, off > 0, Decimal(off) if off else None,
            Decimal(str(units * price)), Decimal(str(units * margin)), units,
        )
        for n in range(days)
    ]  # fmt: skip


def sales(after: int = 14, tv_after: int = 90) -> list[SalesRow]:
    """TV: 100 a day at 10.00 with 4.00 of margin; 150 a day at 8.00 with 2.00 on four days of 20 % off; 90 on each of
    the days after. Audio, of TV's group: 50 a day at 5.00 with 1.00, 45 on the four days. Toys: 20 a day throughout."""
    before = START - 182 * DAY
    return [
        *rows(TV, before, 182, 100, 10, 4), *rows(TV, START, 4, 150, 8, 2, off=20),
        *rows(TV, START + 4 * DAY, after, tv_after, 10, 4),
        *rows(AUDIO, before, 182, 50, 5, 1), *rows(AUDIO, START, 4, 45, 5, 1),
        *rows(AUDIO, START + 4 * DAY, after, 50, 5, 1),
        *rows(TOYS, before, 186 + after, 20, 5, 1),
    ]  # fmt: skip


def frozen(tv_units: int = 140) -> dict[str, Any]:
    """Promised: TV sells 110 a day by itself, 140 by the promotion at 8.00 with 2.00; Audio 50 at 5.00 with 1.00; Toys
    nothing at all. v is 10 %, fixed cost 400 and funding 100 for the four days: 75 a day."""

    def cell(of: Cell, units: int, before: int, price: float, margin: float, regular: float, own: float) -> Any:
        promoted = of == TV
        cost = 75 if promoted else 0
        return {
            "department": of.department, "channel": of.channel, "discount_pct": 20.0 if promoted else 0.0,
            "uplift_pct": 35.0 if promoted else 0.0, "fixed_cost": 400.0 if promoted else 0.0,
            "funding": 100.0 if promoted else 0.0,
            "units": [units] * 4, "baseline_units": [before] * 4,
            "sales_value": [units * price] * 4, "baseline_sales_value": [before * regular] * 4,
            "margin_value": [units * margin] * 4, "baseline_margin_value": [before * own] * 4,
            "ebit": [units * margin - 0.1 * units * price - cost] * 4,
            "baseline_ebit": [before * own - 0.1 * before * regular] * 4,
        }  # fmt: skip

    return {
        "model_version": "u1", "days": [(START + n * DAY).isoformat() for n in range(4)],
        "cells": [cell(AUDIO, 50, 50, 5, 1, 5, 1), cell(TOYS, 0, 0, 0, 0, 0, 0), cell(TV, tv_units, 110, 8, 2, 10, 4)],
        "variable_cost": {"online": 0.1},
    }  # fmt: skip


def case(of: Sequence[SalesRow] = (), **other: Any) -> Case:
    held = Case(
        "June", START, START + 3 * DAY, {TV: Offered(0.2, 400.0, 100.0)}, of or sales(), frozen(),
        groups={"TV": "Media", "Audio": "Media"},
    )  # fmt: skip
    return replace(held, **other)


@pytest.fixture(scope="module")
def june() -> dict[str, Any]:
    return analysed(case()).report


def test_actual_stands_beside_the_frozen_forecast_by_department_channel_and_day(june: dict[str, Any]) -> None:
    found = analysed(case()).figures
    # TV 4 × 150 × 8.00, Audio 4 × 45 × 5.00, Toys 4 × 20 × 5.00; margin 4 × (300 + 45 + 20).
    assert (found.actual_sales_value, found.actual_margin_value, found.actual_units) == (
        Decimal("6100.00"), Decimal("1460.00"), 860,
    )  # fmt: skip
    # Margin less a tenth of sales, less 400 and plus 100.
    assert found.actual_ebit == Decimal("550.00")
    assert found.actual_margin_pct == Decimal("23.93")
    # Promised: TV 4 × 1,120 and Audio 4 × 250; (6100 − 5480) / 5480.
    assert (found.sales_value_error_pct, found.units_error_pct) == (Decimal("11.31"), Decimal("13.16"))
    by = {row["department"]: row for row in june["by_department"]}
    # 4 × (300 − 120 − 75) against 4 × (280 − 112 − 75) = 372.
    assert (by["TV"]["ebit"], by["TV"]["forecast_ebit"], by["TV"]["ebit_error_pct"]) == (420.0, 372.0, 12.9)
    # Nothing was promised of toys: no error can be told.
    assert (by["Toys"]["units"], by["Toys"]["forecast_units"], by["Toys"]["units_error_pct"]) == (80, 0, None)
    assert [row["date"] for row in june["by_day"]][:1] == ["2026-06-01"]
    assert {row["units"] for row in june["by_day"][:4]} == {215}
    [online] = june["by_channel"]
    assert online["units"] == 860


def test_what_it_brought_against_what_would_have_been_sold(june: dict[str, Any]) -> None:
    effect = june["effect"]
    # 600 sold, 400 expected at 10.00 with 4.00: sales 4800 − 4000, margin 1200 − 1600, EBIT 420 − 4 × (400 − 100).
    assert {name: (round(one["value"], 1), round(one["expected"], 1)) for name, one in effect.items()} == {
        "units": (200.0, 400.0), "sales_value": (800.0, 4000.0), "margin_value": (-400.0, 1600.0),
        "ebit": (-780.0, 1200.0),
    }  # fmt: skip
    assert effect["units"]["sure"]
    tv = next(row for row in june["cells"] if row["promoted"])
    assert (round(tv["uplift_pct"], 2), tv["seen_discount_pct"], tv["days"], tv["modelled"]) == (50.0, 20.0, 4, True)
    assert tv["uplift_error_pct"] < 0.1
    # 140 of 110 were promised, with what others' offers do to it; the offer's own uplift is not held against all that
    # was sold.
    assert tv["forecast_uplift_pct"] == 27.2727
    assert june["controls"] == 1


@pytest.mark.parametrize(
    ("missed", "scale", "p"),
    # 20 windows of two days, one day apart: 10 that do not meet. √((10 × missed² / 16 + 5) / 15); t with 15 degrees.
    [(2.0, 0.7071, 0.0030), (8.0, 1.7321, 0.1695)],
)
def test_standard_errors_are_as_large_as_quiet_windows_say(missed: float, scale: float, p: float) -> None:
    windows = 20
    told = Expected(
        TV, np.full(4, 100.0), np.eye(4) * 8, True, 180, missed * np.resize([1.0, -1.0], windows),
        np.full(windows, 16.0), np.full(windows, 200.0), np.zeros(windows),
    )  # fmt: skip
    found = effect([told], [210.0], [np.array([True, True, False, False])], 0.0, 2)
    assert (found.units, found.expected, found.placebo.independent) == (10, 200, 10)
    # Two days of variance 8: the model's own standard error is 4.
    assert (round(found.placebo.scale, 4), round(found.error / 4, 4)) == (scale, scale)
    assert found.p == pytest.approx(p, abs=1e-4)
    assert found.sure == (p < 0.05)


def test_days_after_others_and_what_it_paid(june: dict[str, Any]) -> None:
    [dip] = june["dip"]
    assert (dip["days"], dip["actual_units"], round(dip["baseline_units"]), round(dip["dip_pct"], 2)) == (
        14, 1260, 1400, 10.0,
    )  # fmt: skip
    assert round(dip["pull_forward_units"], 1) == 140.0
    [audio] = june["signals"]
    # 180 sold where 200 were expected; next to nothing of it is shrunk away, since the sales never swing.
    assert (audio["department"], audio["kind"]) == ("Audio", "cannibalization")
    assert audio["effect_units"] == pytest.approx(-20, abs=0.1)
    paid = june["returns"]
    # (600 − 400 − 140) × 4.00 − 20 × 1.00 = 220; 4800 × 0.2 / 0.8 + 400 − 100 = 1500.
    assert (paid["gain"], paid["invested"]) == (pytest.approx(220, abs=0.5), 1500.0)
    assert paid["roi_pct"] == pytest.approx((220 - 1500) / 1500 * 100, abs=0.1)
    # Price, cost and mix stayed: 1200 − 1600 − 140 × 4.00 − 20 − 400 + 100 = −1280 = 220 − 1500.
    assert paid["net_margin"] == pytest.approx(-1280, abs=0.5)
    assert paid["price_cost_mix"] == pytest.approx(0, abs=0.02)


def test_a_cost_that_rose_is_told_apart_from_what_the_promotion_paid() -> None:
    dearer = [
        replace(row, margin_value=row.margin_value - row.units) if START <= row.date < START + 4 * DAY
        and row.department == "TV" else row
        for row in sales()
    ]  # fmt: skip
    paid = analysed(case(dearer)).report["returns"]
    # 600 pieces that cost 1.00 more each.
    assert paid["price_cost_mix"] == pytest.approx(-600, abs=0.05)
    assert paid["gain"] == pytest.approx(220, abs=0.5)


def test_the_errors_parts_sum_to_it_without_a_rest(june: dict[str, Any]) -> None:
    totals = june["totals"]
    for name, parts in june["errors"].items():
        assert sum(parts.values()) == pytest.approx(totals[name] - totals[f"forecast_{name}"], abs=1e-9)
    assert june["errors"]["units"]["price"] == june["errors"]["units"]["cost"] == 0


def test_one_department_each_factor_by_hand() -> None:
    rates = np.array([0.1])

    def side(baseline: float, units: float, price: float, cost: float) -> Side:
        sales, margin = units * price, units * (price - cost)
        told = {
            "units": round(units), "sales_value": round(sales * 100), "margin_value": round(margin * 100),
            "ebit": round((margin - sales / 10 - 5) * 100),
        }  # fmt: skip
        return Side(np.array([units]), np.array([sales]), np.array([margin]), baseline, told)

    promised = side(100, 150, 8, 6)
    # The price alone: 150 × 1.00 of sales and margin, less a tenth in EBIT.
    assert decomposed(promised, side(100, 150, 9, 6), rates, 5.0) == {
        "sales_value": {"baseline": 0, "uplift": 0, "mix": 0, "price": 150, "cost": 0},
        "margin_value": {"baseline": 0, "uplift": 0, "mix": 0, "price": 150, "cost": 0},
        "ebit": {"baseline": 0, "uplift": 0, "mix": 0, "price": 135, "cost": 0},
        "units": {"baseline": 0, "uplift": 0, "mix": 0, "price": 0, "cost": 0},
    }
    assert decomposed(promised, side(100, 150, 8, 7), rates, 5.0)["margin_value"]["cost"] == -150
    # 100 → 120 by itself at the same uplift of half as much again: 30 pieces. And uplift 1.5 → 1.8 at 100: 30 pieces.
    assert decomposed(promised, side(120, 180, 8, 6), rates, 5.0)["units"]["baseline"] == 30
    assert decomposed(promised, side(100, 180, 8, 6), rates, 5.0)["units"]["uplift"] == 30
    # Both: 120 × 1.8 = 216; 66 pieces, of which each has its 30 and half of the 6 that need both.
    both = decomposed(promised, side(120, 216, 8, 6), rates, 5.0)["units"]
    assert (both["baseline"], both["uplift"]) == (33, 33)
    # Nothing was sold: all is the level's, and prices that nobody paid are as promised.
    assert decomposed(promised, side(0, 0, 0, 0), rates, 5.0)["sales_value"] == {
        "baseline": -1200, "uplift": 0, "mix": 0, "price": 0, "cost": 0,
    }  # fmt: skip


def test_two_departments_swap_their_parts_and_only_the_mix_tells() -> None:
    promised = Side(
        np.array([60.0, 40.0]), np.array([600.0, 200.0]), np.array([60.0, 20.0]), 100.0,
        {"units": 100, "sales_value": 80000, "margin_value": 8000, "ebit": 8000},
    )  # fmt: skip
    actual = Side(
        np.array([40.0, 60.0]), np.array([400.0, 300.0]), np.array([40.0, 30.0]), 100.0,
        {"units": 100, "sales_value": 70000, "margin_value": 7000, "ebit": 7000},
    )  # fmt: skip
    found = decomposed(promised, actual, np.zeros(2), 0.0)
    assert found["sales_value"] == {"baseline": 0, "uplift": 0, "mix": -100, "price": 0, "cost": 0}
    assert found["margin_value"]["mix"] == -10


def test_marked_days_are_left_out_of_both_sides_and_told() -> None:
    mark = Mark("TV", "online", START, START, MarkKind.OUT_OF_STOCK)
    found = analysed(case(marks=[mark])).report
    by = {row["department"]: row for row in found["by_department"]}
    assert (by["TV"]["units"], by["TV"]["forecast_units"], by["TV"]["ebit"]) == (450, 420, 315.0)
    assert by["Audio"]["units"] == 180
    assert round(found["effect"]["units"]["value"]) == 150
    # Three quarters of the fixed cost and the funding go with the days that are judged.
    assert (found["returns"]["fixed_cost"], found["returns"]["discount_given"]) == (300.0, 900.0)
    assert {"kind": "marked", "days": 1} in found["doubts"]
    for name, parts in found["errors"].items():
        assert sum(parts.values()) == pytest.approx(
            found["totals"][name] - found["totals"][f"forecast_{name}"], abs=1e-9
        )


def test_all_days_marked_leave_nothing_to_judge() -> None:
    everything = [Mark(*cell, START, START + 3 * DAY, MarkKind.PRICE_NOT_LIVE) for cell in (TV, AUDIO, TOYS)]
    found = analysed(case(marks=everything))
    assert (found.figures.actual_units, found.figures.sales_value_error_pct) == (0, None)
    assert found.report["effect"] == {}
    assert found.report["doubts"][0] == {"kind": "all_marked", "days": 0, "least": 3}


def test_a_past_promotion_has_no_forecast_and_no_error() -> None:
    found = analysed(case(frozen=None, promoted={TV: Offered(0.2)}))
    assert found.figures.ebit_error_pct is None
    assert (found.report["errors"], found.report["totals"]["forecast_units"]) == (None, None)
    assert round(found.report["effect"]["units"]["value"]) == 200
    assert {"kind": "no_forecast"} in found.report["doubts"]


def kinds(of: Case) -> list[str]:
    return [one["kind"] for one in analysed(of).report["doubts"]]


def test_what_cannot_be_concluded_is_said() -> None:
    assert kinds(case()) == []
    assert kinds(case(sales(after=5))) == ["dip_not_loaded"]
    two_days = [row for row in sales() if row.date < START + 2 * DAY]
    cut = analysed(case(two_days))
    assert [one["kind"] for one in cut.report["doubts"]] == ["not_loaded", "too_few_days"]
    # Days that are not loaded yet are promised and not missed: TV 140 and Audio 50 on two days.
    assert cut.report["totals"]["forecast_units"] == 380
    assert cut.report["dip"] == []
    late = [row for row in sales() if row.date >= START - 30 * DAY]
    assert kinds(case(late)) == ["weekday_means", "few_windows"]
    assert analysed(case(late)).report["effect"]["units"]["p"] is None
    other = Other("Rival", (TV,), START, START)
    assert kinds(case(others=[other])) == ["overlap"]
    alone = [row for row in sales() if row.department != "Toys"]
    assert kinds(case(alone)) == ["no_controls"]
    new = [row for row in sales() if row.department != "TV" or row.date >= START]
    assert kinds(case(new))[0] == "no_baseline"
    with pytest.raises(NothingToJudge):
        analysed(case([row for row in sales() if row.date < START]))


def test_a_department_that_sells_now_and_then_is_open_on_every_weekday() -> None:
    # Three pieces every third day: one a day. Six in four days of promotion are two on top, not six.
    now_and_then = [
        *[row for n in range(-180, 0, 3) for row in rows(TV, START + n * DAY, 1, 3, 10, 4)],
        *rows(TV, START, 2, 3, 8, 2, off=20), *rows(TOYS, START - 182 * DAY, 186, 20, 5, 1),
    ]  # fmt: skip
    found = analysed(case(now_and_then, frozen=None)).report
    [tv] = [row for row in found["cells"] if row["promoted"]]
    assert tv["units"] == 6
    assert tv["expected_units"] == pytest.approx(4, abs=0.6)


def test_shops_shut_on_sundays_are_held_against_others_that_are() -> None:
    # All shut on Sundays; from the promotion's first day on all sell half as much again, TV too: its promotion did
    # nothing. The promotion's seven days hold a Sunday.
    def open_on(day: date) -> bool:
        return day.weekday() != 6

    begin, days = START - 182 * DAY, 182
    flat = [
        row
        for row in [
            *rows(TV, begin, days, 100, 10, 4), *rows(TV, START, 7, 150, 10, 4, off=1),
            *rows(TOYS, begin, days, 20, 5, 1), *rows(TOYS, START, 7, 30, 5, 1),
        ]
        if open_on(row.date)
    ]  # fmt: skip
    # Before it, both sell a tenth more or less from week to week, so that one tells of the other.
    swung = [
        replace(row, units=row.units * (11 if (row.date - begin).days // 7 % 2 else 9) // 10)
        if row.date < START else row
        for row in flat
    ]  # fmt: skip
    found = analysed(case(swung, end=START + 6 * DAY, frozen=None)).report
    [tv] = [row for row in found["cells"] if row["promoted"]]
    assert tv["units"] == 900
    assert tv["expected_units"] == pytest.approx(900, rel=0.02)


def test_holidays_that_fell_in_promotions_are_no_days_without_sales() -> None:
    holidays = [START - 100 * DAY, START - 60 * DAY, START + DAY]
    on_them = [row for n, day in enumerate(holidays[:2]) for row in rows(TV, day, 1, 150 + n, 8, 2, off=20)]
    held = [row for row in sales() if row.department != "TV" or row.date not in holidays[:2]] + on_them
    found = analysed(case(held, holidays=frozenset(holidays))).report
    [tv] = [row for row in found["cells"] if row["promoted"]]
    # 100 on each of the four days, the holiday among them.
    assert tv["expected_units"] == pytest.approx(400, abs=1)


def test_a_flag_with_a_discount_of_nothing_is_no_promotion() -> None:
    flagged = [
        replace(row, promo_flag=True, discount_pct=Decimal(0))
        if row.department == "Audio" or row.date >= START + 4 * DAY else row
        for row in sales()
    ]  # fmt: skip
    found = analysed(case(flagged)).report
    assert found["doubts"] == []
    assert (found["dip"][0]["days"], found["dip"][0]["actual_units"]) == (14, 1260)
    assert found["signals"][0]["effect_units"] == pytest.approx(-20, abs=0.1)


def test_the_discount_that_sales_tell_is_of_the_days_of_its_uplift() -> None:
    # On promotion on two of four days: 300 pieces at 8.00 of 10.00, then 200 at 10.00. 600 given of 5,000.
    halved = [
        *[row for row in sales() if row.department != "TV" or not START + 2 * DAY <= row.date < START + 4 * DAY],
        *rows(TV, START + 2 * DAY, 2, 100, 10, 4),
    ]  # fmt: skip
    [tv] = [row for row in analysed(case(halved)).report["cells"] if row["promoted"]]
    assert (tv["seen_discount_pct"], round(tv["uplift_pct"], 2)) == (12.0, 25.0)


def test_a_channel_that_is_not_loaded_yet_sold_not_nothing() -> None:
    # In the shops TV sells 100 a day, 150 on the first two days of the promotion; the others are not loaded yet.
    shops = Cell("TV", "offline")
    offline = [*rows(shops, START - 182 * DAY, 182, 100, 10, 4), *rows(shops, START, 2, 150, 8, 2, off=20)]
    both = {TV: Offered(0.2), shops: Offered(0.2)}
    found = analysed(case([*sales(), *offline], frozen=None, promoted=both)).report
    by = {row["channel"]: row for row in found["cells"] if row["department"] == "TV"}
    assert (by["offline"]["days"], by["offline"]["units"]) == (2, 300)
    # 50 more on four days online and on two in the shops.
    assert round(found["effect"]["units"]["value"]) == 300
    assert found["doubts"][0] == {"kind": "not_loaded", "last": "2026-06-02", "end": "2026-06-04"}
    assert found["sales_until"] == "2026-06-02"


def test_a_planned_discount_stands_in_for_what_it_is_a_share_of() -> None:
    # Of TV's 150 a day, 90 were sold at 8.00 by a flag without a depth, 60 at the regular 10.00: 1,320 a day.
    days = [
        row if row.department != "TV" or not START <= row.date <= START + 3 * DAY else part
        for row in sales()
        for part in (
            replace(row, units=90, sales_value=Decimal(720), margin_value=Decimal(180), discount_pct=None),
            replace(row, units=60, sales_value=Decimal(600), margin_value=Decimal(240), promo_flag=False),
        )[: 2 if row.department == "TV" and START <= row.date <= START + 3 * DAY else 1]
    ]  # fmt: skip
    days = [replace(row, discount_pct=None) if not row.promo_flag else row for row in days]
    of = {TV: Offered(0.12)}
    # A scenario's 12 % are of all the regular sales of 1,500 a day: 180. A catalog's 20 % are of the flagged 900: 180.
    planned = analysed(case(days, promoted=of)).report["returns"]
    assert (planned["discount_given"], planned["planned_discount"]) == (pytest.approx(4 * 180), True)
    past = analysed(case(days, promoted={TV: Offered(0.2)}, frozen=None)).report["returns"]
    assert past["discount_given"] == pytest.approx(4 * 180)
