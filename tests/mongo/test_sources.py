"""What is read of a server, of dumps and of exports, and what is said of what cannot be read."""

from __future__ import annotations

import sys
from pathlib import Path

import bson
import pytest

from ingest.mongo.sources import Damaged, Document, SourceUnreadable, open_source
from tests.mongo.documents import STORE_ID, Documents, everything, mongodb, statistics, store, write_bson, write_json

WIRE = pytest.mark.skipif(sys.version_info < (3, 13), reason="mongoeco, a MongoDB wire server, needs Python 3.13")


def read(address: str | Path, database: str | None = None) -> dict[str, list[Document | Damaged]]:
    with open_source(str(address), database) as source:
        return {name: list(source.documents(name)) for name in source.collections()}


def bodies(address: str | Path, database: str | None = None) -> Documents:
    found = read(address, database)
    assert all(isinstance(each, Document) for documents in found.values() for each in documents)
    return {name: [dict(each.fields) for each in documents] for name, documents in found.items()}  # type: ignore[union-attr]


@pytest.mark.parametrize("form", ["bson", "bson.gz", "lines", "array", "pretty"])
def test_every_form_of_file_gives_the_same_documents(tmp_path: Path, form: str) -> None:
    if form.startswith("bson"):
        write_bson(tmp_path, everything(), packed=form.endswith("gz"))
    else:
        write_json(tmp_path, everything(), form)
    assert bodies(tmp_path) == everything()


@WIRE
def test_a_server_gives_the_same_documents() -> None:
    with mongodb(everything(), "klaviyo") as address:
        assert bodies(address, "klaviyo") == everything()
        host = address.partition("/?")[0]
        assert bodies(f"{host}/klaviyo?directConnection=true") == everything()


@WIRE
def test_a_server_is_read_in_many_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.mongo.sources.FETCH_DOCUMENTS", 2)
    with mongodb({"campaignstats": [statistics(_id=number) for number in range(7)]}) as address:
        assert [found["_id"] for found in bodies(address, "klaviyo")["campaignstats"]] == list(range(7))


@WIRE
def test_a_server_needs_the_name_of_a_database() -> None:
    with mongodb(everything()) as address, pytest.raises(SourceUnreadable, match="--database NAME"):
        read(address)


def test_a_server_that_does_not_answer_is_named_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ingest.mongo.sources.ANSWER_SECONDS", 0.2)
    with pytest.raises(SourceUnreadable) as told:
        read("mongodb://reader:hunter2@127.0.0.1:1/klaviyo")
    assert "does not answer" in str(told.value)
    assert "hunter2" not in str(told.value)


def test_an_address_that_is_none_is_told_without_its_password() -> None:
    with pytest.raises(SourceUnreadable, match="mongodb://host:27017/database") as told:
        read("mongodb://reader:hunter2@:@/klaviyo")
    assert "hunter2" not in str(told.value)


def test_a_dump_of_several_databases_asks_which_one(tmp_path: Path) -> None:
    write_bson(tmp_path / "old", {"stores": [store(name="Old")]})
    write_bson(tmp_path / "new", {"stores": [store(name="New")]})
    with pytest.raises(SourceUnreadable, match=r"\(new, old\)"):
        read(tmp_path)
    assert bodies(tmp_path, "old")["stores"][0]["name"] == "Old"
    with pytest.raises(SourceUnreadable, match="no folder"):
        read(tmp_path, "older")


def test_the_folder_above_a_single_database_is_enough(tmp_path: Path) -> None:
    write_bson(tmp_path / "klaviyo", everything())
    (tmp_path / "admin").mkdir()
    assert bodies(tmp_path) == everything()


def test_one_file_is_read_alone(tmp_path: Path) -> None:
    write_bson(tmp_path, everything())
    assert bodies(tmp_path / "klaviyo_syncs.bson") == {"klaviyo_syncs": everything()["klaviyo_syncs"]}
    (tmp_path / "orders.bson").write_bytes(b"")
    with pytest.raises(SourceUnreadable, match=r"orders\.bson is none of the collections"):
        read(tmp_path / "orders.bson")


