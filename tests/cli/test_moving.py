"""`promolens import-mongo` and `promolens rotate-key`, as a person or a script uses them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.mongo.documents import everything, store, write_bson


def test_an_import_says_what_it_did_and_then_that_nothing_changed(run: Run, tmp_path: Path) -> None:
    folder = str(write_bson(tmp_path / "dump" / "klaviyo", everything()))
    first = run("import-mongo", folder)
    assert first.code == 0, first.err
    assert "stores: 1 read, 1 new, 0 changed, 0 as before, 0 left out" in first.out
    assert "The next sync goes on where" in first.out
    assert "promolens sync --full" in first.out
    second = run("import-mongo", folder)
    assert second.code == 0
    assert "Nothing changed: all of it was here already." in second.out
    assert "of-the-earlier-system" not in first.out + second.out + first.err + second.err
    assert run("account", "list", "--json").json["accounts"][0]["account"] == "XqkVGb"


def test_a_trial_says_that_nothing_was_kept(run: Run, tmp_path: Path) -> None:
    folder = str(write_bson(tmp_path / "dump", everything()))
    tried = run("import-mongo", folder, "--dry-run")
    assert tried.code == 0
    assert "Only tried: nothing was kept." in tried.out
    assert run("account", "list", "--json").json == {"accounts": []}


def test_what_was_left_out_is_told_and_ends_with_1(run: Run, tmp_path: Path) -> None:
    folder = str(write_bson(tmp_path / "dump", {"stores": [store(), store(_id="bad", name=None)]}))
    done = run("import-mongo", folder, "--json")
    assert done.code == 1
    assert done.json["rejects"] == [{"collection": "stores", "id": "bad", "field": "name", "reason": "is missing"}]
    assert done.json["collections"]["stores"]["new"] == 1
    assert done.json["notes"] == ["Not there: klaviyo_syncs, campaignstats."]
    assert "left out: stores bad: name is missing" in run("import-mongo", folder).out


def test_an_address_can_come_by_standard_input(run: Run, tmp_path: Path) -> None:
    folder = str(write_bson(tmp_path / "dump", everything()))
    assert run("import-mongo", "-", "--json", stdin=f"{folder}\n").json["accounts"] == ["XqkVGb"]
    assert "held no address" in run("import-mongo", "-").error


def test_nothing_to_read_is_one_line(run: Run, tmp_path: Path) -> None:
    done = run("import-mongo", str(tmp_path / "nowhere"))
    assert done.code == 1
    assert "There is no folder" in done.error


def test_a_key_is_rotated_without_a_word_of_it(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PROMOLENS_SECRET_KEY")
    assert run("rotate-key").out == "There is no secret yet.\n"
    run("import-mongo", str(write_bson(tmp_path / "dump", everything())))
    in_file = run("rotate-key", "--json")
    assert in_file.json == {"rotated": 2, "already": 0}
    monkeypatch.setenv("PROMOLENS_SECRET_KEY", "a pass phrase of one's own")
    moved = run("rotate-key")
    assert moved.code == 0
    assert moved.out.startswith("2 secret(s) are under the first key of PROMOLENS_SECRET_KEY.")
    assert "pass phrase" not in moved.out + moved.err
    assert "Nothing to do" in run("rotate-key").out
    (tmp_path / "data" / "secret.key").unlink()
    monkeypatch.setenv("PROMOLENS_SECRET_KEY", "another one")
    lost = run("rotate-key")
    assert lost.code == 1
    assert lost.error.startswith("Store Name: ")
    assert "another one" not in lost.err
