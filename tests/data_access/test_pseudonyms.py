"""Persons in the audit log: by pseudonym, also those that were noted by name before there were any."""

from __future__ import annotations

import psycopg
import pytest

from data_access.engines.base import Store
from data_access.migrate import split, steps
from data_access.pseudonyms import erase_name, is_pseudonym, named, pseudonym_of
from data_access.stores import Stores
from tests.postgresql_servers import Server

EARLIER = (
    "INSERT INTO audit_log (actor, action, object_type, object_id, before_value, after_value) VALUES"
    " ('ann@example.com', 'grant.give', 'grant', 'Bob@example.com', NULL, '{\"role\": \"planner\"}'),"
    " ('ann@example.com', 'grant.give', 'grant', 'group:Promo team', NULL, '{\"role\": \"planner\"}'),"
    " ('schedule', 'uplift.active', 'uplift_model', 'm1', NULL, '{\"model_version\": \"m1\"}'),"
    " ('https://id.example#7', 'settings.save', 'settings', 'AbC123',"
    '  \'{"digest_recipients": "carl@example.com, dora@example.com"}\', \'{"digest_recipients": null}\'),'
    " ('local admin', 'annotation.add', 'annotation', 'n1', NULL,"
    '  \'{"note": "m\\u00fcller@example.com says \\"ann@example.com\\" @ noon"}\')'
)


def before_pseudonyms(store: Store) -> None:
    """The schema as it was before, with a log of that time, brought up to date."""
    known = steps("operational", store.dialect)
    newest = next(place for place, step in enumerate(known) if step.name == "pseudonyms")
    for place, step in enumerate(known[: newest + 1]):
        with store.write() as session:
            if place == newest:
                session.execute_text(EARLIER)
            for statement in split(step.text):
                session.execute_text(statement)


def test_what_was_noted_by_name_has_pseudonyms_after_the_migration(store: Store) -> None:
    before_pseudonyms(store)
    with store.read() as session:
        names = named(session)
        rows = session.query_text(
            "SELECT actor, action, object_id, CAST(before_value AS VARCHAR) AS was,"
            " CAST(after_value AS VARCHAR) AS is_now"
            " FROM audit_log",
            {},
        ).to_pylist()
        everything = str(rows)
    assert set(names.values()) == {"ann@example.com", "Bob@example.com", "https://id.example#7"}
    assert all(is_pseudonym(one) for one in names)
    assert sorted((names.get(row["actor"], row["actor"]), row["action"]) for row in rows) == [
        ("ann@example.com", "grant.give"), ("ann@example.com", "grant.give"),
        ("https://id.example#7", "settings.save"), ("local admin", "annotation.add"), ("schedule", "uplift.active"),
    ]  # fmt: skip
    assert {names.get(row["object_id"], row["object_id"]) for row in rows} == {
        "Bob@example.com", "group:Promo team", "m1", "AbC123", "n1",
    }  # fmt: skip
    assert "example.com" not in everything
    assert "id.example" not in everything
    assert any("says" in (row["is_now"] or "") and "noon" in row["is_now"] for row in rows)


def test_a_name_has_one_pseudonym_until_it_is_erased(each_operational: Stores) -> None:
    store = each_operational.operational
    with store.write() as session:
        first = pseudonym_of(session, "ann@example.com")
        assert pseudonym_of(session, "ann@example.com") == first
        assert pseudonym_of(session, first) == first
        assert pseudonym_of(session, "command line") == "command line"
    with store.write() as session:
        assert erase_name(session, "ann@example.com") == first
        assert erase_name(session, "ann@example.com") is None
    with store.write() as session:
        assert named(session) == {}
        assert pseudonym_of(session, "ann@example.com") != first


def test_nobody_changes_the_log_of_postgresql_the_owner_included(postgres: Server, postgres_template: str) -> None:
    name = postgres.create(postgres_template)
    with psycopg.connect(host=str(postgres.folder), user="postgres", dbname=name, autocommit=True) as owner:
        owner.execute("INSERT INTO audit_log (actor, action, object_type) VALUES ('x', 'x', 'x')")
        for change in ("UPDATE audit_log SET actor = 'y'", "DELETE FROM audit_log", "TRUNCATE audit_log"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="added to and not changed"):
                owner.execute(change)
        assert owner.execute("SELECT actor FROM audit_log").fetchall() == [("x",)]
    postgres.drop(name)
