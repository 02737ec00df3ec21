"""What of planted texts a page hands to the browser as markup: nothing may be.

A planted text ends with a number of its own, so that it is found again wherever it is drawn.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Node

from components.plain import charted, in_line, plain

SIGN: Final = "\N{CURRENCY SIGN}"
# Kinds of a message's fields.
_STRING, _MESSAGE = 9, 11
_FOUND: Final = re.compile(rf"{SIGN}(\d+){SIGN}")
# What the browser takes as text and nothing else, by its place in the message: ids, choices of lists, values of fields,
# what a chart says to those who do not see it, names of files.
_TEXT: Final = re.compile(
    r"(^|\.)(id|form_id|element_id|alt|key|user_key|page_script_hash|url_path|file_name|url)$"
    r"|^(selectbox|multiselect)\.(options|raw_value|raw_values|default|placeholder)"
    r"|^(text_input|text_area|date_input|number_input)\.(value|default|placeholder|raw_value)$"
    r"|^code\.code_text$|^arrow_data_frame\.editing"
)


def planted(texts: Sequence[str], first: int = 0) -> list[str]:
    """The texts with numbers of their own, and with what would mean something in sentences and on charts alike."""
    return [f"{text}<i>[*]{SIGN}{number}{SIGN}" for number, text in enumerate(texts, first)]


def markup(app: AppTest, texts: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Where a planted text stands so that the browser would take it for markup, and what stands there."""
    for place, said in _strings(app):
        if place.startswith("plotly_chart") and place.endswith("spec"):
            yield from _of_chart(place, said, texts)
        elif place.endswith(".columns"):
            helps = [
                str(one.get("help") or "") for one in json.loads(said or "{}").values() if isinstance(one, Mapping)
            ]
            yield from _wrong(place, " ".join(helps), texts, plain)
        elif not _TEXT.search(place):
            yield from _wrong(place, said, texts, plain)


def told_by(app: AppTest) -> int:
    """How many planted texts stand on a page."""
    return sum(len(_FOUND.findall(said)) for _, said in _strings(app))


def _of_chart(place: str, spec: str, texts: Sequence[str]) -> Iterator[tuple[str, str]]:
    for said in _within(json.loads(spec)):
        yield from _wrong(place, said, texts, charted)


def _wrong(place: str, said: str, texts: Sequence[str], shown: Any) -> Iterator[tuple[str, str]]:
    by_number = {_FOUND.findall(text)[-1]: text for text in texts} if SIGN in said else {}
    for found in _FOUND.finditer(said):
        text = by_number.get(found.group(1))
        if text is None:
            continue
        before = said[: found.end()]
        # A chart breaks long names and cuts them: what is left of one must be text all the same.
        # At its beginning a line of digits or dashes would be a list; within a sentence it is none.
        if not any(_same(before, one) for one in (shown(text), shown(f"x{text}")[1:])):
            yield place, before[-len(in_line(text)) * 2 - 40 :]


def _same(before: str, shown: str) -> bool:
    """Whether a text was broken into lines."""
    bare = re.sub(r"\s|<br>|<b>|<i>", "", before)
    return bare.endswith(re.sub(r"\s", "", shown))


def _within(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, one in value.items():
            if name not in {"template", "bdata"}:
                yield from _within(one)
    elif isinstance(value, list):
        for one in value:
            yield from _within(one)


def _strings(app: AppTest) -> Iterator[tuple[str, str]]:
    for node in _nodes(app._tree):
        proto = getattr(node, "proto", None)
        if hasattr(proto, "ListFields"):
            kind = getattr(node, "type", "") or type(proto).__name__
            yield from _fields(proto, kind)


def _nodes(node: Any) -> Iterator[Node]:
    yield node
    for child in getattr(node, "children", {}).values():
        yield from _nodes(child)


def _fields(message: Any, place: str) -> Iterator[tuple[str, str]]:
    for field, value in message.ListFields():
        inside = f"{place}.{field.name}"
        many = value if field.is_repeated else [value]
        if field.type == _STRING:
            yield from ((inside, str(one)) for one in many)
        elif field.type == _MESSAGE and not (
            field.message_type.has_options and field.message_type.GetOptions().map_entry
        ):
            for one in many:
                yield from _fields(one, inside)
