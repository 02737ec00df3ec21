"""The boundary: what Klaviyo delivers wrong is rejected alone and told; what is right is kept byte by byte."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import orjson
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.fetch.columns import EventColumns, less_properties, to_instants
from ingest.fetch.reports import account_day
from ingest.klaviyo.bodies import read_page
from ingest.spool import Manifest, write_chunk


def event(id: str = "e1", properties: Any = None, **attributes: Any) -> dict[str, Any]:
    return {
        "type": "event",
        "id": id,
        "attributes": {
            "timestamp": 1_700_000_000,
            "event_properties": {} if properties is None else properties,
            "datetime": "2023-11-14T22:13:20+00:00",
            **attributes,
        },
        "relationships": {
            "profile": {"data": {"type": "profile", "id": "p1"}},
            "metric": {"data": {"type": "metric", "id": "m1"}},
        },
    }


def taken(*events: dict[str, Any], included: list[Any] | None = None) -> tuple[list[dict[str, Any]], EventColumns]:
    body = json.dumps({"data": events, "included": included or [], "links": {"next": None}}).encode()
    columns = EventColumns(set())
    answer = read_page(body)
    columns.add(answer.page, answer.healed)
    rows: list[dict[str, Any]] = columns.tables()["events"].to_pylist()
    return rows, columns


@pytest.mark.parametrize(
    ("value", "expected", "told"),
    [
        (12.5, Decimal("12.50"), False),
        ("19.99", Decimal("19.99"), False),
        (19.990000000000002, Decimal("19.99"), False),
        (-3, Decimal("-3.00"), False),
        (0, Decimal("0.00"), False),
        (None, None, False),
        ("", None, False),
        ("twelve", None, True),
        ([1], None, True),
        (10**17, None, True),
    ],
)
def test_value(value: Any, expected: Decimal | None, told: bool) -> None:
    rows, columns = taken(event(properties={"$value": value}))
    assert rows[0]["value"] == expected
    assert bool(columns.rejects) is told


def test_an_absent_value_is_null_not_zero() -> None:
    assert taken(event(properties={"a": 1}))[0][0]["value"] is None


def test_a_malformed_event_is_rejected_with_its_id_and_the_others_stay() -> None:
    broken = event("e2")
    broken["relationships"]["metric"] = {"data": {"type": "metric"}}
    rows, columns = taken(event("e1"), broken, {"type": "event"}, event("e3"))
    assert [row["id"] for row in rows] == ["e1", "e3"]
    assert [reject.place for reject in columns.rejects] == ["/api/events e2", "/api/events #3 of its page"]


def test_an_event_without_a_readable_time_is_rejected_and_one_without_offset_is_utc() -> None:
    rows, columns = taken(event("e1", datetime="soon"), event("e2", datetime="2023-11-14 22:13:20"))
    assert [(row["id"], row["timestamp"]) for row in rows] == [("e2", datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC))]
    assert [reject.place for reject in columns.rejects] == ["/api/events e1"]


def test_the_unix_time_stands_in_for_a_missing_datetime() -> None:
    rows, _ = taken(event(datetime=None))
    assert rows[0]["timestamp"] == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)


def test_an_event_without_profile_is_kept_and_told() -> None:
    lonely = event()
    lonely["relationships"]["profile"] = {"data": None}
    rows, columns = taken(lonely)
    assert rows[0]["profile_id"] == "unknown:e1"
    assert len(columns.rejects) == 1


def test_an_event_and_its_attributions_bear_the_number_of_their_page() -> None:
    attribution = {
        "type": "attribution",
        "id": "a1",
        "relationships": {"event": {"data": {"type": "event", "id": "e1"}}},
    }
    columns = EventColumns(set(), 7)
    for included in ([attribution], []):
        body = json.dumps({"data": [event()], "included": included, "links": {"next": None}}).encode()
        answer = read_page(body)
        columns.add(answer.page, answer.healed)
    tables = columns.tables()
    assert tables["events"]["delivery"].to_pylist() == [7, 8]
    assert tables["attributions"]["delivery"].to_pylist() == [7]
    assert columns.next_delivery == 9


def test_half_a_character_is_replaced_and_told_and_whole_ones_are_left_alone() -> None:
    said = {"name": "😀", "text": "a backslash and ud83d: \\ud83d"}
    rows, columns = taken(event("e1", {"name": "\ud83d", "other": "\ude00"}), event("e2", said))
    assert orjson.loads(rows[0]["properties"]) == {"name": "\ufffd", "other": "\ufffd"}
    assert orjson.loads(rows[1]["properties"]) == said
    assert [reject.place for reject in columns.rejects] == ["/api/events e1"]


def test_bytes_that_are_no_utf_8_are_replaced_and_their_page_is_kept() -> None:
    body = json.dumps({"data": [event("e1", {"name": "here"}), event("e2", {"$value": 2})], "links": {}}).encode()
    columns = EventColumns(set())
    columns.add(read_page(body.replace(b"here", b"h\xffre")).page)
    rows = columns.tables()["events"].to_pylist()
    assert [orjson.loads(row["properties"]) for row in rows] == [{"name": "h\ufffdre"}, {"$value": 2}]
    assert [row["value"] for row in rows] == [None, Decimal("2.00")]


def test_json_columns_are_json_to_the_database_and_text_to_a_reader_that_knows_none(tmp_path: Path) -> None:
    _, columns = taken(event("e1", {"$value": 5, "name": "Müller"}))
    manifest = Manifest("job", "Acc001", 1, "events", datetime(2026, 1, 1, tzinfo=UTC))
    file = write_chunk(tmp_path, manifest, columns.tables()).path("events")
    types = dict(duckdb.sql(f"SELECT column_name, column_type FROM (DESCRIBE FROM '{file}')").fetchall())
    assert {name for name, kind in types.items() if kind == "JSON"} == {"properties", "raw_data"}
    plain = parquet.ParquetFile(file, arrow_extensions_enabled=False)
    assert plain.schema_arrow.field("properties").type == pa.string()
    assert orjson.loads(plain.read()["properties"][0].as_py()) == {"$value": 5, "name": "Müller"}


def test_profiles_and_attributions_come_with_their_events_and_unchanged_profiles_once() -> None:
    profile = {"type": "profile", "id": "p1", "attributes": {"email": "a@b.c", "created": "2023-01-01T00:00:00Z"}}
    attribution = {
        "type": "attribution",
        "id": "a1",
        "relationships": {
            "event": {"data": {"type": "event", "id": "e1"}},
            "campaign": {"data": {"type": "campaign", "id": "c1"}},
            "flow": {"data": None},
        },
    }
    _, columns = taken(event(), included=[profile, profile, attribution, {"type": "surprise", "id": "x"}])
    tables = columns.tables()
    assert tables["profiles"].num_rows == 1
    assert tables["attributions"].to_pylist()[0]["campaign_id"] == "c1"
    assert tables["attributions"].to_pylist()[0]["flow_id"] is None
    assert [reject.place for reject in columns.rejects] == ["/api/events included x"]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


@given(
    properties=st.dictionaries(st.text(max_size=8) | st.just("event_properties"), json_values, max_size=4),
    other=json_values,
    spaces=st.booleans(),
)
def test_an_event_and_its_properties_together_are_what_was_delivered(
    properties: dict[str, Any], other: Any, spaces: bool
) -> None:
    resource = event("e1", properties, uuid=other)
    resource["attributes"] = {"other": other, **resource["attributes"]}
    separators = (", ", ": ") if spaces else (",", ":")
    raw = json.dumps(resource, separators=separators).encode()
    part = json.dumps(properties, separators=separators).encode()
    without = json.loads(less_properties(raw, part))
    assert without["attributes"]["event_properties"] is None
    without["attributes"]["event_properties"] = properties
    assert without == resource


def test_instants() -> None:
    found, unreadable = to_instants(["2024-02-29T23:59:59.123456+02:00", None, "x", "2024-01-01T00:00:00Z"])
    assert found.to_pylist()[0] == datetime(2024, 2, 29, 21, 59, 59, 123456, tzinfo=UTC)
    assert found.to_pylist()[1:3] == [None, None]
    assert unreadable == [2]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-03-31T00:00:00+01:00", "2024-03-31"),
        ("2024-03-31T00:00:00+00:00", "2024-03-31"),
        ("2024-03-30T23:00:00+00:00", "2024-03-31"),
        ("2024-07-01T22:00:00+00:00", "2024-07-02"),
    ],
)
def test_a_report_day_is_the_accounts(text: str, day: str) -> None:
    from zoneinfo import ZoneInfo

    assert account_day(text, ZoneInfo("Europe/Berlin")) == day
