"""docs/security.md: each promise names the tests that fail where it is broken, and they exist."""

from __future__ import annotations

import ast
import re
from functools import lru_cache

from settings import PROJECT_ROOT

PAGE = PROJECT_ROOT / "docs" / "security.md"
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


@lru_cache
def held_by(file: str) -> set[str]:
    """Names of a file's tests."""
    tree = ast.parse((PROJECT_ROOT / file).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def promises() -> dict[str, str]:
    """Promise → what it is tested by."""
    found: dict[str, str] = {}
    inside = False
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        inside = cells == ["promise", "tested by"] or (inside and line.startswith("|"))
        if inside and len(cells) == 2 and cells[0] not in ("promise", "---"):
            found[cells[0]] = cells[1]
    return found


def test_each_promise_names_its_tests() -> None:
    told = promises()
    assert len(told) > 10
    assert [promise for promise, tests in told.items() if not NAMED.search(tests)] == []


def test_the_tests_that_are_named_exist() -> None:
    named = [pair for tests in promises().values() for pair in NAMED.findall(tests)]
    missing = [f"{file}::{name}" for file, name in named if not (PROJECT_ROOT / file).is_file()]
    missing += [
        f"{file}::{name}" for file, name in named if (PROJECT_ROOT / file).is_file() and name not in held_by(file)
    ]
    assert missing == []
