"""Bad days of the embedded database: damage, a full or read-only disk, a second process. Nothing is lost unnamed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from data_access.errors import StoreBusy, StoreDamaged, StoreError, StoreFull
from data_access.migrate import migrate
from data_access.operations.backup import back_up
from data_access.operations.restore import restore
from data_access.recovery import begin_empty, noted, take_last_checkpoint
from data_access.scope import local_admin
from data_access.stores import Stores, close_stores, open_stores
from settings import PROJECT_ROOT, Settings
from tests.figures.literal import Ledger, placed

ADMIN = local_admin("test")


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation with a backup of one order and, in its log only, a second one."""
    found = Settings(data_dir=tmp_path_factory.mktemp("installed") / "data")
    stores = open_stores(found)
    migrate(stores)
    ledger = Ledger(stores)
    ledger.store()
    ledger.load(placed("A", "2025-05-03T12:00:00+02:00", 10))
    ledger.refresh()
    back_up(stores, found, ADMIN)
    close_stores(stores)
    run(
        found,
        """
        ledger.load(placed("B", "2025-05-04T12:00:00+02:00", 20))
        ledger.refresh()
        os._exit(9)  # as in a power cut: the log is not written into the file
        """,
    )
    assert log_of(found).stat().st_size > 1000
    return found.data_dir


@pytest.fixture
def settings(installed: Path, tmp_path: Path) -> Iterator[Settings]:
    """That installation, the test's own."""
    shutil.copytree(installed, tmp_path / "data")
    yield Settings(data_dir=tmp_path / "data")
    close_stores()


