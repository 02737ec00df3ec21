"""Workbooks into the company's tables: literal rows in, rows, figures and reasons out, on both operational engines."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from data_access.scope import NotPermitted, Right, granted, local_admin
from data_access.stores import Stores, close_stores, open_stores
from data_access.writes.workbook_jobs import STOPPED, JobKnown, begin_job, end_dead_jobs, end_job
from ingest.workbooks.loading import ingest_files
from ingest.workbooks.results import Asked, Ingested, Said
from settings import PROJECT_ROOT, Settings
from tests.ingest.workbook_files import changed, encrypted, xlsb, xlsx

ADMIN = local_admin("test")
HEAD = ["Date", "Channel", "Department", "Promo", "Discount", "Turnover", "Margin", "Units"]
# The seed's own two rows, and one that is wrong.
SALES = [
    HEAD,
    [date(2024, 10, 1), "web", "TV", False, None, 50_000, 12_500, 100],
    [date(2024, 10, 2), "Store", "TV", True, 0.2, 75_000, 15_000, 150],
    [date(2024, 10, 3), "online", "TV", True, 0.25, "oops", 15_000, 150],
]
# The end of the cells, and what xlspy writes after it.
_END = b"\x92\x01\x00\x97\x04"
needs_xlspy = pytest.mark.skipif(sys.version_info < (3, 12), reason="xlspy, which writes XLSB, needs Python 3.12")


both_engines = pytest.mark.parametrize("stores", ["duckdb", "postgresql"], indirect=True)


@pytest.fixture
def stores(request: pytest.FixtureRequest, settings: Settings, migrated_file: Path) -> Iterator[Stores]:
    """Empty, migrated stores, the operational one on DuckDB or as asked."""
    if getattr(request, "param", "duckdb") == "duckdb":
        settings.data_dir.mkdir(parents=True)
        shutil.copy(migrated_file, settings.data_dir / "promolens.duckdb")
        opened = open_stores(settings)
    else:
        url = request.getfixturevalue("migrated_postgres_url")
        opened = open_stores(Settings(data_dir=settings.data_dir, database_url=url))
    yield opened
    close_stores(opened)


def load(stores: Stores, settings: Settings, *paths: Path, **asked: Any) -> Ingested:
    return ingest_files(stores, settings, ADMIN, paths, Asked(**asked))


def rows(stores: Stores, sql: str) -> list[tuple[Any, ...]]:
    with stores.operational.read() as session:
        found = session.query_text(sql, {}).to_pylist()
    return [tuple(row.values()) for row in found]


def sales(stores: Stores, more: str = "") -> list[tuple[Any, ...]]:
    return rows(
        stores,
        "SELECT date, channel, department, promo_flag, discount_pct, sales_value, margin_value, units"
        f" FROM sales_aggregated {more} ORDER BY date, channel, department, promo_flag",
    )


def text(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@both_engines
def test_one_bad_row_never_costs_the_good_ones(stores: Stores, settings: Settings, tmp_path: Path) -> None:
    file = xlsx(tmp_path / "s.xlsx", {"Notes": [["hello"]], "Sales": [["Report"], [], *SALES]}, first_row=1)
    done = load(stores, settings, file)

    assert sales(stores) == [
        (date(2024, 10, 1), "online", "TV", False, None, Decimal(50_000), Decimal(12_500), 100),
        (date(2024, 10, 2), "offline", "TV", True, Decimal(20), Decimal(75_000), Decimal(15_000), 150),
    ]
    (sheet,) = done.files[0].parts
    assert (sheet.kind, sheet.sheet, sheet.rows, sheet.loaded, sheet.rejected, sheet.fresh) == (
        "sales",
        "Sales",
        3,
        2,
        1,
        2,
    )
    # 15 required cells, none missing; 23 cells hold something, 1 broken; none contradicts; 2 days of 2.
    assert sheet.quality == {
        "completeness": 1.0, "accuracy": round(1 - 1 / 23, 4), "consistency": 1.0, "timeliness": 1.0,
        "overall": round((3 + 1 - 1 / 23) / 4, 4),
    }  # fmt: skip
    assert any("Discount (discount_pct): 0.2 is 20 %" in note for note in done.files[0].notes)
    assert any(note.startswith("Sheet 'Notes' is left out") for note in done.files[0].notes)
    assert done.reject_file is not None
    with open(done.reject_file, encoding="utf-8") as told:
        assert list(csv.reader(told)) == [
            ["file", "sheet", "row", "column", "value", "reason"],
            ["s.xlsx", "Sales", "7", "Turnover (sales_value)", "oops", "'oops' is no number"],
        ]

    ((status, queued, processed, records, errors, result),) = rows(
        stores,
        "SELECT status, files_queued, files_processed, records_processed, errors, result FROM data_processing_jobs",
    )
    assert (status, queued, processed, records, errors) == ("completed", 1, 1, 2, 1)
    kept = json.loads(result)
    assert kept["reject_file"] == done.reject_file
    assert kept["files"][0] | {"quality": None, "checksum": ""} == {
        "name": "s.xlsx", "checksum": "", "kind": "sales", "sheet": "Sales", "rows": 3, "loaded": 2, "rejected": 1,
        "fresh": 2, "replaced": 0, "quality": None,
    }  # fmt: skip


@both_engines
def test_files_merge_by_key_and_a_corrected_one_replaces_its_own(
    stores: Stores, settings: Settings, tmp_path: Path
) -> None:
    head = "date,channel,department,discount,sales,margin,units"
    first = text(
        tmp_path / "oct.csv", head, "2024-10-01,online,TV,0,10,2,1", "2024-10-02,online,TVV,0,20,4,2",
        "2024-10-03,online,TV,0,30,6,3",
    )  # fmt: skip
    other = text(tmp_path / "week.csv", head, "2024-10-03,online,TV,0,31,6,3", "2024-10-04,online,TV,0,40,8,4")
    assert load(stores, settings, first, other).is_whole
    whole = "SELECT id, created_at, updated_at, sales_value, source_file FROM sales_aggregated ORDER BY id"
    before = rows(stores, whole)
    assert [str(row[3]) for row in before] == ["10.00", "20.00", "31.00", "40.00"]
    assert load(stores, settings, other).files[0].parts[0].replaced == 0
    assert rows(stores, whole) == before

    # The department is put right; 3 October is not in it any more, but the week's own row stands.
    text(first, head, "2024-10-01,online,TV,0,10,2,1", "2024-10-02,online,TV,0,20,4,2")
    part = load(stores, settings, first).files[0].parts[0]
    assert (part.fresh, part.replaced) == (1, 1)
    assert [(row[0].day, row[2], int(row[5])) for row in sales(stores)] == [
        (1, "TV", 10), (2, "TV", 20), (3, "TV", 31), (4, "TV", 40),
    ]  # fmt: skip
    # The next month under the same name takes nothing of this one away; a row that is wrong now keeps its old value.
    text(first, head, "2024-11-01,online,TV,0,5,1,1")
    load(stores, settings, first)
    text(first, head, "2024-10-01,online,TV,0,oops,2,1", "2024-10-02,online,TV,0,22,4,2")
    assert load(stores, settings, first).files[0].parts[0].replaced == 1
    assert [int(row[5]) for row in sales(stores)] == [10, 22, 31, 40, 5]


@both_engines
def test_the_other_tables(stores: Stores, settings: Settings, tmp_path: Path) -> None:
    book = xlsx(
        tmp_path / "plan.xlsx",
        {
            "Targets": [["Month", "Geo", "Sales target", "Margin target"], ["10/2024", "DE", "1.234.567,89", "21,5 %"],
                        [date(2024, 12, 1), "DE", "2.000.000,00", "22 %"]],
            "Promos": [["Promotion", "Start", "End", "Departments", "Channels", "Discount"],
                       ["October deals", date(2024, 10, 2), date(2024, 10, 5), "TV; Gaming", "web, store", 20],
                       ["Turned", date(2024, 10, 9), date(2024, 10, 8), "TV", "web", 20]],
            "Segments": [["Segment", "Name", "Share of customers", "Share of revenue", "AOV", "Sensitivity",
                          "Favorite categories"], ["L", "Loyal", 25, 60, 120.5, "High", "TV, Audio"],
                         ["N", "New", 75, 40, 60, "low", None]],
        },
    )  # fmt: skip
    done = load(stores, settings, book)
    assert rows(stores, "SELECT month, geo, sales_value_target, margin_pct_target FROM targets ORDER BY month") == [
        ("2024-10", "DE", Decimal("1234567.89"), Decimal("21.50")),
        ("2024-12", "DE", Decimal("2000000.00"), Decimal("22.00")),
    ]
    columns = "promo_name, date_start, date_end, departments, channels, avg_discount_pct, source_file"
    assert rows(stores, f"SELECT {columns} FROM promo_catalog") == [
        ("October deals", date(2024, 10, 2), date(2024, 10, 5), ["TV", "Gaming"], ["online", "offline"], Decimal(20),
         "plan.xlsx"),
    ]  # fmt: skip
    columns = "segment_id, share_of_customers, share_of_revenue, discount_sensitivity, fav_categories"
    assert rows(stores, f"SELECT {columns} FROM segments ORDER BY segment_id") == [
        ("L", Decimal("0.25"), Decimal("0.6"), "high", ["TV", "Audio"]),
        ("N", Decimal("0.75"), Decimal("0.4"), "low", None),
    ]
    parts = {part.kind: part for part in done.files[0].parts}
    # October and December of three months.
    assert parts["targets"].quality["timeliness"] == 0.6667
    assert (parts["promo"].rejected, parts["promo"].quality["consistency"]) == (1, 0.5)
    again = load(stores, settings, book).files[0].parts
    assert [(part.fresh, part.replaced) for part in again] == [(0, 0)] * 3


@both_engines
def test_promotions_without_a_name_are_runs_of_discounted_days(
    stores: Stores, settings: Settings, tmp_path: Path
) -> None:
    """TV online: days 1–3 with 10 % and 20 % weighted by sales 100 and 300, 5 with a flag alone; 8–9 are named."""
    head = "date,channel,department,promo,discount,sales,margin,units"
    file = text(
        tmp_path / "s.csv", head, "2024-10-01,online,TV,yes,10,100,10,1", "2024-10-02,online,TV,yes,20,300,10,1",
        "2024-10-03,online,TV,yes,,100,10,1", "2024-10-04,online,TV,no,0,100,10,1",
        "2024-10-05,online,TV,yes,,100,10,1", "2024-10-05,offline,TV,yes,30,100,10,1",
        "2024-10-08,online,TV,yes,10,100,10,1",
        "2024-10-09,online,TV,yes,10,100,10,1",
    )  # fmt: skip
    named = text(tmp_path / "p.csv", "promo_name,date_start,date_end,departments", "Fair,2024-10-08,2024-10-20,TV")
    found = (
        "SELECT date_start, date_end, departments, channels, avg_discount_pct FROM promo_catalog"
        " WHERE promo_name IS NULL ORDER BY channels, date_start"
    )
    assert load(stores, settings, file).files[0].found == 4
    load(stores, settings, named)
    expected = [
        (date(2024, 10, 5), date(2024, 10, 5), ["TV"], ["offline"], Decimal("30.00")),
        (date(2024, 10, 1), date(2024, 10, 3), ["TV"], ["online"], Decimal("17.50")),
        (date(2024, 10, 5), date(2024, 10, 5), ["TV"], ["online"], None),
    ]
    assert rows(stores, found) == expected
    text(tmp_path / "more.csv", head, "2024-10-04,online,TV,yes,40,400,10,1")
    # A promo row of the same day beside the regular one: one run from 1 to 5, (10·100 + 20·300 + 40·400) / 800.
    assert load(stores, settings, tmp_path / "more.csv").files[0].found == 0
    assert rows(stores, found)[1:] == [(date(2024, 10, 1), date(2024, 10, 5), ["TV"], ["online"], Decimal("28.75"))]


@pytest.fixture
def quick(settings: Settings, stores: Stores) -> tuple[Stores, Settings]:
    return stores, settings


def refused(quick: tuple[Stores, Settings], file: Path, **asked: Any) -> str:
    done = load(*quick, file, **asked)
    assert sales(quick[0]) == []
    assert rows(quick[0], "SELECT status, files_processed FROM data_processing_jobs")[-1] == ("failed", 0)
    return done.files[0].refused


def test_a_file_that_cannot_be_trusted_is_refused_whole(quick: tuple[Stores, Settings], tmp_path: Path) -> None:
    good = xlsx(tmp_path / "good.xlsx", {"Sales": SALES[:3]})
    data = good.read_bytes()
    cut = tmp_path / "cut.xlsx"
    cut.write_bytes(data[: len(data) // 2])
    assert "damaged or was cut off" in refused(quick, cut)
    cut.write_bytes(data[:300] + bytes([data[300] ^ 0xFF]) + data[301:])
    assert "damaged" in refused(quick, cut)
    whole = changed(good, tmp_path / "open.xlsx", "xl/worksheets/sheet1.xml", lambda part: part[:-60])
    assert "ends in the middle" in refused(quick, whole)
    ole = encrypted(tmp_path / "secret.xlsx")
    assert "secret.xlsx is encrypted. Open it in Excel, take the password off" in refused(quick, ole)
    ole.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504))
    assert "of the old kind (XLS)" in refused(quick, ole)
    page = text(tmp_path / "page.xlsx", "<html><table><tr><td>Date</td></tr></table></html>")
    assert "none of XLSB, XLSX, CSV and Parquet" in refused(quick, page)
    formulas = [*SALES[:2], [date(2024, 10, 2), "web", "TV", False, None, "=1+1", 1, 1]]
    assert "have no computed values" in refused(quick, xlsx(tmp_path / "f.xlsx", {"Sales": formulas}))
    blank = changed(
        xlsx(tmp_path / "f.xlsx", {"Sales": formulas}), tmp_path / "b.xlsx", "xl/worksheets/sheet1.xml",
        lambda part: part.replace(b"<f>1+1</f><v>0</v>", b"<f>1+1</f><v/>"),
    )  # fmt: skip
    assert "have no computed values" in refused(quick, blank)
    lacking = xlsx(tmp_path / "l.xlsx", {"Sales": [["Date", "Channel", "Dept", "Umsatzerlöse", "Margin", "Units"]]})
    assert "lacks sales_value of sales" in refused(quick, lacking)
    assert load(*quick, good).is_whole


@needs_xlspy
def test_xlsb_is_read_and_what_readers_pass_over_is_not(quick: tuple[Stores, Settings], tmp_path: Path) -> None:
    good = xlsb(tmp_path / "good.xlsb", SALES[:3])
    # A short form of a number (MS-XLSB BrtShortRk, 13): kind, length, style, value.
    short = changed(
        good, tmp_path / "short.xlsb", "xl/worksheets/sheet1.bin",
        lambda part: part.replace(_END, b"\x0d\x08" + bytes(8) + _END),
    )  # fmt: skip
    assert "1 cell(s) in a short form" in refused(quick, short)
    cut = changed(good, tmp_path / "cut.xlsb", "xl/worksheets/sheet1.bin", lambda part: part[: part.index(_END)])
    assert "ends in the middle" in refused(quick, cut)
    # A byte of a record's length: what follows is taken for what it is not.
    torn = changed(
        good, tmp_path / "torn.xlsb", "xl/worksheets/sheet1.bin", lambda part: part.replace(b"\x04\x09", b"\x04\x08", 1)
    )
    assert "torn.xlsb, sheet 'Sales'" in refused(quick, torn)
    done = load(*quick, xlsb(tmp_path / "wide.xlsb", SALES[:3], declared=1000))
    assert any("declares 1,000 rows and holds 3" in note for note in done.files[0].notes)
    before = sales(quick[0])
    assert [row[5] for row in before] == [Decimal(50_000), Decimal(75_000)]
    from_1904 = changed(
        good, tmp_path / "mac.xlsb", "xl/workbook.bin",
        lambda part: part.replace(b"\x99\x01\x0c\x20", b"\x99\x01\x0c\x21"),
    )  # fmt: skip
    load(*quick, from_1904)
    # 1,462 days lie between the two countings.
    assert [row[0] for row in sales(quick[0])][2:] == [date(2028, 10, 2), date(2028, 10, 3)]


def test_days_numbers_and_percentages_are_read_as_they_are_meant(
    quick: tuple[Stores, Settings], tmp_path: Path
) -> None:
    """Serial days of 1904, an error of Excel's, ambiguous text by the country, percentages above 1."""
    body = [
        [44104, "Web shop", "TV", "yes", 5, 10.005, 1, 1],
        [44105, "store", "TV", "no", 0, 20, 1, 1],
    ]
    book = xlsx(tmp_path / "mac.xlsx", {"S": [HEAD, *body]}, from_1904=True)
    assert load(*quick, book).is_whole
    assert [(row[0], row[4], row[5]) for row in sales(quick[0])] == [
        (date(2024, 10, 1), Decimal(5), Decimal("10.01")), (date(2024, 10, 2), Decimal(0), Decimal(20)),
    ]  # fmt: skip
    lines = ["date;channel;department;sales;margin;units", "03/02/2025;web;Audio;1.234;1,5;1"]
    file = text(tmp_path / "de.csv", *lines)
    assert load(*quick, file, country="DE").is_whole
    assert sales(quick[0], "WHERE department = 'Audio'")[0][0::5] == (date(2025, 2, 3), Decimal(1234))
    assert load(*quick, file, country="US").is_whole
    assert sales(quick[0], "WHERE date = '2025-03-02'")[0][5] == Decimal("1.23")
    row = {"date": date(2025, 5, 1), "channel": "pos", "department": "Audio", "sales": Decimal("7.10"), "margin": 1.0}
    pq.write_table(pa.Table.from_pylist([row | {"units": 3}]), tmp_path / "p.parquet")
    assert load(*quick, tmp_path / "p.parquet").is_whole
    assert sales(quick[0], "WHERE date = '2025-05-01'")[0][5:] == (Decimal("7.10"), Decimal(1), 3)
    errors = changed(
        xlsx(tmp_path / "e.xlsx", {"S": [HEAD, *body]}), tmp_path / "err.xlsx", "xl/worksheets/sheet1.xml",
        lambda part: part.replace(b'<c r="G3"><v>1</v>', b'<c r="G3" t="e"><v>#N/A</v>'),
    )  # fmt: skip
    (reject,) = load(*quick, errors).files[0].rejects
    assert (reject.row, reject.column) == (3, "Margin (margin_value)")


