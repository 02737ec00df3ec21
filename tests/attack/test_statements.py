"""Every hostile text as a value of a statement, on each engine: it is bound, finds its own row and nobody else's."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from data_access import statements
from data_access.engines.base import Store
from data_access.errors import TextRefused
from data_access.queries import (
    cohorts,
    engagement_detail,
    engagement_events,
    jobs,
    product_range,
    promo_briefs,
    promo_models,
    promo_opportunities,
    promo_post_mortems,
    promo_scenarios,
    rfm,
    workbooks,
)
from data_access.queries.accounts import busiest, rates
from data_access.scope import NotPermitted, granted, local_admin
from data_access.scoped import PROMO, SHARED, ScopedSession, scoped_read
from data_access.stores import Stores
from tests.attack import engines
from tests.attack.engines import OTHER
from tests.attack.strings import HALVES, hostile
from tests.data_access.filled import fill
from tests.postgresql_servers import Server
from tests.two_stacks import EMBEDDED, SERVERS
from tests.warehouse_rows import ACCOUNT, _of_the_warehouse

ADMIN = local_admin("test")
TEXTS = hostile()
DAYS = date(2026, 11, 1), date(2026, 11, 20)
# What no person gives: the account's zone and the words of the program.
OWN = {"zone": "Europe/Berlin", "grain": "day"}
# Ids that the queries have looked at before: what is none asks nothing.
IDS = {"scenario", "report", "opportunity"}
BY_NAME = {
    "operational": ("klaviyo_tags", "tag_id", "name"),
    "warehouse": ("products_master", "product_id", "product_name"),
}


@pytest.fixture(scope="module", params=[EMBEDDED, SERVERS])
def attacked(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, migrated_file: Path
) -> Iterator[Stores]:
    """Two accounts, whose tags and products are called by the texts."""
    stack = request.param
    server: Server | None = request.getfixturevalue("postgres") if stack == SERVERS else None
    template = request.getfixturevalue("postgres_template") if stack == SERVERS else ""
    with engines.opened(stack, tmp_path_factory.mktemp("attacked"), migrated_file, server, template) as stores:
        engines.fill(stores, TEXTS)
        if stack == EMBEDDED:
            # Besides, a row of a third account in each table that there is.
            fill(stores.operational, f"{OTHER}x", 7)
        yield stores


def sides(stores: Stores) -> dict[str, Store]:
    return {"operational": stores.operational, "warehouse": stores.warehouse}


def counted(stores: Stores) -> dict[str, int]:
    """The tables with their rows."""
    found = {}
    for store in {id(store): store for store in sides(stores).values()}.values():
        with store.read() as session:
            for name in sorted(_tables(stores, store)):
                found[f"{store.dialect} {name}"] = session.query_text(f"SELECT count(*) AS n FROM {name}", {})["n"][
                    0
                ].as_py()
    return found


def _tables(stores: Stores, store: Store) -> set[str]:
    names = {"stores", "klaviyo_tags", "grants", "audit_log", "saved_views", "promo_scenarios"}
    warehouse = {"klaviyo_orders", "products_master", "klaviyo_order_line_items"}
    if stores.same:
        return names | warehouse
    return warehouse if store is stores.warehouse else names


@pytest.mark.parametrize("side", BY_NAME)
def test_each_text_finds_the_row_that_is_called_so_and_nobody_elses(
    attacked: Stores, side: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table, key, named = BY_NAME[side]
    file = tmp_path / "sql" / "read" / "called.sql"
    file.parent.mkdir(parents=True)
    file.write_text(
        f"-- purpose: a test\n-- grain: one row\n-- params: text String\n-- reads: {table}\n"
        f"SELECT {key} AS id, {named} AS name FROM {table} WHERE {named} = :text"
    )
    monkeypatch.setattr(statements, "SQL_ROOT", tmp_path / "sql")
    statements.load.cache_clear()
    store, before = sides(attacked)[side], counted(attacked)
    asked = TEXTS[::10] if attacked.same and side == "warehouse" else TEXTS
    held = {text for text in asked if store.dialect != "postgresql" or "\0" not in text}
    with engines.sent() as told, scoped_read(store, ADMIN, ACCOUNT) as session:
        for number, text in enumerate(TEXTS):
            if text in held:
                rows = session.rows("read/called", text=text)
                assert {"id": str(number), "name": text} in rows
                # Names without their NUL are called alike.
                assert len(rows) == 1 or store.dialect == "postgresql"
                assert {row["name"] for row in rows} == {text}
                assert not any(row["id"].startswith(OTHER) for row in rows)
    # PostgreSQL holds no NUL: it says so, and names of a shop are stored without.
    for text in [*HALVES, *(text for text in asked if "\0" in text and store.dialect == "postgresql")]:
        with pytest.raises(TextRefused), scoped_read(store, ADMIN, ACCOUNT) as session:
            session.rows("read/called", text=text)
    statements.load.cache_clear()
    assert len({text for text in told if "AS name" in text}) == 1
    assert counted(attacked) == before


@lru_cache
def _read_by_pages() -> tuple[str, ...]:
    """The statements of pages that take a text."""
    found = []
    for path in sorted((statements.SQL_ROOT / "read").rglob("*.sql")):
        name = path.relative_to(statements.SQL_ROOT).as_posix().removesuffix(".sql")
        told = statements.load(name, "duckdb")
        if told.reads and any("String" in kind for key, kind in told.params.items() if key not in {*OWN, *IDS}):
            found.append(name)
    return tuple(found)


def _value(name: str, kind: str, text: str, texts: list[str]) -> Any:
    if name in OWN:
        return OWN[name]
    if name in IDS and kind == "String":
        return "33333333-3333-4333-8333-333333333333"
    if kind.startswith("Array"):
        return [0, 1] if "Int" in kind else texts
    if "String" in kind:
        return text
    if kind.startswith("Nullable"):
        return None
    if kind.startswith("Date"):
        day = DAYS[0] if re.search("start|from|before", name) else DAYS[1]
        return datetime.combine(day, time(), UTC) if "Time" in kind else day
    return True if kind == "Bool" else 10


def _asked(session: ScopedSession, name: str, params: Mapping[str, str], text: str, texts: list[str]) -> str:
    """All that a statement answers, in one text."""
    return str(session.query(name, **{key: _value(key, kind, text, texts) for key, kind in params.items()}).to_pylist())


def test_every_statement_of_a_page_is_the_same_whatever_its_texts_say(attacked: Stores) -> None:
    names, before = _read_by_pages(), counted(attacked)
    assert len(names) > 50
    passed: set[str] = set()
    wrong = []
    # Each text has been a value on each engine above: here each statement has its share of them, and lists have all.
    share = 21 if attacked.same else 5
    for place, name in enumerate(names):
        told = statements.load(name, "duckdb")
        of_company = bool(PROMO.intersection(told.reads)) and not set(told.reads) - PROMO - SHARED
        warehouse = not attacked.same and bool(_of_the_warehouse().intersection(told.reads))
        store = attacked.warehouse if warehouse else attacked.operational
        params = statements.load(name, store.dialect).params
        holds = [text for text in TEXTS if not (store.dialect == "postgresql" and "\0" in text)]
        listed = any(kind.startswith("Array(String") or "Array(String" in kind for kind in params.values())
        at = place * share % len(holds)
        own = (holds + holds)[at : at + share]
        with store.read() as session:
            scoped = ScopedSession(session, ADMIN, None if of_company else ACCOUNT)
            with engines.sent() as plainly:
                _asked(scoped, name, params, "p", ["p"])
            with engines.sent() as hostilely:
                for text in own:
                    if OTHER in _asked(scoped, name, params, text, [text, "p"]):
                        wrong.append((name, text))
                if listed and OTHER in _asked(scoped, name, params, "p", holds):
                    wrong.append((name, "all of them"))
        passed |= set(own)
        if set(plainly) != set(hostilely):
            wrong.append((name, "another statement"))
    assert wrong == []
    assert len(passed) >= (1_000 if attacked.same else 250)
    assert counted(attacked) == before


def test_an_account_of_that_name_is_nobodys(attacked: Stores) -> None:
    """Accounts are bound as well, and whoever has one account has none that is called alike."""
    mine = granted("ann", [ACCOUNT], list(ADMIN.everywhere))
    for text in TEXTS[::40]:
        with pytest.raises(NotPermitted):
            product_range.all_products(attacked, mine, text)
        if "\0" not in text:
            assert list(product_range.all_products(attacked, ADMIN, text)) == []
            assert busiest(attacked, ADMIN, [text, text]) in ("", text)


OF_A_STORE: dict[str, Callable[[Stores, str], Any]] = {
    "customer": lambda stores, text: cohorts.customer_outlook(stores, ADMIN, ACCOUNT, text),
    "orders of a customer": lambda stores, text: rfm.orders_of(stores, ADMIN, ACCOUNT, (text, DAYS[1])),
    "campaign": lambda stores, text: engagement_detail.campaign_detail(stores, ADMIN, ACCOUNT, text),
    "reactions": lambda stores, text: engagement_events.campaign_reactions(stores, ADMIN, ACCOUNT, text),
    "product": lambda stores, text: product_range.product_name(stores, ADMIN, ACCOUNT, text),
    "run": lambda stores, text: jobs.run(stores, ADMIN, ACCOUNT, text),
    "rates": lambda stores, text: list(rates(stores, ADMIN, ACCOUNT, text)),
    "scenario": lambda stores, text: promo_scenarios.scenario(stores, ADMIN, text),
    "versions": lambda stores, text: promo_scenarios.versions(stores, ADMIN, text),
    "frozen": lambda stores, text: promo_scenarios.frozen(stores, ADMIN, text),
    "occupied": lambda stores, text: promo_scenarios.occupied(stores, ADMIN, text),
    "brief": lambda stores, text: promo_briefs.brief(stores, ADMIN, text),
    "briefs": lambda stores, text: promo_briefs.brief_versions(stores, ADMIN, text),
    "model": lambda stores, text: promo_models.known(stores, ADMIN, text),
    "opportunity": lambda stores, text: promo_opportunities.opportunity(stores, ADMIN, text),
    "post-mortem": lambda stores, text: promo_post_mortems.post_mortem(stores, ADMIN, text),
    "load": lambda stores, text: workbooks.workbook_job(stores, ADMIN, text),
}


def test_whatever_is_looked_up_by_an_address_is_not_there_and_nothing_fails(attacked: Stores) -> None:
    wrong = []
    for place, (what, ask) in enumerate(OF_A_STORE.items()):
        for text in TEXTS[place :: 2 * len(OF_A_STORE)]:
            try:
                found = ask(attacked, text)
            except TextRefused:
                assert "\0" in text
                continue
            except Exception as error:  # whatever it is: nobody is to see it
                wrong.append((what, text[:60], f"{type(error).__name__}: {error}"[:100]))
                continue
            if OTHER in repr(found):
                wrong.append((what, text[:60], "another account's"))
    assert wrong == []
