"""What is imported is declared: a package that only another one brings along can go missing without a word."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RUNTIME = (
    "app.py",
    "cli.py",
    "settings.py",
    "logs.py",
    "processes.py",
    "sign_in.py",
    "commands",
    "pages",
    "components",
    "analytics",
    "data_access",
    "ingest",
    "reports",
    "demo",
    "migrations",
)
DEVELOPMENT = ("tests", "benchmarks")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def names(requirements):
    return {re.split(r"[^A-Za-z0-9_.-]", line)[0].lower().replace("_", "-") for line in requirements}


def files(places):
    for place in places:
        path = ROOT / place
        yield from [path] if path.is_file() else sorted(path.rglob("*.py"))


def imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def undeclared(places, declared):
    ours = {Path(place).stem for place in (*RUNTIME, *DEVELOPMENT)}
    owners = packages_distributions()
    found = set()
    for path in files(places):
        for module in set(imported(path)) - ours - sys.stdlib_module_names:
            packages = {name.lower().replace("_", "-") for name in owners.get(module, [module])}
            if not packages & declared:
                found.add(f"{path.relative_to(ROOT)}: {module}")
    return sorted(found)


def test_what_the_program_imports_is_a_declared_dependency():
    assert undeclared(RUNTIME, names(PROJECT["project"]["dependencies"])) == []


def test_what_tests_and_benchmarks_import_is_declared_too():
    declared = names(PROJECT["project"]["dependencies"]) | names(PROJECT["dependency-groups"]["dev"])
    assert undeclared(DEVELOPMENT, declared) == []


def test_every_declared_dependency_is_pinned_with_its_hash():
    lock = (ROOT / "requirements" / "run.txt").read_text(encoding="utf-8")
    pinned = {line.split("==")[0].lower().replace("_", "-") for line in lock.splitlines() if "==" in line}
    assert names(PROJECT["project"]["dependencies"]) <= {re.sub(r"\[.*\]", "", name) for name in pinned}
