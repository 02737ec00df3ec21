"""The page Post-mortem: a promotion judged beside it, marked, closed and proposed, and a kept report shown without
what judges."""

from __future__ import annotations

import sys
import time
import uuid
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import openpyxl
import pytest
import streamlit as st
from pypdf import PdfReader
from streamlit.delta_generator import DeltaGenerator
from streamlit.testing.v1 import AppTest

from analytics.promo.postmortem.kept import Figures, PostMortem, Subject
from analytics.promo.postmortem.marks import Mark, MarkKind
from components import post_mortem_findings as findings
from components import post_mortem_rows as rows_of
from components import post_mortem_words as words
from components.export_columns import columns_of
from components.post_mortem_charts import by_day_figure, steps
from components.post_mortem_report import report as printed
from data_access.queries.promo_models import known, models
from data_access.queries.promo_post_mortem_case import NotJudged
from data_access.queries.promo_post_mortems import post_mortem, post_mortems
from data_access.scope import Right, granted, local_admin
from data_access.stores import Stores
from data_access.writes.post_mortems import close, save
from data_access.writes.uplift_models import keep_model
from pages.frame import guard
from pages.frame.post_mortem_judging import Asked, judged
from reports.monthly import as_pdf
from tests.pages.conftest import Open, texts
from tests.promo_rows import in_force
from tests.two_stacks import both_stacks
from tests.warehouse_rows import SEEN, insert

ADMIN = local_admin("test")
PROMOTION = "33333333-3333-4333-8333-333333333333"
START, END = date(2026, 11, 2), date(2026, 11, 8)


def catalog(stores: Stores) -> None:
    """A week at 20 % off TV online."""
    with stores.operational.write() as session:
        session.execute_text(
            "INSERT INTO promo_catalog (id, promo_name, date_start, date_end, departments, channels, avg_discount_pct)"
            f" VALUES (CAST('{PROMOTION}' AS UUID), 'TV $week', '{START}', '{END}', ARRAY['TV'], ARRAY['online'], 20)"
        )


def sales(stores: Stores) -> None:
    """100 pieces of TV at 10.00 a day with 4.00 of margin, a few more or less, 150 at 8.00 with 2.00 in its week; toys
    at 5.00 with 1.00 all along."""
    rows = []
    for n in range(200):
        day = date(2026, 5, 4) + timedelta(days=n)
        if day > date(2026, 11, 19):
            break
        on, wave = START <= day <= END, (n * 7) % 11 - 5
        for department, units, price, margin in (
            ("TV", 150 if on else 100 + wave, 8 if on else 10, 2 if on else 4), ("Toys", 40 - wave, 5, 1),
        ):  # fmt: skip
            promoted = on and department == "TV"
            rows.append(
                {"date": day, "channel": "online", "department": department, "promo_flag": promoted,
                 "discount_pct": Decimal(20) if promoted else None, "sales_value": Decimal(units * price),
                 "margin_value": Decimal(units * margin), "units": units}
            )  # fmt: skip
    insert(stores, "sales_aggregated", *rows)


def compared(actual: float, forecast: float, name: str) -> dict[str, float]:
    return {
        name: actual, f"forecast_{name}": forecast, f"{name}_error_pct": round((actual - forecast) / forecast * 100, 2),
    }  # fmt: skip


def whole(**more: object) -> dict[str, object]:
    """1,050 pieces for 8,400 where 1,200 for 9,600 were forecast."""
    return {
        **compared(8400, 9600, "sales_value"), **compared(2100, 2400, "margin_value"), **compared(1260, 1440, "ebit"),
        **compared(1050, 1200, "units"), **more,
    }  # fmt: skip


