"""What every command shares: how it is told, how it fails, and the stores that it works on."""

from __future__ import annotations

import functools
import json
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any, ParamSpec, TypeVar

import typer
from pydantic import ValidationError

from data_access.scope import COMMAND_LINE, Scope, local_admin
from data_access.stores import Stores, open_stores
from logs import conceal, configure, redacted
from settings import Settings, get_settings

P = ParamSpec("P")
R = TypeVar("R")
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
AccountOption = Annotated[str | None, typer.Option("--account", help="Account id; all accounts where left out.")]


def told(function: Callable[P, R]) -> Callable[P, R]:
    """One line for the person instead of a traceback; exit code 1. LOG_LEVEL=DEBUG shows the traceback as well."""

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            # Asked to end is ended in order: what we started ends with us.
            signal.signal(signal.SIGTERM, signal.default_int_handler)
            configure(get_settings().log_level, "stderr")
            conceal(get_settings().secrets())
            return function(*args, **kwargs)
        except (typer.Exit, typer.Abort, typer.BadParameter):
            raise
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(piece) for piece in first["loc"]).upper()
            said = first["msg"].removeprefix("Value error, ")
            typer.echo(f"Error: {f'{where}: {said}' if where else said}. See docs/settings.md.", err=True)
            raise typer.Exit(1) from error
        except KeyboardInterrupt as error:
            typer.echo("Stopped. What was loaded so far is kept; the next run goes on from there.", err=True)
            raise typer.Exit(1) from error
        except Exception as error:
            typer.echo(f"Error: {redacted(_sentence(error))}", err=True)
            if get_settings().log_level == "DEBUG":
                sys.stderr.write(redacted("".join(traceback.format_exception(error))))
            raise typer.Exit(1) from error

    return run


def _sentence(error: Exception) -> str:
    """Errors of the program's own say what to do; any other one is named with its kind."""
    said = " ".join(str(error).split())
    if type(error).__module__.partition(".")[0] in {
        "cli",
        "__main__",
        "commands",
        "processes",
        "data_access",
        "ingest",
        "demo",
        "sign_in",
    }:
        return said
    return f"{type(error).__name__}: {said}. LOG_LEVEL=DEBUG shows where." if said else type(error).__name__


def say(result: dict[str, Any], text: str, as_json: bool) -> None:
    typer.echo(json.dumps(result, default=str) if as_json else text)


def scope() -> Scope:
    return local_admin(COMMAND_LINE)


def migrated() -> tuple[Settings, Stores]:
    """Settings and stores at this program's schema. Raises StoreError."""
    from data_access.migrate import migrate as bring_up
    from data_access.migrate import require_current, untouched

    settings = get_settings()
    stores = open_stores(settings)
    if untouched(stores):
        bring_up(stores)  # a database that this very command has made
    require_current(stores)
    return settings, stores


@contextmanager
def progress(quiet: bool) -> Iterator[Callable[[str, float | None], None]]:
    """A progress bar on a terminal; nothing elsewhere. The callback takes a sentence and a share 0–1 or None."""
    if quiet or not sys.stderr.isatty():
        yield lambda _text, _share: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, transient=True, console=Console(stderr=True)) as bar:
        task = bar.add_task("starting", total=None)

        def report(text: str, share: float | None) -> None:
            bar.update(task, description=text, total=1.0 if share is not None else None, completed=share or 0.0)

        yield report
