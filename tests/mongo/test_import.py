"""The move from MongoDB: what stands in the operational store afterwards, and what stays as it was."""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from bson import Decimal128, Int64, ObjectId

from data_access.scope import NotPermitted, granted, local_admin
from data_access.secrets import decrypt, encrypt
from data_access.stores import Stores
from data_access.writes import earlier_system
from data_access.writes.load_progress import Moves, cursors
from ingest.mongo import importer
from ingest.mongo.importer import Imported, Reject
from settings import Settings
from tests.mongo.documents import NOW, at, everything, mongodb, statistics, store, sync, write_bson, write_json
from tests.mongo.test_sources import WIRE

TABLES = ("stores", "klaviyo_syncs", "campaignstats", "sync_cursors")


@pytest.fixture
def import_from(stores: Stores, settings: Settings, tmp_path: Path) -> Any:
    def run(documents: Mapping[str, Sequence[Mapping[str, Any]]] | None = None, **more: Any) -> Imported:
        folder = tmp_path / "dump"
        shutil.rmtree(folder, ignore_errors=True)
        write_bson(folder, documents if documents is not None else everything())
        return importer.import_mongo(stores, settings, local_admin(), str(folder), now=lambda: NOW, **more)

    return run


def rows(stores: Stores, table: str) -> list[dict[str, Any]]:
    with stores.operational.read() as session:
        return session.query_text(f"SELECT * FROM {table} ORDER BY ALL", {}).to_pylist()


def everything_kept(stores: Stores) -> dict[str, list[dict[str, Any]]]:
    return {table: rows(stores, table) for table in TABLES}


def counts(done: Imported) -> dict[str, tuple[int, int, int, int]]:
    return {name: (c.new, c.changed, c.unchanged, c.rejected) for name, c in done.collections.items()}


def change(stores: Stores, sql: str) -> None:
    with stores.operational.write() as session:
        session.execute_text(sql)


# --- what is taken over -----------------------------------------------------------------------------------------------


def test_a_store_becomes_a_row_with_its_integration_as_columns(
    import_from: Any, stores: Stores, settings: Settings
) -> None:
    assert counts(import_from())["stores"] == (1, 0, 0, 0)
    (row,) = rows(stores, "stores")
    assert (row["public_id"], row["name"], row["klaviyo_public_id"]) == ("store_abc123", "Store Name", "XqkVGb")
    assert row["status"] == "active"
    assert row["token_expires_at"] == datetime(2025, 10, 1, tzinfo=UTC)
    assert row["campaign_values_last_update"] == at(10)
    assert row["segment_values_last_update"] == at(11)
    assert row["flow_values_last_update"] == at(12)
    assert row["form_values_last_update"] == at(13)
    assert row["placed_order_last_update"] == at(14)
    # The earlier system's update was not ours: nothing here is updating.
    assert row["is_updating_dashboard"] is False


