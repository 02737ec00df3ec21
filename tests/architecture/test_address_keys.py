"""A choice of one page never stands in another page's address: each key of the address belongs to one script."""

from __future__ import annotations

import ast
from collections import defaultdict

from pages.frame.scenario_ways import Way
from settings import PROJECT_ROOT

CHOICES = {"one", "beside", "several"}
# What the sidebar keeps in the address of every page.
SIDEBAR = {"store", "period", "from", "to", "compare", "align"}


def test_no_two_pages_keep_different_choices_under_one_key() -> None:
    scripts: dict[str, set[str]] = defaultdict(set)
    for file in sorted((PROJECT_ROOT / "pages").rglob("*.py")):
        for call in ast.walk(ast.parse(file.read_text())):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in CHOICES:
                for said in call.keywords:
                    if said.arg == "key" and isinstance(said.value, ast.Constant):
                        scripts[str(said.value.value)].add(file.name)
    assert len(scripts) > 20
    assert SIDEBAR.isdisjoint(scripts)
    assert SIDEBAR.isdisjoint(way.value for way in Way)
    assert {key: files for key, files in scripts.items() if len(files) > 1} == {}
