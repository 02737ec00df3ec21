"""The erasure itself: pseudonyms in the place of a person's profiles, and nothing left that tells who it was.

Nothing that was sold is removed: orders, refunds and events stay with a pseudonym, so that no sum changes by a cent,
neither now nor when everything is made of its events again.
"""

from __future__ import annotations

from typing import Final

import pyarrow as pa

from data_access.aggregates import mark_publishing
from data_access.engines.base import Session
from data_access.operations.tables import Table, catalogue, composed, quoted
from data_access.personal.person import ERASED, ERASED_WITHIN, Person
from data_access.personal.reduced import reduced
from data_access.personal.searching import holds, of_account, texts
from data_access.stores import Stores

# Where other people's rows and texts may name somebody: there the name alone is taken out.
SWEPT: Final = {
    "annotations": ("note",),
    "data_processing_jobs": ("result", "error_message"),
    "klaviyo_events": ("properties", "raw_data"),
    "klaviyo_profiles": ("properties", "location"),
    "klaviyo_segments": ("definition",),
    "operation_runs": ("details", "error"),
    "saved_views": ("name", "filters"),
    "scheduled_work": ("message", "result"),
    "sync_jobs": ("rejects", "notes", "error"),
    "projection_rejects": ("reason",),
    "klaviyo_orders": ("discount_code", "utm_source", "utm_medium", "utm_campaign"),
    "refund_cancelled_orders": ("refund_reason", "event_properties", "profile_properties"),
}
# In texts that people write, a full name goes too; elsewhere another person, or a product, may have the same.
FREE_TEXTS: Final = frozenset({"annotations", "saved_views"})
WAREHOUSE: Final = (
    "klaviyo_orders", "refund_cancelled_orders", "order_deductions", "segment_memberships", "customer_profiles",
    "customer_states", "customer_histories", "customer_values",
)  # fmt: skip
OPERATIONAL: Final = (
    "klaviyo_events", "klaviyo_profiles", "profile_reactions", "holdout_people", "merged_before", "reach_changed",
    "reachable_people", "touched", "derived_work", "raw_api_responses", "persons", "annotations",
    "data_processing_jobs", "klaviyo_segments", "operation_runs", "saved_views", "scheduled_work", "sync_jobs",
)  # fmt: skip
_NAMES: Final = pa.schema([("name", pa.string()), ("pseudonym", pa.string())])
_EVENTS: Final = pa.schema([("id", pa.string()), ("properties", pa.string())])


def erase(stores: Stores, person: Person) -> None:
    """Erases a person in both stores. On one database it is one transaction; on two, the warehouse comes first, and a
    run that breaks off is ended by the next one: it knows the same pseudonyms. Raises StoreError."""
    if stores.same:
        with stores.operational.write() as session:
            erase_orders(session, person)
            _sweep(session, "warehouse", person)
            _erase_rest(session, person)
        return
    with stores.operational.write() as session:
        mark_publishing(session, person.account)
    with stores.warehouse.write() as session:
        erase_orders(session, person)
        if session.dialect != "clickhouse":
            _sweep(session, "warehouse", person)
    with stores.operational.write() as session:
        _erase_rest(session, person)
        session.execute("aggregate/published", account=person.account)


def erase_orders(session: Session, person: Person) -> None:
    """The warehouse's part. Raises StoreError."""
    _stage_names(session, person)
    session.execute("personal/erase_orders", account=person.account)


def _erase_rest(session: Session, person: Person) -> None:
    account = person.account
    _stage_names(session, person)
    session.stage("reduced_events", _reduced_events(session, person))
    session.execute("personal/erase", account=account)
    session.stage("erased_pattern", pa.table({"pattern": [person.told]}))
    session.execute("personal/erase_responses", account=account)
    _sweep(session, "operational", person)


def _stage_names(session: Session, person: Person) -> None:
    names = [{"name": id, "pseudonym": pseudonym} for id, pseudonym in person.pseudonyms.items()]
    session.stage("erased_names", pa.Table.from_pylist(names, schema=_NAMES))


def _reduced_events(session: Session, person: Person) -> pa.Table:
    """The person's events with what stays of their properties."""
    shared = frozenset(row["domain"] for row in session.rows("personal/shared_domains", account=person.account))
    rows = [
        {"id": row["id"], "properties": reduced(row["properties"], domains=shared)}
        for row in session.rows("personal/events", account=person.account)
    ]
    return pa.Table.from_pylist(rows, schema=_EVENTS)


def _sweep(session: Session, role: str, person: Person) -> None:
    known = catalogue(session, "operational" if role == "operational" else "warehouse")
    for name, columns in SWEPT.items():
        if name in known:
            told = {person.told: ERASED_WITHIN} | ({person.named: ERASED} if name in FREE_TEXTS else {})
            for pattern, instead in told.items():
                if pattern:
                    _take_out(session, known[name], columns, pattern, instead, person.account)


def _take_out(
    session: Session, table: Table, columns: tuple[str, ...], pattern: str, instead: str, account: str
) -> None:
    session.stage("erased_pattern", pa.table({"pattern": [pattern], "instead": [instead]}))
    session.stage("erased_account", pa.table({"account": [account]}))
    own = of_account(session, table, "(SELECT account FROM erased_account)")
    for column in texts(session, table):
        if column.name in columns:
            found = holds(session, column, "(SELECT pattern FROM erased_pattern)")
            put = {
                "the_table": table.name,
                "the_column": quoted(session, column.name),
                "the_kind": column.kind,
                "the_rows": f"{own} AND {found}",
            }
            session.execute_text(composed("personal/replace_text", session.dialect, put))
