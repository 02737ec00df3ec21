"""Which relations a SQL text reads: what stands behind FROM and JOIN, less the text's own common table expressions."""

from __future__ import annotations

import re
from dataclasses import dataclass

_TOKEN = re.compile(
    r"(?P<skip>'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/|\s+)|(?P<word>[A-Za-z_][\w.]*|\"(?:[^\"]|\"\")*\"(?:\.\"?\w+\"?)*)|(?P<mark>.)",
    re.DOTALL,
)
_CTE = re.compile(
    r"(?:\bwith(?:\s+recursive)?\b|,)\s*([A-Za-z_]\w*)(?:\s*\([^()]*\))?"
    r"\s+as\s+(?:not\s+materialized\s+|materialized\s+)?\(",
    re.IGNORECASE,
)
# What may stand behind a list of relations; a comma after it parts no relations.
_ENDS = frozenset(
    {
        "select", "where", "group", "order", "having", "qualify", "window", "limit", "offset", "union", "except",
        "intersect", "returning", "set", "values", "with",
    }
)  # fmt: skip
# Functions in whose arguments FROM is a word of their own: extract(year FROM t).
_OWN_FROM = frozenset({"extract", "trim", "substring", "overlay"})
# Table functions that make rows of their arguments and read nothing.
_ROW_MAKERS = frozenset({"unnest", "range", "generate_series", "json_each", "numbers", "arrayjoin"})


@dataclass(slots=True)
class _Level:
    """What is known within one pair of parentheses."""

    relations: bool = False  # within a list of relations
    expected: bool = False  # the next word is a relation
    own_from: bool = False


def sources(sql: str) -> frozenset[str]:
    """The names as written, quotes and schema included. A function that reads something else counts as a source."""
    plain = re.sub(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'", " ", sql, flags=re.DOTALL)
    ctes = {match.group(1).lower() for match in _CTE.finditer(plain)}
    tokens = [match for match in _TOKEN.finditer(sql) if match.lastgroup != "skip"]
    found: set[str] = set()
    levels = [_Level()]
    for index, token in enumerate(tokens):
        text, level = token.group(), levels[-1]
        before = tokens[index - 1].group().lower() if index else ""
        follows = tokens[index + 1].group() if index + 1 < len(tokens) else ""
        if text == "(":
            inner = _Level(own_from=before in _OWN_FROM)
            if level.expected:
                level.expected = False
                inner.relations = inner.expected = True
            levels.append(inner)
        elif text == ")":
            if len(levels) > 1:
                levels.pop()
        elif text == ",":
            level.expected = level.relations
        elif token.lastgroup == "word":
            word = text.lower()
            if word == "join" or (word == "from" and before != "distinct" and not level.own_from):
                level.relations = level.expected = True
            elif word in _ENDS:
                level.relations = level.expected = False
            elif level.expected and word != "lateral":
                level.expected = False
                if word not in ctes and not (follows == "(" and word in _ROW_MAKERS):
                    found.add(text)
    return frozenset(found)