PARTS = {"baseline": -240.0, "uplift": -960.0, "mix": 0.0, "price": 0.0, "cost": 0.0}
REPORT: dict[str, Any] = {
    "method": 1, "length": 7, "judged_days": 7, "sales_until": "2026-11-19", "controls": 1,
    "totals": whole(), "by_department": [whole(department="TV")], "by_channel": [whole(channel="online")],
    "cells": [
        {**whole(department="TV", channel="online"), "promoted": True, "days": 7, "discount_pct": 25.0,
         "seen_discount_pct": 20.0, "forecast_uplift_pct": 71.0, "expected_units": 700.0, "uplift_pct": 50.0,
         "uplift_error_pct": 10.0, "modelled": True}
    ],
    "by_day": [
        {"date": "2026-11-02", "promoted_units": 150, "expected_units": 100.0, "low": 80.0, "high": 120.0,
         "promoted_forecast": 171, **compared(1200, 1600, "sales_value"), **compared(300, 400, "margin_value"),
         **compared(180, 240, "ebit"), **compared(150, 200, "units")},
        {"date": "2026-11-09", "promoted_units": 90, "expected_units": 100.0, "low": 80.0, "high": 120.0},
    ],
    "effect": {
        "units": {"value": 350.0, "expected": 700.0, "error": 70.0, "low": 230.0, "high": 470.0, "p": 0.0021,
                  "sure": True}
    },
    "placebo": {"windows": 20, "independent": 10, "scale": 1.1, "false_share": 0.05, "as_large": 0.0,
                "enough": True},
    "dip": [
        {"department": "TV", "channel": "online", "window_days": 14, "days": 11, "baseline_units": 1100.0,
         "actual_units": 1030, "dip_pct": 6.36, "pull_forward_units": 70.0, "low": 10.0, "high": 130.0}
    ],
    "signals": [
        {"department": "Audio", "channel": "online", "effect_units": -30.0, "effect_sales": -300.0,
         "effect_margin": -60.0, "low": -50.0, "high": -10.0, "kind": "cannibalization"},
        {"department": "Toys", "channel": "online", "effect_units": 4.0, "effect_sales": 20.0, "effect_margin": 4.0,
         "low": -5.0, "high": 13.0, "kind": "halo"},
    ],
    "returns": {
        "gain": 1064.0, "invested": 2128.0, "discount_given": 2100.0, "fixed_cost": 100.0, "funding": 72.0,
        "roi_pct": -50.0, "net_margin": -500.0, "price_cost_mix": 564.0, "own_margin": -700.0, "pulled_margin": 280.0,
        "cross_margin": -56.0, "planned_discount": False,
    },
    "errors": {"sales_value": PARTS, "margin_value": PARTS, "ebit": {**PARTS, "uplift": 60.0}, "units": PARTS},
    "doubts": [{"kind": "dip_not_loaded", "last": "2026-11-19"}],
    "left_out": [],
}  # fmt: skip
FIGURES = Figures(
    Decimal(8400), Decimal(2100), Decimal(25), Decimal(1260), 1050, Decimal("-12.5"), Decimal("-12.5"),
    Decimal("-12.5"), Decimal("-12.5"),
)  # fmt: skip


def kept(stores: Stores, *, closed: bool = False) -> str:
    """That report of the week, with its sentences."""
    save_id = str(uuid.uuid4())
    done = save(
        stores, ADMIN,
        PostMortem(
            Subject(promotion_id=PROMOTION), "TV $week", START, END, FIGURES, REPORT, sales_until=date(2026, 11, 19),
            insights=findings.insights(REPORT, "EUR"), learning_points=findings.learning_points(REPORT, "EUR"),
        ),
        seen=None, save_id=save_id,
    )  # fmt: skip
    if closed:
        close(stores, ADMIN, done.report_id, seen=save_id)
    return done.report_id


