"""Every page over a store with hostile names, and every key of its address: they are letters, and nothing fails."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from data_access.stores import Stores
from pages.frame import clock
from pages.frame.scenario_ways import Way
from settings import PROJECT_ROOT, get_settings
from tests.attack import engines
from tests.attack.planting import plant
from tests.attack.shown import markup, planted, told_by
from tests.attack.strings import hostile
from tests.message_rows import campaign
from tests.pages.conftest import Open, opening, texts
from tests.pages.test_calendar_page import scenario
from tests.pages.test_discovery_page import aim
from tests.pages.test_post_mortem_page import PROMOTION, catalog, kept, sales
from tests.promo_rows import in_force
from tests.two_stacks import EMBEDDED
from tests.warehouse_rows import SEEN, insert, line, order, store, version

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


def renamed(stores: Stores, *names: tuple[str, str]) -> None:
    """Departments, which stand in many documents, called otherwise."""
    with stores.operational.write() as session:
        columns = session.query_text(
            "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE schema_name = 'main'"
            " AND table_name IN (SELECT table_name FROM duckdb_tables())",
            {},
        ).to_pylist()
        for table, column, kind in (row.values() for row in columns):
            if table in {"stores", "schema_migrations", "settings", "dim_time", "holidays"}:
                continue
            for old, new in names:
                if kind == "VARCHAR":
                    put, held, value = "$x", f"{column} = '{old}'", new
                elif kind == "VARCHAR[]":
                    put = f"list_transform({column}, lambda one: CASE WHEN one = '{old}' THEN $x ELSE one END)"
                    held, value = f"list_contains({column}, '{old}')", new
                elif kind == "JSON":
                    put = f"replace(CAST({column} AS VARCHAR), '\"{old}\"', $x)"
                    held, value = f"CAST({column} AS VARCHAR) LIKE '%\"{old}\"%'", json.dumps(new)
                else:
                    continue
                session.query_text(f"UPDATE {table} SET {column} = {put} WHERE {held}", {"x": value})


@pytest.fixture(scope="module")
def open_page(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Iterator[Open]:
    """Pages over a shop and a company that were named by somebody hostile."""
    folder = tmp_path_factory.mktemp("named")
    with engines.opened(EMBEDDED, folder, migrated_file, None, "") as stores:
        insert(stores, "stores", store(name=NAMES[3]))
        insert(stores, "data_versions", version())
        for number in range(30):
            day = f"2026-11-{number % 19 + 1:02d}"
            more = {
                "customer_id": f"c{number % 7}",
                "shipping_country": f"D{number % 6}",
                "device_type": f"d{number % 3}",
            }
            insert(stores, "klaviyo_orders", order(f"o{number}", "10.00", f"{day} 10:00", **more))
            for product in {number % 5, (number + 1) % 5}:
                insert(stores, "klaviyo_order_line_items", line(f"o{number}", f"p{product}", "5.00", day))
            insert(stores, "campaign_statistics", campaign(f"k{number}", day, 1000, opened=200))
        in_force(stores)
        catalog(stores)
        sales(stores)
        kept(stores)
        scenario(stores, "October push")
        scenario(stores, "November push", submitted=True)
        aim(stores, 40_000)
        renamed(stores, ("TV", NAMES[7]), ("Toys", NAMES[200]))
        assert plant(stores, NAMES) > 60
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
