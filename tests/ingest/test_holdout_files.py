"""Lists of people from files, as marketers keep them."""

from __future__ import annotations

import io

import openpyxl
import pytest

from ingest.holdout_files import UnreadableList, people_of


def sheet(*rows: tuple[object, ...]) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("file", "content", "entries"),
    [
        # A named column wherever it stands; empty rows are left out and keep their numbers.
        ("a.csv", b"\xef\xbb\xbfName;E-Mail\nAnn;a@x\n\n;b@x\n", [(2, "a@x"), (4, "b@x")]),
        ("a.csv", b"profile_id,phone\n01HX,1\n", [(2, "01HX")]),
        ("a.csv", b"PK,Email\n7,a@x\n", [(2, "a@x")]),
        # No head, and a head of another name.
        ("a.txt", b"a@x\r\n b@x \r\n", [(1, "a@x"), (2, "b@x")]),
        ("a.csv", b"Customer,Address\nAnn,a@x\n", [(2, "a@x")]),
        ("a.csv", b'"M\xfcller, Ann",a@x\n', [(1, "a@x")]),
        ("a.xlsx", sheet(("Name", "Email"), ("Ann", "a@x"), (None, None), ("Bob", 12345)), [(2, "a@x"), (4, "12345")]),
    ],
)
def test_entries_with_their_rows(file: str, content: bytes, entries: list[tuple[int, str]]) -> None:
    assert people_of(file, content) == entries


@pytest.mark.parametrize(
    ("file", "content", "why"),
    [
        ("a.csv", b"", "is empty"),
        ("a.csv", b"email\n\n", "lists nobody"),
        ("a.csv", b"a\0b", "is no text"),
        ("a.pdf", b"a@x", "no CSV, TXT or XLSX"),
        ("a.xlsx", b"PK\x03\x04 broken", "no workbook"),
    ],
)
def test_what_is_no_list_is_refused(file: str, content: bytes, why: str) -> None:
    with pytest.raises(UnreadableList, match=why):
        people_of(file, content)
