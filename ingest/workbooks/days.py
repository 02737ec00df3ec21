"""Days and months of a column: dates, serial numbers (from 1900 or 1904) and text."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ingest.workbooks.cells import Cells, Locale, text_of

_SERIAL_1904: Final = np.datetime64("1904-01-01")
_SERIAL_1900: Final = np.datetime64("1899-12-30")
_FIRST, _LAST = np.datetime64("1900-03-01"), np.datetime64("2200-01-01")
_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "jan januar january janvier gennaio enero janv gen ene",
            "feb februar february fevrier février febbraio fév",
            "mar mär märz march mars marzo mrz", "apr april avril aprile avr abr", "may mai maggio mayo mag",
            "jun juni june juin giugno giu", "jul juli july juillet luglio lug juil",
            "aug august août agosto ago aou aoû", "sep sept september septembre settembre set",
            "oct okt oktober october octobre ottobre ott", "nov november novembre",
            "dec dez dezember december décembre dicembre dic déc",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
_ISO: Final = r"^(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?:[T ][\d:.]+(?:Z|[+-]\d{2}:?\d{2})?)?$"
_PARTS: Final = r"^(?P<a>\d{1,2})[-/. ](?P<b>\d{1,2})[-/. ](?P<y>\d{4}|\d{2})(?: [\d:.]+)?$"
_NAMED: Final = r"^(?P<d>\d{1,2})[-/. ]+(?P<n>\p{L}+)[-/. ]+(?P<y>\d{4})$"
_NAMED_FIRST: Final = r"^(?P<n>\p{L}+)[-/. ]+(?P<d>\d{1,2}),?[-/. ]+(?P<y>\d{4})$"
_DATE: Final = np.dtype("datetime64[D]")
_NAT: Final = np.datetime64("NaT", "D")
Days = np.ndarray[Any, np.dtype[np.datetime64]]


def days(column: pa.ChunkedArray | pa.Array, locale: Locale, *, from_1904: bool = False) -> Cells:
    """Days as dates. 01/02/2026 is the day and month that the column's other rows show, or else the country's."""
    column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    kind = column.type
    told: list[str] = []
    if pa.types.is_null(kind):
        return Cells(pa.nulls(len(column), pa.date32()), np.zeros(len(column), bool))
    if pa.types.is_temporal(kind) and not pa.types.is_duration(kind) and not pa.types.is_time(kind):
        there = column
        found = np.asarray(column.cast(pa.date32(), safe=False).to_numpy(zero_copy_only=False), _DATE)
    elif pa.types.is_integer(kind) or pa.types.is_floating(kind):
        there = column
        found = _of_numbers(np.asarray(column.cast(pa.float64()).to_numpy(zero_copy_only=False), float), from_1904)
        told.append(f"serial numbers of days from {1904 if from_1904 else 1900}")
    else:
        there = text_of(column)
        found = _of_text(there, locale, from_1904, told)
    with np.errstate(invalid="ignore"):
        good = ~np.isnat(found) & (found >= _FIRST) & (found <= _LAST)
    found = np.where(good, found, _NAT)
    values = pa.array(found, pa.date32(), from_pandas=True)
    broken = np.asarray(pc.is_valid(there).to_numpy(zero_copy_only=False), bool) & ~good
    if pa.types.is_floating(kind):
        broken &= ~np.isnan(np.asarray(column.to_numpy(zero_copy_only=False), float))
    return Cells(values, broken, "is no day", told)


def months(column: pa.ChunkedArray | pa.Array, locale: Locale, *, from_1904: bool = False) -> Cells:
    """Months as YYYY-MM, from days or from 2026-03, 03/2026, 202603 or March 2026."""
    column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    plain = text_of(column) if not pa.types.is_temporal(column.type) else pa.nulls(len(column), pa.string())
    month = pc.replace_substring_regex(plain, r"^(\d{4})[-/.]?(\d{2})$", r"\1-\2")
    month = pc.replace_substring_regex(month, r"^(\d{2})[-/.](\d{4})$", r"\2-\1")
    named = pc.extract_regex(plain, r"^(?P<n>\p{L}+)[-/. ]+(?P<y>\d{4})$")
    number = _month_numbers(pc.struct_field(named, "n"))
    of_name = pc.binary_join_element_wise(pc.struct_field(named, "y"), pc.utf8_lpad(number, 2, "0"), "-")
    month = pc.coalesce(of_name, month)
    month = pc.if_else(pc.match_substring_regex(month, r"^\d{4}-(0[1-9]|1[0-2])$"), month, None)
    rest = pc.if_else(pc.is_null(month), column, None)
    by_day = days(rest, locale, from_1904=from_1904)
    months_of_days = pc.strftime(by_day.values, format="%Y-%m")
    values = pc.coalesce(month, months_of_days)
    there = np.asarray(pc.is_valid(column).to_numpy(zero_copy_only=False), bool)
    broken = there & np.asarray(pc.is_null(values).to_numpy(zero_copy_only=False), bool)
    return Cells(values, broken, "is no month", by_day.told if pc.any(pc.is_valid(by_day.values)).as_py() else [])


def _of_numbers(numbers: np.ndarray[Any, np.dtype[np.float64]], from_1904: bool) -> Days:
    found = np.full(len(numbers), _NAT, _DATE)
    with np.errstate(invalid="ignore"):
        written = (numbers >= 19000101) & (numbers <= 22001231) & (numbers == np.floor(numbers))
        serial = (numbers >= 0) & (numbers < 150_000)
    start = _SERIAL_1904 if from_1904 else _SERIAL_1900
    found[serial] = start + np.floor(numbers[serial]).astype(int).astype("timedelta64[D]")
    whole = numbers[written].astype(int)
    found[written] = _composed(whole // 10_000, whole // 100 % 100, whole % 100)
    return found


def day_signs(column: pa.ChunkedArray | pa.Array) -> list[np.ndarray[Any, np.dtype[np.bool_]]]:
    """Of days in text, which cells tell a whole column's order of days and months, and which leave it open."""
    parts = pc.extract_regex(text_of(column), _PARTS)
    first, second = (_whole_numbers(pc.struct_field(parts, name)) for name in ("a", "b"))
    return [first > 12, second > 12, first >= 0]