def test_tokens_are_encrypted_on_arrival_and_never_said(
    import_from: Any, stores: Stores, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    done = import_from()
    (row,) = rows(stores, "stores")
    assert decrypt(settings, row["oauth_token_encrypted"]) == "access-of-the-earlier-system"
    assert decrypt(settings, row["refresh_token_encrypted"]) == "refresh-of-the-earlier-system"
    told = json.dumps(done.as_dict()) + repr(done) + caplog.text + repr(row)
    assert "of-the-earlier-system" not in told
    files = [path for path in settings.data_dir.rglob("*") if path.is_file()]
    assert files
    assert not any(b"of-the-earlier-system" in path.read_bytes() for path in files)


def test_sync_times_and_figures_become_rows(import_from: Any, stores: Stores) -> None:
    done = import_from()
    assert counts(done) == {"stores": (1, 0, 0, 0), "klaviyo_syncs": (1, 0, 0, 0), "campaignstats": (1, 0, 0, 0)}
    (found,) = rows(stores, "klaviyo_syncs")
    assert (found["klaviyo_public_id"], found["sync_type"]) == ("XqkVGb", "cron_sync")
    assert (found["campaigns_last_sync"], found["events_last_sync"]) == (at(15), at(15, 20))
    assert (found["product_relationships_last_run"], found["updated_at"]) == (at(12), at(15, 25))
    (figures,) = rows(stores, "campaignstats")
    assert figures | {"statistics": json.loads(figures["statistics"])} == {
        "klaviyo_public_id": "XqkVGb",
        "campaign_id": "01HJKL",
        "campaign_message_id": "01HJKM",
        "send_channel": "email",
        "store_public_ids": ["store_abc123"],
        "campaign_name": "Holiday Sale 2024",
        "subject": "50% Off Everything!",
        "tag_names": ["holiday", "sale"],
        "statistics": everything()["campaignstats"][0]["statistics"],
        "updated_at": at(15),
    }


def test_money_keeps_its_cents_and_channels_their_names_here(import_from: Any, stores: Stores) -> None:
    exact = {"conversion_value": Decimal128("123456789012345.67"), "recipients": Int64(2**40), "opens": None}
    groupings = {"send_channel": "push-notification", "campaign_id": "C", "campaign_message_id": "M"}
    import_from({"campaignstats": [statistics(statistics=exact, groupings=groupings)]})
    (figures,) = rows(stores, "campaignstats")
    assert figures["statistics"] == '{"conversion_value":123456789012345.67,"opens":null,"recipients":1099511627776}'
    assert figures["send_channel"] == "push"


@pytest.mark.parametrize("form", ["lines", "array", "pretty"])
def test_exports_give_the_same_rows_as_a_dump(
    import_from: Any, stores: Stores, settings: Settings, tmp_path: Path, form: str
) -> None:
    import_from()
    folder = write_json(tmp_path / "export", everything(), form)
    again = importer.import_mongo(stores, settings, local_admin(), str(folder), now=lambda: NOW)
    assert again.nothing_changed
    assert again.rejects == []


@WIRE
def test_a_server_is_taken_over_and_a_second_time_changes_nothing(stores: Stores, settings: Settings) -> None:
    with mongodb(everything()) as address:
        first, second = (
            importer.import_mongo(
                stores, settings, local_admin(), address, database="klaviyo", dry_run=False, now=lambda: NOW
            )
            for _ in range(2)
        )
    assert counts(first) == {"stores": (1, 0, 0, 0), "klaviyo_syncs": (1, 0, 0, 0), "campaignstats": (1, 0, 0, 0)}
    assert first.accounts == ["XqkVGb"]
    assert counts(second) == {"stores": (0, 0, 1, 0), "klaviyo_syncs": (0, 0, 1, 0), "campaignstats": (0, 0, 1, 0)}
    assert second.nothing_changed
    assert decrypt(settings, rows(stores, "stores")[0]["refresh_token_encrypted"]) == "refresh-of-the-earlier-system"


def test_run_twice_not_one_byte_changes(import_from: Any, stores: Stores) -> None:
    assert import_from().nothing_changed is False
    before = everything_kept(stores)
    assert import_from().nothing_changed is True
    assert everything_kept(stores) == before


def test_a_trial_keeps_nothing_and_says_what_it_would_do(import_from: Any, stores: Stores) -> None:
    before = everything_kept(stores)
    tried = import_from(dry_run=True)
    assert everything_kept(stores) == before
    done = import_from()
    assert counts(tried) == counts(done)
    assert tried.accounts == done.accounts == ["XqkVGb"]


# --- where the next sync goes on --------------------------------------------------------------------------------------


def test_the_next_sync_goes_on_where_the_earlier_system_stood(import_from: Any, stores: Stores) -> None:
    assert import_from().accounts == ["XqkVGb"]
    with stores.operational.read() as session:
        found = cursors(session, "XqkVGb")
    # Orders were last synced at 14:00, events at 15:20: the earlier of the two is where nothing can be missing.
    assert found["events"][""].watermark == at(14)
    assert found["events"][""].cursor == {"metrics": ["*"]}
    assert {name: partitions["full"].watermark for name, partitions in found.items() if name != "events"} == {
        "campaign_values": at(10),
        "segment_series": at(11),
        "flow_series": at(12),
        "form_series": at(13),
    }


def test_without_times_there_is_nothing_to_go_on_from(import_from: Any, stores: Stores) -> None:
    nothing = dict.fromkeys((*earlier_system.UPDATE_TIMES,))
    done = import_from({"stores": [store(klaviyo_integration=nothing)]})
    assert done.accounts == []
    assert rows(stores, "sync_cursors") == []


def test_an_account_that_was_synced_here_goes_on_from_here(import_from: Any, stores: Stores) -> None:
    """What lies between its own walk and the earlier system's time may never have been read here."""
    moves = Moves()
    moves.move("events", "", {"walk": {"end": "2025-09-01T00:00:00Z"}}, None)
    with stores.operational.write() as session:
        moves.write(session, "XqkVGb")
    assert import_from().accounts == []
    assert [row["resource"] for row in rows(stores, "sync_cursors")] == ["events"]


def test_the_sync_itself_goes_before_other_kinds_of_sync(import_from: Any, stores: Stores) -> None:
    other = sync(_id=2, sync_type="cron_aggregates", events_last_sync=at(1))
    no_orders = store(klaviyo_integration={"placed_order_last_update": None})
    import_from({"stores": [no_orders], "klaviyo_syncs": [other, sync()]})
    with stores.operational.read() as session:
        assert cursors(session, "XqkVGb")["events"][""].watermark == at(15, 20)
    assert len(rows(stores, "klaviyo_syncs")) == 2


# --- what is newer here stands ----------------------------------------------------------------------------------------


def test_newer_times_here_stand_and_older_ones_move_on(import_from: Any, stores: Stores) -> None:
    import_from()
    change(stores, "UPDATE klaviyo_syncs SET events_last_sync = TIMESTAMPTZ '2025-09-18 15:59:00+00'")
    change(stores, "UPDATE stores SET flow_values_last_update = TIMESTAMPTZ '2025-09-18 15:58:00+00'")
    documents = {
        "stores": [store(klaviyo_integration={"form_values_last_update": at(15, 57)})],
        "klaviyo_syncs": [sync(flows_last_sync=at(15, 56))],
    }
    assert counts(import_from(documents)) == {"stores": (0, 1, 0, 0), "klaviyo_syncs": (0, 1, 0, 0)}
    (found,) = rows(stores, "klaviyo_syncs")
    assert (found["events_last_sync"], found["flows_last_sync"]) == (at(15, 59), at(15, 56))
    (row,) = rows(stores, "stores")
    assert (row["flow_values_last_update"], row["form_values_last_update"]) == (at(15, 58), at(15, 57))


@pytest.mark.parametrize(("ends", "kept"), [(2, "newer"), (1, "ours"), (0, "ours")])
def test_tokens_give_way_to_tokens_that_end_later(
    import_from: Any, stores: Stores, settings: Settings, ends: int, kept: str
) -> None:
    import_from()
    ours = encrypt(settings, "ours")
    change(stores, f"UPDATE stores SET oauth_token_encrypted = '{ours}', refresh_token_encrypted = '{ours}'")
    change(stores, "UPDATE stores SET token_expires_at = TIMESTAMPTZ '2025-10-02 00:00:00+00'")
    newer = {"oauth_token": "newer", "token_expires_at": datetime(2025, 10, 1 + ends, tzinfo=UTC)}
    import_from({"stores": [store(klaviyo_integration=newer)]})
    (row,) = rows(stores, "stores")
    assert decrypt(settings, row["oauth_token_encrypted"]) == kept


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("UPDATE stores SET status = 'disconnected', oauth_token_encrypted = NULL, refresh_token_encrypted = NULL",
         "was disconnected here"),
        ("UPDATE stores SET api_key_encrypted = 'x', oauth_token_encrypted = NULL, refresh_token_encrypted = NULL",
         "has a private key here"),
    ],
)  # fmt: skip
def test_what_a_person_decided_here_stands(import_from: Any, stores: Stores, sql: str, says: str) -> None:
    import_from()
    change(stores, sql)
    done = import_from()
    assert any(says in note for note in done.notes)
    assert rows(stores, "stores")[0]["oauth_token_encrypted"] is None
    assert counts(done)["stores"] == (0, 0, 1, 0)


