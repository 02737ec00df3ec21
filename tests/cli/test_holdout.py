"""`promolens holdout`, as a person or a script uses it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from data_access.stores import close_stores, open_stores
from settings import Settings
from tests.cli.conftest import Run
from tests.figures.literal import ACCOUNT, RECEIVED, Event, Ledger, placed


def test_named_listed_and_removed(run: Run, tmp_path: Path) -> None:
    run("migrate")
    stores = open_stores(Settings(data_dir=tmp_path / "data"))
    ledger = Ledger(stores)
    ledger.store()
    at = datetime(2025, 6, 10, 8, tzinfo=UTC)
    of = {"klaviyo_public_id": ACCOUNT, "campaign_id": "spring"}
    ledger.insert("klaviyo_campaigns", of | {"name": "Spring", "status": "Sent", "created_at": at, "sent_at": at})
    ledger.message("m1", campaign="spring")
    known = {"resource": "events", "partition": "", "watermark": datetime(2025, 9, 1, tzinfo=UTC)}
    ledger.insert("sync_cursors", {"klaviyo_public_id": ACCOUNT} | known)
    people = [f"r{n:02}" for n in range(100)], [f"l{n:02}" for n in range(100)]
    for profile in people[1]:
        ledger.profile(profile, email=f"{profile}@shop.example")
    # 50 of 100 reached and 25 of 100 left out buy for 10 each: 2.50 a person more, 250 in all.
    ledger.load(*(Event(f"g{id}", RECEIVED, at, id, {"$message": "m1"}) for id in people[0]))
    ledger.load(*(placed(f"o{id}", at, 10, id) for id in [*people[0][:50], *people[1][:25]]))
    ledger.load(placed("o0", "2025-01-01T12:00:00+00:00", 1, "somebody"), placed("o9", "2025-09-01T12:00:00Z", 1, "x"))
    ledger.refresh()
    close_stores(stores)
    file = tmp_path / "left-out.csv"
    file.write_text("email\n" + "".join(f"{id}@shop.example\n" for id in people[1]) + "nobody@x\n", encoding="utf-8")
    assert run("holdout", "add", "spring", "--account", ACCOUNT).code == 2
    done = run("holdout", "add", "spring", "--account", ACCOUNT, "--file", str(file))
    assert done.out.splitlines() == [
        "100 people are left out of spring, of 101 entries.",
        "1 of them name nobody: row 102.",
    ]
    assert "has a holdout already" in run("holdout", "add", "spring", "--account", ACCOUNT, "--file", str(file)).error
    listed = run("holdout", "list", "--account", ACCOUNT)
    assert "Spring, 10 Jun 2025: 100 reached, 100 left out; 250.00 EUR on top (95 %: 118.89 to 381.11)" in listed.out
    assert "attributed 0.00 EUR net" in listed.out
    told = run("holdout", "list", "--account", ACCOUNT, "--json").json["holdouts"][0]
    assert (told["people"], told["doubts"], told["over"]) == ({"left_out": 100, "reached": 100}, [], True)
    assert run("holdout", "remove", "spring", "--account", ACCOUNT).out.startswith("Removed")
    assert "No campaign" in run("holdout", "list", "--account", ACCOUNT).out