def _of_text(text: pa.Array, locale: Locale, from_1904: bool, told: list[str]) -> Days:
    iso, parts = pc.extract_regex(text, _ISO), pc.extract_regex(text, _PARTS)
    found = _composed(*(_whole_numbers(pc.struct_field(iso, name)) for name in "ymd"))
    first, second, year = (_whole_numbers(pc.struct_field(parts, name)) for name in ("a", "b", "y"))
    year = np.where((year >= 0) & (year < 100), year + np.where(year < 70, 2000, 1900), year)
    if (first >= 0).any():
        day_first = bool((first > 12).any()) or (not (second > 12).any() and locale.day_first)
        if not (first > 12).any() and not (second > 12).any():
            told.append(f"{'days' if day_first else 'months'} come first in dates, by the country")
        day, month = (first, second) if day_first else (second, first)
        found = np.where(np.isnat(found), _composed(year, month, day), found)
    for pattern in (_NAMED, _NAMED_FIRST):
        named = pc.extract_regex(text, pattern)
        if pc.any(pc.is_valid(named)).as_py():
            month = _whole_numbers(_month_numbers(pc.struct_field(named, "n")))
            of_name = _composed(
                _whole_numbers(pc.struct_field(named, "y")), month, _whole_numbers(pc.struct_field(named, "d"))
            )
            found = np.where(np.isnat(found), of_name, found)
    serial = pc.if_else(pc.match_substring_regex(text, r"^\d{5}(\.\d+)?$|^\d{8}$"), text, None).cast(pa.float64())
    numbers = np.asarray(serial.to_numpy(zero_copy_only=False), float)
    if not np.isnan(numbers).all():
        found = np.where(np.isnat(found), _of_numbers(numbers, from_1904), found)
    return found


def _month_numbers(names: pa.Array) -> pa.Array:
    at = pc.index_in(pc.utf8_lower(names), pa.array(list(_MONTHS)))
    return pc.take(pa.array([str(number) for number in _MONTHS.values()]), at)


def _whole_numbers(text: pa.Array) -> np.ndarray[Any, np.dtype[np.int64]]:
    found: np.ndarray[Any, np.dtype[np.int64]] = pc.fill_null(text.cast(pa.int64()), -1).to_numpy(zero_copy_only=False)
    return found


def _composed(year: Any, month: Any, day: Any) -> Days:
    """Days of their parts; NaT for what is none, as 31 February."""
    good = (year >= 1) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
    months = ((np.where(good, year, 1970) - 1970) * 12 + np.where(good, month, 1) - 1).astype("datetime64[M]")
    found = months.astype(_DATE) + (np.where(good, day, 1) - 1).astype("timedelta64[D]")
    good = good & (found.astype("datetime64[M]") == months)
    return np.where(good, found, _NAT)
