"""A real browser on pages over names that would run, ask another host or lead away: they are letters there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from data_access.migrate import migrate
from data_access.stores import close_stores, open_stores
from settings import Settings
from tests.attack.company import founded
from tests.attack.strings import HIT_HOST, hostile
from tests.e2e.conftest import Served, Visitor, serving

pytestmark = pytest.mark.browser
DAYS = "period=Custom&from=2026-11-01&to=2026-11-20"
NAMES = [text for text in hostile("html", "markdown") if len(text) < 300][::2]
ADDRESSES = (
    f"/revenue?{DAYS}", f"/revenue?{DAYS}&product=p1", f"/engagement?{DAYS}", f"/engagement?{DAYS}&campaign=k1",
    "/settings",
    "/scenarios", "/discovery", "/calendar?at=2026-11-05", "/uplift", "/post-mortem",
)  # fmt: skip
# What the texts would have made of the page.
MADE = f"""() => [
  window.__hit === undefined ? '' : 'it ran',
  ...[...document.querySelectorAll('a, img, iframe, script, object, embed, form, link, base, video, source, image')]
    .filter(one => ['href', 'src', 'action', 'data', 'srcset', 'poster', 'srcdoc'].some(name =>
      /{HIT_HOST.replace(".", "[.]")}|^ *(javascript|vbscript|data:text)|__hit/i.test(one.getAttribute(name) || '')))
    .map(one => one.outerHTML.slice(0, 200)),
  ...[...document.querySelectorAll('[onerror], [onload], [onfocus], [ontoggle], [onstart], marquee, math.x')]
    .map(one => one.outerHTML.slice(0, 200)),
].filter(Boolean)"""


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The app over a shop and a company of such names."""

    def prepare(folder: Path) -> None:
        stores = open_stores(Settings(data_dir=folder))
        migrate(stores)
        founded(stores, NAMES)
        close_stores(stores)

    with serving(tmp_path_factory.mktemp("named"), "", prepare) as app:
        yield app


def test_nothing_of_a_name_runs_is_asked_for_or_leads_away(named: Served, visitor: Visitor) -> None:
    visit = visitor(named)
    visit.page.on("dialog", lambda dialog: (visit.faults.append(f"a dialog: {dialog.message}"), dialog.dismiss()))
    seen, made = "", []
    for address in ADDRESSES:
        page = visit.open(address)
        made += [(address, one) for one in page.evaluate(MADE)]
        seen += page.locator("body").inner_text()
    assert made == []
    # They are there, as they were written.
    assert sum(name in seen for name in NAMES) >= 5