def press(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception
    return app


def awaited(app: AppTest) -> AppTest:
    """The page once what is judged beside it is there."""
    until = time.monotonic() + 60
    while "Judging what it brought" in texts(app) and time.monotonic() < until:
        app.run()
    assert not app.exception
    return app


@both_stacks
def test_a_kept_report_is_shown_without_what_judges(
    stores: Stores, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog(stores)
    kept(stores)
    for name in ("statsmodels", "prophet"):
        monkeypatch.setitem(sys.modules, name, None)
    app = open_page("post_mortem", promotion=PROMOTION)
    assert not app.exception
    said = texts(app)
    cards = {metric.label: (metric.value, metric.delta) for metric in app.metric}
    assert cards == {
        "Sales": ("8,400", "−12.5 %"), "Margin": ("2,100", "−12.5 %"), "EBIT": ("1,260", "−12.5 %"),
        "Units": ("1,050", "−12.5 %"), "Units on top": ("+350", ""), "ROI": ("−50.0 %", ""),
    }  # fmt: skip
    assert "TV \\$week · 2–8 Nov 2026 · sales until 19 Nov 2026 · version 1, open · judged by test" in said
    # 350 / 700; p 0.21 %.
    assert (
        "Its departments sold 350 pieces more than the 700 that would have been sold without it, +50.0 % (90 %: +230"
        " to +470): chance alone brings so much in 0.2 % of cases."
    ) in said
    assert "The days after it are loaded up to 19 Nov 2026 only" in said
    assert "Audio, online sold fewer because of it: −30 pieces (90 %: −50 to −10)." in said
    frames = [frame.value for frame in app.dataframe]
    assert [frame.shape[0] for frame in frames] == [1, 1, 1, 1, 1, 2, 0]
    # By department, by channel, by day: the day after it was promised nothing.
    assert frames[2].to_dict("records") == [{"Day": "Mon 2 Nov", "Actual": 1200, "Forecast": 1600, "Off": -25}]
    assert frames[5]["Effect"].tolist() == ["Cannibalization", "Not told from none"]


def test_sentences_cite_the_reports_figures() -> None:
    said = findings.insights(REPORT, "EUR")
    assert said[0] == "Sales: €8,400 against a forecast of €9,600 (−€1,200, −12.5 %)."
    assert "Of the error in sales of −€1,200 the largest part is uplift, −€960." in said
    assert "Of the error in EBIT of −€180 the largest part is baseline, −€240." in said
    assert (
        "On up to 11 days after it 70 pieces were missing of 1,100 that are usual; in 1 of 1 departments and channels"
        " by more than chance."
    ) in said
    assert "What it did to 1 other department and channel cannot be told from nothing." in said
    assert (
        "€2,128 were invested (discount €2,100, fixed cost €100, less funding €72) and the gain was €1,064: ROI"
        " −50.0 %."
    ) in said
    # 50 ± 1.645 × 10 does not reach the 71 of the forecast; 20 seen and 25 planned; 2,128 − 1,064.
    assert findings.learning_points(REPORT, "EUR") == (
        "TV, online: the forecast uplift of +71.0 % was too high: +50.0 % seen (90 %: +33.6 % to +66.4 %).",
        "TV, online: sales show a discount of 20.0 %, planned were 25.0 %.",
        "Its gain does not cover what was invested: €1,064 are missing.",
    )
    unsure = {"effect": {"units": {**REPORT["effect"]["units"], "p": 0.31, "sure": False}}}
    assert words.verdict(unsure).endswith("in 31.0 % of cases: no effect can be concluded.")
    assert words.verdict({"effect": {}}).startswith("What it brought on top cannot be told")


def test_bridge_and_days_are_the_reports() -> None:
    told = [(one.name, one.value) for one in steps(REPORT, "Sales", "EUR")]
    assert told == [
        ("Forecast", 9600), ("Baseline", -240), ("Uplift", -960), ("Mix", 0), ("Price", 0), ("Cost", 0),
        ("Actual", 8400),
    ]  # fmt: skip
    figure, alt = by_day_figure(REPORT["by_day"], START, END)
    lines = {trace["name"]: trace["y"] for trace in figure["data"]}
    assert lines["Sold"] == [150, 90]
    assert lines["Forecast"] == [171, None]
    assert lines["90 %"] == [120, 120, 80, 80]
    assert "150 sold in its days against 100" in alt


def test_a_promotion_is_judged_marked_closed_and_begun_again(stores: Stores, open_page: Open) -> None:
    catalog(stores)
    sales(stores)
    app = open_page("post_mortem")
    assert "1 promotion is over · 0 judged, of these 0 closed" in texts(app)
    assert app.dataframe[0].value["Promotion"].tolist() == ["TV $week"]
    app = open_page("post_mortem", promotion=PROMOTION)
    assert "Not judged yet" in texts(app)
    app = awaited(press(app, "Judge it"))
    assert "version 1 of its post-mortem is kept, open" in texts(app)
    [row] = post_mortems(stores, ADMIN)
    held = post_mortem(stores, ADMIN, row.report_id)
    assert held is not None
    # 7 × 150 at 8.00, and the toys: 7 × 40 less 7 waves at 5.00.
    assert held.report is not None
    units = {one["department"]: one["units"] for one in held.report["by_department"]}
    assert units["TV"] == 1050
    assert held.insights == findings.insights(held.report, "")
    assert 300 < held.report["effect"]["units"]["value"] < 400
    assert "Begin a further version" not in [button.label for button in app.button]
    app = press(app, "Close for good")
    assert "Closed by" in "\n".join(str(one.value) for one in app.info)
    assert "There is no model of uplift in force" in texts(app)
    app = awaited(press(app, "Begin a further version"))
    assert [(one.version, one.state) for one in post_mortems(stores, ADMIN)] == [(2, "open"), (1, "closed")]


def test_a_closed_one_is_proposed_to_the_model(stores: Stores, open_page: Open) -> None:
    catalog(stores)
    kept(stores, closed=True)
    in_force(stores, more=0.4)
    app = open_page("post_mortem", promotion=PROMOTION)
    assert "TV, online: model u1 has learned from these days already." in texts(app)
    assert "Propose to the model" not in [button.label for button in app.button]
    standing = known(stores, ADMIN)
    assert standing is not None
    keep_model(stores, ADMIN, replace(standing.model, version="u2", last=date(2026, 10, 31)))
    app = open_page("post_mortem", promotion=PROMOTION)
    (learned,) = app.dataframe[-1].value.to_dict("records")
    assert [round(learned[name], 6) for name in ("Discount", "Believed", "Seen")] == [20, 40, 50]
    assert 40 < learned["After"] < 50
    app = press(app, "Propose to the model")
    [proposed] = [one for one in models(stores, ADMIN) if one.state == "proposed"]
    assert f"It is proposed as model {proposed.version}" in texts(app)
    assert "Propose to the model" not in [button.label for button in app.button]


def test_marked_days_are_left_out_once_it_is_judged_anew(stores: Stores) -> None:
    catalog(stores)
    sales(stores)
    asked = Asked(Subject(promotion_id=PROMOTION), (Mark("TV", "online", START, START, MarkKind.OUT_OF_STOCK),))
    found = judged(stores, ADMIN, asked)
    # Six days of 150.
    assert found.report["cells"][0]["units"] == 900
    assert "Marked and left out: 1 day of its departments and channels." in words.doubts(found.report)
    with pytest.raises(NotJudged, match="not in the catalog"):
        judged(stores, ADMIN, Asked(Subject(promotion_id=str(uuid.uuid4())), ()))


def test_readers_see_it_and_judge_nothing(stores: Stores, open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    catalog(stores)
    kept(stores)
    rita = granted("rita", [], [Right.PROMO_READ])
    monkeypatch.setattr(guard, "signed_in", lambda _settings: rita)
    app = open_page("post_mortem", promotion=PROMOTION)
    assert not app.exception
    assert not {"Judge anew", "Close for good", "PDF"} & {button.label for button in app.button}
    monkeypatch.setattr(guard, "signed_in", lambda _settings: granted("eve", [], []))
    assert "No access" in texts(open_page("post_mortem"))


def test_the_calendar_leads_to_it(stores: Stores, open_page: Open) -> None:
    catalog(stores)
    app = press(open_page("calendar", at="2026-11", promotion=PROMOTION), "Post-mortem")
    assert [title.value for title in app.title] == ["Post-mortem"]
    assert "TV \\$week · 2–8 Nov 2026 · not judged yet" in texts(app)


def test_nothing_to_judge_yet_and_a_link_to_nothing(stores: Stores, open_page: Open) -> None:
    app = open_page("post_mortem", scenario=PROMOTION)
    assert not app.exception
    assert "Nothing to judge yet" in texts(app)
    assert "which is not here" in texts(app)


def test_the_pdf_says_what_the_page_says() -> None:
    said = printed("TV $week", "2–8 Nov 2026", "Made", FIGURES, REPORT, ("Sales fell.",), ("Plan less.",), "EUR")
    text = " ".join(page.extract_text() for page in PdfReader(BytesIO(as_pdf(said, SEEN))).pages)
    for part in ("TV $week", "350 pieces more", "Sales fell.", "Plan less.", "up to 19 Nov 2026 only", "€9,600"):
        assert part in " ".join(text.split())


def test_its_tables_are_files(stores: Stores, open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    catalog(stores)
    kept(stores)
    offered: list[tuple[Any, ...]] = []
    monkeypatch.setattr(st, "download_button", lambda *of, **_: offered.append(of))
    monkeypatch.setattr(DeltaGenerator, "download_button", lambda _column, *of, **_: offered.append(of))
    app = open_page("post_mortem", promotion=PROMOTION)
    app.session_state["export"] = True
    app.run()
    assert not app.exception
    made = next(data for label, data, *_ in offered if label == "Whole page (Excel)")
    book = openpyxl.load_workbook(BytesIO(made()))
    told = {name: list(book[name].iter_rows(values_only=True)) for name in book.sheetnames}
    tables = rows_of.tables(REPORT, findings.insights(REPORT, "EUR"), findings.learning_points(REPORT, "EUR"))
    assert book.sheetnames == ["About", *tables]
    for name, rows in tables.items():
        found = rows()
        known = columns_of(name)
        assert [told[name][0]] == [tuple(known[column].heading for column in found[0])], name
        assert len(told[name]) == len(found) + 1
    # All, TV, online, TV online; 8,400 of 9,600.
    assert [row[0] for row in told["Against the forecast"][1:]] == [
        "all", "department", "channel", "department in a channel",
    ]  # fmt: skip
    assert told["Against the forecast"][1][3:6] == (8400, 9600, -12.5)
    # The report is of seven days, and two rows of them are in it.
    assert [row[1] for row in told["Promotion by day"][1:]] == ["promotion"] * 2
    assert told["Promotion by day"][1][2:7] == (150, 100, 80, 120, 171)
    assert told["Discount and uplift"][1][:10] == ("TV", "online", 7, 25, 20, 1050, 700, 71, 50, 10)
    assert told["Missing afterwards"][1] == ("TV", "online", 14, 11, 1100, 1030, 6.36, 70, 10, 130)
    assert [row[2:4] for row in told["Effects on others"][1:]] == [("cannibalization", -30), ("halo", 4)]
    assert told["Parts of the error"][1] == ("Sales", "baseline", -240)
    assert sum(row[2] for row in told["Parts of the error"][1:] if row[0] == "EBIT") == 60 - 240
    assert told["What it paid"][1] == (1064, 2128, 2100, 100, 72, -50, -500, 564)
    assert [row[0] for row in told["Sentences"][1:]].count("doubt") == 1
    csv = next(data for label, data, file, *_ in offered if label == "CSV" and "effects" in file)
    assert csv().decode("utf-8-sig").splitlines()[1].startswith("Audio,online,cannibalization,-30")
