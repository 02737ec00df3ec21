"""Cells of one column as what they mean: days, money, percentages, counts, words. Vectorised: no Python object a cell.

Numbers of a workbook are numbers; text is read with the decimal sign that the column itself shows, or else with that of
the country.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

Mask = np.ndarray[Any, np.dtype[np.bool_]]
MONEY: Final = pa.decimal128(18, 2)
_WIDE: Final = pa.decimal128(38, 10)
_MONTH_FIRST: Final = frozenset({"US", "PH"})
_POINT: Final = frozenset(
    {
        "US", "GB", "IE", "AU", "NZ", "CA", "IN", "JP", "CN", "KR", "SG", "HK", "TW", "MY", "TH", "PH", "IL", "MX",
        "CH", "LI", "MT", "NG", "KE", "EG", "PK", "BD", "LK", "AE", "SA",
    }
)  # fmt: skip
_LARGEST: Final = 1e15
_GROUPED: Final = {",": r"^[+-]?[1-9]\d{0,2},\d{3}$", ".": r"^[+-]?[1-9]\d{0,2}\.\d{3}$"}


@dataclass(frozen=True, slots=True)
class Locale:
    """How text is written where a column does not show it: the decimal sign, and whether days come before months."""

    decimal: str = "."
    day_first: bool = True
    named: str = ""


def locale_of(country: str, decimal: str = "") -> Locale:
    """By a country's ISO code ('' where it is not known); `decimal` where it was said."""
    country = country.upper()
    usual = "." if not country or country in _POINT else ","
    return Locale(decimal or usual, country not in _MONTH_FIRST, country)


@dataclass(slots=True)
class Cells:
    """A column that was read. values: NULL where nothing stands or what stands is broken; broken: which those are;
    told: what was decided for the whole column."""

    values: pa.Array
    broken: Mask
    why: str = ""
    told: list[str] = field(default_factory=list)


