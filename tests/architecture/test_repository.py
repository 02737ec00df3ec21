"""The house rules that a reader of the repository relies on."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
import typer

import cli
from settings import PROJECT_ROOT
from tests.architecture.source_files import parsed, python_files, tracked

MOST_LINES = 450
DOCUMENTS = [path for path in tracked() if path.suffix == ".md"]


def text(path: Path | str) -> str:
    return (PROJECT_ROOT / path).read_text(encoding="utf-8")


def commands() -> dict[str, object]:
    """Every command as it is typed, without `promolens`."""
    group = typer.main.get_command(cli.app)
    found: dict[str, object] = {}
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        found[name] = command
        for own, inner in getattr(command, "commands", {}).items():
            found[f"{name} {own}"] = inner
    return found


def test_a_file_has_one_subject() -> None:
    long = {
        str(path): lines
        for path in tracked()
        if path.suffix in {".py", ".sql", ".sh"}
        and path.parts[0] not in {"migrations"}
        and (lines := len(text(path).splitlines())) > MOST_LINES
    }
    assert long == {}


def test_the_router_is_short() -> None:
    assert len(text("app.py").splitlines()) <= 80


def test_names_say_what_a_file_is_about() -> None:
    vague = {"utils", "util", "helpers", "helper", "manager", "managers", "common", "misc", "data2"}
    assert [str(path) for path in tracked() if vague & {path.stem, *path.parts[:-1]}] == []


def test_nothing_is_left_to_do_in_the_code() -> None:
    marks = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|NotImplementedError")
    own = Path("tests/architecture/test_repository.py")
    found = [
        f"{path}:{number}"
        for path in tracked()
        if path.suffix in {".py", ".sql", ".md", ".toml", ".yaml", ".sh"} and path != own
        for number, line in enumerate(text(path).splitlines(), 1)
        if marks.search(line)
    ]
    assert found == []


def test_no_exception_is_caught_broadly() -> None:
    # Nobody sees a traceback, and no job stays open: what is unforeseen becomes a sentence and a log there.
    outermost = {Path("pages/frame/guard.py"), Path("ingest/run.py"), Path("ingest/schedule/scheduler.py")}
    found = []
    for path in set(python_files()) - outermost:
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.ExceptHandler):
                caught = (
                    {name.id for name in ast.walk(node.type) if isinstance(name, ast.Name)} if node.type else {"all"}
                )
                again = any(isinstance(inner, ast.Raise) for inner in ast.walk(node))
                if caught & {"Exception", "BaseException", "all"} and not again:
                    found.append(f"{path}:{node.lineno}")
    assert found == []


def test_public_functions_say_what_they_do() -> None:
    bare = []
    for path in python_files():
        if path.parts[0] not in {"data_access", "analytics", "reports", "components", "logs.py", "settings.py"}:
            continue
        for node in parsed(path).body:
            named = isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
            if named and not ast.get_docstring(node):
                bare.append(f"{path}:{node.lineno} {node.name}")
    assert bare == []


def test_pages_are_plain_scripts_one_folder_down() -> None:
    for path in tracked():
        if path.parts[0] == "pages" and path.suffix == ".py":
            assert len(path.parts) == 3 or path.name == "__init__.py", path
            assert "__main__" not in text(path), path


def test_the_changelog_has_something_to_say() -> None:
    assert re.search(r"^## ", text("CHANGELOG.md"), re.M)
    assert re.search(r"^- ", text("CHANGELOG.md"), re.M)


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_links_lead_somewhere(document: Path) -> None:
    folder = (PROJECT_ROOT / document).parent
    broken = [
        target
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text(document))
        if "://" not in target and not (folder / target).exists()
    ]
    assert broken == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_commands_that_a_document_names_exist(document: Path) -> None:
    known = commands()
    for typed in re.findall(r"(?:bin/|`|^)promolens ((?:[a-z][a-z-]* ?)+)", text(document), re.M):
        words = typed.split()
        assert words[0] in known, f"promolens {typed}"
        if words[0] == "account" and len(words) > 1:
            assert " ".join(words[:2]) in known, f"promolens {typed}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_make_targets_that_a_document_names_exist(document: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", text("Makefile"), re.M))
    named = set(re.findall(r"(?:^|`|… |  )make ([a-z-]+)\b", text(document), re.M))
    assert named <= targets


def test_the_ordered_commands_are_there() -> None:
    assert {
        "migrate", "emulator", "account add", "account list", "account remove", "sync", "aggregate", "demo", "run",
        "doctor", "rates", "import-mongo",
    } <= set(commands())  # fmt: skip
    targets = set(re.findall(r"^([a-z-]+):", text("Makefile"), re.M))
    assert {"run", "test", "setup", "check", "bench"} <= targets
