"""`promolens forget` and `export-person`: what a person may ask for that is held of them."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from commands.frame import AsJson, migrated, progress, say, scope, told
from data_access.scope import Right
from processes import CommandFailed

Asked = Annotated[
    str, typer.Argument(help="Profile id, e-mail address, telephone number or the shop's own id; - reads it.")
]
Of = Annotated[str | None, typer.Option("--account", help="Account id; every account where left out.")]
BEYOND = (
    "Not reached: Klaviyo itself (delete the profile there, too), the shop, files that people exported, reports that"
    " were mailed, and what a server keeps of its own (write-ahead log, replicas, query log, backups)."
)


def add_to(app: typer.Typer) -> None:
    """Registers the commands."""
    app.command()(forget)
    app.command("export-person")(export_person)


@told
def forget(
    person: Asked,
    account: Of = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask first.")] = False,
    as_json: AsJson = False,
) -> None:
    """Erase a person everywhere, keep them away, and prove it. Example: promolens forget ann@example.com"""
    from data_access.personal.forgetting import forget as erase
    from data_access.personal.forgetting import people

    settings, stores = migrated()
    found = people(stores, settings, scope(), _asked(person), account)
    for one in found:
        typer.echo(f"{one.account}: {_count(len(one.pseudonyms), 'profile')} of one person.", err=True)
    if not yes and not typer.confirm("Erase them? Nobody can take it back.", err=True):
        raise typer.Abort
    with progress(as_json) as report:
        done = erase(stores, settings, scope(), found, told=lambda text: report(text, None))
    lines = [line for erased in done for line in _lines(erased)]
    say({"erased": [erased.as_dict() for erased in done], "not_reached": BEYOND}, "\n".join([*lines, BEYOND]), as_json)
    if any(erased.left for erased in done):
        raise CommandFailed("Something of the person is still there: see above. Nothing of what was erased comes back.")


def _lines(erased: Any) -> list[str]:
    lines = [f"{erased.account}: erased; {erased.pseudonym} stands for them. Orders and sums stay."]
    lines += [f"  {hit.store:<12} {hit.table + '.' + hit.column:<48} {hit.rows:>9,} row(s)" for hit in erased.removed]
    lines += [f"  removed      {path}" for path in erased.files]
    lines += [f"  STILL THERE  {place}" for place in erased.left]
    if not erased.left:
        lines.append("  Looked through every text of both stores and every file beside them: nothing is left.")
    lines += [
        f"  The same name stands in {hit.table}.{hit.column}, {hit.rows:,} row(s): another person's, or a text."
        for hit in erased.alike
    ]
    lines += [f"  {note}" for note in erased.notes]
    if erased.unreached:
        lines.append("  Older copies that may still hold them (a restore of one erases them again):")
        lines += [f"    {path}" for path in erased.unreached]
    return lines


@told
def export_person(
    person: Asked,
    account: Of = None,
    output: Annotated[Path | None, typer.Option("--output", help="File to write; default: standard output.")] = None,
    as_json: AsJson = False,
) -> None:
    """Tell all that is held of a person. Example: promolens export-person ann@example.com --output ann.json"""
    from data_access.personal.forgetting import people
    from data_access.personal.telling import held

    if output is not None and output.exists():
        raise CommandFailed(f"{output} is there already. Name another file.")
    settings, stores = migrated()
    found = held(stores, scope(), people(stores, settings, scope(), _asked(person), account, right=Right.EXPORT))
    text = json.dumps(found, ensure_ascii=False, indent=1)
    if output is None:
        typer.echo(text)
        return
    _written(output, text)
    rows = sum(
        len(table_rows)
        for one in found["accounts"].values()
        for table in one["rows"].values()
        for table_rows in table.values()
    )
    say({"file": str(output), "rows": rows}, f"{_count(rows, 'row')} written to {output}, for your eyes only.", as_json)


def _written(path: Path, text: str) -> None:
    """A new file that nobody else may read. Raises CommandFailed where there is one already."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise CommandFailed(f"{path} is there already. Name another file.") from error
    except OSError as error:
        raise CommandFailed(f"{path} cannot be written: {error.strerror or error}.") from error
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.write(text)


def _asked(person: str) -> str:
    """Who is meant: of what is typed behind a command the shell keeps a history, and a process list shows it."""
    found = sys.stdin.readline().strip() if person == "-" else person.strip()
    if not found:
        raise CommandFailed("Nobody was named. Example: promolens export-person ann@example.com")
    return found


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
