"""A store as a sync leaves it: retention and a rebuild, a backup and its restore, change no figure of it."""

from __future__ import annotations

from pathlib import Path

from data_access.aggregates import recompute
from data_access.operations.backup import back_up
from data_access.operations.restore import restore
from data_access.operations.retention import retain
from data_access.scope import Scope
from data_access.stores import close_stores, open_stores
from demo.emulator import running_emulator
from tests.ingest.synced import NOW, fingerprint, new_stores, one, registered_account, settings_for, sync

GOES = {"klaviyo_events", "klaviyo_attributions", "operation_runs", "retention_horizons"}


def test_no_figure_changes(admin: Scope, tmp_path: Path) -> None:
    with running_emulator(events=20_000, seed=3, now=NOW) as emulator:
        settings = settings_for(emulator, tmp_path / "data", retention_aggregated_metrics_months=0)
        stores = new_stores(settings)
        account = registered_account(stores, settings, emulator.api_key)
        assert sync(stores, settings, account).state == "done"
        whole = fingerprint(stores)
        back_up(stores, settings, admin)
        events = one(stores, "SELECT count(*) FROM klaviyo_events")
        done = retain(stores, settings, admin, now=NOW)
        left = one(stores, "SELECT count(*) FROM klaviyo_events")
        assert 0 < left < events
        assert events - left == next(found.rows for found in done.expired if found.table == "klaviyo_events")
        orphans = "SELECT count(*) FROM klaviyo_attributions WHERE event_id NOT IN (SELECT id FROM klaviyo_events)"
        assert one(stores, orphans) == 0
        kept = {name: found for name, found in whole.items() if name not in GOES}
        assert {name: found for name, found in fingerprint(stores).items() if name in kept} == kept
        recompute(stores, account)
        assert {name: found for name, found in fingerprint(stores).items() if name in kept} == kept
        # What Klaviyo still has comes in again with a full sync, and changes no figure either.
        assert sync(stores, settings, account, full=True).state == "done"
        assert one(stores, "SELECT count(*) FROM klaviyo_events") == events
        assert {name: found for name, found in fingerprint(stores).items() if name in kept} == kept
        close_stores(stores)
        restore(settings, admin, settings.backup_folder, replace=True)
        again = open_stores(settings)
        assert {name: found for name, found in fingerprint(again).items() if name != "operation_runs"} == {
            name: found for name, found in whole.items() if name != "operation_runs"
        }
        close_stores(again)
