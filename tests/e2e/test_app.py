"""The main job in a real browser, from an empty store to an exported figure. The tests build on one another."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from io import BytesIO
from pathlib import Path
from urllib.parse import parse_qs, urlparse

import openpyxl
import pytest
from playwright.sync_api import Locator, Page, expect
from pypdf import PdfReader

from pages.frame.menu import menu
from settings import PROJECT_ROOT
from tests.e2e.conftest import Served, Visit, Visitor

pytestmark = pytest.mark.browser
SYNC_MS = 120_000
STORE = "store=Nordwald+Outdoor"
# Cards of the page Engagement that the detail beneath it has not.
MESSAGES = ("Delivery rate", "Click rate", "Per recipient")


def card(page: Page, label: str) -> str:
    found = page.get_by_test_id("stMetric").filter(has=page.get_by_text(label, exact=True))
    return found.get_by_test_id("stMetricValue").inner_text()


def shown(page: Page) -> dict[str, str]:
    return {label: card(page, label) for label in ("Gross revenue", "Orders", "Customers", "Refund rate")}


def choose(visit: Visit, label: str, option: str) -> None:
    visit.page.get_by_label(label).first.click()
    visit.page.get_by_role("option", name=option, exact=True).click()
    visit.page.keyboard.press("Escape")
    visit.settle()


def in_menu(page: Page, section: str, name: str) -> Locator:
    """A page's link in the menu, beneath its section."""
    page.get_by_test_id("stTopNav").get_by_role("button", name=section).click()
    return page.get_by_test_id("stTopNavDropdownLink").filter(has=page.get_by_text(name, exact=True))


def test_a_deep_link_on_a_cold_server_has_menu_and_page(served: Served, visitor: Visitor) -> None:
    page = visitor(served).open(f"/revenue?{STORE}&period=90+d")
    expect(page.get_by_role("heading", name="Revenue", exact=True)).to_be_visible()
    expect(in_menu(page, "Data", "Settings")).to_be_visible()
    for choice in ("Store", "Period", "Compare with", "Sync now"):
        named = page.get_by_label(choice).or_(page.get_by_role("button", name=choice))
        expect(named.first).to_be_in_viewport(ratio=1)
    expect(page.get_by_text("Page not found")).to_have_count(0)
    expect(page.get_by_text("No orders yet")).to_be_visible()
    expect(page.get_by_text("never synced", exact=False).first).to_be_visible()


def test_one_person_syncs_while_another_browses(served: Served, visitor: Visitor) -> None:
    syncing, browsing = visitor(served), visitor(served)
    syncing.open(f"/revenue?{STORE}")
    browsing.open(f"/settings?{STORE}")
    syncing.page.get_by_role("button", name="Sync now").click()
    expect(syncing.page.get_by_role("button", name="Cancel")).to_be_visible(timeout=20_000)
    expect(browsing.page.get_by_role("button", name="Save settings")).to_be_enabled()
    in_menu(browsing.page, "Sales", "Revenue").click()
    expect(browsing.page.get_by_role("heading", name="Revenue", exact=True)).to_be_visible()
    expect(syncing.page.get_by_text(re.compile(r"Sync done .*new events"))).to_be_visible(timeout=SYNC_MS)
    syncing.settle()
    expect(syncing.page.get_by_test_id("stMetric")).to_have_count(6)
    assert card(syncing.page, "Orders") != "0"
    browsing.open(f"/revenue?{STORE}")
    assert shown(browsing.page) == shown(syncing.page)


def test_the_address_reproduces_the_view(served: Served, visitor: Visitor) -> None:
    mine = visitor(served)
    mine.open(f"/revenue?{STORE}")
    choose(mine, "Period", "12 m")
    choose(mine, "Compare with", "Last year")
    choose(mine, "Country", "AT")
    query = parse_qs(urlparse(mine.page.url).query)
    assert query["period"] == ["12 m"]
    assert query["compare"] == ["Last year"]
    assert set(query) == {"store", "period", "compare", "country"}
    yours = visitor(served)
    yours.open(mine.page.url.removeprefix(served.url))
    assert shown(yours.page) == shown(mine.page)
    everything = visitor(served)
    everything.open(f"/revenue?{STORE}&period=12+m")
    assert shown(everything.page) != shown(mine.page)


