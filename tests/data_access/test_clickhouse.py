"""The adapter of ClickHouse, on the embedded engine."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from clickhouse_connect.driver.exceptions import DatabaseError, OperationalError
from structlog.testing import capture_logs

from data_access.engines import clickhouse_connection as connection
from data_access.engines.clickhouse import ClickHouseStore
from data_access.engines.clickhouse_templates import fill_in
from data_access.errors import StatementRefused, StoreBusy, StoreError, StoreFull, StoreUnavailable
from data_access.migrate import steps
from settings import PROJECT_ROOT
from tests.embedded_clickhouse import require_chdb

Sql = Callable[[str, str], str]
HOSTILE = [
    "'); DROP TABLE t; --", "$n", ":n", "%s %(n)s", "{n:String}", 'a "quoted" \\ word',
    "zero \u200b width, 😀, naïve", "", "a\tb\nc",
]  # fmt: skip
VERSIONED = (
    "CREATE TABLE t (k String, n Int64, seen DateTime64(6, 'UTC'), is_deleted UInt8 DEFAULT 0)"
    " ENGINE = ReplacingMergeTree(seen, is_deleted) ORDER BY k"
)
PUT = (
    "-- purpose: p\n-- grain: g\n-- params: k String, n Int64, row_version DateTime64(6)\n"
    "INSERT INTO t (k, n, seen) SELECT :k, :n, :row_version"
)


@pytest.fixture
def warehouse(tmp_path: Path) -> Iterator[ClickHouseStore]:
    require_chdb()
    opened = ClickHouseStore(f"chdb:///{tmp_path / 'warehouse'}")
    yield opened
    opened.close()


@pytest.fixture
def table(warehouse: ClickHouseStore, sql: Sql) -> ClickHouseStore:
    sql("t/put", PUT)
    sql("t/all", "SELECT k, n FROM t ORDER BY k, n")
    with warehouse.write() as session:
        session.execute_text(VERSIONED)
        session.execute_text(fill_in(steps("warehouse", "clickhouse")[1].text, ""))
        session.execute_text("SYSTEM STOP MERGES t")
    return warehouse


def rows(store: ClickHouseStore) -> list[tuple[str, int]]:
    with store.read() as session:
        return [(row["k"], row["n"]) for row in session.rows("t/all")]


def test_the_newest_version_of_a_row_is_read_though_nothing_is_merged(table: ClickHouseStore) -> None:
    with table.write() as session:
        for n in (1, 2, 3):
            session.execute("t/put", k="a", n=n)
        found = session.query_text("SELECT count(*) AS n FROM system.parts WHERE table = 't' AND active", {})
    assert found["n"].to_pylist() == [3]
    assert rows(table) == [("a", 3)]


def test_a_version_that_arrives_late_changes_nothing(table: ClickHouseStore) -> None:
    with table.write() as session:
        session.execute_text("INSERT INTO t VALUES ('a', 2, '2026-01-01 00:00:00.000002', 0)")
        session.execute_text("INSERT INTO t VALUES ('a', 1, '2026-01-01 00:00:00.000001', 0)")
    assert rows(table) == [("a", 2)]


def test_a_tombstone_removes_a_row_and_a_newer_version_brings_it_back(table: ClickHouseStore) -> None:
    with table.write() as session:
        session.execute("t/put", k="a", n=1)
        session.execute_text("INSERT INTO t SELECT k, n, now64(6), 1 FROM t")
        assert rows(table) == []
        session.execute("t/put", k="a", n=2)
    assert rows(table) == [("a", 2)]


@pytest.mark.parametrize("value", HOSTILE)
def test_values_are_bound_never_formatted_in(table: ClickHouseStore, sql: Sql, value: str) -> None:
    sql("t/find", "-- purpose: p\n-- grain: g\n-- params: k String\nSELECT n FROM t WHERE k = :k AND k || '' = :k")
    with table.write() as session:
        session.execute("t/put", k=value, n=7)
    with table.read() as session:
        assert session.one("t/find", k=value) == {"n": 7}
        assert session.one("t/find", k=value + "x") is None


def test_parameters_of_every_type_keep_their_value(warehouse: ClickHouseStore, sql: Sql) -> None:
    kinds = {
        "b": ("Bool", True), "i": ("Int64", -(2**62)), "s": ("Nullable(String)", None), "d": ("Date", date(2026, 2, 3)),
        "n": ("Nullable(Date)", None), "m": ("DateTime64(6)", datetime(2026, 10, 25, 0, 30, 0, 123456, tzinfo=UTC)),
        "l": ("Array(String)", ["it's", "a\\b", ""]), "v": ("Decimal(18, 2)", Decimal("-0.05")),
    }  # fmt: skip
    params = ", ".join(f"{key} {kind}" for key, (kind, _) in kinds.items())
    columns = ", ".join(f":{key} AS {key}" for key in kinds)
    sql("p/back", f"-- purpose: p\n-- grain: g\n-- params: {params}\nSELECT {columns}")
    given = {key: value for key, (_, value) in kinds.items()}
    with warehouse.read() as session:
        assert session.one("p/back", **given) == given


def test_arrow_goes_in_and_comes_back_unchanged(warehouse: ClickHouseStore, sql: Sql) -> None:
    moment = datetime(2026, 10, 25, 0, 30, 0, 123456, tzinfo=UTC)
    told = pa.table(
        {
            "text": pa.array(["naïve", None, ""]),
            "money": pa.array([Decimal("9999999999999999.30"), None, Decimal("-0.01")], pa.decimal128(18, 2)),
            "moment": pa.array([moment, None, moment], pa.timestamp("us", "UTC")),
            "day": pa.array([date(1969, 12, 31), None, date(2026, 2, 28)]),
            "number": pa.array([None, -(2**62), 0], pa.int64()),
            "share": pa.array([0.1, None, 1e300]),
            "flag": pa.array([True, None, False]),
            "words": pa.array([["a", "b"], [], ["it's"]], pa.list_(pa.string())),
            "totals": pa.array([[Decimal("1.10"), None], [], []], pa.list_(pa.decimal128(18, 2))),
            "shares": pa.array([[("a", 0.5)], [], []], pa.map_(pa.string(), pa.float64())),
            "nothing": pa.nulls(3),
        }
    )
    sql("a/all", "SELECT * FROM told")
    with warehouse.write() as session:
        session.stage("told", told)
        back = session.query("a/all")
    assert back.drop(["nothing"]).to_pylist() == told.drop(["nothing"]).to_pylist()
    kept = [name for name in told.column_names if name not in ("nothing", "shares", "totals", "words")]
    assert back.select(kept).schema == told.select(kept).schema
    assert back["nothing"].null_count == 3


def test_counts_are_plain_integers(warehouse: ClickHouseStore, sql: Sql) -> None:
    sql("c/count", "SELECT count(*) AS n, sum(CAST('0.10' AS DECIMAL(18, 2))) AS v FROM system.one")
    with warehouse.read() as session:
        assert session.query("c/count").schema.field("n").type == pa.int64()
        assert session.one("c/count") == {"n": 1, "v": Decimal("0.10")}


def test_many_rows_are_staged_in_blocks(warehouse: ClickHouseStore, sql: Sql, monkeypatch: pytest.MonkeyPatch) -> None:
    sql("b/sum", "SELECT count(*) AS n, sum(x) AS total FROM big")
    with warehouse.write() as session:
        session.stage("big", pa.table({"x": list(range(250_001))}))
        assert session.one("b/sum") == {"n": 250_001, "total": 250_000 * 250_001 // 2}


def test_stage_takes_parquet_files_whatever_their_names(warehouse: ClickHouseStore, sql: Sql, tmp_path: Path) -> None:
    sql("t/peek", "SELECT * FROM incoming ORDER BY n")
    files = [tmp_path / "it's; one.parquet", tmp_path / "two [x].parquet"]
    pq.write_table(pa.table({"k": ["one"], "n": [1]}), files[0])
    pq.write_table(pa.table({"n": [2]}), files[1])
    with warehouse.write() as session:
        session.stage("incoming", files)
        assert session.rows("t/peek") == [{"k": "one", "n": 1}, {"k": None, "n": 2}]


def test_staged_rows_are_seen_by_their_session_only(warehouse: ClickHouseStore, sql: Sql) -> None:
    sql("t/peek", "SELECT count(*) AS n FROM incoming")
    with warehouse.write() as session:
        session.stage("incoming", pa.table({"k": ["a", "b"]}))
        session.stage("incoming", pa.table({"k": ["a"]}))
        assert session.one("t/peek") == {"n": 1}
        with pytest.raises(StatementRefused), warehouse.read() as other:
            other.one("t/peek")
    with pytest.raises(StatementRefused), warehouse.write() as later:
        later.one("t/peek")


@pytest.mark.parametrize("name", ["t; DROP TABLE t", 'a"b', "1a", "", "a b", "a\n"])
def test_a_staged_table_has_a_plain_name(warehouse: ClickHouseStore, name: str) -> None:
    with pytest.raises(ValueError, match="not a table name"), warehouse.write() as session:
        session.stage(name, pa.table({"k": ["a"]}))


def test_a_reader_cannot_write(table: ClickHouseStore) -> None:
    with table.read() as session:
        with pytest.raises(StatementRefused, match="only reads"):
            session.execute("t/put", k="a", n=1)
        with pytest.raises(StatementRefused, match="must not change"):
            session.query_text("INSERT INTO t (k, n, seen) VALUES ('a', 1, now64(6))", {})
    assert rows(table) == []


def test_a_statement_that_is_refused_says_why_in_one_line(warehouse: ClickHouseStore) -> None:
    with pytest.raises(StatementRefused, match="nowhere") as caught, warehouse.read() as session:
        session.query_text("SELECT * FROM nowhere", {})
    assert "\n" not in str(caught.value)


def test_readers_run_beside_one_another_and_beside_a_writer(table: ClickHouseStore) -> None:
    found: list[object] = []
    start = threading.Barrier(4)

    def work() -> None:
        start.wait()
        for _ in range(10):
            found.append(rows(table))

    with table.write() as session:
        session.execute("t/put", k="a", n=1)
        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert found == [[("a", 1)]] * 40


def test_a_slow_statement_is_logged_by_its_name_without_its_values(tmp_path: Path, sql: Sql) -> None:
    require_chdb()
    sql("s/slow", "-- purpose: p\n-- grain: g\n-- params: secret String\nSELECT :secret AS x")
    store = ClickHouseStore(f"chdb:///{tmp_path / 'slow'}", slow_query_seconds=1e-9)
    try:
        with capture_logs() as logs, store.read() as session:
            session.one("s/slow", secret="ada@example.com")
    finally:
        store.close()
    assert [line["statement"] for line in logs if line["event"] == "slow statement"] == ["s/slow"]
    assert "ada" not in json.dumps(logs)


def test_a_closed_store_says_so(table: ClickHouseStore) -> None:
    table.close()
    with pytest.raises(StoreUnavailable, match="closed"):
        rows(table)


# --- where it is ------------------------------------------------------------------------------------------------------


def test_an_address_never_shows_a_password() -> None:
    address = connection.Address.of("clickhousedb://ada:s%40cret@ch.example:9000/shop?secure=true")
    assert (address.user, address.password, address.database, address.port) == ("ada", "s@cret", "shop", 9000)
    assert "s@cret" not in address.shown + repr(address)
    assert "ada" not in address.shown


@pytest.mark.parametrize("url", ["chdb://", "chdb:///", "clickhousedb://", "clickhousedb:///x"])
def test_an_address_that_names_no_place_is_refused(url: str) -> None:
    with pytest.raises(StoreError, match="WAREHOUSE_URL"):
        connection.Address.of(url)


def test_a_server_that_is_not_there_is_named() -> None:
    with pytest.raises(StoreUnavailable, match=r"127\.0\.0\.1:1/.*does not answer"):
        ClickHouseStore("clickhousedb://127.0.0.1:1/default")


def test_a_second_process_is_told_that_the_folder_is_held(tmp_path: Path, table: ClickHouseStore) -> None:
    program = (
        "import sys\nfrom data_access.engines.clickhouse import ClickHouseStore\n"
        "from data_access.errors import StoreBusy\n"
        "try:\n    ClickHouseStore(sys.argv[1])\nexcept StoreBusy as error:\n    print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, f"chdb:///{tmp_path / 'warehouse'}"],
        cwd=PROJECT_ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "another process holds it" in done.stdout, done.stderr
    assert rows(table) == []


def test_one_process_opens_one_folder_at_a_time(tmp_path: Path, table: ClickHouseStore) -> None:
    with pytest.raises(StoreBusy, match="another embedded ClickHouse open"):
        ClickHouseStore(f"chdb:///{tmp_path / 'other'}")
    table.close()
    ClickHouseStore(f"chdb:///{tmp_path / 'other'}").close()


@pytest.mark.parametrize(
    ("raised", "expected", "says"),
    [
        (OperationalError("HTTPDriver: connection refused"), StoreUnavailable, "does not answer"),
        (DatabaseError("Code: 999. DB::Exception: No Keeper", code=999), StoreUnavailable, "No Keeper"),
        (DatabaseError("Code: 516. DB::Exception: x", code=516), StoreUnavailable, "refuses the user or the password"),
        (DatabaseError("Code: 243. DB::Exception: full", code=243), StoreFull, "Free some space"),
        (DatabaseError("Code: 241. DB::Exception: 4 GiB", code=241), StatementRefused, "max_memory_usage"),
        (DatabaseError("Code: 60. DB::Exception: no t (version 26.5.1.1)", code=60), StatementRefused, "no t"),
    ],
)
def test_faults_become_sentences(raised: DatabaseError, expected: type[StoreError], says: str) -> None:
    told = connection.translate(raised, "clickhouse://ch:8123/shop")
    assert type(told) is expected
    assert says in str(told)
    assert "\n" not in str(told)


def test_a_lost_answer_to_an_insert_is_sent_again_under_its_token(
    table: ClickHouseStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens: list[str] = []
    with table.write() as session:
        session.execute_text(
            VERSIONED.replace("TABLE t", "TABLE u").replace("Replacing", "")
            .replace("(seen, is_deleted) ORDER", "() ORDER") + " SETTINGS non_replicated_deduplication_window = 10"
        )  # fmt: skip
        whole = session._client.command

        def lost(cmd: str, **how: Any) -> Any:
            done = whole(cmd, **how)
            tokens.append(how["settings"]["insert_deduplication_token"])
            if len(tokens) == 1:
                raise OperationalError("the connection broke")
            return done

        monkeypatch.setattr(session._client, "command", lost)
        session.execute_text("INSERT INTO u SELECT 'a', 1, now64(6), 0")
        assert len(set(tokens)) == 1
        assert len(tokens) == 2
        assert session.query_text("SELECT count(*) AS n FROM u", {})["n"].to_pylist() == [1]


# --- templates --------------------------------------------------------------------------------------------------------


def test_a_template_is_a_plain_table_on_one_server_and_a_sharded_one_on_a_cluster() -> None:
    template = "CREATE TABLE {local t} (a String)\nENGINE = {replacing}(v, d)\nORDER BY a"
    assert fill_in(template, "") == "CREATE TABLE t (a String)\nENGINE = ReplacingMergeTree(v, d)\nORDER BY a"
    assert fill_in(template, "shop") == (
        "CREATE TABLE t_local ON CLUSTER `shop` (a String)\n"
        "ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}', v, d)\n"
        "ORDER BY a"
    )
    assert fill_in("{distributed t}", "") == ""
    assert "Distributed('shop', currentDatabase(), t_local, cityHash64(klaviyo_public_id))" in fill_in(
        "{distributed t}", "shop"
    )