def test_columns_are_named_and_a_dry_run_loads_nothing(quick: tuple[Stores, Settings], tmp_path: Path) -> None:
    file = text(tmp_path / "s.csv", "tag,shop,dept,eur,margin,qty", "2024-10-01,web,TV,10,2,1")
    assert "--map" in refused(quick, file)
    done = load(*quick, file, mapping=["sales_value=eur", "channel=shop"], dry_run=True)
    assert (done.is_whole, done.files[0].parts[0].preview[0]["sales_value"]) == (True, Decimal(10))
    assert sales(quick[0]) == []
    assert load(*quick, file, mapping=["sales_value=eur", "channel=shop"]).is_whole
    assert len(sales(quick[0])) == 1
    viewer = granted("vera", ["A"], [Right.VIEW, Right.PROMO_READ])
    with pytest.raises(NotPermitted):
        ingest_files(*quick, viewer, [file], Asked())


@both_engines
def test_terms_of_a_promotion_are_kept_by_department_and_channel(
    stores: Stores, settings: Settings, tmp_path: Path
) -> None:
    """1,000.01 of fixed cost for two departments: 500.01 and 500.00."""
    head = "promotion;start;end;departments;channels;discount;mechanic;segments;redemption;fixed cost"
    line = "Coupons;2024-10-02;2024-10-05;TV, Audio;web;20;Coupon;L;0,3;{}"
    file = text(tmp_path / "p.csv", head, line.format("1000,01"), "Fair;2024-11-01;2024-11-02;;;;;;;")
    terms = "SELECT mechanics FROM promo_catalog WHERE promo_name = 'Coupons'"

    def kept() -> Any:
        return [json.loads(row[0]) if isinstance(row[0], str) else row[0] for row in rows(stores, terms)]

    assert load(stores, settings, file).is_whole
    both = {"channel": "online", "discount_pct": 20.0, "segments": ["L"], "notes": "", "form": "coupon",
            "redemption": 0.3}  # fmt: skip
    assert kept() == [
        [{"department": "TV", **both, "fixed_cost": 500.01}, {"department": "Audio", **both, "fixed_cost": 500.0}]
    ]
    assert rows(stores, "SELECT mechanics FROM promo_catalog WHERE promo_name = 'Fair'") == [(None,)]
    assert load(stores, settings, file).files[0].parts[0].replaced == 0
    # The promotion that does not stand there any more goes, whether it had terms or not.
    text(file, head, line.format("1000,01"), line.replace("Coupons", "New").format("0"))
    assert load(stores, settings, file).files[0].parts[0].replaced == 0  # Fair begins after the days of this file
    text(file, head, line.format("2000"), "Fair;2024-11-01;2024-11-02;;;;;;;")
    part = load(stores, settings, file).files[0].parts[0]
    assert (part.fresh, part.replaced) == (0, 2)  # Coupons with other terms, and New is gone
    assert [entry["fixed_cost"] for entry in kept()[0]] == [1000.0, 1000.0]