def test_a_note_is_on_the_chart_of_a_second_tab_and_is_saved_once(served: Served, visitor: Visitor) -> None:
    mine, yours = visitor(served), visitor(served)
    mine.open(f"/revenue?{STORE}")
    yours.open(f"/revenue?{STORE}")
    marked = re.compile(r"Gross revenue by day.* Marked: .* note Shop down for two hours \(by local admin\)")
    expect(yours.page.get_by_label(marked)).to_have_count(0)
    mine.page.get_by_role("button", name="Notes", exact=True).click()
    mine.page.get_by_label("What happened").fill("Shop down for two hours")
    mine.page.get_by_role("button", name="Save note").dblclick()
    expect(mine.page.get_by_role("dialog")).to_have_count(0)
    expect(mine.settle().get_by_label(marked).first).to_be_attached()
    choose(yours, "Compare with", "Last year")
    expect(yours.page.get_by_label(marked).first).to_be_attached()
    expect(yours.page.locator(".js-plotly-plot text", has_text="Shop down for").first).to_be_visible()
    yours.page.get_by_role("button", name="Notes", exact=True).click()
    expect(yours.page.get_by_role("dialog").get_by_role("button", name="Remove")).to_have_count(1)


def test_a_saved_view_shows_the_same_figures_to_somebody_else(served: Served, visitor: Visitor) -> None:
    mine = visitor(served)
    mine.open(f"/revenue?{STORE}&period=12+m")
    choose(mine, "Country", "AT")
    mine.page.get_by_role("button", name="Views", exact=True).click()
    mine.page.get_by_label("Name", exact=True).fill("Austria, a year")
    mine.page.get_by_text("Everybody who sees the store").click()
    mine.page.get_by_role("button", name="Save view").click()
    expect(mine.page.get_by_role("dialog")).to_have_count(0)
    mine.settle()
    yours = visitor(served)
    yours.open(f"/jobs?{STORE}")
    yours.page.get_by_role("button", name="Views", exact=True).click()
    with yours.page.context.expect_page() as opened:
        yours.page.get_by_role("link", name="Austria, a year").click()
    link = opened.value.url
    opened.value.close()
    fresh = visitor(served)
    fresh.open(link.removeprefix(served.url))
    assert shown(fresh.page) == shown(mine.page)


def test_an_export_holds_what_the_page_shows(served: Served, visitor: Visitor, tmp_path: Path) -> None:
    visit = visitor(served)
    page = visit.open(f"/revenue?{STORE}&period=12+m")
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as caught:
        page.locator(".st-key-export_orders_xlsx button").click()
    file = tmp_path / "orders.xlsx"
    caught.value.save_as(file)
    rows = list(openpyxl.load_workbook(file)["Orders"].iter_rows(values_only=True))
    place = {name: i for i, name in enumerate(rows[0])}
    values = [row[place["Order value"]] for row in rows[1:] if row[place["Order value"]] is not None]
    # An order without an exchange rate is in the number of orders and in no sum.
    assert f"{sum(row[place['Order value original']] > 0 for row in rows[1:]):,}" == card(page, "Orders")
    with page.expect_download() as caught:
        page.locator(".st-key-export_over-time_xlsx button").click()
    caught.value.save_as(file)
    series = list(openpyxl.load_workbook(file)["Over time"].iter_rows(values_only=True))
    gross = series[0].index("Gross revenue")
    assert sum(row[gross] for row in series[1:]) == pytest.approx(sum(values), abs=0.005)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_every_chart_takes_its_colours_from_the_theme(
    served: Served, visitor: Visitor, scheme: str, width: int
) -> None:
    page = visitor(served, scheme=scheme, width=width).open(f"/revenue?{STORE}&period=12+m")
    charts = page.get_by_test_id("stPlotlyChart")
    expect(charts).to_have_count(5)
    expect(charts.locator("svg.main-svg").first).to_be_visible()
    # Streamlit's stand-ins for theme colours run from #000001 to #000040; none may be left.
    left = charts.evaluate_all(
        r"all => all.map(e => e.innerHTML.match(/rgb\(0, 0, (?:[1-9]|[1-5]\d|6[0-4])\)/g) || []).flat()"
    )
    assert left == []
    assert charts.evaluate_all("all => all.filter(e => !e.querySelector('[aria-label]')).length") == 0
    main = page.get_by_test_id("stMain")
    assert main.evaluate("e => e.scrollWidth - e.clientWidth") <= 2
    dark = main.evaluate("e => getComputedStyle(e.closest('.stApp')).backgroundColor")
    assert (dark == "rgb(18, 21, 28)") == (scheme == "dark")


