"""What a run could not turn into orders and refunds, for its row: events that were well in form when they came."""

from __future__ import annotations

from data_access.stores import Stores


class LeftOut:
    """Notes what is left out already, and tells afterwards what has come to it. Raises StoreError."""

    def __init__(self, stores: Stores, account: str) -> None:
        self._stores = stores
        self._account = account
        self._before = self._known().keys()

    def since(self) -> list[dict[str, str]]:
        """Each as {place, reason}, in the order of the events' ids."""
        return [
            {"place": f"{metric} {event}", "reason": reason}
            for (event, reason), metric in sorted(self._known().items())
            if (event, reason) not in self._before
        ]

    def _known(self) -> dict[tuple[str, str], str]:
        with self._stores.warehouse.read() as session:
            rows = session.rows("project/rejects_known", account=self._account)
        return {(row["event_id"], row["reason"]): row["metric_name"] or "event" for row in rows}
