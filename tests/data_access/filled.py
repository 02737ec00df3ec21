"""Rows for every table of one account, made from the columns' types: enough for a query to have something to find."""

from __future__ import annotations

from data_access.engines.base import Store

# One value a type; texts that stand in keys carry the account, so that two accounts never share one.
_VALUES = {
    "VARCHAR": "'{account}'",
    "JSON": '\'{{"of": "{account}"}}\'',
    "BOOLEAN": "true",
    "DATE": "DATE '2026-03-02'",
    "TIMESTAMP WITH TIME ZONE": "TIMESTAMPTZ '2026-03-02 12:00:00+00'",
    "UUID": "gen_random_uuid()",
    "MAP(VARCHAR, DOUBLE)": "MAP {{'{account}': {number}.0}}",
}
# Where a query tells kinds apart: a value of its own kind.
_KINDS = {
    "order_status": "'placed'",
    "event_type": "'refund'",
    "source_type": "'campaign'",
    "channel": "'email'",
    "kind": "'sync'",
    "state": "'done'",
    "currency": "'EUR'",
    "product_id": "'p'",
    "customer_id": "'c'",
    "campaign_id": "'c'",
    "flow_id": "'f'",
}
_OF_A_TABLE = {
    "operation_runs": {"kind": "'retention'"},
    "derived_states": {"derived": "'customer_profiles'", "dirty": "false"},
    "forgotten": {"kind": "'profile'"},
    "settings": {"key": "'rfm_limits'"},
}


def account_tables(store: Store) -> dict[str, list[tuple[str, str]]]:
    """Tables with an account, each with its columns and their types."""
    with store.read() as session:
        rows = session.query_text(
            "SELECT table_name, column_name, data_type FROM duckdb_columns()"
            " WHERE schema_name = 'main' AND NOT internal ORDER BY table_name, column_index",
            {},
        ).to_pylist()
    found: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        found.setdefault(row["table_name"], []).append((row["column_name"], row["data_type"]))
    return {name: columns for name, columns in found.items() if "klaviyo_public_id" in dict(columns)}


def fill(store: Store, account: str, number: int) -> None:
    """One row for the account in each table that has one; `number` is every amount and count."""
    with store.write() as session:
        for table, columns in account_tables(store).items():
            own = _OF_A_TABLE.get(table, {})
            values = ", ".join(own.get(name) or _value(name, kind, account, number) for name, kind in columns)
            session.execute_text(
                f"INSERT INTO {table} ({', '.join(_quoted(name) for name, _ in columns)}) VALUES ({values})"
            )


def _quoted(name: str) -> str:
    return f'"{name}"'


def _value(name: str, kind: str, account: str, number: int) -> str:
    if name in _KINDS and kind == "VARCHAR":
        return _KINDS[name]
    if name == "world":
        return "'orders'"
    if name == "role":
        return "'viewer'"
    if kind.endswith("[]"):
        return f"[{_value('', kind[:-2], account, number)}]"
    if kind.startswith("STRUCT("):
        fields = (field.split() for field in kind[len("STRUCT(") : -1].split(", "))
        return f"row({', '.join(_value('', field[1], account, number) for field in fields)})"
    if kind in _VALUES:
        return _VALUES[kind].format(account=account, number=number)
    return str(number)