def test_the_overview_leads_to_the_pages_behind_it_and_prints_on_one_sheet(served: Served, visitor: Visitor) -> None:
    visit = visitor(served, width=390)
    page = visit.open(f"/?{STORE}")
    expect(page.get_by_role("heading", name="Overview", exact=True)).to_be_visible()
    main = page.get_by_test_id("stMain")
    assert main.evaluate("e => e.scrollWidth - e.clientWidth") <= 2
    # The menu of a phone stands in the sidebar, none of it folded away.
    page.get_by_test_id("stExpandSidebarButton").click()
    expect(page.get_by_test_id("stSidebarNavLink")).to_have_count(sum(map(len, menu().values())))
    page.get_by_role("button", name="Collapse sidebar").click()
    # Streamlit draws each link twice, for wide screens and for phones.
    links = page.locator('[data-testid="stPageLink-NavLink"]:visible')
    expect(links.first).to_be_visible()
    asked = [urlparse(link.get_attribute("href") or "") for link in links.all()]
    assert "revenue" in {each.path for each in asked}
    for place, each in enumerate(asked):
        links.nth(place).click()
        page.wait_for_url(lambda url, path=each.path: urlparse(url).path == f"/{path}")
        visit.settle()
        wanted, held = parse_qs(each.query), parse_qs(urlparse(page.url).query)
        # Each once: the browser adds the session's own choices to those that the link names.
        assert {name: held.get(name) for name in wanted} == wanted
        # The page shows the days that the link asks for, not those that the sidebar had.
        if each.query.endswith("period=Month+to+date"):
            expect(page.get_by_text(re.compile(r" · 1(–\d+)? [A-Z][a-z]{2} \d{4} ")).first).to_be_visible()
        visit.open(f"/?{STORE}")
    wide = visitor(served).open(f"/?{STORE}")
    assert len(PdfReader(BytesIO(wide.pdf(format="A4"))).pages) == 1


def test_a_product_opens_by_a_click_and_by_its_link_and_closes_by_the_way_back(
    served: Served, visitor: Visitor
) -> None:
    visit = visitor(served)
    page = visit.open(f"/revenue?{STORE}&period=12+m")
    table = page.get_by_test_id("stDataFrame").first
    table.scroll_into_view_if_needed()
    table.click(position={"x": 15, "y": 54})
    detail = page.locator(".st-key-product")
    expect(detail.get_by_test_id("stMetric")).to_have_count(4)
    visit.settle()
    name = detail.get_by_role("heading").first.inner_text()
    link = page.url
    assert "product=" in link
    page.go_back()
    expect(detail).to_have_count(0)
    other = visitor(served).open(link.removeprefix(served.url))
    expect(other.locator(".st-key-product").get_by_role("heading", name=name)).to_be_visible()