def run(settings: Settings, body: str, before: str = "") -> str:
    """Runs a piece of program in a process of its own, on the stores of the settings; what it printed."""
    text = textwrap.dedent(
        """
        import os, resource, signal, sys
        from pathlib import Path
        from data_access.errors import StoreError
        from data_access.stores import open_stores
        from settings import Settings
        from tests.figures.literal import Ledger, placed
        settings = Settings(data_dir=Path(sys.argv[1]), _env_file=None)
        """
    )
    text += (
        textwrap.dedent(before) + "stores = open_stores(settings)\nledger = Ledger(stores)\n" + textwrap.dedent(body)
    )
    command = [sys.executable, "-c", text, str(settings.data_dir)]
    done = subprocess.run(command, cwd=PROJECT_ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode in (0, 9), done.stderr
    return done.stdout


def file_of(settings: Settings) -> Path:
    return settings.data_dir / "promolens.duckdb"


def log_of(settings: Settings) -> Path:
    return settings.data_dir / "promolens.duckdb.wal"


def overwrite(path: Path, at: int, length: int = 64) -> bytes:
    """Damages a file; what it held before."""
    before = path.read_bytes()
    path.write_bytes(before[:at] + b"\xff" * length + before[at + length :])
    return before


def orders(stores: Stores) -> list[tuple[str, str]]:
    return [(row[0], row[1]) for row in Ledger(stores).table("klaviyo_orders", "order_id", "order_value")]


def refusal(settings: Settings) -> str:
    with pytest.raises(StoreDamaged) as refused:
        open_stores(settings)
    return str(refused.value)


# --- a damaged file or log --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("damage", ["head", "half", "nothing", "text"])
def test_a_damaged_file_is_set_aside_and_the_newest_backup_named(settings: Settings, damage: str) -> None:
    file = file_of(settings)
    whole = file.read_bytes()
    log = log_of(settings).read_bytes()
    file.write_bytes(
        {"head": b"\x00" * 4096 + whole[4096:], "half": whole[: len(whole) // 2], "nothing": b"", "text": b"no!" * 999}[
            damage
        ]
    )
    damaged = file.read_bytes()
    told = refusal(settings)
    backup = next(settings.backup_folder.iterdir())
    assert f"promolens restore {backup}" in told
    assert "read again by the next sync" in told
    assert "--last-checkpoint" not in told
    aside = noted(file)
    assert aside is not None
    assert aside.aside.read_bytes() == damaged
    assert aside.aside.with_name(aside.aside.name + ".wal").read_bytes() == log
    # Whoever comes next is told the same, and nobody makes an empty database in its place.
    assert refusal(settings) == told
    assert not file.exists()
    with pytest.raises(StoreError, match="itself is damaged"):
        take_last_checkpoint(file)
    restore(settings, ADMIN, backup)
    stores = open_stores(settings)
    assert orders(stores) == [("A", "10.00")]
    assert noted(file) is None
    assert aside.aside.exists()


@pytest.mark.parametrize("at", [0, 500], ids=["from its start", "in its middle"])
def test_of_a_damaged_log_the_last_checkpoint_is_offered(settings: Settings, at: int) -> None:
    overwrite(log_of(settings), at)
    told = refusal(settings)
    assert "promolens restore --last-checkpoint" in told
    assert f"promolens restore {next(settings.backup_folder.iterdir())}" in told
    assert refusal(settings) == told
    take_last_checkpoint(file_of(settings))
    stores = open_stores(settings)
    assert orders(stores) == [("A", "10.00")]


def test_a_log_cut_short_by_a_power_cut_is_no_damage(settings: Settings) -> None:
    log = log_of(settings)
    log.write_bytes(log.read_bytes()[:-3])
    stores = open_stores(settings)
    assert ("A", "10.00") in orders(stores)


def test_one_may_begin_with_an_empty_database(settings: Settings) -> None:
    file_of(settings).write_bytes(b"")
    refusal(settings)
    begin_empty(file_of(settings))
    stores = open_stores(settings)
    migrate(stores)
    assert orders(stores) == []
    with pytest.raises(StoreError, match="nothing to decide"):
        begin_empty(file_of(settings))


def test_a_damaged_backup_is_not_offered(settings: Settings) -> None:
    backup = next(settings.backup_folder.iterdir())
    overwrite(backup / "operational.klaviyo_events.parquet", 100)
    file_of(settings).write_bytes(b"")
    assert "There is no backup" in refusal(settings)


def test_damage_that_shows_later_is_named_as_such(settings: Settings) -> None:
    file = file_of(settings)
    stores = open_stores(settings)
    ledger = Ledger(stores)
    ledger.load(*(placed(f"N{n}", "2025-06-01T12:00:00+02:00", n, note="x" * 500) for n in range(3000)))
    close_stores(stores)  # which writes its log into the file
    stores = open_stores(settings)
    with stores.operational.read() as session:
        place = (
            "SELECT DISTINCT block_id AS id FROM pragma_storage_info('klaviyo_events') WHERE column_name = 'properties'"
        )
        blocks = [block for block in session.query_text(place, {})["id"].to_pylist() if block > 0]
    close_stores(stores)
    for block in blocks:
        overwrite(file, 3 * 4096 + block * 262_144, 262_144)
    stores = open_stores(settings)
    with stores.operational.read() as session, pytest.raises(StoreDamaged, match="promolens restore --replace"):
        session.query_text("SELECT count(*), max(CAST(properties AS VARCHAR)) FROM klaviyo_events", {})


# --- a disk that takes nothing ----------------------------------------------------------------------------------------


def test_a_full_disk_is_named_and_the_database_goes_on_when_there_is_room(settings: Settings) -> None:
    told = run(
        settings,
        """
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        room = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, room[1]))
        try:
            ledger.load(placed("C", "2025-05-05T12:00:00+02:00", 30))
        except StoreError as error:
            print(type(error).__name__, error)
        print(len(ledger.rows("klaviyo_events")))
        resource.setrlimit(resource.RLIMIT_FSIZE, room)
        ledger.load(placed("D", "2025-05-06T12:00:00+02:00", 40))
        print([row["id"] for row in ledger.rows("klaviyo_events", "id", "id")])
        """,
    ).splitlines()
    assert told[0].startswith("StoreFull The database cannot write to the disk")
    assert "Free some space" in told[0]
    assert told[1:] == ["2", "['A', 'B', 'D']"]


def test_after_a_fatal_error_the_file_is_read_anew_once_nobody_is_left_in_it(settings: Settings) -> None:
    told = run(
        settings,
        """
        database = stores.operational
        database._connection.execute("SET GLOBAL debug_checkpoint_abort = 'before_header'")
        reader = database.read()
        reader.__enter__()
        ledger.load(placed("C", "2025-05-05T12:00:00+02:00", 30))
        def tried(how):
            try:
                print(how())
            except StoreError as error:
                print(type(error).__name__)
        def checkpoint():
            with database.unbundled() as session:
                session.execute_text("FORCE CHECKPOINT")
        tried(checkpoint)
        tried(lambda: len(ledger.rows("klaviyo_events")))
        try:
            reader.__exit__(None, None, None)
        except StoreError:
            print("the reader ends")
        tried(lambda: [row["id"] for row in ledger.rows("klaviyo_events", "id", "id")])
        ledger.load(placed("D", "2025-05-06T12:00:00+02:00", 40))
        tried(lambda: [row["id"] for row in ledger.rows("klaviyo_events", "id", "id")])
        """,
    ).splitlines()
    assert told[-2:] == ["['A', 'B', 'C']", "['A', 'B', 'C', 'D']"], told
    assert told[0] in {"StoreUnavailable", "StatementRefused"}, told


def test_a_full_disk_ends_a_backup_without_a_trace(settings: Settings) -> None:
    before = sorted(path.name for path in settings.backup_folder.iterdir())
    told = run(
        settings,
        """
        from data_access.operations.backup import back_up
        from data_access.scope import local_admin
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        ledger.stores.operational._connection.execute("CHECKPOINT")
        limit = resource.getrlimit(resource.RLIMIT_FSIZE)
        def few(table):
            resource.setrlimit(resource.RLIMIT_FSIZE, (200, limit[1]) if table == "klaviyo_events" else limit)
        try:
            back_up(stores, settings, local_admin("test"), told=few)
        except StoreError as error:
            print(type(error).__name__, error)
        """,
    )
    assert told.startswith("StoreFull The backup cannot be written")
    assert sorted(path.name for path in settings.backup_folder.iterdir()) == before


def test_a_file_that_may_only_be_read_is_named(settings: Settings) -> None:
    file, log = file_of(settings), log_of(settings)
    for path, mode in ((file, 0o444), (log, 0o444), (file.parent, 0o555)):
        path.chmod(mode)
    folders = [path for path in file.parents if path != Path("/") and path.is_relative_to("/tmp")]
    for folder in folders[1:]:
        folder.chmod(folder.stat().st_mode | 0o055)
    body = 'print("open")'
    told = run(
        settings,
        body,
        before="""
        import data_access.engines.duckdb, data_access.recovery, data_access.operations.manifest
        if os.geteuid() == 0:
            os.setuid(65534)
        try:
            open_stores(settings)
        except StoreError as error:
            print(type(error).__name__, error)
            raise SystemExit(0)
        """,
    )
    for path, mode in ((file.parent, 0o755), (file, 0o644), (log, 0o644)):
        path.chmod(mode)
    assert told.startswith("StoreFull ")
    assert "cannot be opened for writing" in told
    # Nothing was set aside, and with the right to write it opens with everything in it.
    assert orders(open_stores(settings)) == [("A", "10.00"), ("B", "20.00")]


# --- a second process -------------------------------------------------------------------------------------------------


def test_a_second_process_is_told_who_holds_the_file(settings: Settings) -> None:
    stores = open_stores(settings)
    told = run(
        settings,
        "",
        before="""
        try:
            open_stores(settings)
        except StoreError as error:
            print(type(error).__name__, error)
            raise SystemExit(0)
        """,
    )
    assert told.startswith("StoreBusy ")
    assert f"process {os.getpid()}" in told
    assert noted(file_of(settings)) is None
    close_stores(stores)
    assert run(settings, 'print(len(ledger.rows("klaviyo_orders")))').strip() == "2"


def test_a_restore_does_not_touch_a_file_that_another_process_holds(settings: Settings) -> None:
    told = run(
        settings,
        f"""
        import subprocess
        held = subprocess.run(
            [sys.executable, "-m", "cli", "restore", {str(settings.backup_folder)!r}, "--replace"],
            env=os.environ | {{"DATA_DIR": str(settings.data_dir)}}, capture_output=True, text=True,
        )
        print(held.returncode, held.stderr.strip())
        print(len(ledger.rows("klaviyo_orders")))
        """,
    ).splitlines()
    assert told[0].startswith("1 Error: ")
    assert "is in use by process" in told[0]
    assert told[1] == "2"


def test_errors_are_of_the_kinds_that_pages_explain() -> None:
    assert all(issubclass(kind, StoreError) for kind in (StoreBusy, StoreDamaged, StoreFull))
