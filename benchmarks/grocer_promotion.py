"""One promotion of a real grocer from workbook to what was learned of it, by the product's own commands.

    make grocer                                          # everything in data/grocer, which must be new or empty
    python -m benchmarks.grocer_promotion FOLDER         # or elsewhere
    python -m benchmarks.grocer_promotion FOLDER MEAT SEAFOOD SEAFOOD-PCKGD GROCERY PRODUCE    # of some departments

    DATA_DIR=data/grocer promolens run                   # the same in the browser

A year of sales by day and department (`benchmarks.grocer_sales` says what is in it and what is stated) is loaded up to
the eve of a promotion of meat and packaged fish; uplift is learned and sales are forecast from that; the promotion is
simulated and approved, so that its forecast is frozen before a day of it is known; the rest of the year is loaded; the
promotion is judged, closed and taught to the model, which is put in force.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Generator, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from benchmarks.grocer_sales import rows, until, write
from settings import PROJECT_ROOT

START: Final = date(2017, 10, 30)
END: Final = date(2017, 11, 5)
PROMOTED: Final = ("MEAT", "SEAFOOD-PCKGD")
# Departments that can take sales from each other.
GROUPS: Final = dict.fromkeys(("MEAT", "MEAT-PCKGD", "SEAFOOD", "SEAFOOD-PCKGD"), "Fresh")
LABEL: Final = "Meat and fish week"
# How the commands name what the next one asks for.
KEPT: Final = r"of scenario (\S+),"
PROPOSED: Final = r"--in-force (\S+)"


def scenario(found: Sequence[tuple[Any, ...]]) -> dict[str, Any]:
    """What `promolens scenario` reads: the discounts that the shops gave in these days, as whole per cent."""
    depths = {row[2]: row[7] for row in found if row[0] == START and row[2] in PROMOTED}
    return {
        "label": LABEL,
        "date_range_start": START.isoformat(),
        "date_range_end": END.isoformat(),
        "mechanics": [
            {"department": name, "channel": "offline", "discount_pct": round(depths[name]), "segments": ["ALL"],
             "notes": ""}
            for name in PROMOTED
        ],
        "notes": "Terms and conditions apply. Company logo.",
    }  # fmt: skip


def files(folder: Path, departments: Sequence[str] = ()) -> tuple[Path, Path, Path]:
    """The workbook up to the promotion's eve, that of the whole year, and the scenario."""
    found = rows(departments)
    eve, year, plan = folder / "grocer-until-29-october.xlsx", folder / "grocer-2017.xlsx", folder / "scenario.json"
    write(eve, until(found, START - timedelta(days=1)))
    write(year, found)
    plan.write_text(json.dumps(scenario(found), indent=2), encoding="utf-8")
    return eve, year, plan


def run(folder: Path, departments: Sequence[str] = ()) -> Iterator[str]:
    """Each command and what it said. Raises CalledProcessError where one fails; what it said is on standard error."""
    eve, year, plan = files(folder, departments)
    groups = [f"{name}={group}" for name, group in GROUPS.items() if not departments or name in departments]
    yield from _said(folder, "ingest", str(eve))
    yield from _said(folder, "uplift", *(word for one in groups for word in ("--group", one)))
    yield from _said(folder, "forecast", "--world", "sales")
    kept = yield from _said(folder, "scenario", str(plan), "--approve", "--comment", "Go ahead")
    yield from _said(folder, "ingest", str(year))
    judged = yield from _said(folder, "post-mortem", "--scenario", named(KEPT, kept), "--propose")
    yield from _said(folder, "uplift", "--in-force", named(PROPOSED, judged))
    yield from _said(folder, "uplift", "--list")


def _said(folder: Path, *words: str) -> Generator[str, None, str]:
    environment = {**os.environ, "DATA_DIR": str(folder), "DATABASE_URL": "", "WAREHOUSE_URL": ""}
    yield f"\n$ promolens {' '.join(words)}"
    done = subprocess.run(
        [sys.executable, "-m", "cli", *words], env=environment, cwd=PROJECT_ROOT, check=True, stdout=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    yield done.stdout.rstrip()
    return done.stdout


def named(pattern: str, said: str) -> str:
    """What a command said."""
    found = re.search(pattern, said)
    assert found is not None, said
    return found[1]


if __name__ == "__main__":
    where = Path(sys.argv[1]).absolute()
    if where.exists() and any(where.iterdir()):
        sys.exit(f"{where} is not empty. Name a new folder, or remove it.")
    where.mkdir(parents=True, exist_ok=True)
    for line in run(where, sys.argv[2:]):
        print(line, flush=True)
