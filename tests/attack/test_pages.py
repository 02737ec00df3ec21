"""Every page over a store with hostile names, and every key of its address: they are letters, and nothing fails."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from pages.frame import clock
from pages.frame.scenario_ways import Way
from settings import PROJECT_ROOT, get_settings
from tests.attack import engines
from tests.attack.company import founded
from tests.attack.shown import markup, planted, told_by
from tests.attack.strings import hostile
from tests.pages.conftest import Open, opening, texts
from tests.pages.test_post_mortem_page import PROMOTION
from tests.two_stacks import EMBEDDED
from tests.warehouse_rows import SEEN

# Names as a shop can have them.
NAMES = planted(
    [text for text in hostile("html", "markdown", "formulas", "unicode") if len(text) < 300 and "\0" not in text]
)
MOST = 900
FAILED = ("could not be drawn", "does not answer", "cannot be taken", "Traceback")
# Keys of addresses beside those of the choices of pages.
LOOKED_UP = {
    "store", "period", "from", "to", "compare", "align", "campaign", "flow", "form", "segment", "product", "customer",
    "job", "load", "promotion", "opportunity", "version", "at", "days", "of_month", "q", "r", "f",
    *(way.value for way in Way),
}  # fmt: skip


def addresses() -> dict[str, set[str]]:
    """Pages, and all keys that any of them reads."""
    keys = set(LOOKED_UP)
    for file in sorted((PROJECT_ROOT / "pages").rglob("*.py")):
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
                keys |= {
                    str(said.value.value)
                    for said in call.keywords
                    if said.arg == "key" and call.func.attr in {"one", "beside", "several"}
                    and isinstance(said.value, ast.Constant)
                }  # fmt: skip
    pages = sorted(path.stem for path in (PROJECT_ROOT / "pages").glob("*/*.py") if path.stem != "__init__")
    return {
        page: keys for page in pages if page not in {path.stem for path in (PROJECT_ROOT / "pages/frame").glob("*")}
    }


@pytest.fixture(scope="module")
def open_page(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Iterator[Open]:
    """Pages over a shop and a company that were named by somebody hostile."""
    folder = tmp_path_factory.mktemp("named")
    with engines.opened(EMBEDDED, folder, migrated_file, None, "") as stores:
        founded(stores, NAMES)
        settings = get_settings().model_copy(update={"data_dir": folder, "database_url": "", "warehouse_url": ""})
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(clock, "now", lambda: SEEN)
            yield opening(settings, patched)
    get_settings.cache_clear()


DRAWN = [(page, {"period": "12 m"}) for page in addresses()] + [
    ("post_mortem", {"promotion": PROMOTION}), ("revenue", {"product": "p1", "period": "12 m"}),
    ("engagement", {"campaign": "k1", "period": "12 m"}),
]  # fmt: skip


def test_no_name_is_markup_on_any_page(open_page: Open) -> None:
    seen, wrong = 0, []
    for page, query in DRAWN:
        app = open_page(page, **query)
        assert not app.exception, page
        assert not [said for said in FAILED if said in texts(app)], page
        seen += told_by(app)
        wrong += [(page, *found) for found in markup(app, NAMES)]
    assert wrong == []
    # Names are there to be seen.
    assert seen > 100


def test_no_address_makes_a_page_fail_or_is_markup(open_page: Open) -> None:
    everything = hostile()
    pages = addresses()
    share = -(-len(everything) // len(pages))
    ways = {way.value for way in Way}
    passed: set[str] = set()
    for place, (page, keys) in enumerate(pages.items()):
        # Numbered apart from the names.
        own = planted(everything[place * share :][:share], first=10_000)
        # The key of one part of a page would hide those of the others.
        for asked in [keys - ways, *({way} for way in ways if page == "scenarios")]:
            # Streamlit takes a thousand values in an address: each key has some, and all together all.
            each = min(MOST // len(asked), len(own))
            values = {key: [*own, *own][turn * 4 % len(own) :][:each] for turn, key in enumerate(sorted(asked))}
            passed |= {value for held in values.values() for value in held}
            app = open_page(page, **values)
            assert not app.exception, (page, asked)
            assert not [said for said in FAILED if said in texts(app)], (page, asked, texts(app)[-500:])
            assert list(markup(app, own)) == [], (page, asked)
    # Two pages may have been asked for texts of the same number.
    assert len(passed) >= 1_000
