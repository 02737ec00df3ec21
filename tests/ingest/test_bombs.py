"""Files made to fill memory, the disk or the day: each is refused with its reason before it does."""

from __future__ import annotations

import gzip
import io
import resource
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data_access.writes.rates import UnreadableRates, _parsed
from ingest import unpacking
from ingest.holdout_files import UnreadableList, people_of
from ingest.order_files import reading as order_reading
from ingest.workbooks import binary_sheets, trust, xml_sheets
from ingest.workbooks.columns import columns_of
from ingest.workbooks.reading import Form, PassedOver, Sheet, UntrustedFile, sheets
from tests.ingest.workbook_files import changed, xlsx

HEAD = ["Date", "Channel", "Department", "Turnover", "Margin", "Units"]
LINE = ["2024-10-01", "web", "TV", 5, 1, 1]
SHEET = "xl/worksheets/sheet1.xml"


def fits(_name: str, names: Sequence[str]) -> list[str] | None:
    columns = columns_of(names, {}, None)
    return None if columns is None else list(columns.sources.values())


def read(path: Path) -> list[Sheet | PassedOver]:
    return list(sheets(path, fits, Form(), path.parent))


def refused(path: Path) -> str:
    """Why; nothing that is refused takes much memory first."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(UntrustedFile) as told:
        read(path)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) >> 10
    assert grown < 200, f"{grown} MB"
    return str(told.value)


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return xlsx(tmp_path / "good.xlsx", {"Sales": [HEAD, LINE]})


def with_part(good: Path, name: str, chunk: bytes, times: int) -> Path:
    """The workbook with one more part, or one in place of it, of so many chunks; written without holding it."""
    made = good.with_name("made.xlsx")
    with zipfile.ZipFile(good) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for other in old.namelist():
            if other != name:
                new.writestr(other, old.read(other))
        with new.open(name, "w", force_zip64=True) as out:
            for _ in range(times):
                out.write(chunk)
    return made


def test_one_entry_that_unpacks_to_a_thousand_times_its_size_is_refused(good: Path) -> None:
    """300 MB of blanks in 1.3 MB: no entry is unpacked."""
    bomb = with_part(good, "xl/media/image1.png", bytes(1 << 20), 300)
    assert bomb.stat().st_size < 2 << 20
    assert "made.xlsx is refused: it unpacks to more than 256 MB and 250 times its own size" in refused(bomb)


def test_many_entries_over_one_are_refused(good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in bombs whose entries share their bytes: what counts is what all of them unpack to."""
    monkeypatch.setattr(unpacking, "LITTLE", 1 << 20)
    bomb = with_part(good, "xl/media/0.png", bytes(1 << 20), 1)
    with zipfile.ZipFile(bomb, "a", zipfile.ZIP_DEFLATED) as more:
        for number in range(1, 3):
            more.writestr(f"xl/media/{number}.png", bytes(1 << 20))
    assert "250 times its own size" in refused(bomb)


def test_more_entries_than_a_workbook_has_are_refused_before_they_are_listed(good: Path) -> None:
    with zipfile.ZipFile(good, "a") as more:
        for number in range(10_001):
            more.writestr(f"a/{number}", b"")
    assert "it lists more than 10,000 parts" in refused(good)
    # A list that alone would fill memory is told by its length, which is in the archive's last bytes.
    data = good.read_bytes()
    end = data.rindex(b"PK\x05\x06")
    good.write_bytes(data[: end + 12] + struct.pack("<I", 1 << 30) + data[end + 16 :])
    assert "it lists more than 10,000 parts" in refused(good)


def lying(good: Path, part: str, more: bytes) -> Path:
    """The part's bytes go on behind what the archive says: its size and checksum are those of the beginning."""
    made = good.with_name("lying.xlsx")
    with zipfile.ZipFile(good) as old:
        beginning = old.read(part)
        others = [(name, old.read(name)) for name in old.namelist() if name != part]
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in others:
            new.writestr(name, data)
        new.writestr(part, beginning + more)
    said = struct.pack("<I", zlib.crc32(beginning))
    true = struct.pack("<I", zlib.crc32(beginning + more))
    long, short = struct.pack("<I", len(beginning + more)), struct.pack("<I", len(beginning))
    data = made.read_bytes()
    assert data.count(true) == 2
    assert data.count(long) == 2
    made.write_bytes(data.replace(true, said).replace(long, short))
    return made


def test_a_part_that_unpacks_to_more_than_the_archive_says_is_refused(good: Path) -> None:
    """Other readers than ours unpack all of it; ours would see a whole sheet with the right checksum."""
    bomb = lying(good, SHEET, b" " * 5_000_000)
    with zipfile.ZipFile(bomb) as plain:
        assert plain.testzip() is None
    assert f"its part '{SHEET}' unpacks to more than the archive says" in refused(bomb)


