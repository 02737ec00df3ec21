"""A request's query string, checked against what the operation allows."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlencode

from demo.api.contract import Operation
from demo.api.errors import ApiError
from demo.api.filters import Condition, parse_filter

CURSOR_SEAL = "emu1:"


@dataclass(frozen=True)
class Query:
    """What was asked for. `cursor` is the decoded place after which the page begins, None on the first page."""

    path: str
    base: str
    pairs: tuple[tuple[str, str], ...]
    filters: list[Condition]
    sort: str | None
    size: int
    cursor: str | None
    include: tuple[str, ...]
    fields: dict[str, tuple[str, ...]]
    additional: dict[str, tuple[str, ...]]

    def url(self, cursor: str | None) -> str:
        """This request's address with another cursor; filter, sort and size stay."""
        pairs = [(name, value) for name, value in self.pairs if name not in ("page[cursor]", "page_cursor")]
        if cursor is not None:
            pairs.append(("page[cursor]", encode_cursor(cursor)))
        text = urlencode(pairs, quote_via=quote, safe="")
        return f"{self.base}{self.path}{'?' + text if text else ''}"

    def own(self) -> str:
        text = urlencode(self.pairs, quote_via=quote, safe="")
        return f"{self.base}{self.path}{'?' + text if text else ''}"


def encode_cursor(place: str) -> str:
    return base64.urlsafe_b64encode((CURSOR_SEAL + place).encode()).decode().rstrip("=")


def decode_cursor(text: str) -> str:
    try:
        text = text.lstrip("=")  # the vendor's SDK cuts cursors out of links with the sign
        plain = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError):
        plain = ""
    if not plain.startswith(CURSOR_SEAL):
        raise ApiError(400, "The cursor is not valid for this request.", parameter="page[cursor]")
    return plain[len(CURSOR_SEAL) :]


def _list(name: str, text: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
    values = tuple(part.strip() for part in text.split(",") if part.strip())
    for value in values:
        if value not in allowed:
            raise ApiError(
                400, f"'{value}' is not allowed for '{name}'. Allowed: {', '.join(allowed)}.", parameter=name
            )
    return values


def parse_query(operation: Operation, base: str, path: str, raw: str) -> Query:
    """Raises ApiError 400 with the parameter's name for anything that the operation does not know."""
    pairs = tuple(parse_qsl(raw, keep_blank_values=True))
    filter_text: str | None = None
    sort: str | None = None
    cursor: str | None = None
    include: tuple[str, ...] = ()
    size = operation.page["default"] if operation.page else 0
    fields: dict[str, tuple[str, ...]] = {}
    additional: dict[str, tuple[str, ...]] = {}
    for name, value in pairs:
        if name == "filter" and operation.filters:
            filter_text = value
        elif name == "include" and operation.include:
            include = _list(name, value, operation.include)
        elif name == "sort" and operation.sort:
            sort = _list(name, value, operation.sort)[0]
        elif name == "page[size]" and operation.page:
            if not value.isdigit() or not operation.page["minimum"] <= int(value) <= operation.page["maximum"]:
                low, high = operation.page["minimum"], operation.page["maximum"]
                raise ApiError(400, f"Page size must be an integer between {low} and {high}.", parameter=name)
            size = int(value)
        elif name in ("page[cursor]", "page_cursor") and operation.cursor:
            cursor = decode_cursor(value)
        elif name.startswith("fields[") and name[7:-1] in operation.fields:
            fields[name[7:-1]] = _list(name, value, operation.fields[name[7:-1]])
        elif name.startswith("additional-fields[") and name[18:-1] in operation.additional:
            additional[name[18:-1]] = _list(name, value, operation.additional[name[18:-1]])
        else:
            raise ApiError(400, f"'{name}' is not a valid query parameter for this endpoint.", parameter=name)
    if operation.filter_required and not filter_text:
        raise ApiError(400, "A filter is required for this endpoint.", parameter="filter")
    filters = parse_filter(filter_text, operation.filters)
    return Query(path, base, pairs, filters, sort, size, cursor, include, fields, additional)
