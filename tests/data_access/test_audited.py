"""Whatever changes or takes something away leaves one entry in the audit log: who, what, before and after."""

from __future__ import annotations

import ast
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import data_access.operations
import data_access.writes
from analytics.access import Grant, Role
from analytics.account import AccountSettings
from analytics.day_marks import Note
from analytics.promo.settings import PromoSettings
from analytics.promo.targets import Change, Goal, Key
from analytics.rfm import CutOffs
from analytics.saved_views import SavedView
from data_access.scope import local_admin
from data_access.statements import SQL_ROOT
from data_access.stores import Stores
from data_access.writes.annotations import add_note, change_note, remove_note
from data_access.writes.exports import note_export
from data_access.writes.grants import give, take
from data_access.writes.promo_settings import save_promo_settings
from data_access.writes.rates import put_rates
from data_access.writes.rfm_limits import save_limits
from data_access.writes.saved_views import change_view, remove_view, save_view
from data_access.writes.settings import save_settings
from data_access.writes.targets import save_targets
from settings import PROJECT_ROOT
from tests.architecture.source_files import python_files
from tests.data_access.test_strangers import asked_for_somebody
from tests.noted import noted
from tests.warehouse_rows import ACCOUNT, insert, store

ANN = local_admin("ann@example.com")
WRITES = dict(asked_for_somebody(data_access.writes, data_access.operations))
# What notes; whoever reaches one of them in their own module, or another write, does.
NOTES = {"note", "noted", "note_apart", "recorded", "record_done"}
# Writes without an entry, and why.
WITHOUT = {
    "data_access.writes.forecasts.keep_order_forecasts": "computed",
    "data_access.writes.forecasts.keep_sales_forecasts": "computed",
    "data_access.writes.opportunities.keep_opportunities": "computed",
    "data_access.writes.uplift_models.note_look": "computed",
    "data_access.writes.workbook_jobs.begin_job": "the files that it loads are noted",
    "data_access.writes.workbook_jobs.kept_alive": "the files that it loads are noted",
    "data_access.writes.workbook_jobs.end_job": "the files that it loads are noted",
    "data_access.writes.order_loads.order_loads": "reads",
    "data_access.writes.order_loads.standing": "reads",
    "data_access.writes.load_orders.file_account": "reads",
    "data_access.writes.scenario_checks.checked": "reads",
}