@pytest.mark.parametrize(
    ("name", "says"),
    [("XL/Worksheets/Sheet1.xml", "it holds"), ("xl/../../../etc/passwd", "lies outside of it"),
     ("/etc/passwd", "lies outside of it"), ("C:\\a", "lies outside of it")],
)  # fmt: skip
def test_names_that_two_readers_would_take_differently_are_refused(good: Path, name: str, says: str) -> None:
    with zipfile.ZipFile(good, "a") as more:
        more.writestr(name, b"x")
    assert says in refused(good)


def test_other_ways_to_pack_are_refused(good: Path) -> None:
    with zipfile.ZipFile(good, "a", zipfile.ZIP_LZMA) as more:
        more.writestr("xl/media/image1.png", b"x" * 1000)
    assert "is packed as no workbook's is" in refused(good)


def test_texts_that_all_cells_share_are_bounded(good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trust, "MOST_XML_BYTES", 1 << 20)
    strings = with_part(good, "xl/sharedStrings.xml", b"<si><t>x</t></si>" * 1000, 70)
    assert "sheet 'Sales' unpacks to 1 MB: XLSX is read whole" in refused(strings)


def test_a_book_without_its_parts_is_damaged(good: Path) -> None:
    made = good.with_name("made.xlsx")
    with zipfile.ZipFile(good) as old, zipfile.ZipFile(made, "w") as new:
        new.writestr("xl/workbook.xml", old.read("xl/workbook.xml"))
    assert "made.xlsx is damaged or was cut off" in refused(made)


def test_entities_are_not_expanded(good: Path) -> None:
    """A billion laughs: nine letters that stand for ten to the ninth."""
    laughs = b'<!DOCTYPE x [<!ENTITY a0 "ha">' + b"".join(
        f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">'.encode() for n in range(1, 10)
    ) + b"]>"  # fmt: skip
    made = changed(
        good, good.with_name("made.xlsx"), "xl/sharedStrings.xml",
        lambda part: part.replace(b"?>", b"?>" + laughs, 1).replace(b"<t>TV</t>", b"<t>&a9;</t>"),
    )  # fmt: skip
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        (sheet,) = read(made)
    except UntrustedFile as error:
        assert "made.xlsx" in str(error)  # noqa: PT017 - either is right
    else:
        assert isinstance(sheet, Sheet)
        assert all(len(str(value)) < 100 for value in sheet.held.table()["Department"].to_pylist())
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) >> 10 < 100


def counted(scan: Callable[[io.BytesIO, trust.SheetFacts], bool], data: bytes) -> trust.SheetFacts:
    facts = trust.SheetFacts()
    scan(io.BytesIO(data), facts)
    return facts


@pytest.mark.parametrize(
    "piece",
    [b"<c ", b'<c r="A1" ', b'<c r="A1">', b"<c><f>", b"<c><f ", b"<row ", b"<f", b"<dimension ", b"a" * 7],
)
def test_a_sheet_made_to_be_searched_for_ever_is_searched_once(piece: bytes) -> None:
    """Two megabytes of a tag's beginning: looking from each to the end would take hours, and the tests' time limit."""
    data = b"<v>" + piece * (2_000_000 // len(piece)) + b"<v></worksheet>"
    assert counted(xml_sheets.scan_xml, data).formulas == 0


def test_a_record_as_long_as_a_file_and_too_many_of_them_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    begun = b"\x91\x01\x00"
    assert counted(binary_sheets.scan_binary, begun + b"\x06\xff\xff\xff\x7f" + bytes(10 << 20)).strange == 1
    monkeypatch.setattr(binary_sheets, "_MOST_RECORDS", 1000)
    assert counted(binary_sheets.scan_binary, begun + b"\x23\x00" * 5000).strange == 1


# --- CSV and Parquet --------------------------------------------------------------------------------------------------


def test_a_line_without_an_end_is_refused(tmp_path: Path) -> None:
    """200 MB in one line; no part of it is taken for a row."""
    file = tmp_path / "long.csv"
    with file.open("wb") as out:
        out.write(b"Date,Channel,Department,Turnover,Margin,Units\n2024-10-01,web,")
        for _ in range(200):
            out.write(b"x" * (1 << 20))
    assert "long.csv cannot be read as CSV" in refused(file)


def test_bytes_of_nothing_are_no_text(tmp_path: Path) -> None:
    file = tmp_path / "nul.csv"
    file.write_bytes(b"Date,Channel\n" + bytes(5000))
    assert "none of XLSB, XLSX, CSV and Parquet" in refused(file)


def test_a_packed_csv_is_read_as_far_as_a_table_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "LITTLE", 1 << 20)
    row = b"2024-10-01,web," + b"T" * 2000 + b",1,1,1\n"
    file = tmp_path / "bomb.csv.gz"
    with gzip.open(file, "wb", compresslevel=9) as out:
        out.write(b"Date,Channel,Department,Turnover,Margin,Units\n")
        for _ in range(20):
            out.write(row * 1000)
    assert "bomb.csv.gz is refused: it unpacks to more than 1 MB and 250 times" in refused(file)


