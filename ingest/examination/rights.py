"""Who may read and write what in the operational store, where its engine has roles."""

from __future__ import annotations

from collections.abc import Iterator

from data_access.roles import State, state
from data_access.stores import Stores
from ingest.examination.check import Check


def roles_kept(stores: Stores) -> Iterator[Check]:
    """Whether roles and row-level security guard the database, without a gap."""
    found = state(stores.operational)
    if found is None:
        return
    if not found.in_use:
        said = f"not in use: '{found.login}' does everything; promolens roles shows what they would guard"
        yield Check("roles", True, f"{said} (docs/security.md)", "Database")
        return
    trouble = list(_gaps(found))
    if trouble:
        yield Check("roles", False, "; ".join(trouble), "Database")
        return
    said = f"pages read as analytics_reader, and '{found.login}' does the rest "
    said += "with the owner's rights: a login of its own would have fewer" if found.is_owner else "as etl_writer"
    yield Check("roles", True, said, "Database")


def _gaps(found: State) -> Iterator[str]:
    again = "run 'promolens roles --apply' as the tables' owner"
    if found.lacking:
        yield f"'{found.login}' may not act as {', '.join(found.lacking)}: {again}, with --login {found.login}"
    elif not found.serves:
        yield f"pages show no rows to '{found.login}': {again}, with --login {found.login}"
    if found.open:
        yield f"readers see all accounts in {', '.join(found.open)}: {again}"
    if found.bare:
        yield f"no role has a right to {', '.join(found.bare)}: {again}"
    if found.anybody_creates:
        yield "every login may make tables: REVOKE CREATE ON SCHEMA public FROM PUBLIC, as the schema's owner"