def test_from_a_campaign_back_and_the_address_reproduces_it(served: Served, visitor: Visitor) -> None:
    mine = visitor(served)
    mine.open(f"/engagement?{STORE}&period=90+d&messages=E-mail")
    before = {label: card(mine.page, label) for label in MESSAGES}
    assert before["Delivery rate"] != "–"
    # Cells of a table are drawn, not elements: its first cell is the box that picks the first row.
    table = mine.page.locator('[class*="st-key-table_campaigns"]').get_by_test_id("stDataFrame")
    table.scroll_into_view_if_needed()
    table.click(position={"x": 15, "y": 54})
    expect(mine.page.get_by_role("button", name="Close", exact=True)).to_be_visible(timeout=20_000)
    mine.settle()
    assert parse_qs(urlparse(mine.page.url).query).keys() == {"store", "period", "messages", "campaign"}
    own = mine.page.locator(".st-key-campaign")
    picked = own.get_by_role("heading").first.inner_text()
    yours = visitor(served)
    yours.open(mine.page.url.removeprefix(served.url))
    expect(yours.page.locator(".st-key-campaign").get_by_role("heading").first).to_have_text(picked)
    assert {label: card(yours.page, label) for label in MESSAGES} == before
    figures = [each.locator(".st-key-campaign").get_by_test_id("stMetricValue") for each in (mine.page, yours.page)]
    assert figures[0].all_inner_texts() == figures[1].all_inner_texts() != []
    mine.page.go_back()
    expect(mine.page.get_by_role("button", name="Close", exact=True)).to_have_count(0)
    mine.settle()
    assert {label: card(mine.page, label) for label in MESSAGES} == before
    yours.page.get_by_role("button", name="Close", exact=True).click()
    expect(yours.page.get_by_role("button", name="Close", exact=True)).to_have_count(0)
    yours.settle()
    assert "campaign" not in parse_qs(urlparse(yours.page.url).query)


def test_a_segment_and_a_cell_of_the_grid_open_their_customers(served: Served, visitor: Visitor) -> None:
    visit = visitor(served)
    page = visit.open(f"/rfm?{STORE}")
    listed = page.locator(".st-key-members")
    # The first of the slices lies under all others.
    tile = page.locator(".st-key-chart_segments g.slice").nth(1)
    segment = tile.locator("text").text_content() or ""
    tile.click()
    page.wait_for_url(re.compile(r"segment="))
    visit.settle()
    (named,) = parse_qs(urlparse(page.url).query)["segment"]
    assert segment.startswith(named)
    expect(listed.get_by_role("heading", name=named, exact=True)).to_be_visible()
    # The middle of the grid's lower left cell: recency 1, frequency 1.
    plot = page.locator(".st-key-chart_grid .nsewdrag")
    box = plot.bounding_box()
    assert box is not None
    plot.click(position={"x": box["width"] / 10, "y": box["height"] * 0.9})
    page.wait_for_url(lambda url: "segment=" not in url)
    visit.settle()
    expect(listed.get_by_role("heading", name="All customers", exact=True)).to_be_visible()
    query = parse_qs(urlparse(page.url).query)
    assert (query["r"], query["f"]) == (["1"], ["1"])


def test_the_way_back_to_an_address_without_a_store_keeps_the_store(served: Served, visitor: Visitor) -> None:
    visit = visitor(served)
    page = visit.open("/")
    choose(visit, "Store", "Harbor & Leaf Tea")
    page.evaluate("history.pushState({}, '', '/'); history.pushState({}, '', '/?period=7+d')")
    page.go_back()
    expect(page.get_by_text(re.compile("^Harbor & Leaf Tea · "))).to_be_visible()
    page.wait_for_url(re.compile(r"store=Harbor"))
    # The page that stands at `/` is named in the menu.
    expect(page.locator('[data-testid="stTopNavLink"][aria-current="page"]')).to_have_text(re.compile("Overview"))


def test_what_a_command_line_sync_fetched_is_loaded_though_nobody_looks(served: Served) -> None:
    command = [sys.executable, "-m", "cli", "sync", "--account", "NrDw8K", "--json"]
    done = subprocess.run(command, cwd=PROJECT_ROOT, env=served.environment, check=True, capture_output=True, text=True)
    assert [row["state"] for row in json.loads(done.stdout)["accounts"]] == ["spooled"]
    deadline = time.monotonic() + 60
    while list((served.data_dir / "spool").glob("*/[!d]*/*/manifest.json")):
        assert time.monotonic() < deadline, "the server has not loaded the spool"
        time.sleep(0.2)