def test_nothing_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(SourceUnreadable, match="There is no folder"):
        read(tmp_path / "nowhere")
    with pytest.raises(SourceUnreadable, match="holds none of the collections"):
        read(tmp_path)


def test_the_same_collection_twice_is_not_guessed(tmp_path: Path) -> None:
    write_bson(tmp_path, everything())
    write_json(tmp_path, {"stores": [store()]})
    with pytest.raises(SourceUnreadable, match=r"stores\.bson and stores\.json"):
        read(tmp_path)


def test_a_damaged_document_leaves_those_around_it_readable(tmp_path: Path) -> None:
    # The text's length, 5, becomes 99: the document's own length stays right.
    damaged = bytearray(bson.encode({"name": "Shop"}))
    damaged[damaged.index(b"\x05\x00\x00\x00")] = 99
    (tmp_path / "stores.bson").write_bytes(bson.encode(store()) + bytes(damaged) + bson.encode(store(name="Third")))
    first, second, third = read(tmp_path)["stores"]
    assert isinstance(first, Document)
    assert first.fields["_id"] == STORE_ID
    assert isinstance(second, Damaged)
    assert second.place == "stores.bson document 2"
    assert isinstance(third, Document)
    assert third.fields["name"] == "Third"


def test_a_dump_that_breaks_off_says_where(tmp_path: Path) -> None:
    whole = bson.encode(store())
    (tmp_path / "stores.bson").write_bytes(whole + whole[:-20])
    found = read(tmp_path)["stores"]
    assert isinstance(found[0], Document)
    assert found[1:] == [Damaged("stores.bson document 2", "the file breaks off within this document")]
    (tmp_path / "stores.bson").write_bytes(whole + b"\x03\x00\x00\x00rest")
    assert isinstance(read(tmp_path)["stores"][1], Damaged)


def test_a_packed_dump_that_breaks_off_says_so(tmp_path: Path) -> None:
    path = write_bson(tmp_path, {"stores": [store()]}, packed=True) / "stores.bson.gz"
    path.write_bytes(path.read_bytes()[:-12])
    last = read(tmp_path)["stores"][-1]
    assert isinstance(last, Damaged)
    assert last.reason.startswith("the file cannot be read to its end")


def test_a_broken_line_of_an_export_leaves_the_others_readable(tmp_path: Path) -> None:
    (tmp_path / "stores.json").write_text('{"name": "A"}\n{"name": "B\n{"name": "C"}\n', encoding="utf-8")
    first, second, third = read(tmp_path)["stores"]
    assert first == Document("stores.json document 1", {"name": "A"})
    assert isinstance(second, Damaged)
    assert "line 2" in second.reason
    assert third == Document("stores.json document 3", {"name": "C"})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[{"name": "A"}', "breaks off"),
        ('[{"name": "A"},\n{"name": ]', "is no JSON document"),
        ('{"name": "A"}\n7\n', "is no document"),
        ('{"name": "A"}\n{"at": {"$date": "yesterday"}}\n', "is no extended JSON"),
    ],
)
def test_what_is_no_export_is_told(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "stores.json").write_text(text, encoding="utf-8")
    first, second = read(tmp_path)["stores"]
    assert first == Document("stores.json document 1", {"name": "A"})
    assert isinstance(second, Damaged)
    assert says in second.reason


def test_an_export_that_is_not_utf_8_is_told(tmp_path: Path) -> None:
    (tmp_path / "stores.json").write_bytes('{"name": "Café"}'.encode("latin-1"))
    assert read(tmp_path)["stores"] == [Damaged("stores.json", "is not UTF-8 at byte 13")]


@pytest.mark.parametrize("text", ["", "[]", "[\n]\n", "\ufeff"])
def test_an_empty_export_holds_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "stores.json").write_text(text, encoding="utf-8")
    assert read(tmp_path) == {"stores": []}