def test_a_store_that_is_known_by_its_account_keeps_its_own_name(import_from: Any, stores: Stores) -> None:
    change(stores, "INSERT INTO stores (public_id, name, klaviyo_public_id) VALUES ('store_XqkVGb', 'Ours', 'XqkVGb')")
    assert counts(import_from())["stores"] == (0, 1, 0, 0)
    (row,) = rows(stores, "stores")
    assert (row["public_id"], row["name"]) == ("store_XqkVGb", "Ours")
    assert row["oauth_token_encrypted"]
    assert import_from().nothing_changed


def test_a_store_that_is_connected_to_another_account_here_is_left_alone(import_from: Any, stores: Stores) -> None:
    change(stores, "INSERT INTO stores (public_id, name, klaviyo_public_id) VALUES ('store_abc123', 'Ours', 'Other1')")
    before = rows(stores, "stores")
    (reject,) = import_from().rejects
    assert reject.field == "klaviyo_integration.public_id"
    assert "Other1" in reject.reason
    assert rows(stores, "stores") == before


def test_a_store_that_was_not_connected_gets_its_account_later(import_from: Any, stores: Stores) -> None:
    unconnected = {key: value for key, value in store().items() if key != "klaviyo_integration"}
    assert counts(import_from({"stores": [unconnected]}))["stores"] == (1, 0, 0, 0)
    assert rows(stores, "stores")[0]["klaviyo_public_id"] is None
    assert counts(import_from({"stores": [store()]}))["stores"] == (0, 1, 0, 0)
    assert rows(stores, "stores")[0]["klaviyo_public_id"] == "XqkVGb"