def test_a_sync_can_be_cancelled(slow: Served, visitor: Visitor) -> None:
    page = visitor(slow).open(f"/?{STORE}")
    page.get_by_role("button", name="Sync now").click()
    cancel = page.get_by_role("button", name="Cancel")
    expect(cancel).to_be_enabled(timeout=20_000)
    cancel.click()
    expect(page.get_by_text(re.compile(r"Sync cancelled .*The next one goes on from there"))).to_be_visible(
        timeout=60_000
    )
    expect(page.get_by_role("button", name="Sync now")).to_be_enabled()


def test_settings_saved_in_one_window_are_told_in_the_other(served: Served, visitor: Visitor) -> None:
    first, second = visitor(served), visitor(served)
    first.open(f"/settings?{STORE}")
    second.open(f"/settings?{STORE}")
    for visit, days in ((first, "14"), (second, "60")):
        field = visit.page.get_by_role("spinbutton", name="Usual return time, in days")
        field.fill(days)
        field.press("Tab")
    first.page.get_by_role("button", name="Save settings").dblclick()
    expect(first.page.get_by_text("Settings saved.")).to_be_visible(timeout=20_000)
    second.page.get_by_role("button", name="Save settings").click()
    expect(second.page.get_by_text("Somebody else saved these settings")).to_be_visible(timeout=20_000)
    second.page.get_by_role("button", name="Show what stands there now").click()
    expect(second.page.get_by_role("spinbutton", name="Usual return time, in days")).to_have_value("14")


def test_the_logo_and_the_way_back_show_the_start_page(served: Served, visitor: Visitor) -> None:
    visit = visitor(served)
    page = visit.open("/")
    expect(page.get_by_role("heading", name="Overview", exact=True)).to_be_visible()
    in_menu(page, "Data", "Settings").click()
    expect(page.get_by_role("heading", name="Settings", exact=True)).to_be_visible()
    visit.settle()
    page.get_by_test_id("stLogoLink").click()
    expect(page.get_by_role("heading", name="Overview", exact=True)).to_be_visible()
    visit.settle()
    expect(page.get_by_text("could not be drawn")).to_have_count(0)
    in_menu(page, "Data", "Settings").click()
    expect(page.get_by_role("heading", name="Settings", exact=True)).to_be_visible()
    visit.settle()
    page.go_back()
    expect(page.get_by_role("heading", name="Overview", exact=True)).to_be_visible()
    visit.settle()
    expect(page.get_by_text("could not be drawn")).to_have_count(0)


def test_every_page_runs_under_the_policy_that_the_server_sends(served: Served, visitor: Visitor) -> None:
    """The visitor's console is read for what the browser refused; here every page is drawn, and a chart taken out."""
    visit = visitor(served)
    page = visit.open(f"/revenue?{STORE}&period=12+m")
    page.locator(".js-plotly-plot").first.hover()
    with page.expect_download() as caught:
        page.locator(".js-plotly-plot .modebar-btn").first.click(force=True)
    assert caught.value.suggested_filename.endswith(".png")
    drawn = 0
    for section in filter(None, menu()):
        page.get_by_test_id("stTopNav").get_by_role("button", name=section).click()
        links = page.get_by_test_id("stTopNavDropdownLink").all_inner_texts()
        page.keyboard.press("Escape")
        for name in (text.splitlines()[-1] for text in links):  # before it stands the name of its icon
            in_menu(page, section, name).click()
            expect(page.get_by_role("heading", name=name, level=1)).to_be_visible(timeout=30_000)
            visit.settle()
            drawn += 1
    # All but the overview, which others of these tests draw.
    assert drawn == sum(map(len, menu().values())) - 1
    assert visit.faults == []
    # What somebody smuggled into a page does not run, and the console that was clean until here says so.
    page.evaluate("() => document.body.append(Object.assign(document.createElement('script'), {text: 'ran = 1'}))")
    assert page.evaluate("() => typeof ran") == "undefined"
    assert [fault for fault in visit.faults if "script-src" in fault]
    visit.faults.clear()
