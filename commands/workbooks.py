"""`promolens ingest`: the company's sales, promotions, targets and segments from workbooks; `demo-workbooks` writes
samples of them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from commands.frame import AsJson, migrated, progress, say, scope, told

if TYPE_CHECKING:
    from ingest.workbooks.results import FileDone, Ingested

SHOWN_REJECTS = 10
KINDS = ("sales", "promo", "targets", "segments")


def add_to(app: typer.Typer) -> None:
    """Registers the commands."""
    app.command("ingest")(ingest)
    app.command("demo-workbooks")(demo_workbooks)


@told
def ingest(
    files: Annotated[list[Path], typer.Argument(help="XLSB, XLSX, CSV (also .gz) or Parquet.", show_default=False)],
    kind: Annotated[
        str, typer.Option("--kind", help="sales, promo, targets or segments; default: by each sheet's columns.")
    ] = "",
    mapping: Annotated[
        list[str] | None,
        typer.Option("--map", help="target=source: a column of the table, and the sheet's; more than once. Columns of"
                     " the same name, or with a usual one, need none."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and judge, and load nothing.")] = False,
    country: Annotated[
        str, typer.Option("--country", help="Whose way of writing numbers and days text has, like DE; default: the"
                          " first store's.")
    ] = "",
    decimal: Annotated[str, typer.Option("--decimal", help="Decimal sign of text: . or ,; default: as it shows.")] = "",
    separator: Annotated[str, typer.Option("--separator", help="Between CSV values; default: as in the header.")] = "",
    encoding: Annotated[str, typer.Option("--encoding", help="Encoding of a CSV file, like cp1252.")] = "utf-8",
    rejects: Annotated[
        Path | None, typer.Option("--rejects", help="Where rejected rows are told; default: in DATA_DIR/rejects.")
    ] = None,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Load sales, promotions, targets and segments of the company. Example: promolens ingest sales.xlsb"""
    from ingest.workbooks.columns import Kind
    from ingest.workbooks.loading import ingest_files
    from ingest.workbooks.results import Asked

    if kind and kind not in KINDS:
        raise typer.BadParameter(f"it is one of {', '.join(KINDS)}", param_hint="--kind")
    if decimal not in ("", ".", ","):
        raise typer.BadParameter("it is . or ,", param_hint="--decimal")
    asked = Asked(
        kind=Kind(kind) if kind else None, mapping=mapping or (), country=country, decimal=decimal,
        separator=separator, encoding=encoding, rejects=rejects, dry_run=dry_run,
    )  # fmt: skip
    settings, stores = migrated()
    with progress(as_json) as report:
        done = ingest_files(stores, settings, scope(), files, asked, report)
    say(done.as_dict(), "\n".join(_lines(done)), as_json)
    if not done.is_whole:
        raise typer.Exit(1)


@told
def demo_workbooks(
    folder: Annotated[Path, typer.Argument(help="Where they are written.", show_default=False)],
    until: Annotated[str | None, typer.Option(help="The last day of sales; default: as in demo/workbooks.")] = None,
    seed: Annotated[int, typer.Option(help="Same seed and last day, same files.")] = 4,
    as_json: AsJson = False,
) -> None:
    """Write sample workbooks of a synthetic company. Example: promolens demo-workbooks samples --until 2026-11-21"""
    from demo.company.workbooks import UNTIL, write_workbooks

    try:
        last = UNTIL if until is None else date.fromisoformat(until)
    except ValueError as error:
        raise typer.BadParameter(f"'{until}' is not a day like 2026-11-21", param_hint="--until") from error
    files = write_workbooks(folder, last, seed)
    say({"files": [str(file) for file in files]}, "\n".join(str(file) for file in files), as_json)


def _lines(done: Ingested) -> list[str]:
    lines = [line for file in done.files for line in _file(file, done.dry_run)]
    if done.reject_file:
        lines.append(f"What is left out, with sheet, row, column and reason: {done.reject_file}")
    if done.dry_run:
        lines.append("A dry run: nothing was loaded.")
    return lines


def _file(file: FileDone, dry_run: bool) -> list[str]:
    if file.refused:
        return [f"{file.name} is refused: {file.refused}"]
    lines = []
    for part in file.parts:
        shown = {name: f"{value:.1%}" for name, value in part.quality.items() if value is not None}
        lines.append(
            f"{file.name}{f' ({part.sheet})' if part.sheet else ''}: {part.loaded:,} of {part.rows:,} rows"
            f" {'would go' if dry_run else 'are'} in {part.kind}"
            + ("" if dry_run else f", {part.fresh:,} of them new, {part.replaced:,} replaced")
            + "."
        )
        lines.append("  Columns: " + ", ".join(f"{target}={source}" for target, source in part.columns.items()))
        lines.append("  Quality: " + ", ".join(f"{name} {value}" for name, value in shown.items()))
    lines += [f"  {note}" for note in file.notes]
    if file.found:
        lines.append(f"  {file.found:,} promotion(s) without a name were found in the sales.")
    if file.rejects:
        from ingest.workbooks.loading import place_of

        lines.append(f"  {file.rejected:,} row(s) are left out:")
        lines += [f"    {place_of(one)}: {one.reason}" for one in file.rejects[:SHOWN_REJECTS]]
        if len(file.rejects) > SHOWN_REJECTS:
            lines.append("    …")
    return lines
