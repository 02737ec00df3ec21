"""The program's own files, parsed."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from settings import PROJECT_ROOT


@lru_cache(maxsize=1)
def tracked() -> tuple[Path, ...]:
    """Every file of the repository as it stands here, relative to its root, less what git ignores."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=PROJECT_ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    names = listed.stdout.splitlines() if listed.returncode == 0 else _walked()
    return tuple(sorted(path for path in map(Path, names) if (PROJECT_ROOT / path).is_file()))


def _walked() -> list[str]:
    # An unpacked copy without git: everything that is not an environment, a cache or data.
    left_out = {".venv", "data", "build", "dist", "node_modules", "__pycache__"}
    return [
        str(path.relative_to(PROJECT_ROOT))
        for path in PROJECT_ROOT.rglob("*")
        if path.is_file() and not left_out & set(path.parts) and ".egg-info" not in str(path)
    ]


def python_files(*, tests: bool = False) -> list[Path]:
    """Python files of the program; its tests only where asked for."""
    return [path for path in tracked() if path.suffix == ".py" and (tests or path.parts[0] != "tests")]


@lru_cache(maxsize=512)
def parsed(path: Path) -> ast.Module:
    return ast.parse((PROJECT_ROOT / path).read_text(encoding="utf-8"))


def imports(path: Path) -> Iterator[str]:
    """Modules that a file imports, wherever in it."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def calls(path: Path) -> Iterator[str]:
    """Names of the functions that a file calls, without their module."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name):
                yield node.func.id
            elif isinstance(node.func, ast.Attribute):
                yield node.func.attr
