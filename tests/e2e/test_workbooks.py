"""The sample workbooks through a browser's upload to an approved scenario, on a server without any store, on both
operational engines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlparse

import pytest
from playwright.sync_api import Page, expect

from data_access.stores import close_stores, open_stores
from settings import PROJECT_ROOT, Settings
from tests.e2e import planning
from tests.e2e.conftest import Served, Visitor, serving

pytestmark = pytest.mark.browser
SAMPLES = sorted((PROJECT_ROOT / "demo" / "workbooks").glob("*.*"))
LOAD_MS = 90_000


@pytest.fixture(scope="module", params=["duckdb", "postgresql"])
def bare(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Settings]]:
    """A server to which no store is connected, and what its databases are."""
    folder = tmp_path_factory.mktemp("bare")
    url = ""
    if request.param == "postgresql":
        postgres = request.getfixturevalue("postgres")
        url = postgres.url(postgres.create())
    with serving(folder, "", DATABASE_URL=url) as app:
        yield app, Settings(data_dir=folder, database_url=url) if url else Settings(data_dir=folder)


def drop(page: Page, files: list[Path]) -> None:
    page.locator("input[type=file]").set_input_files([str(file) for file in files])


def test_from_the_sample_workbooks_to_an_approved_scenario(bare: tuple[Served, Settings], visitor: Visitor) -> None:
    served, settings = bare
    visit = visitor(served)
    page = visit.open("/workbooks")
    expect(page.get_by_text("No workbooks yet")).to_be_visible()
    drop(page, SAMPLES)
    expect(page.get_by_text("22,127 rows of sales (sheet Sales) can be loaded.")).to_be_visible(timeout=LOAD_MS)
    visit.settle()
    expect(page.get_by_text("528 rows of sales can be loaded; 1 row would be left out.")).to_be_visible()
    expect(page.get_by_text("header in row 4")).to_be_visible()
    expect(page.get_by_text("serial numbers of days from 1900")).to_be_visible()
    expect(page.get_by_text(re.compile(r"Quality of sales: Completeness 100\.0 %")).first).to_be_visible()
    page.get_by_role("button", name="Load", exact=True).dblclick()
    expect(page.get_by_text(re.compile(r"Loaded in"))).to_be_visible(timeout=LOAD_MS)
    visit.settle()
    expect(page.get_by_text("22,526", exact=True)).to_be_visible()  # 21,998 rows of before, and 528
    expect(page.get_by_text("21 Nov 2026", exact=True)).to_be_visible()
    with page.expect_download() as caught:
        page.get_by_role("button", name="Download what is left out").first.click()
    told = Path(caught.value.path()).read_text(encoding="utf-8")
    assert "'Summe' is no day" in told
    # The corrected month: one figure of one day.
    month = SAMPLES[[file.suffix for file in SAMPLES].index(".csv")]
    text = month.read_bytes().decode()
    first, _, rest = text.partition("\r\n")[2].partition("\r\n")
    line = first.split(";")
    corrected = served.data_dir / month.name
    changed = ";".join([*line[:5], "1,00", *line[6:]])
    corrected.write_bytes((text.partition("\r\n")[0] + f"\r\n{changed}\r\n{rest}").encode())
    drop(page, [corrected])
    expect(page.get_by_role("button", name="Load", exact=True)).to_be_enabled(timeout=LOAD_MS)
    visit.settle()
    page.get_by_role("button", name="Load", exact=True).click()
    expect(page.get_by_text(re.compile(r"528 rows in place, 1 row replaced; 1 row left out"))).to_be_visible(
        timeout=LOAD_MS
    )
    visit.settle()
    planning.learn(visit)
    planning.build(visit, "Balanced week", "Balanced")
    balanced = planning.saved_id(page)
    planning.build(visit, "Bold week", "Aggressive")
    bold = planning.saved_id(page)
    planning.side_by_side(visit, 1, 2)
    assert {balanced, bold} == set(parse_qs(urlparse(page.url).query)["side_by_side"][0].split(","))
    # Small discounts on accessories pay there.
    expect(page.get_by_text(re.compile(r"brings? most: \+.* of EBIT, the days after included"))).to_be_visible()
    planning.meet(visit, visitor(served), bold)
    planning.best_discounts(visit)
    visit.open(f"/scenarios?scenario={balanced}")
    planning.brief(visit, "calm")
    planning.approve(visit, "Go ahead")
    expect(page.get_by_text("“Go ahead”")).to_be_visible()
    expect(page.get_by_text(re.compile(r"Frozen with version 3, approved by"))).to_be_visible()
    served.process.terminate()
    served.process.wait(20)
    stores = open_stores(settings)
    try:
        with stores.operational.read() as session:
            (held,) = session.query_text(
                "SELECT (SELECT count(*) FROM sales_aggregated) AS sales,"
                " (SELECT count(*) FROM targets) AS targets, (SELECT count(*) FROM segments) AS segments,"
                " (SELECT count(*) FROM promo_catalog WHERE promo_name IS NOT NULL AND mechanics IS NOT NULL) AS named,"
                " (SELECT count(*) FROM data_processing_jobs WHERE status = 'completed') AS jobs,"
                " (SELECT count(*) FROM data_processing_jobs) AS all_jobs,"
                " (SELECT count(*) FROM promo_scenarios) AS scenarios, (SELECT count(*) FROM scenario_kpis) AS kpis,"
                " (SELECT count(*) FROM validation_reports) AS reports,"
                " (SELECT count(*) FROM scenario_versions) AS versions,"
                " (SELECT count(*) FROM creative_briefs) AS briefs,"
                " (SELECT count(*) FROM scenario_kpis WHERE ebit_delta > 0) AS earning,"
                " (SELECT count(DISTINCT (department, channel)) FROM uplift_coefficients) AS learned", {},
            ).to_pylist()  # fmt: skip
    finally:
        close_stores(stores)
    # Two saves, each once in spite of the double click, one more of two planners, a submission and an approval.
    assert held == {
        "sales": 22_526, "targets": 27, "segments": 5, "named": 40, "jobs": 2, "all_jobs": 2, "scenarios": 2, "kpis": 3,
        "reports": 2, "versions": 5, "briefs": 1, "earning": 3, "learned": 18,
    }  # fmt: skip
