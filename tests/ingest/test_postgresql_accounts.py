"""On PostgreSQL: the move from MongoDB, keys rotated, and tokens refreshed by one of several processes."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from data_access.scope import local_admin
from data_access.secrets import decrypt
from data_access.stores import Stores, close_stores, open_stores
from data_access.writes.load_progress import cursors
from data_access.writes.oauth_tokens import end_lease, held_tokens, refresh_errors, take_lease
from data_access.writes.secret_rotation import rotate_secrets
from demo.api.oauth import CLIENT_ID, CLIENT_SECRET
from demo.emulator import RunningEmulator
from ingest.mongo.importer import import_mongo
from ingest.tokens import TokenKeeper
from settings import PROJECT_ROOT, Settings
from tests.ingest.signed_in import change, connected, end_soon, oauth_settings
from tests.mongo.documents import NOW, at, everything, statistics, store, sync, write_bson

KEY = "a pass phrase of the test"
REFRESHING = """
import hashlib
import sys
from data_access.stores import open_stores
from ingest.tokens import TokenKeeper
from settings import get_settings

sys.stdin.readline()
access = TokenKeeper(open_stores(get_settings()), get_settings()).fresh(sys.argv[1]).access
print(hashlib.sha256(access.encode()).hexdigest())
"""


@pytest.fixture
def server(migrated_postgres_url: str, tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", database_url=migrated_postgres_url, promolens_secret_key=KEY)


@pytest.fixture
def on_server(server: Settings) -> Iterator[Stores]:
    opened = open_stores(server)
    yield opened
    close_stores(opened)


def test_the_earlier_system_comes_over_and_a_second_time_changes_nothing(
    on_server: Stores, server: Settings, tmp_path: Path
) -> None:
    folder = str(write_bson(tmp_path / "dump", everything()))
    first = import_mongo(on_server, server, local_admin(), folder, now=lambda: NOW)
    again = import_mongo(on_server, server, local_admin(), folder, now=lambda: NOW)
    assert first.accounts == ["XqkVGb"]
    assert [(c.new, c.rejected) for c in first.collections.values()] == [(1, 0)] * 3
    assert again.nothing_changed
    with on_server.operational.read() as session:
        assert cursors(session, "XqkVGb")["events"][""].watermark == at(14)
    found = held_tokens(on_server, server, "XqkVGb")
    assert found is not None
    assert found.tokens.refresh == "refresh-of-the-earlier-system"


def test_later_documents_move_on_what_is_older_here(on_server: Stores, server: Settings, tmp_path: Path) -> None:
    write_bson(tmp_path / "dump", everything())
    import_mongo(on_server, server, local_admin(), str(tmp_path / "dump"), now=lambda: NOW)
    later = {
        "stores": [store(klaviyo_integration={"form_values_last_update": at(15, 57)})],
        "klaviyo_syncs": [sync(flows_last_sync=at(15, 56))],
        "campaignstats": [statistics(subject="New", updated_at=at(15, 30))],
    }
    write_bson(tmp_path / "dump", later)
    tried = import_mongo(on_server, server, local_admin(), str(tmp_path / "dump"), dry_run=True, now=lambda: NOW)
    done = import_mongo(on_server, server, local_admin(), str(tmp_path / "dump"), now=lambda: NOW)
    assert tried.collections == done.collections
    assert [c.changed for c in done.collections.values()] == [1, 1, 1]
    with on_server.operational.read() as session:
        (found,) = session.query_text("SELECT subject, tag_names FROM campaignstats", {}).to_pylist()
    assert found == {"subject": "New", "tag_names": ["holiday", "sale"]}


def test_secrets_come_under_a_new_key(on_server: Stores, server: Settings, tmp_path: Path) -> None:
    folder = str(write_bson(tmp_path / "dump", everything()))
    import_mongo(on_server, server, local_admin(), folder, now=lambda: NOW)
    both = server.model_copy(update={"promolens_secret_key": SecretStr(f"newer,{KEY}")})
    assert rotate_secrets(on_server, both, local_admin()).rotated == 2
    newer = server.model_copy(update={"promolens_secret_key": SecretStr("newer")})
    with on_server.operational.read() as session:
        (row,) = session.rows("secrets/held")
    assert decrypt(newer, row["oauth_token_encrypted"]) == "access-of-the-earlier-system"


def test_of_many_processes_one_refreshes(on_server: Stores, server: Settings, emulator: RunningEmulator) -> None:
    app = oauth_settings(emulator, server, klaviyo_base_url=emulator.base_url, klaviyo_limits=False)
    shop = connected(on_server, app).public_id
    end_soon(on_server)
    environment = {
        **os.environ,
        "PYTHONPATH": str(PROJECT_ROOT),
        "DATA_DIR": str(server.data_dir),
        "DATABASE_URL": server.database_url,
        "PROMOLENS_SECRET_KEY": KEY,
        "KLAVIYO_BASE_URL": emulator.base_url,
        "KLAVIYO_OAUTH_CLIENT_ID": CLIENT_ID,
        "KLAVIYO_OAUTH_CLIENT_SECRET": CLIENT_SECRET,
    }
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", REFRESHING, shop],
            env={**environment, "WAREHOUSE_URL": f"duckdb:///{server.data_dir / f'unused{number}.duckdb'}"},
            cwd=PROJECT_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(3)
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    given = {process.communicate(timeout=120)[0].strip() for process in processes}
    found = held_tokens(on_server, app, shop)
    assert found is not None
    assert given == {hashlib.sha256(found.tokens.access.encode()).hexdigest()}
    assert emulator.requests["oauth_refresh_token"] == 1


def test_a_turn_is_taken_once_and_that_of_the_dead_again(
    on_server: Stores, server: Settings, emulator: RunningEmulator
) -> None:
    app = oauth_settings(emulator, server, klaviyo_base_url=emulator.base_url, klaviyo_limits=False)
    shop = connected(on_server, app).public_id
    assert take_lease(on_server, shop, "another process")
    assert not take_lease(on_server, shop, "ourselves")
    change(on_server, "UPDATE oauth_refreshes SET lease_until = now() - INTERVAL '1 second'")
    end_soon(on_server)
    assert TokenKeeper(on_server, app).fresh(shop).lives(datetime.now(UTC))
    end_lease(on_server, shop, "another process", "too late")
    assert refresh_errors(on_server) == {shop: None}
