"""One request on its way to its handler."""

from __future__ import annotations

from dataclasses import dataclass

from demo.api.account import AccountView
from demo.api.contract import Operation
from demo.api.query import Query


@dataclass(frozen=True)
class Ask:
    """`key` is the id in the path, empty for a collection."""

    view: AccountView
    operation: Operation
    query: Query
    key: str