@pytest.mark.parametrize(
    ("later", "subject"),
    [
        (at(15, 1), "New"),
        (at(15), "50% Off Everything!"),
        (at(14), "50% Off Everything!"),
        (None, "50% Off Everything!"),
    ],
)
def test_of_one_message_the_figures_updated_last_stand(
    import_from: Any, stores: Stores, later: datetime | None, subject: str
) -> None:
    import_from()
    import_from({"campaignstats": [statistics(subject="New", updated_at=later)]})
    assert [row["subject"] for row in rows(stores, "campaignstats")] == [subject]


def test_the_same_message_twice_in_one_batch_is_one_row(import_from: Any, stores: Stores) -> None:
    documents = [
        statistics(_id=1, subject="Old", updated_at=at(9)),
        statistics(_id=2, subject="Newest", updated_at=at(11)),
        statistics(_id=3, subject="Older", updated_at=at(10)),
    ]
    done = import_from({"campaignstats": documents})
    assert [row["subject"] for row in rows(stores, "campaignstats")] == ["Newest"]
    assert counts(done)["campaignstats"] == (1, 0, 2, 0)


def test_the_same_sync_twice_is_one_row_of_the_later_times(import_from: Any, stores: Stores) -> None:
    import_from({"klaviyo_syncs": [sync(_id=1, flows_last_sync=at(9)), sync(_id=2, flows_last_sync=at(8))]})
    assert [row["flows_last_sync"] for row in rows(stores, "klaviyo_syncs")] == [at(9)]


# --- what is malformed ------------------------------------------------------------------------------------------------

BAD = ObjectId("65f0000000000000000000ff")


@pytest.mark.parametrize(
    ("collection", "document", "field", "reason"),
    [
        ("stores", store(_id=BAD, public_id=None), "public_id", "is missing"),
        ("stores", store(_id=BAD, name=""), "name", "is missing"),
        ("stores", store(_id=BAD, name=7), "name", "is a number, not a text"),
        ("stores", store(_id=BAD, klaviyo_integration={"oauth_token": {"a": 1}}), "klaviyo_integration.oauth_token",
         "is a document, not a text"),
        ("stores", store(_id=BAD, klaviyo_integration={"public_id": None}), "klaviyo_integration.public_id",
         "is missing, and a token stands beside it"),
        ("stores", store(_id=BAD, klaviyo_integration={"token_expires_at": "soon"}),
         "klaviyo_integration.token_expires_at", "is a text that is no time like 2025-09-18T10:00:00Z"),
        ("stores", store(_id=BAD, klaviyo_integration={"flow_values_last_update": NOW + timedelta(days=1)}),
         "klaviyo_integration.flow_values_last_update", "lies in the future (2025-09-19 16:00 UTC)"),
        ("klaviyo_syncs", sync(_id=BAD, klaviyo_public_id=None), "klaviyo_public_id", "is missing"),
        ("klaviyo_syncs", sync(_id=BAD, events_last_sync=1758208800), "events_last_sync", "is a number, not a time"),
        ("klaviyo_syncs", sync(_id=BAD, events_last_sync="2025-09-18T10:00:00"), "events_last_sync",
         "is a time without its zone"),
        ("klaviyo_syncs", sync(_id=BAD, events_last_sync=NOW + timedelta(minutes=6)), "events_last_sync",
         "lies in the future (2025-09-18 16:06 UTC)"),
        ("campaignstats", statistics(_id=BAD, groupings=None), "groupings", "is missing"),
        ("campaignstats", statistics(_id=BAD, groupings={"campaign_id": "C"}), "groupings.campaign_message_id",
         "is missing"),
        ("campaignstats", statistics(_id=BAD, statistics={"opens": "many"}), "statistics.opens",
         "is a text, not a number"),
        ("campaignstats", statistics(_id=BAD, statistics={"opens": True}), "statistics.opens",
         "is true or false, not a number"),
        ("campaignstats", statistics(_id=BAD, statistics={"opens": float("nan")}), "statistics.opens",
         "is not a finite number"),
        ("campaignstats", statistics(_id=BAD, tag_names="holiday"), "tag_names", "is a text, not a list of texts"),
        ("campaignstats", statistics(_id=BAD, tag_names=["a", 7]), "tag_names.1", "is a number, not a text"),
        ("campaignstats", statistics(_id=BAD, subject="zero\x00byte"), "subject",
         "holds a zero byte, which no database keeps in a text"),
    ],
)  # fmt: skip
def test_a_malformed_document_is_named_and_nothing_of_it_is_kept(
    import_from: Any, stores: Stores, collection: str, document: dict[str, Any], field: str, reason: str
) -> None:
    done = import_from({**everything(), collection: [document, *everything()[collection]]})
    assert done.rejects == [Reject(collection, str(BAD), field, reason)]
    assert counts(done)[collection] == (1, 0, 0, 1)
    (kept,) = rows(stores, collection)
    assert kept


