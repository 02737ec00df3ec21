"""Who may import whom, and what importing loads."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from settings import PROJECT_ROOT
from tests.architecture.source_files import calls, imports, python_files

OURS = {
    "app", "cli", "commands", "logs", "processes", "settings", "sign_in", "pages", "components", "analytics",
    "data_access", "ingest", "reports", "demo", "migrations",
}  # fmt: skip


def top_levels(path: Path) -> set[str]:
    return {name.partition(".")[0] for name in imports(path)}


def test_the_contracts_hold() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=PROJECT_ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_single_files_import_only_what_they_may() -> None:
    """import-linter takes packages only."""
    assert top_levels(Path("settings.py")) & OURS == set()
    assert top_levels(Path("logs.py")) & OURS == set()
    assert top_levels(Path("app.py")) & OURS <= {"logs", "settings", "pages", "components", "data_access"}
    assert top_levels(Path("processes.py")) & OURS == {"settings"}
    assert top_levels(Path("sign_in.py")) & OURS == {"settings"}
    assert top_levels(Path("cli.py")) & OURS <= {
        "commands",
        "logs",
        "processes",
        "settings",
        "sign_in",
        "data_access",
        "ingest",
        "demo",
        "migrations",
    }
    assert not {"streamlit", "duckdb", "httpx"} & top_levels(Path("cli.py"))
    assert not {"duckdb", "httpx", "sqlalchemy"} & top_levels(Path("app.py"))


def test_streamlit_is_imported_where_things_are_shown() -> None:
    found = {path for path in python_files() if "streamlit" in top_levels(path)}
    elsewhere = {
        str(path)
        for path in found
        if path.parts[0] not in {"app.py", "pages", "components", "benchmarks"} and path != Path("data_access/cache.py")
    }
    assert elsewhere == set()
    assert Path("app.py") in found


def test_the_log_is_set_up_in_one_place_by_those_who_start_a_process() -> None:
    """structlog's own defaults print the values of local variables with an exception."""
    texts = {str(path): (PROJECT_ROOT / path).read_text(encoding="utf-8") for path in python_files()}
    assert {path for path, text in texts.items() if "structlog.configure" in text} == {"logs.py"}
    users = {path.parts[0] for path in python_files() if "logs" in top_levels(path)}
    assert users <= {"app.py", "commands", "pages", "ingest", "benchmarks"}


def test_an_engine_is_known_to_its_adapter_alone() -> None:
    drivers = {"duckdb", "psycopg", "clickhouse_connect", "chdb", "sqlalchemy"}
    found = {str(path) for path in python_files() if drivers & top_levels(path)}
    outside = {name for name in found if not name.startswith(("data_access/engines/", "demo/", "benchmarks/"))}
    assert outside == set()


def test_of_ingest_a_page_sees_the_runner_only() -> None:
    seen = {
        name
        for path in python_files()
        if path.parts[0] in {"app.py", "pages"}
        for name in imports(path)
        if name.startswith("ingest.") and not name.startswith("ingest.runner")
    }
    assert seen == set()


def test_pages_read_through_queries_and_change_through_writes() -> None:
    """No page and no component runs a statement itself."""
    allowed = (
        "data_access.cache", "data_access.queries", "data_access.writes", "data_access.scope", "data_access.stores",
        "data_access.beside", "data_access.errors", "data_access.jobs", "data_access.migrate", "data_access.aggregates",
        "data_access.grants",
    )  # fmt: skip
    for path in python_files():
        if path.parts[0] in {"app.py", "pages", "components"}:
            reached = {name for name in imports(path) if name.startswith("data_access.")}
            assert {name for name in reached if not name.startswith(allowed)} == set(), path
            assert not {"scoped_read", "query_text", "execute_text", "execute", "stage"} & set(calls(path)), path


def test_only_the_guard_and_the_command_line_make_a_scope() -> None:
    makers = {str(path) for path in python_files() if {"local_admin", "granted"} & set(calls(path))}
    assert {name for name in makers if not name.startswith("benchmarks/")} <= {
        "app.py",
        "pages/frame/guard.py",
        "commands/frame.py",
    }
    constructed = {str(path) for path in python_files() if "Scope" in set(calls(path))}
    assert constructed == {"data_access/scope.py", "data_access/grants.py"}
    # Grants become a scope in one place, for the guard.
    assert {str(path) for path in python_files() if "scope_of" in set(calls(path))} == {"data_access/queries/grants.py"}
    assert {str(path) for path in python_files() if "scope_for" in set(calls(path))} <= {"pages/frame/guard.py"}
    for path in python_files():
        if path.parts[0] != "benchmarks":
            assert "replace" not in {name.removeprefix("dataclasses.") for name in imports(path)} or "Scope" not in {
                name.rpartition(".")[2] for name in imports(path)
            }, f"{path} could widen a scope"


def test_settings_is_the_only_reader_of_the_environment() -> None:
    for path in python_files():
        text = (PROJECT_ROOT / path).read_text(encoding="utf-8")
        assert "getenv" not in text, path
        if "os.environ" in text and path.parts[0] != "benchmarks":
            # These hand the environment on to the processes that they start; the command line also asks for a desktop.
            assert str(path) in {"cli.py", "processes.py", "ingest/child.py", "ingest/forecasting/pool.py"}, path
            assert text.count("os.environ.get(") == text.count('os.environ.get("DISPLAY")')


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        ("cli", {"streamlit", "plotly", "prophet", "statsmodels"}),
        ("settings", {"duckdb", "pyarrow", "streamlit"}),
        ("logs", {"duckdb", "pyarrow", "streamlit"}),
        ("data_access.scoped", {"streamlit", "plotly", "prophet"}),
        ("analytics.revenue", {"streamlit", "duckdb", "sqlalchemy", "httpx"}),
        ("ingest.fetch", {"streamlit", "plotly", "prophet"}),
    ],
)
def test_importing_loads_nothing_heavy_that_is_not_needed(module: str, unwanted: set[str]) -> None:
    script = f"import sys, {module}; print(*sorted({unwanted!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], cwd=PROJECT_ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