def test_a_load_whose_process_is_gone_is_ended_as_failed(quick: tuple[Stores, Settings], tmp_path: Path) -> None:
    stores, settings = quick
    close_stores(stores)
    script = (
        "import os\nfrom data_access.scope import local_admin\nfrom data_access.stores import open_stores\n"
        "from data_access.writes.workbook_jobs import begin_job\nfrom settings import Settings\n"
        f"stores = open_stores(Settings(data_dir={str(settings.data_dir)!r}))\n"
        "for job in 'ab':\n    begin_job(stores, local_admin('kate'), job, 1, 600)\nos._exit(9)\n"
    )
    assert subprocess.run([sys.executable, "-c", script], cwd=PROJECT_ROOT, check=False).returncode == 9
    again = open_stores(settings)
    try:
        jobs = "SELECT job_id, status, started_by, error_message FROM data_processing_jobs ORDER BY job_id"
        assert [row[1] for row in rows(again, jobs)] == ["processing", "processing"]
        assert end_dead_jobs(again.operational) == 2
        assert rows(again, jobs) == [("a", "failed", "kate", STOPPED), ("b", "failed", "kate", STOPPED)]
        # One of this very process lives, and one id is never loaded twice.
        begin_job(again, ADMIN, "c", 1, 600)
        assert end_dead_jobs(again.operational) == 0
        file = text(tmp_path / "s.csv", "date,channel,department,sales,margin,units", "2024-10-01,web,TV,10,2,1")
        with pytest.raises(JobKnown):
            load(again, settings, file, job="c")
        assert sales(again) == []
        end_job(again, ADMIN, "c", status="failed", processed=0, records=0, errors=0, result={})
    finally:
        close_stores(again)