def test_a_reason_never_quotes_a_token(import_from: Any) -> None:
    bad = {"oauth_token": ["access-of-the-earlier-system"], "refresh_token": None}
    (reject,) = import_from({"stores": [store(klaviyo_integration=bad)]}).rejects
    assert "access-of" not in reject.sentence


@pytest.mark.parametrize("changes", [{"public_id": "store_other"}, {"klaviyo_integration": {"public_id": "Other1"}}])
def test_two_stores_of_one_account_or_name_are_not_guessed(
    import_from: Any, stores: Stores, changes: dict[str, Any]
) -> None:
    done = import_from({"stores": [store(), store(_id=BAD, name="Second", **changes)]})
    (reject,) = done.rejects
    assert reject.id == str(BAD)
    assert reject.reason == "is the same as that of 65f000000000000000000001"
    assert [row["name"] for row in rows(stores, "stores")] == ["Store Name"]


def test_a_time_may_be_a_text_with_its_zone(import_from: Any, stores: Stores) -> None:
    import_from({"klaviyo_syncs": [sync(events_last_sync="2025-09-18T12:20:00+02:00")]})
    assert rows(stores, "klaviyo_syncs")[0]["events_last_sync"] == at(10, 20)


# --- batches ----------------------------------------------------------------------------------------------------------


def numbered(count: int) -> list[dict[str, Any]]:
    return [
        statistics(_id=n, groupings={"send_channel": "email", "campaign_id": f"C{n}", "campaign_message_id": "M"})
        for n in range(count)
    ]


@pytest.fixture
def batches_of_ten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importer, "BATCH", 10)


@pytest.mark.usefixtures("batches_of_ten")
def test_many_documents_go_in_batch_by_batch(import_from: Any, stores: Stores) -> None:
    assert counts(import_from({"campaignstats": numbered(25)}))["campaignstats"] == (25, 0, 0, 0)
    assert len(rows(stores, "campaignstats")) == 25


@pytest.mark.usefixtures("batches_of_ten")
def test_an_import_that_breaks_off_kept_whole_batches_and_goes_on(
    import_from: Any, stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[int] = []
    real = importer.take_statistics

    def breaking(*args: Any, **more: Any) -> Any:
        if len(taken) == 2:
            raise OSError("the machine stops")
        taken.append(1)
        return real(*args, **more)

    monkeypatch.setattr(importer, "take_statistics", breaking)
    with pytest.raises(OSError, match="stops"):
        import_from({"campaignstats": numbered(25)})
    assert len(rows(stores, "campaignstats")) == 20
    monkeypatch.setattr(importer, "take_statistics", real)
    assert counts(import_from({"campaignstats": numbered(25)}))["campaignstats"] == (5, 0, 20, 0)


def test_only_an_admin_may(stores: Stores, settings: Settings, tmp_path: Path) -> None:
    folder = write_bson(tmp_path / "dump", everything())
    with pytest.raises(NotPermitted):
        importer.import_mongo(stores, settings, granted("somebody", ["XqkVGb"], []), str(folder))
    assert rows(stores, "stores") == []
