"""`promolens ingest`: columns that are named, a dry run, what is loaded and left out, and what is refused."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from data_access.stores import open_stores
from settings import Settings
from tests.cli.conftest import Run

NAMED = ("--map", "sales_value=eur", "--map", "channel=shop")


def held(tmp_path: Path) -> int:
    with open_stores(Settings(data_dir=tmp_path / "data")).operational.read() as session:
        return int(session.query_text("SELECT count(*) AS n FROM sales_aggregated", {})["n"][0].as_py())


def test_columns_are_named_tried_and_loaded(migrated: Run, tmp_path: Path) -> None:
    file = tmp_path / "s.csv"
    lines = ["tag,shop,dept,eur,margin,qty", "2024-10-01,web,TV,10,2,1", "2024-10-02,store,TV,oops,2,1"]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    unnamed = migrated("ingest", str(file), "--kind", "sales")
    assert unnamed.code == 1
    assert "s.csv is refused" in unnamed.out
    assert "--map" in unnamed.out

    tried = migrated("ingest", str(file), *NAMED, "--dry-run")
    # A row that is left out is told by the exit code too.
    assert (tried.code, held(tmp_path)) == (1, 0)
    assert "s.csv: 1 of 2 rows would go in sales." in tried.out
    assert "A dry run: nothing was loaded." in tried.out

    rejects = tmp_path / "left_out.csv"
    done = migrated("ingest", str(file), *NAMED, "--rejects", str(rejects))
    assert (done.code, held(tmp_path)) == (1, 1)
    assert "s.csv: 1 of 2 rows are in sales, 1 of them new, 0 replaced." in done.out
    assert "sales_value=eur" in done.out
    with rejects.open(encoding="utf-8") as told:
        assert list(csv.reader(told))[1:] == [["s.csv", "", "3", "eur (sales_value)", "oops", "'oops' is no number"]]
    # Mended it is whole; twice changes nothing.
    file.write_text("\n".join(lines).replace("oops", "20") + "\n", encoding="utf-8")
    for fresh in (1, 0):
        whole = migrated("ingest", str(file), *NAMED, "--json")
        (part,) = whole.json["files"][0]["parts"]
        assert (whole.code, part["loaded"], part["fresh"], part["replaced"]) == (0, 2, fresh, 0)
    assert held(tmp_path) == 2


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--kind", "moon"), "one of sales, promo, targets, segments"),
        (("--decimal", ";"), "it is . or ,"),
        ((), "Missing argument"),
    ],
)
def test_wrong_usage_says_what_is_wrong(run: Run, words: tuple[str, ...], says: str) -> None:
    done = run("ingest", *(("s.csv", *words) if words else ()))
    assert done.code == 2
    assert says in " ".join(done.err.replace("│", " ").split())
