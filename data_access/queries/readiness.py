"""Whether this installation can show figures: both stores answer, and their schema is this program's."""

from __future__ import annotations

from dataclasses import dataclass

from data_access.engines.base import Store
from data_access.errors import StoreError
from data_access.migrate import drift
from data_access.stores import open_stores
from settings import SCHEMA_VERSION, Settings


@dataclass(frozen=True, slots=True)
class Readiness:
    """operational, warehouse: 'ok' or the kind of trouble; schema: 'ok', 'outdated' or 'unknown'. Names no address."""

    operational: str
    warehouse: str
    schema: str

    @property
    def ready(self) -> bool:
        """Whether nothing is in the way."""
        return (self.operational, self.warehouse, self.schema) == ("ok", "ok", "ok")

    def as_dict(self) -> dict[str, object]:
        """For JSON: what anybody who reaches the server may know."""
        return {
            "ready": self.ready,
            "operational": self.operational,
            "warehouse": self.warehouse,
            "schema": self.schema,
            "schema_version": SCHEMA_VERSION,
        }


def readiness(settings: Settings) -> Readiness:
    """Asks both stores. Changes nothing, and raises nothing: trouble is the answer."""
    try:
        stores = open_stores(settings)
    except StoreError as error:
        kind = type(error).__name__
        return Readiness(kind, kind, "unknown")
    operational, warehouse = _answers(stores.operational), _answers(stores.warehouse)
    schema = "unknown"
    if operational == warehouse == "ok":
        try:
            schema = "ok" if drift(stores).clean else "outdated"
        except StoreError as error:
            schema = type(error).__name__
    return Readiness(operational, warehouse, schema)


def _answers(store: Store) -> str:
    try:
        with store.read() as session:
            session.one("doctor/now")
    except StoreError as error:
        return type(error).__name__
    return "ok"
