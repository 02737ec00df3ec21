"""What a planner does in the browser, from the uplift page to an approved scenario."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visit

# What learning three years of nine departments may take on a busy machine.
LEARN_MS = 180_000
SETTLED_MS = 60_000


def learn(visit: Visit) -> None:
    """Has uplift learned by the button of its page."""
    page = visit.open("/uplift")
    expect(page.get_by_text("No uplift yet")).to_be_visible()
    page.get_by_role("button", name="Estimate", exact=True).click()
    expect(page.get_by_role("heading", name="By band of discount")).to_be_visible(timeout=LEARN_MS)
    visit.settle()


def from_template(visit: Visit, kind: str) -> None:
    """Fills the builder's rows from a template."""
    page = visit.page
    page.get_by_role("button", name="Start from a template").click()
    # What stands in it is drawn once it is opened.
    expect(page.get_by_role("button", name="Use it")).to_be_visible(timeout=SETTLED_MS)
    page.get_by_label("Template", exact=False).last.click()
    page.get_by_role("option", name=kind, exact=True).click()
    visit.settle()
    page.get_by_role("button", name="Use it").click()
    expect(page.get_by_text(re.compile(rf"{kind}: \d+ rows? in"))).to_be_visible(timeout=SETTLED_MS)
    visit.settle()


def build(visit: Visit, name: str, kind: str) -> None:
    """A new scenario from a template, saved by an impatient double click."""
    page = visit.open("/scenarios")
    page.get_by_role("button", name="New scenario").click()
    visit.settle()
    from_template(visit, kind)
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Name", exact=True).press("Enter")
    visit.settle()
    expect(page.get_by_text(re.compile(r"score \d+ of 100")).first).to_be_visible()
    page.get_by_role("button", name="Save", exact=True).dblclick()
    expect(page.get_by_text("Saved as version 1.")).to_be_visible(timeout=SETTLED_MS)
    visit.settle()


def best_discounts(visit: Visit) -> None:
    """Asks the optimiser, clicks a point of its frontier, and changes a limit beneath its answer."""
    page = visit.open("/scenarios?optimise=new")
    page.get_by_role("button", name="Find the best discounts").click()
    expect(page.get_by_role("heading", name="Sales against margin")).to_be_visible(timeout=SETTLED_MS)
    visit.settle()
    # What takes the clicks lies over the points.
    point = page.locator(".st-key-chart_frontier .points path").nth(3)
    point.scroll_into_view_if_needed()
    box = point.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    # In words, with its number among those of the frontier.
    said = page.get_by_role("combobox", name=re.compile(r"^Point of the frontier"))
    expect(said).to_have_value(re.compile(r"^4: Sales .*, margin .*"), timeout=SETTLED_MS)
    page.get_by_role("spinbutton", name="Promotions at once, at most").fill("1")
    page.keyboard.press("Tab")
    expect(page.get_by_text("What is asked has changed")).to_be_visible(timeout=SETTLED_MS)
    visit.settle()


def side_by_side(visit: Visit, first: int, second: int) -> None:
    """Ticks two rows of the list and compares them. Cells of a table are drawn, not elements."""
    page = visit.open("/scenarios")
    table = page.get_by_test_id("stDataFrame")
    for row in (first, second):
        table.click(position={"x": 15, "y": 18 + 36 * row})
        visit.settle()
    page.get_by_role("button", name="Compare 2").click()
    expect(page.get_by_role("heading", name="Scenarios side by side")).to_be_visible(timeout=SETTLED_MS)
    visit.settle()


def saved_id(page: Page) -> str:
    """The id of the scenario that the address names."""
    found = re.search(r"scenario=([0-9a-f-]{36})", page.url)
    assert found is not None
    return found[1]


def rename(visit: Visit, name: str) -> None:
    """Another name in the builder that is open, and a save."""
    page = visit.page
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Name", exact=True).press("Enter")
    visit.settle()
    page.get_by_role("button", name="Save as a new version").click()


def meet(first: Visit, second: Visit, id: str) -> None:
    """Two planners open one scenario: the second sees what the first changed before anything is written over it."""
    for visit in (first, second):
        expect(visit.open(f"/scenarios?build={id}").get_by_text("Version 1 is open.")).to_be_visible()
        visit.settle()
    rename(first, "Bold days")
    expect(first.page.get_by_text("Saved as version 2.")).to_be_visible(timeout=SETTLED_MS)
    first.settle()
    rename(second, "My bold week")
    page = second.page
    expect(page.get_by_text("Somebody else saved meanwhile")).to_be_visible(timeout=SETTLED_MS)
    expect(page.get_by_text("Renamed to 'Bold days'; it was 'Bold week'")).to_be_visible()
    page.get_by_role("button", name="Take theirs").click()
    expect(page.get_by_text("Version 2 is open.")).to_be_visible(timeout=SETTLED_MS)
    second.settle()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Bold days")
    expect(page.get_by_text("What you had before is kept: My bold week.")).to_be_visible()


def approve(visit: Visit, comment: str) -> None:
    """Submits the scenario that is open and approves it."""
    page = visit.page
    page.get_by_role("button", name="Submit for approval").click()
    expect(page.get_by_text("Submitted: it waits for approval.")).to_be_visible(timeout=SETTLED_MS)
    visit.settle()
    # By keyboard alone: the focus stays where it went while the page is run for the comment.
    page.get_by_label("Comment").focus()
    page.keyboard.type(comment)
    page.keyboard.press("Tab")
    visit.settle()
    expect(page.get_by_role("button", name="Approve", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Approved; its forecast is frozen.")).to_be_visible(timeout=SETTLED_MS)
    visit.settle()


def brief(visit: Visit, tone: str) -> None:
    """Saves the creative brief of the scenario that is open, in another tone, by an impatient double click."""
    page = visit.page
    page.get_by_role("button", name="Creative brief").click()
    visit.settle()
    page.get_by_role("tab", name="Edit").click()
    page.get_by_label("Tone", exact=True).fill(tone)
    page.get_by_role("button", name="Save brief").dblclick()
    expect(page.get_by_text("Saved as version 1 of the brief.")).to_be_visible(timeout=SETTLED_MS)
    visit.settle()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    visit.settle()
