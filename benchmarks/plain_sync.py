"""The peer of the sync, in a process of its own: `python -m benchmarks.plain_sync` prints the run's summary as JSON.

The same requests and the same statements, but one page a transaction and, with `sequential`, one request at a time.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import ingest.run
from benchmarks.servers import EVENTS_ONLY
from data_access.stores import open_stores
from ingest.accounts import registered
from ingest.runner import run_sync
from settings import get_settings


def main(sequential: bool) -> dict[str, Any]:
    """Syncs the first account's events page by page."""
    planned = ingest.run.build_plan

    def page_by_page(*args: Any, **kwargs: Any) -> Any:
        plan, notes = planned(*args, **kwargs)
        plan.chunk_pages = plan.batch_pages = 1
        if sequential:
            plan.concurrency = 1
        return plan, notes

    ingest.run.build_plan = page_by_page  # type: ignore[assignment]
    ingest.run.GROUP_EVENTS = ingest.run.GATHER_EVENTS = 1
    stores = open_stores(get_settings())
    account = registered(stores)[0].public_id
    return run_sync(stores, get_settings(), account, only=EVENTS_ONLY).as_dict()


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main("sequential" in sys.argv[1:]), default=str))
