"""The command `promolens`, as a person or a script uses it."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import typer

import cli
from data_access import jobs
from data_access.stores import Stores, close_stores, open_stores
from ingest.state import AccountState, KnownCursor, write_state
from processes import app_environment
from settings import PROJECT_ROOT, Settings
from sign_in import SignInFileError, providers
from tests.cli.conftest import Run
from tests.warehouse_rows import ACCOUNT, insert, order, store, version


def command_names() -> list[tuple[str, ...]]:
    """Every command as it is typed, groups less."""
    found: list[tuple[str, ...]] = []
    for name, command in typer.main.get_command(cli.app).commands.items():  # type: ignore[attr-defined]
        inner = getattr(command, "commands", None)
        found += [(name, own) for own in inner] if inner else [(name,)]
    return sorted(found)


# --- help and usage ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", command_names(), ids=" ".join)
def test_every_command_explains_itself_with_an_example(run: Run, words: tuple[str, ...]) -> None:
    done = run(*words, "--help")
    assert done.code == 0
    assert f"Example: promolens {' '.join(words)}" in " ".join(done.out.split())
    for line in done.out.splitlines():
        assert not line.rstrip().endswith("--help"), "every option says what it does"


@pytest.mark.parametrize("words", command_names(), ids=" ".join)
def test_an_unknown_option_is_wrong_usage(run: Run, words: tuple[str, ...]) -> None:
    done = run(*words, "--no-such-option")
    assert done.code == 2
    assert "--no-such-option" in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("nonsense",), "nonsense"),
        (("account", "nonsense"), "nonsense"),
        (("account", "add"), "add --api-key-stdin"),
        (("account", "remove"), "Missing argument"),
        (("rates",), "Missing argument"),
        (("emulator", "--events", "10"), "1000"),
        (("emulator", "--port", "many"), "--port"),
        (("emulator", "--fault", "burst"), "NAME=VALUE"),
        (("emulator", "--now", "yesterday"), "not an instant"),
        (("demo", "--events", "5000001"), "5000000"),
        (("aggregate", "--only", "nonsense"), "there are: "),
    ],
)
def test_wrong_usage_is_told_apart_from_failure(run: Run, words: tuple[str, ...], says: str) -> None:
    done = run(*words)
    assert done.code == 2
    assert says in " ".join(done.err.replace("│", " ").split())
    assert "Traceback" not in done.err


def test_the_names_of_the_aggregates_are_told_to_who_asks_for_another(run: Run) -> None:
    done = run("aggregate", "--only", "nonsense")
    said = " ".join(done.err.replace("│", " ").split())
    assert "account_metrics_daily" in said
    assert "fact_revenue" in said


# --- migrate ----------------------------------------------------------------------------------------------------------


def test_migrate_says_what_it_did_and_then_that_there_is_nothing_to_do(run: Run) -> None:
    first, second = run("migrate", "--json"), run("migrate", "--json")
    assert first.code == second.code == 0
    assert first.json["applied"][0].startswith("operational 0001 ")
    assert any(name.startswith("warehouse 0001 ") for name in first.json["applied"])
    assert second.json == {"applied": []}
    assert run("migrate").out == "Up to date.\n"


def test_migrate_check_changes_nothing_and_tells_by_its_exit_code(run: Run) -> None:
    before = run("migrate", "--check", "--json")
    assert before.code == 1
    assert before.json["clean"] is False
    assert len(before.json["pending"]) >= 3
    assert run("migrate", "--check").out.startswith("pending: operational 0001 ")
    assert run("migrate").code == 0
    after = run("migrate", "--check", "--json")
    assert after.code == 0
    assert after.json == {"clean": True, "pending": [], "changed": [], "unknown": []}


def test_a_database_of_a_newer_version_is_told_by_check(migrated: Run, tmp_path: Path) -> None:
    stores = open_stores(Settings(data_dir=tmp_path / "data"))
    with stores.operational.write() as session:
        session.execute_text(
            "INSERT INTO schema_migrations (store, version, name, checksum, schema_version)"
            " VALUES ('operational', 9999, 'later', 'x', '9.0.0')"
        )
    check = migrated("migrate", "--check", "--json")
    assert check.code == 1
    assert check.json["unknown"] == ["operational 9999"]
    for words in (("migrate",), ("account", "list"), ("aggregate",)):
        done = migrated(*words)
        assert done.code == 1
        assert "newer version of Promolens" in done.error


def test_before_the_first_migrate_a_command_makes_the_database_it_needs(run: Run) -> None:
    listed = run("account", "list")
    assert listed.code == 0
    assert "No account yet" in listed.out
    assert run("migrate", "--check").code == 0


# --- accounts, aggregates, rates --------------------------------------------------------------------------------------


def test_without_an_account_commands_say_how_to_add_one(migrated: Run) -> None:
    assert migrated("account", "list", "--json").json == {"accounts": []}
    listed = migrated("account", "list")
    assert listed.code == 0
    assert "account add --api-key-stdin" in listed.out
    for words in (("aggregate",), ("sync",)):
        done = migrated(*words)
        assert done.code == 1
        assert "account" in done.error.lower()


def test_an_account_that_does_not_exist_is_named(migrated: Run) -> None:
    for words in (
        ("aggregate", "--account", "Nobody"),
        ("sync", "--account", "Nobody"),
        ("account", "remove", "Nobody", "--yes"),
    ):
        done = migrated(*words)
        assert done.code == 1, words
        assert "Nobody" in done.error


def test_an_empty_key_is_refused(migrated: Run) -> None:
    done = migrated("account", "add", "--api-key-stdin", stdin="\n")
    assert done.code == 1
    assert "promolens account add --api-key-stdin < key.txt" in done.error


def test_a_key_is_never_repeated(migrated: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KLAVIYO_BASE_URL", "http://127.0.0.1:9")  # nobody listens there
    done = migrated("account", "add", "--api-key-stdin", stdin="pk_very_secret_key\n")
    assert done.code == 1
    assert done.error
    assert "very_secret" not in done.err + done.out


def test_forgetting_a_key_asks_first(migrated: Run) -> None:
    done = migrated("account", "remove", "XqkVGb", stdin="n\n")
    assert done.code == 1
    assert "Forget the key of XqkVGb?" in done.out + done.err
    assert "gone" not in done.out


def test_figures_of_an_account_at_work_are_left_to_that_work(migrated: Run, tmp_path: Path) -> None:
    stores = open_stores(Settings(data_dir=tmp_path / "data"))
    insert(stores, "stores", store())
    job = jobs.claim(stores.operational, ACCOUNT, by="a sync", lease=timedelta(minutes=1))
    file = tmp_path / "rates.csv"
    file.write_text("date,base,quote,rate\n2026-01-01,USD,EUR,0.85\n", encoding="utf-8")
    for words in (("aggregate",), ("aggregate", "--only", "customer_profiles"), ("rates", str(file))):
        done = migrated(*words)
        assert done.code == 1, words
        assert done.error.startswith(f"{ACCOUNT}: A sync of this account is running already."), words
    jobs.finish(stores.operational, job.job_id, "done", jobs.Progress(), None)
    done = migrated("aggregate", "--json")
    assert (done.code, [row["account"] for row in done.json["accounts"]]) == (0, [ACCOUNT])
    with stores.operational.read() as session:
        ended = jobs.latest_job(session, ACCOUNT)
    assert ended is not None
    assert (ended.kind, ended.state, ended.error) == ("aggregate", "done", None)


def test_rates_are_loaded_and_bad_lines_are_named(migrated: Run, tmp_path: Path) -> None:
    file = tmp_path / "rates.csv"
    file.write_text("date,base,quote,rate\n2026-01-01,USD,EUR,0.85\n2026-01-02,USD,EUR,none\n", encoding="utf-8")
    done = migrated("rates", str(file), "--json")
    assert done.code == 1
    assert (done.json["loaded"], done.json["changed"]) == (1, 1)
    assert len(done.json["rejected"]) == 1
    assert done.json["rejected"][0].startswith("line 3: ")
    file.write_text("date,base,quote,rate\n2026-01-01,USD,EUR,0.85\n", encoding="utf-8")
    again = migrated("rates", str(file), "--json")
    assert again.code == 0
    assert again.json == {"loaded": 1, "changed": 0, "rejected": []}


def test_a_file_that_is_not_there_or_not_rates_is_named(migrated: Run, tmp_path: Path) -> None:
    assert "no.csv" in migrated("rates", str(tmp_path / "no.csv")).error
    (tmp_path / "odd.csv").write_text("a,b\n1,2\n")
    odd = migrated("rates", str(tmp_path / "odd.csv"))
    assert odd.code == 1
    assert "date, base, quote, rate" in odd.error


# --- settings and stores that do not fit ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("DATABASE_URL", "mysql://me:secret@x/y", "DATABASE_URL: 'mysql://' is not supported"),
        ("DATABASE_URL", "postgresql+psycopg://me:secret@db/x", "does not answer"),
        ("PORT", "many", "PORT"),
        ("KLAVIYO_BASE_URL", "nowhere", "KLAVIYO_BASE_URL"),
    ],
)
def test_a_setting_that_does_not_fit_is_one_line(
    run: Run, monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    monkeypatch.setenv(name, value)
    done = run("migrate")
    assert done.code == 1
    assert says in done.error
    assert "secret" not in done.err


def test_a_damaged_database_is_one_line_until_somebody_decides(run: Run, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    path = tmp_path / "data" / "promolens.duckdb"
    path.write_bytes(b"garbage" * 5000)
    told = [run("migrate") for _ in range(2)]
    assert [done.code for done in told] == [1, 1]
    assert "is damaged and was set aside as promolens.duckdb.damaged-" in told[0].error
    assert told[0].error == told[1].error
    assert not path.exists()
    assert "itself is damaged" in run("restore", "--last-checkpoint").error
    assert run("restore", "--empty").code == 0
    assert run("account", "list").code == 0
    assert "nothing to decide" in run("restore", "--empty").error


def test_a_backup_is_made_tried_and_restored(migrated: Run, tmp_path: Path) -> None:
    folder = str(tmp_path / "backups")
    made = migrated("backup", folder, "--json")
    assert made.code == 0
    assert migrated("backup", folder, "--verify", "--json").json["trial"] is True
    assert migrated("restore", "--trial", folder, "--json").json["backup"] == made.json["backup"]
    done = migrated("restore", folder, "--replace", "--json")
    assert (done.code, done.json["rows"]) == (0, made.json["rows"])
    assert len(done.json["set_aside"]) == 1
    assert "no whole backup" in migrated("restore", str(tmp_path / "elsewhere")).error
    assert migrated("account", "list").code == 0


def test_a_digest_is_shown_and_not_sent(migrated: Run, tmp_path: Path) -> None:
    """40.00 on 4 March and 10.00 on the second; 20.00 on the same weekday before; 5.00 on the first day known."""
    stores = open_stores(Settings(data_dir=tmp_path / "data"))
    insert(stores, "stores", store())
    insert(stores, "data_versions", version(as_of=datetime(2025, 3, 5, 11, tzinfo=UTC)))
    told = (
        ("a", "25.00", "03-04"),
        ("b", "15.00", "03-04"),
        ("c", "10.00", "03-02"),
        ("d", "20.00", "02-25"),
        ("e", "5.00", "02-18"),
    )
    insert(stores, "klaviyo_orders", *(order(id, value, f"2025-{day} 12:00") for id, value, day in told))
    shown = migrated("digest", "--account", ACCOUNT, "--dry-run", "--json")
    assert (shown.code, shown.json.keys()) == (0, {"subject", "text", "html"})
    assert shown.json["subject"] == "Demo store: net revenue €40.00 (+100.0 %), 4 Mar 2025"
    assert "Net revenue: €40.00; a week before €20.00 (+100.0 %)" in shown.json["text"]
    assert (
        "Net revenue: €50.00; a week before €20.00 (+150.0 %)"
        in migrated("digest", "--account", ACCOUNT, "--weekly").out
    )
    assert "Nobody" in migrated("digest", "--account", "Nobody").error
    assert "Nobody is named to send the digest to" in migrated("digest", "--account", ACCOUNT, "--send").error


def test_retention_and_upkeep_say_what_they_did(migrated: Run) -> None:
    assert migrated("retention", "--dry-run", "--json").json["dry_run"] is True
    assert "0 row(s) removed" in migrated("retention").out
    assert "operational" in migrated("maintain", "--json").json
    assert "no connected store" in migrated("retention", "--account", "Nobody").error.lower()


def test_the_app_listens_on_this_machine_only(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for words in (("run", "--host", "0.0.0.0"), ("run", "--host", "192.168.1.5", "--port", "9999")):
        done = run(*words)
        assert done.code == 1
        assert "ALLOW_REMOTE_WITHOUT_SIGN_IN=true" in done.error
    monkeypatch.setenv("HOST", "0.0.0.0")
    assert "127.0.0.1 only" in run("run").error


def test_a_file_of_providers_that_goes_away_while_the_app_runs_opens_no_door(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One found at its usual place is named to the server, so that without it nobody is let in."""
    monkeypatch.delenv("SIGN_IN_FILE", raising=False)
    assert "SIGN_IN_FILE" not in app_environment(None)
    gone = tmp_path / "secrets.toml"
    monkeypatch.setenv("SIGN_IN_FILE", app_environment(gone)["SIGN_IN_FILE"])
    with pytest.raises(SignInFileError, match="cannot be read"):
        providers(Settings())