def _whole(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def text_of(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    """A column as text without spaces around it; NULL where it is empty."""
    column = _whole(column)
    kind = column.type
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        column = pc.binary_join(column.cast(pa.list_(pa.string())), ",")
    elif pa.types.is_floating(kind):
        whole = pc.equal(pc.floor(column), column)
        column = pc.if_else(
            pc.and_(whole, pc.less(pc.abs(column), 2.0**53)),
            pc.if_else(whole, column, None).cast(pa.int64(), safe=False).cast(pa.string()),
            column.cast(pa.string()),
        )
    text = pc.utf8_trim_whitespace(column.cast(pa.string()))
    return pc.if_else(pc.equal(text, ""), None, text)


def _flags(array: pa.Array) -> Mask:
    found: Mask = np.asarray(pc.fill_null(array, False).to_numpy(zero_copy_only=False), bool)
    return found


def _broken(there: pa.Array, values: pa.Array) -> Mask:
    return _flags(pc.and_(pc.is_valid(there), pc.is_null(values)))


def texts(column: pa.ChunkedArray | pa.Array) -> Cells:
    text = text_of(column)
    return Cells(text, _flags(pc.match_substring(text, "\0")), "holds a character that is no text")


def numbers(column: pa.ChunkedArray | pa.Array, locale: Locale) -> Cells:
    """Decimal numbers of ten places."""
    column = _whole(column)
    kind = column.type
    if pa.types.is_null(kind):
        return Cells(pa.nulls(len(column), _WIDE), np.zeros(len(column), bool))
    if pa.types.is_integer(kind):
        return Cells(_in_range(column.cast(pa.float64(), safe=False)), np.zeros(len(column), bool), "is no number")
    if pa.types.is_floating(kind):
        there = pc.if_else(pc.is_nan(column), None, column)
        values = _in_range(there)
        return Cells(values, _broken(there, values), "is no number that can be kept")
    if pa.types.is_decimal(kind):
        return Cells(column.cast(_WIDE), np.zeros(len(column), bool))
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
        there = pc.is_valid(column)
        return Cells(pa.nulls(len(column), _WIDE), _flags(there), "is no number")
    return _numbers_of_text(text_of(column), locale)


def _in_range(column: pa.Array) -> pa.Array:
    kept = pc.if_else(pc.less(pc.abs(column), _LARGEST), column, None)
    return pc.cast(kept, _WIDE, safe=False)


@dataclass(frozen=True, slots=True)
class _Written:
    """How numbers of text are written: without spaces and currencies, and which show a decimal comma or point, or may
    be thousands or decimals."""

    plain: pa.Array
    shows_comma: pa.Array
    shows_point: pa.Array
    unclear: pa.Array


def _written(text: pa.Array) -> _Written:
    plain = pc.replace_substring_regex(text, r"[\s\x{00a0}\x{202f}'’_]|^[A-Z]{3}|[A-Z]{3}$|[€$£¥%]", "")
    plain = pc.replace_substring(plain, "−", "-")
    plain = pc.replace_substring_regex(plain, r"^\((.+)\)$", r"-\1")
    plain = pc.replace_substring_regex(plain, r"^([^-].*)-$", r"-\1")
    commas, points = pc.count_substring(plain, ","), pc.count_substring(plain, ".")
    grouped = {sign: pc.match_substring_regex(plain, pattern) for sign, pattern in _GROUPED.items()}
    only_commas, only_points = pc.equal(points, 0), pc.equal(commas, 0)
    both = pc.and_(pc.greater(commas, 0), pc.greater(points, 0))
    backwards = pc.utf8_reverse(plain)
    comma_last = pc.less(pc.find_substring(backwards, ","), pc.find_substring(backwards, "."))
    lone = {
        ",": pc.and_(pc.and_(only_commas, pc.equal(commas, 1)), pc.invert(grouped[","])),
        ".": pc.and_(pc.and_(only_points, pc.equal(points, 1)), pc.invert(grouped["."])),
    }
    shows_comma = pc.or_(pc.or_(pc.and_(both, comma_last), lone[","]), pc.and_(only_points, pc.greater(points, 1)))
    shows_point = pc.or_(
        pc.or_(pc.and_(both, pc.invert(comma_last)), lone["."]), pc.and_(only_commas, pc.greater(commas, 1))
    )
    unclear = pc.or_(pc.and_(grouped[","], only_commas), pc.and_(grouped["."], only_points))
    return _Written(plain, shows_comma, shows_point, unclear)


def number_signs(column: pa.ChunkedArray | pa.Array) -> list[Mask]:
    """Of numbers in text, which cells a whole column's decimal sign is told by."""
    written = _written(text_of(column))
    return [_flags(mask) for mask in (written.shows_comma, written.shows_point, written.unclear)]


def _numbers_of_text(text: pa.Array, locale: Locale) -> Cells:
    written = _written(text)
    plain, shows_comma, shows_point, unclear = (
        written.plain, written.shows_comma, written.shows_point, written.unclear,
    )  # fmt: skip
    told: list[str] = []
    any_comma, any_point = bool(pc.any(shows_comma).as_py()), bool(pc.any(shows_point).as_py())
    sign = "," if any_comma else "." if any_point else locale.decimal
    is_unclear = bool(pc.any(unclear).as_py())
    if any_comma and any_point:
        plain = pc.if_else(unclear, None, plain)
    elif is_unclear and not (any_comma or any_point):
        told.append(f"decimal sign '{sign}' by the country{f' ({locale.named})' if locale.named else ''}")
    elif any_comma:
        told.append("decimal commas")
    by_comma = pc.if_else(unclear, sign == ",", shows_comma)
    read_comma = pc.replace_substring(pc.replace_substring(plain, ".", ""), ",", ".")
    read_point = pc.replace_substring(plain, ",", "")
    number = pc.if_else(by_comma, read_comma, read_point)
    formed = pc.match_substring_regex(number, r"^[+-]?(\d{1,15}(\.\d*)?|\.\d+)([eE][+-]?\d{1,2})?$")
    number = pc.replace_substring_regex(pc.if_else(formed, number, None), r"^\+", "")
    exact = pc.match_substring_regex(number, r"^-?\d{1,15}(\.\d{0,10})?$")
    values = pc.coalesce(
        pc.if_else(exact, number, None).cast(_WIDE), _in_range(pc.if_else(exact, None, number).cast(pa.float64()))
    )
    why = "may be thousands or decimals: say --decimal" if any_comma and any_point and is_unclear else "is no number"
    return Cells(values, _broken(text, values), why, told)


def money(column: pa.ChunkedArray | pa.Array, locale: Locale) -> Cells:
    """Amounts to the cent, halves away from zero."""
    read = numbers(column, locale)
    read.values = rounded(read.values, 2).cast(MONEY)
    return read


def rounded(values: pa.Array, places: int) -> pa.Array:
    """Halves away from zero, as money is rounded everywhere else."""
    return pc.round(values, ndigits=places, round_mode="half_towards_infinity")


def counts(column: pa.ChunkedArray | pa.Array, locale: Locale, most: int = 10**15) -> Cells:
    """Whole numbers up to `most`."""
    read = numbers(column, locale)
    small = pc.less_equal(pc.abs(read.values), pa.scalar(Decimal(most), _WIDE))
    whole = pc.and_(pc.equal(rounded(read.values, 0), read.values), small)
    values = pc.if_else(whole, read.values, None)
    broken = read.broken | _broken(read.values, values)
    return Cells(
        rounded(values, 0).cast(pa.decimal128(38, 0), safe=False).cast(pa.int64(), safe=False), broken,
        f"is no whole number up to {most:,}" if most < 10**15 else "is no whole number", read.told,
    )  # fmt: skip


def shares(column: pa.ChunkedArray | pa.Array, locale: Locale, *, per_cent: bool, most: float | None = None) -> Cells:
    """Percentages (per_cent) or fractions, written as 20, 20 % or 0.2: decided once for the whole column, and told.

    Numbers are taken for fractions where none is above 1. `most`: the largest that there can be, in per cent.
    """
    column = _whole(column)
    read = numbers(column, locale)
    signed = np.zeros(len(column), bool)
    if pa.types.is_string(column.type):
        signed = _flags(pc.match_substring(column, "%"))
    values = np.asarray(pc.cast(read.values, pa.float64()).to_numpy(zero_copy_only=False), float)
    bare = np.abs(values[~signed & ~np.isnan(values)])
    as_fractions = bool(bare.size and bare.max() <= 1 and bare.max() > 0)
    if bare.size and bare.max() > 0:
        read.told.append("0.2 is 20 %: no number is above 1" if as_fractions else "20 is 20 %: numbers are above 1")
    in_per_cent = np.where(signed | (not as_fractions), values, values * 100)
    outside = np.zeros(len(column), bool)
    if most is not None:
        with np.errstate(invalid="ignore"):
            outside = ~np.isnan(in_per_cent) & ((in_per_cent < 0) | (in_per_cent > most))
    kept = in_per_cent if per_cent else in_per_cent / 100
    kept = np.where(outside, np.nan, kept)
    wide = pa.array(kept, mask=np.isnan(kept)).cast(_WIDE, safe=False)
    told = rounded(wide, 2 if per_cent else 4)
    kind = pa.decimal128(18, 2) if per_cent else pa.decimal128(18, 4)
    why = read.why or "is no percentage"
    if outside.any():
        why = f"is no percentage from 0 to {most:g}"
    return Cells(told.cast(kind), read.broken | outside, why, read.told)


def words(column: pa.ChunkedArray | pa.Array, known: Mapping[str, str], why: str) -> Cells:
    """Words by what they stand for; capital letters, spaces and hyphens make no difference."""
    text = text_of(column)
    plain = pc.replace_substring_regex(pc.utf8_lower(text), r"[\s_\-]+", "")
    keys = pa.array([key.replace(" ", "").replace("-", "").replace("_", "") for key in known])
    at = pc.index_in(plain, keys)
    values = pc.take(pa.array(list(known.values())), at)
    return Cells(values, _broken(text, values), why)


def flags(column: pa.ChunkedArray | pa.Array, known: Mapping[str, str]) -> Cells:
    column = _whole(column)
    if pa.types.is_boolean(column.type):
        return Cells(column, np.zeros(len(column), bool))
    read = words(column, known, "is neither yes nor no")
    read.values = pc.equal(read.values, "yes")
    return read


def lists(column: pa.ChunkedArray | pa.Array) -> Cells:
    """Words parted by commas, semicolons or bars."""
    text = text_of(column)
    items = pc.split_pattern_regex(pc.fill_null(text, ""), r"\s*[,;|]\s*")
    return Cells(pc.if_else(pc.is_null(text), None, items), np.zeros(len(text), bool))