def reached(file: Path) -> dict[str, set[str]]:
    """Function of a file, or class with all of its methods → names that it calls, directly or through others of it."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    calls: dict[str, set[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            made = {
                one.func.id if isinstance(one.func, ast.Name) else one.func.attr
                for one in ast.walk(node)
                if isinstance(one, ast.Call) and isinstance(one.func, ast.Name | ast.Attribute)
            }
            calls[node.name] = calls.get(node.name, set()) | made
    grown = True
    while grown:
        grown = False
        for names in calls.values():
            more = set().union(*(calls.get(name, set()) for name in names)) - names
            names |= more
            grown = grown or bool(more)
    return calls


def test_every_write_reaches_the_log_or_says_why_not() -> None:
    noting = set(NOTES)
    left = {name: reached(PROJECT_ROOT / f"{name.rpartition('.')[0].replace('.', '/')}.py") for name in WRITES}
    grown = True
    while grown:
        found = {name for name, calls in left.items() if calls[name.rpartition(".")[2]] & noting}
        grown = bool(found)
        # `save` and the like stand in several modules: only names of their own lead on.
        noting |= {name.rpartition(".")[2] for name in found} - {"save", "close", "take"}
        left = {name: calls for name, calls in left.items() if name not in found}
    assert left.keys() == WITHOUT.keys()
    assert len(WRITES) > 40


def test_no_statement_changes_the_log_or_takes_anything_out_of_it() -> None:
    found = {
        str(path.relative_to(SQL_ROOT)): path.read_text(encoding="utf-8").lower() for path in SQL_ROOT.rglob("*.sql")
    }
    writing = {
        name for name, text in found.items()
        if "audit_log" in text and any(f"{verb} audit_log" in text for verb in ("update", "delete from", "truncate"))
    }  # fmt: skip
    assert writing == set()
    # It is written by one file alone.
    assert {name for name, text in found.items() if "insert into audit_log" in text} == {"audit/put.sql"}
    putting = [
        str(path) for path in python_files() if '"audit/put"' in (PROJECT_ROOT / path).read_text(encoding="utf-8")
    ]
    assert putting == ["data_access/writes/audit.py"]


DAY = date(2026, 11, 17)
NOTE = Note("11111111-1111-4111-8111-111111111111", DAY, DAY, "Call eve@example.com", "ann@example.com")
VIEW = SavedView(
    "22222222-2222-4222-8222-222222222222", ACCOUNT, "Mine", "/revenue", {}, "ann@example.com", shared=False
)
RATE = {"date": "2026-11-01", "base": "USD", "quote": "EUR"}
GOAL = Goal(Decimal("1000.00"), Decimal("20.00"), None)
SETTINGS = AccountSettings(
    return_days=14, digest_rhythm="daily", digest_recipients="Bob@example.com, carl@example.com"
)  # fmt: skip
LIMITS = CutOffs((10, 30, 60, 90), (1, 2, 3, 4), (1.0, 2.0, 3.0, 4.0))
STEPS: list[tuple[Callable[[Stores], object], str, str, str | None, Any, Any]] = [
    (lambda s: add_note(s, ANN, ACCOUNT, NOTE), "annotation.add", NOTE.id, ACCOUNT, None,
     {"date_start": "2026-11-17", "date_end": "2026-11-17", "note": "Call •••@•••"}),
    (lambda s: change_note(s, ANN, ACCOUNT, NOTE, Note(NOTE.id, DAY, DAY, "Called", NOTE.by)), "annotation.change",
     NOTE.id, ACCOUNT, {"note": "Call •••@•••"}, {"note": "Called"}),
    (lambda s: remove_note(s, ANN, ACCOUNT, Note(NOTE.id, DAY, DAY, "Called", NOTE.by)), "annotation.remove", NOTE.id,
     ACCOUNT, {"date_start": "2026-11-17", "date_end": "2026-11-17", "note": "Called"}, None),
    (lambda s: save_view(s, ANN, VIEW), "view.save", VIEW.id, ACCOUNT, None,
     {"name": "Mine", "shared": False, "page": "/revenue"}),
    (lambda s: change_view(s, ANN, VIEW, "Ours", shared=False), "view.change", VIEW.id, ACCOUNT, {"name": "Mine"},
     {"name": "Ours"}),
    (lambda s: remove_view(s, ANN, SavedView(VIEW.id, ACCOUNT, "Ours", VIEW.page, {}, VIEW.owner, shared=False)),
     "view.remove", VIEW.id, ACCOUNT, {"name": "Ours", "shared": False}, None),
    (lambda s: give(s, ANN, Grant("Dora@example.com", Role.PLANNER)), "grant.give", "dora@example.com", None, None,
     {"role": "planner", "pii": False}),
    (lambda s: take(s, ANN, Grant("dora@example.com", Role.PLANNER)), "grant.take", "dora@example.com", None,
     {"role": "planner", "pii": False}, None),
    (lambda s: put_rates(s, ANN, [(1, RATE | {"rate": "0.91"})], source="page"), "rates.save", "page", None,
     {"2026-11-01 USD/EUR": None}, {"changed": 1, "2026-11-01 USD/EUR": "0.91000000"}),
    (lambda s: put_rates(s, ANN, [(1, RATE | {"rate": "0.92"})], source="page"), "rates.save", "page", None,
     {"2026-11-01 USD/EUR": "0.91000000"}, {"changed": 1, "2026-11-01 USD/EUR": "0.92000000"}),
    (lambda s: put_rates(s, ANN, [], source="page", deleted=[RATE | {"date": date(2026, 11, 1)}]), "rates.save", "page",
     None, {"2026-11-01 USD/EUR": "0.92000000"}, {"changed": 1, "2026-11-01 USD/EUR": None}),
    (lambda s: save_targets(s, ANN, [Change(Key("2026-11", "DE"), None, GOAL)]), "targets.save", "2026-11 DE", None,
     None, {"sales": "1000.00", "margin_pct": "20.00", "units": None}),
    (lambda s: save_targets(s, ANN, [Change(Key("2026-11", "DE"), GOAL, None)]), "targets.save", "2026-11 DE", None,
     {"sales": "1000.00", "margin_pct": "20.00", "units": None}, None),
    (lambda s: note_export(s, ANN, ACCOUNT, "Revenue: Orders", {"format": "CSV", "bytes": 3}), "export.file",
     "Revenue: Orders", ACCOUNT, None, {"format": "CSV", "bytes": 3}),
]  # fmt: skip


def test_each_change_leaves_one_entry_with_its_author_before_and_after(each_operational: Stores) -> None:
    stores = each_operational
    insert(stores, "stores", store())
    for number, (change, action, thing, account, before, after) in enumerate(STEPS, 1):
        change(stores)
        entries = noted(stores)
        assert len(entries) == number
        entry = entries[-1]
        assert (entry["actor"], entry["action"], entry["id"], entry["account"]) == (
            "ann@example.com", action, thing, account,
        )  # fmt: skip
        assert (entry["before"], entry["after"]) == (before, after), action
    save_settings(stores, ANN, ACCOUNT, SETTINGS)
    save_limits(stores, ANN, ACCOUNT, LIMITS, 0)
    save_promo_settings(stores, ANN, PromoSettings(country="AT"))
    assert [entry["action"] for entry in noted(stores)[len(STEPS) :]] == [
        "settings.save", "rfm.limits", "promo_settings.save",
    ]  # fmt: skip
    # Nothing changed, nothing noted.
    save_targets(stores, ANN, [Change(Key("2026-11", "DE"), None, None)])
    assert len(noted(stores)) == len(STEPS) + 3
    with stores.operational.read() as session:
        told = str(session.query_text("SELECT * FROM audit_log", {}).to_pylist())
    assert "example.com" not in told