def test_an_unforeseen_error_is_one_line_with_its_traceback_on_request(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_settings: Settings) -> None:
        raise OSError("the disk fell out\nof the machine")

    monkeypatch.setattr(cli, "open_stores", fails)
    done = run("migrate")
    assert done.code == 1
    assert done.error == "OSError: the disk fell out of the machine. LOG_LEVEL=DEBUG shows where."
    monkeypatch.setenv("LOG_LEVEL", "DEBUG")
    assert "Traceback" in run("migrate").err


def test_doctor_answers_in_json_whatever_is_wrong(migrated: Run) -> None:
    done = migrated("doctor", "--json")
    assert done.code in (0, 1)
    assert done.json["ok"] is (done.code == 0)
    assert done.json["checks"]
    for check in done.json["checks"]:
        assert set(check) >= {"name", "ok", "message"}


# --- as a process of its own ------------------------------------------------------------------------------------------


def promolens(*words: str, data: Path, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cli", *words],
        cwd=PROJECT_ROOT, env=os.environ | {"DATA_DIR": str(data)} | more, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_a_database_that_the_app_holds_is_one_line(run: Run, tmp_path: Path) -> None:
    """The command line is told who holds the file; it neither waits nor shows a traceback."""
    assert run("migrate").code == 0  # this process holds the file from here on
    done = promolens("account", "list", data=tmp_path / "data")
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert f"in use by process {os.getpid()}" in done.stderr
    settings = Settings(data_dir=tmp_path / "data")
    upto = datetime.now(UTC) - timedelta(hours=2)
    cursors = {"events": {"": KnownCursor(watermark=upto)}}
    write_state(settings, AccountState(account="AbC123", name="Shop", timezone="Europe/Berlin", cursors=cursors))
    # What the owner of the file has noted is told; doctor ends with 1, because nothing answers for that owner here.
    listed = promolens("account", "list", data=tmp_path / "data")
    assert listed.returncode == 0
    assert listed.stdout.startswith("AbC123  Shop  Europe/Berlin\nAs of their last syncs")
    looked = promolens("doctor", "--json", data=tmp_path / "data", PORT="1")
    assert looked.returncode == 1
    checks = {check["name"]: check for check in json.loads(looked.stdout)["checks"]}
    assert f"in use by process {os.getpid()}" in checks["database"]["message"]
    assert checks["sync of Shop (AbC123)"] == {
        "name": "sync of Shop (AbC123)", "ok": True, "area": "Klaviyo",
        "message": f"events known up to {upto:%d %b %Y %H:%M} UTC",
    }  # fmt: skip


def test_the_installed_command_is_this_one() -> None:
    command = Path(sys.executable).with_name("promolens")
    done = subprocess.run([str(command), "--help"], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert "migrate" in done.stdout


def test_no_command_at_all_shows_what_there_is(run: Run) -> None:
    done = run()
    assert done.code in (0, 2)
    assert "migrate" in done.out + done.err


def test_every_command_can_answer_in_json() -> None:
    def commands(group: Any, name: str = "") -> Iterator[tuple[str, Any]]:
        for word, command in group.commands.items():
            if hasattr(command, "commands"):
                yield from commands(command, f"{name}{word} ")
            else:
                yield name + word, command

    found = dict(commands(typer.main.get_command(cli.app)))
    assert {"account add", "sync", "emulator"} <= found.keys()
    without = [name for name, command in found.items() if "--json" not in {o for p in command.params for o in p.opts}]
    assert without == []


def test_the_emulator_says_where_it_is() -> None:
    words = [sys.executable, "-m", "cli", "emulator", "--port", "0", "--events", "1000", "--json"]
    with subprocess.Popen(words, cwd=PROJECT_ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        address = json.loads(process.stdout.readline())["base_url"]
        try:
            with pytest.raises(urllib.error.HTTPError, match="401"):
                urllib.request.urlopen(f"{address}/api/accounts", timeout=10)
        finally:
            process.terminate()


def test_long_work_shows_a_bar_on_a_terminal_only(stores: Stores, settings: Settings) -> None:
    insert(stores, "stores", store())
    close_stores(stores)
    words = [sys.executable, "-m", "cli", "aggregate", "--full"]
    env = os.environ | {"DATA_DIR": str(settings.data_dir), "TERM": "xterm", "COLUMNS": "120"}
    plain = subprocess.run(words, cwd=PROJECT_ROOT, env=env, capture_output=True, text=True, check=True)
    assert plain.stderr == ""
    ours, theirs = pty.openpty()
    with subprocess.Popen(words, cwd=PROJECT_ROOT, env=env, stdout=subprocess.PIPE, stderr=theirs) as process:
        os.close(theirs)
        shown = b""
        # A terminal whose other side has ended answers with an error.
        with suppress(OSError):
            while piece := os.read(ours, 4096):
                shown += piece
        os.close(ours)
        assert process.wait(60) == 0
    assert f"Bringing the figures of {ACCOUNT} up to date" in shown.decode()
