"""The endpoints: path, limits, paging, filters with their operators, includes, sorts and fields of each.

`contract.json` is derived from the vendor's OpenAPI document (revision 2026-07-15); a test compares the two.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

DOCUMENTED_STEADY = 700
"""The vendor's guide says 700 a minute for the tier that the OpenAPI document prints as 750: the stricter one holds."""


@dataclass(frozen=True)
class FieldRule:
    single: frozenset[str]
    listed: frozenset[str]
    bare: frozenset[str]
    type: str
    values: tuple[str, ...] | None


@dataclass(frozen=True)
class Operation:
    name: str
    method: str
    path: str
    burst: int
    steady: int
    daily: int | None
    filters: dict[str, FieldRule]
    filter_required: bool
    include: tuple[str, ...]
    sort: tuple[str, ...]
    fields: dict[str, tuple[str, ...]]
    additional: dict[str, tuple[str, ...]]
    page: dict[str, int] | None
    cursor: str | None
    body: dict[str, Any]
    scopes: frozenset[str]


def _operation(raw: dict[str, Any]) -> Operation:
    rates = raw["rates"]
    return Operation(
        name=raw["operation"],
        method=raw["method"],
        path=raw["path"],
        burst=rates["burst"],
        steady=min(rates["steady"], DOCUMENTED_STEADY) if rates["steady"] == 750 else rates["steady"],
        daily=rates.get("daily"),
        filters={
            name: FieldRule(
                frozenset(rule["single"]),
                frozenset(rule["list"]),
                frozenset(rule["none"]),
                rule["type"],
                tuple(rule["enum"]) if rule["enum"] else None,
            )
            for name, rule in raw["filters"].items()
        },
        filter_required=raw["filter_required"],
        include=tuple(raw["include"]),
        sort=tuple(raw["sort"]),
        fields={name: tuple(values) for name, values in raw["fields"].items()},
        additional={name: tuple(values) for name, values in raw["additional"].items()},
        page=raw["page"],
        cursor=raw["cursor"],
        body=raw.get("body", {}),
        scopes=frozenset(raw["scopes"]),
    )


@lru_cache(maxsize=1)
def operations() -> dict[str, Operation]:
    """Every operation by its name (`get_events`, `query_campaign_values`, …)."""
    raw = json.loads(Path(__file__).with_name("contract.json").read_text(encoding="utf-8"))
    return {entry["operation"]: _operation(entry) for entry in raw}