def test_a_file_of_a_header_alone_is_told_and_stops_no_other(quick: tuple[Stores, Settings], tmp_path: Path) -> None:
    head = tmp_path / "a.csv"
    head.write_text("Date,Channel,Department,Turnover,Margin,Units\n", encoding="utf-8")
    first, second = load(*quick, head, xlsx(tmp_path / "b.xlsx", {"Oct": SALES[:2]}), dry_run=True).files
    assert first.refused == "There are no rows below its header."
    assert (first.parts, second.refused, second.parts[0].loaded) == ([], "", 1)


def test_a_sheet_is_told_and_corrected_by_its_name(quick: tuple[Stores, Settings], tmp_path: Path) -> None:
    body = [["Sales of October"], [], ["Tag", "Wo", "Was", "Netto", "Marge", "Menge"],
            [date(2024, 10, 1), "web", "TV", 10, 2, 1]]  # fmt: skip
    book = xlsx(tmp_path / "b.xlsx", {"Notes": [["hello"]], "Oct": body, "Old": SALES[:2]})
    notes, october, old = load(*quick, book, dry_run=True).files[0].sheets
    assert (notes.is_read, notes.kind, old.is_read, old.header, old.rows) == (False, "", True, 1, 1)
    assert (october.is_read, october.kind, october.header) == (False, "sales", 3)
    assert october.columns == ("Tag", "Wo", "Was", "Netto", "Marge", "Menge")
    assert october.lacking == ["channel", "department", "sales_value"]
    said = {
        ("b.xlsx", "Oct"): Said(pairs={"channel": "Wo", "department": "Was", "sales_value": "Netto"}),
        ("b.xlsx", "Old"): Said(is_left_out=True),
    }
    done = load(*quick, book, by_sheet=said)
    assert [(sheet.is_read, sheet.header) for sheet in done.files[0].sheets] == [(False, 1), (True, 3), (False, 1)]
    assert done.files[0].sheets[1].preview == [
        {"row": 4, "date": date(2024, 10, 1), "channel": "online", "department": "TV", "promo_flag": False,
         "discount_pct": None, "sales_value": Decimal(10), "margin_value": Decimal(2), "units": 1}
    ]  # fmt: skip
    assert [row[5] for row in sales(quick[0])] == [Decimal(10)]
    # A column that was taken by its name can be said to be none.
    said = {("b.xlsx", "Old"): Said(pairs={"discount_pct": ""}), ("b.xlsx", "Oct"): Said(is_left_out=True)}
    assert "discount_pct" not in load(*quick, book, by_sheet=said, dry_run=True).files[0].sheets[2].sources


def test_a_value_that_no_table_can_keep_costs_its_row_alone(quick: tuple[Stores, Settings], tmp_path: Path) -> None:
    head = "segment,name,share of customers,share of revenue,aov,recency days"
    file = text(tmp_path / "s.csv", head, "a,A,0.5,0.5,1,3", "b,B,0.5,0.5,1,99999999999", "c,C\0,0.5,0.5,1,3")
    done = load(*quick, file)
    assert [one.reason for one in done.files[0].rejects] == [
        "'99999999999' is no whole number up to 36,525", "'C\0' holds a character that is no text",
    ]  # fmt: skip
    assert rows(quick[0], "SELECT segment_id FROM segments") == [("a",)]
    targets = text(tmp_path / "t.csv", "month,geo,sales,margin pct", "2024-10,DE,5,20", "2024-11,DE,5,20000")
    assert [one.reason for one in load(*quick, targets).files[0].rejects] == ["'20000' is no percentage from 0 to 100"]
