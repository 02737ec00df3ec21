"""A real grocer's promotion in the browser, on a server without any store: its workbook, uplift, forecast, an approved
scenario, the weeks that came, its post-mortem, and what the model learns of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from benchmarks import grocer_promotion
from data_access.queries.promo_models import known, models
from data_access.queries.promo_post_mortems import post_mortem, post_mortems
from data_access.queries.promo_scenarios import frozen, versions
from data_access.scope import local_admin
from data_access.stores import close_stores, open_stores
from settings import Settings
from tests.e2e import planning
from tests.e2e.conftest import Served, Visit, Visitor, serving

pytestmark = pytest.mark.browser
# The promoted ones and one that they do not touch: more would take longer and say the same.
DEPARTMENTS = (*grocer_promotion.PROMOTED, "PRODUCE")
LOAD_MS = 90_000
FORECAST_MS = 240_000
JUDGE_MS = 90_000


@pytest.fixture(scope="module")
def grocer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server to which no store is connected."""
    with serving(tmp_path_factory.mktemp("grocer"), "") as app:
        yield app


def load(visit: Visit, file: Path, rows: str) -> None:
    """A workbook through the page's upload."""
    page = visit.open("/workbooks")
    page.locator("input[type=file]").set_input_files(str(file))
    expect(page.get_by_text(f"{rows} rows of sales (sheet Sales) can be loaded.")).to_be_visible(timeout=LOAD_MS)
    visit.settle()
    page.get_by_role("button", name="Load", exact=True).click()
    expect(page.get_by_text(re.compile(r"Loaded in")).first).to_be_visible(timeout=LOAD_MS)
    visit.settle()


def forecast(visit: Visit) -> None:
    """By the button of its page, beside it."""
    page = visit.open("/forecast")
    page.get_by_role("button", name="Forecast", exact=True).click()
    expect(page.get_by_role("heading", name="By day")).to_be_visible(timeout=FORECAST_MS)
    visit.settle()
    expect(page.get_by_text(re.compile(r"29 Oct 2017")).first).to_be_visible()


def week(visit: Visit) -> str:
    """The promotion's days, departments and a discount of 5 % in the builder; its id."""
    page = visit.open("/scenarios?build=new")
    parts = page.locator("[class*='st-key-scenario_days_']").get_by_role("spinbutton")
    for first, typed in ((0, "30102017"), (3, "05112017")):
        parts.nth(first).click()
        page.keyboard.type(typed)
    page.keyboard.press("Escape")
    visit.settle()
    chosen = page.get_by_role("combobox", name=re.compile("^Departments")).first
    for name in grocer_promotion.PROMOTED:
        chosen.fill(name)
        page.get_by_role("option", name=name, exact=True).click()
        visit.settle()
    page.keyboard.press("Escape")
    slider = page.get_by_role("slider").first
    for _ in range(3):
        slider.press("ArrowLeft")
        visit.settle()
    page.get_by_label("Name", exact=True).fill(grocer_promotion.LABEL)
    page.get_by_label("Name", exact=True).press("Enter")
    visit.settle()
    expect(page.get_by_text("It begins on 30 Oct 2017, before today").first).to_be_visible()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved as version 1.")).to_be_visible(timeout=planning.SETTLED_MS)
    visit.settle()
    return planning.saved_id(page)


def judge(visit: Visit, scenario: str) -> None:
    """Judged, closed and proposed on the page."""
    page = visit.open(f"/post-mortem?scenario={scenario}")
    page.get_by_role("button", name="Judge it").click()
    expect(page.get_by_text("Judged: version 1 of its post-mortem is kept, open.")).to_be_visible(timeout=JUDGE_MS)
    visit.settle()
    expect(page.get_by_text(re.compile(r"^Its departments sold [\d,]+ pieces (more|fewer) than the"))).to_be_visible()
    for name in ("What happened", "What to learn", "Where the error came from", "What was missing afterwards"):
        expect(page.get_by_role("heading", name=name)).to_be_visible()
    page.get_by_role("button", name="Close", exact=True).click()
    page.get_by_role("button", name="Close for good").click()
    expect(page.get_by_text("Version 1 is closed and stays as it is.")).to_be_visible(timeout=planning.SETTLED_MS)
    visit.settle()
    page.get_by_role("button", name="Propose to the model").click()
    expect(page.get_by_text(re.compile(r"Model \S+ is proposed\."))).to_be_visible(timeout=planning.SETTLED_MS)
    visit.settle()


def promo_days(page: Page) -> int:
    """How many the curve of meat rests on."""
    told = page.get_by_text(re.compile(r"\d+ promo days, the deepest at")).first
    expect(told).to_be_visible()
    return int((told.text_content() or "").split()[0])


def test_from_a_real_workbook_to_what_was_learned(grocer: Served, visitor: Visitor, tmp_path: Path) -> None:
    eve, year, _ = grocer_promotion.files(tmp_path, DEPARTMENTS)
    visit = visitor(grocer)
    # 302 days up to 29 October, and of the year all but Christmas.
    load(visit, eve, "906")
    planning.learn(visit)
    visit.open("/uplift?department=MEAT")
    # Six weeks of meat had been on promotion.
    assert promo_days(visit.page) == 42
    forecast(visit)
    scenario = week(visit)
    planning.approve(visit, "Go ahead")
    load(visit, year, "1,092")
    judge(visit, scenario)
    page = visit.open("/uplift?department=MEAT")
    page.get_by_role("button", name="Put in force").click()
    expect(page.get_by_text(re.compile(r"is in force now\. \S+ is kept and can be brought back"))).to_be_visible(
        timeout=planning.SETTLED_MS
    )
    visit.settle()
    assert promo_days(page) == 49
    grocer.process.terminate()
    grocer.process.wait(20)
    stores, ann = open_stores(Settings(data_dir=grocer.data_dir)), local_admin("test")
    try:
        [row] = post_mortems(stores, ann)
        kept, promised = post_mortem(stores, ann, row.report_id), frozen(stores, ann, scenario)
        now, before = known(stores, ann), [one for one in models(stores, ann) if one.source == "history"]
        held = known(stores, ann, before[0].version)
        planned = versions(stores, ann, scenario)
    finally:
        close_stores(stores)
    assert kept is not None
    assert promised is not None
    assert now is not None
    assert held is not None
    # The forecast was frozen before a day of the week was loaded, and is what the report is held against.
    assert (row.state, kept.model_version) == ("closed", held.row.version)
    assert kept.report is not None
    assert kept.report["totals"]["forecast_sales_value"] == promised.forecast["totals"]["sales_value"]
    assert kept.insights
    # What the workbook holds of that week, to the cent.
    sold = sum(row[3] for row in grocer_promotion.rows(DEPARTMENTS)
               if grocer_promotion.START <= row[0] <= grocer_promotion.END)  # fmt: skip
    assert kept.report["totals"]["sales_value"] == pytest.approx(sold, abs=0.005)
    assert (now.row.source, {one.model_version for one in planned}) == ("post_mortem", {held.row.version})
    taught = {(one.cell.department, one.band): one.uplift_units_pct for one in now.bands}
    learned = {(one.cell.department, one.band): one.uplift_units_pct for one in held.bands}
    changed = {department for (department, band), uplift in taught.items() if learned[department, band] != uplift}
    assert changed == set(grocer_promotion.PROMOTED)
