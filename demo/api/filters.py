"""The service's filter language: `op(field,value)`, lists, `and(…)` and comma lists, checked field by field."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from demo.api.contract import FieldRule
from demo.api.errors import ApiError

Value = str | float | bool | None


@dataclass(frozen=True)
class Condition:
    """One comparison; `values` has one entry for a scalar operator, several for a list, none for `has`."""

    operator: str
    field: str
    values: tuple[Value, ...]
    listed: bool = False


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def fail(self, why: str) -> ApiError:
        return ApiError(400, f"Filter could not be parsed at character {self.at}: {why}.", parameter="filter")

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def skip(self) -> None:
        while self.peek() == " ":
            self.at += 1

    def expect(self, character: str) -> None:
        self.skip()
        if self.peek() != character:
            raise self.fail(f"expected '{character}'")
        self.at += 1

    def word(self) -> str:
        self.skip()
        start = self.at
        while self.peek() and self.peek() not in "(),[]":
            self.at += 1
        return self.text[start : self.at].strip()

    def value(self) -> tuple[str, bool]:
        """(text, quoted)"""
        self.skip()
        quote = self.peek()
        if quote and quote in "\"'":
            self.at += 1
            out = []
            while self.peek() != quote:
                if not self.peek():
                    raise self.fail("a string does not end")
                if self.peek() == "\\":
                    self.at += 1
                out.append(self.peek())
                self.at += 1
            self.at += 1
            return "".join(out), True
        return self.word(), False

    def conditions(self, closing: str) -> list[tuple[str, str, list[tuple[str, bool]], bool]]:
        found = []
        while True:
            found.extend(self.condition())
            self.skip()
            if self.peek() == ",":
                self.at += 1
                continue
            if self.peek() == closing:
                return found
            raise self.fail("expected ',' or the end")

    def condition(self) -> list[tuple[str, str, list[tuple[str, bool]], bool]]:
        operator = self.word()
        if not operator:
            raise self.fail("an operator is missing")
        self.expect("(")
        if operator == "and":
            found = self.conditions(")")
            self.expect(")")
            return found
        field = self.word()
        self.skip()
        values: list[tuple[str, bool]] = []
        listed = False
        if self.peek() == ",":
            self.at += 1
            self.skip()
            if self.peek() == "[":
                listed = True
                self.at += 1
                self.skip()
                while self.peek() != "]":
                    values.append(self.value())
                    self.skip()
                    if self.peek() == ",":
                        self.at += 1
                    elif self.peek() != "]":
                        raise self.fail("a list does not end")
                self.at += 1
            else:
                values.append(self.value())
        self.expect(")")
        return [(operator, field, values, listed)]


def parse_moment(text: str) -> int:
    """ISO 8601 with offset or Z to UTC seconds, a fraction rounded up; a bare date-time counts as UTC."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return math.ceil(moment.timestamp())


def _typed(field: str, rule: FieldRule, text: str, quoted: bool) -> Value:
    def bad(why: str) -> ApiError:
        return ApiError(400, f"Invalid value for filter field '{field}': {why}.", parameter="filter")

    if rule.type == "date-time":
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise bad(f"'{text}' is not an ISO 8601 date-time") from None
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    if rule.type in ("number", "integer"):
        try:
            return float(text)
        except ValueError:
            raise bad(f"'{text}' is not a number") from None
    if rule.type == "boolean":
        if text not in ("true", "false"):
            raise bad(f"'{text}' is not a boolean")
        return text == "true"
    if not quoted:
        raise bad("a string must be quoted")
    if rule.values and text not in rule.values:
        raise bad(f"'{text}' is not one of {', '.join(rule.values)}")
    return text


def parse_filter(text: str | None, rules: dict[str, FieldRule]) -> list[Condition]:
    """The conditions, all of which must hold.

    Raises ApiError 400 for a field that cannot be filtered, an operator that the field does not have, or a bad value.
    """
    if not text:
        return []
    reader = _Reader(text)
    found = []
    for operator, field, values, listed in reader.conditions(""):
        rule = rules.get(field)
        if rule is None:
            known = ", ".join(sorted(rules)) or "none"
            raise ApiError(400, f"Filter field '{field}' is not supported. Supported: {known}.", parameter="filter")
        allowed = rule.listed if listed else rule.single if values else rule.bare
        if operator not in allowed:
            offered = ", ".join(sorted(rule.single | rule.listed | rule.bare))
            raise ApiError(
                400,
                f"Operator '{operator}' is not supported for field '{field}'. Supported: {offered}.",
                parameter="filter",
            )
        typed = tuple(_typed(field, rule, value, quoted) for value, quoted in values)
        found.append(Condition(operator, field, typed, listed))
    return found


def matches(condition: Condition, actual: Any) -> bool:
    """Whether a value (text, number, bool, or a list of texts) fulfils the condition; contains ignores case."""
    wanted = condition.values[0] if condition.values else None
    operator = condition.operator
    if operator in ("any", "equals"):
        pool = set(condition.values)
        return any(item in pool for item in actual) if isinstance(actual, list) else actual in pool
    if actual is None or wanted is None:
        return False
    return _COMPARISONS[operator](actual, wanted)


_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "greater-than": lambda actual, wanted: actual > wanted,
    "greater-or-equal": lambda actual, wanted: actual >= wanted,
    "less-than": lambda actual, wanted: actual < wanted,
    "less-or-equal": lambda actual, wanted: actual <= wanted,
    "contains": lambda actual, wanted: str(wanted).lower() in str(actual).lower(),
    "starts-with": lambda actual, wanted: str(actual).lower().startswith(str(wanted).lower()),
    "ends-with": lambda actual, wanted: str(actual).lower().endswith(str(wanted).lower()),
}
