"""One authored text of a table for one server and for a cluster: the clauses that differ are filled in here."""

from __future__ import annotations

import re
from typing import Final

_MARK: Final = re.compile(
    r"\{(?P<kind>local|distributed) (?P<table>[a-z_]+)\}|\{(?P<plain>on_cluster|replacing|replacing_everywhere)\}"
)
_ENGINE: Final = re.compile(r"\{(replacing|replacing_everywhere)\}\(")


def fill_in(text: str, cluster: str) -> str:
    """The text for one server (cluster '') or for a cluster of that name. Text without marks stays as it is.

    {local t}: the table that holds rows; {distributed t}: the table in front of the shards, nothing on one server;
    {replacing}: the engine of a sharded table; {replacing_everywhere}: of one that all nodes hold whole.
    """
    text = _ENGINE.sub(lambda match: _engine(match.group(1), cluster), text)
    return _MARK.sub(
        lambda match: _clause(match.group("kind") or match.group("plain"), match.group("table"), cluster), text
    )


def _engine(kind: str, cluster: str) -> str:
    if not cluster:
        return "ReplacingMergeTree("
    if kind == "replacing":
        return "ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}', "
    return "ReplicatedReplacingMergeTree('/clickhouse/tables/all/{database}/{table}', '{shard}-{replica}', "


def _clause(kind: str, table: str | None, cluster: str) -> str:
    if kind == "local":
        return f"{table}_local ON CLUSTER `{cluster}`" if cluster else str(table)
    if not cluster:
        return ""
    if kind == "on_cluster":
        return f"ON CLUSTER `{cluster}`"
    return (
        f"CREATE TABLE IF NOT EXISTS {table} ON CLUSTER `{cluster}` AS {table}_local\n"
        f"ENGINE = Distributed('{cluster}', currentDatabase(), {table}_local, cityHash64(klaviyo_public_id))"
    )
