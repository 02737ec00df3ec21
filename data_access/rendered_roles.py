"""The roles as SQL for a database's administrator: on PostgreSQL what `roles.install` does, and on ClickHouse."""

from __future__ import annotations

import re
from collections.abc import Sequence

from data_access import statements
from data_access.engines.clickhouse_templates import fill_in
from data_access.operations.tables import tables_of
from data_access.roles import Reader
from data_access.scoped import PERSONAL_IN_WAREHOUSE


def rendered(logins: Sequence[str] = (), readers: Sequence[Reader] = ()) -> str:
    """The SQL as a database's administrator runs it with psql, as the owner of the tables who may make roles."""
    pieces = ["\\set ON_ERROR_STOP on", "BEGIN;"]
    pieces += [statements.text_of(f"roles/{name}", "postgresql") for name in ("create", "grants")]
    for login in logins:
        pieces.append(_put("roles/login", {"login": login}))
    for reader in readers:
        pieces.append(_put("roles/reader", {"login": reader.login, "account": reader.account}))
    return "\n".join([*pieces, "COMMIT;", ""])


def rendered_clickhouse(cluster: str = "", readers: Sequence[Reader] = ()) -> str:
    """The statements for a ClickHouse warehouse, as an administrator runs them with clickhouse-client in its database:
    for one server (cluster '') or for a cluster of that name."""
    found = _of_clickhouse("roles/create", cluster)
    for table in tables_of("warehouse"):
        # The table in front of the shards reads the one behind it with the rights of who asks.
        for name in (table, f"{table}_local") if cluster else (table,):
            found += _of_clickhouse("roles/table", cluster, the_table=name)
            if columns := PERSONAL_IN_WAREHOUSE.get(table):
                found += _of_clickhouse("roles/columns", cluster, the_table=name, the_columns=", ".join(columns))
    for reader in readers:
        login = reader.login.replace("\\", "\\\\").replace("`", "\\`")
        account = reader.account.replace("\\", "\\\\").replace("'", "\\'")
        found += _of_clickhouse("roles/reader", cluster, the_login=f"`{login}`", the_account=f"'{account}'")
    return "".join(f"{text};\n" for text in found)


def _of_clickhouse(name: str, cluster: str, **put: str) -> list[str]:
    found = []
    for part in statements.load(name, "clickhouse").parts:
        text = fill_in(re.sub(r"(?m)^--.*\n", "", part.text), cluster)
        for place, value in put.items():
            text = text.replace(place, value)
        found.append(text)
    return found


def _put(name: str, values: dict[str, str]) -> str:
    text = statements.text_of(name, "postgresql")
    for key, value in values.items():
        literal = value.replace("'", "''")
        text = text.replace(f":{key},", f"'{literal}',")
    return text