def test_more_columns_than_a_sheet_has_are_refused_at_once(tmp_path: Path) -> None:
    file = tmp_path / "wide.csv"
    file.write_text(",".join(f"c{n}" for n in range(100_000)) + "\n", encoding="utf-8")
    assert "more than 16,384 columns" in refused(file)


def test_a_text_that_stands_once_and_is_meant_a_million_times_is_refused(tmp_path: Path) -> None:
    """A megabyte, held once by the file, in 65,536 rows: 64 GB, were each to have its own."""
    file = tmp_path / "bomb.parquet"
    many = 60_000
    once = pa.DictionaryArray.from_arrays(pa.array([0] * many, pa.int32()), pa.array(["x" * (1 << 20)]))
    columns = {"Date": ["2024-10-01"] * many, "Channel": ["web"] * many, "Department": once,
               "Turnover": [1] * many, "Margin": [1] * many, "Units": [1] * many}  # fmt: skip
    pq.write_table(pa.table(columns), file, compression="zstd", write_statistics=False)
    assert file.stat().st_size < 1 << 20
    assert "bomb.parquet is refused: 60,000 rows unpack to more than 512 MB" in refused(file)
    with pytest.raises(order_reading.UnreadableFile, match="rows unpack to more than 512 MB"):
        next(order_reading.opened(file, order_reading.Format()).blocks())


def test_texts_of_parquet_are_the_same_however_they_are_kept(tmp_path: Path) -> None:
    file = tmp_path / "good.parquet"
    columns = {"Date": ["2024-10-01", "2024-10-02"], "Channel": pa.array(["web", None]).dictionary_encode(),
               "Department": ["TV", "Audio"], "Turnover": [1, 2], "Margin": [1, 1], "Units": [1, 1]}  # fmt: skip
    pq.write_table(pa.table(columns), file)
    (sheet,) = read(file)
    assert isinstance(sheet, Sheet)
    assert sheet.held.table().select(["Date", "Channel", "Department"]).to_pylist() == [
        {"Date": "2024-10-01", "Channel": "web", "Department": "TV"},
        {"Date": "2024-10-02", "Channel": None, "Department": "Audio"},
    ]
    (block,) = order_reading.opened(file, order_reading.Format()).blocks()
    assert block.rows["Channel"].to_pylist() == ["web", None]


# --- smaller files: lists of people, exchange rates -------------------------------------------------------------------


def _list_of(good: Path) -> Iterator[tuple[str, bytes, str]]:
    yield "a.csv", b"\x89PNG\r\n\x1a\n" + b"x" * 50, "is no CSV, TXT or XLSX file"
    yield "a.csv", b"%PDF-1.7", "is no CSV, TXT or XLSX file"
    yield "a.csv", gzip.compress(b"email\na@example.com\n"), "is no CSV, TXT or XLSX file"
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as out:
        out.writestr("a.txt", b"x")
    yield "a.xlsx", archive.getvalue(), "is an archive and no workbook"
    yield "a.xlsx", lying(good, SHEET, b" " * 5_000_000).read_bytes(), "unpacks to more than the archive says"
    yield "a.xlsx", with_part(good, "xl/media/a", bytes(1 << 20), 300).read_bytes(), "250 times its own size"
    yield "a.csv", b"email\n" + b"x" * 200_000, "cannot be read as CSV"


def test_a_list_of_people_is_known_by_what_it_holds(good: Path) -> None:
    for name, content, says in _list_of(good):
        with pytest.raises(UnreadableList) as told:
            people_of(name, content)
        assert says in str(told.value)
    # A workbook by another name is one.
    people = xlsx(good.with_name("people.xlsx"), {"People": [["email"], ["a@example.com"]]})
    assert people_of("people.csv", people.read_bytes()) == [(2, "a@example.com")]


def test_a_file_of_rates_that_is_none_says_so() -> None:
    for content in (b"date,base,quote,rate\n" + b"x" * 200_000, b"\x89PNG\r\n", b"x" * 200_000):
        with pytest.raises(UnreadableRates):
            _parsed(content)
