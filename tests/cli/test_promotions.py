"""A promotion by commands alone: a scenario from a file, its post-mortem, and what the model learns of it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import cli
from benchmarks.grocer_promotion import KEPT, PROPOSED, named
from components import post_mortem_findings as findings
from data_access.queries.promo_models import known
from data_access.queries.promo_post_mortems import post_mortem, post_mortems
from data_access.queries.promo_scenarios import frozen, versions
from data_access.scope import local_admin
from data_access.stores import Stores
from data_access.writes.uplift_models import keep_model
from settings import Settings, get_settings
from tests.promo_rows import TV, in_force
from tests.warehouse_rows import insert

ANN = local_admin("test")
START, END = date(2026, 11, 2), date(2026, 11, 8)
WEEK = {
    "label": "TV week", "date_range_start": "2026-11-02", "date_range_end": "2026-11-08",
    "notes": "Terms and conditions apply. Company logo.",
    "mechanics": [{"department": "TV", "channel": "online", "discount_pct": 20, "segments": ["ALL"], "notes": ""}],
}  # fmt: skip


@pytest.fixture
def typed(stores: Stores, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Stores:
    """A company whose model has learned from sales up to October: 100 pieces of TV a day, half as many more at 20 %."""
    monkeypatch.setenv("DATA_DIR", str(settings.data_dir))
    get_settings.cache_clear()
    in_force(stores)
    held = known(stores, ANN)
    assert held is not None
    keep_model(stores, ANN, replace(held.model, version="u2", last=date(2026, 10, 31)))
    return stores


def run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(cli.app, list(words))
    return done.exit_code, done.output


def told(*words: str) -> dict[str, Any]:
    code, text = run(*words, "--json")
    assert code == 0, text
    found: dict[str, Any] = json.loads(text)
    return found


def sales(stores: Stores, more: int) -> None:
    """About 100 pieces of TV at 10.00 a day with 4.00 of margin, `more` on top at 8.00 with 2.00 in its week; about ten
    toys at 5.00 with 1.00 all along."""
    rows = []
    for n in range(200):
        day, wave = date(2026, 5, 4) + timedelta(days=n), (n * 7) % 11 - 5
        on = START <= day <= END
        for department, units, price, margin in (
            ("TV", 100 + more if on else 100 + wave, 8 if on else 10, 2 if on else 4), ("Toys", 10 - wave, 5, 1),
        ):  # fmt: skip
            promoted = on and department == "TV"
            rows.append(
                {"date": day, "channel": "online", "department": department, "promo_flag": promoted,
                 "discount_pct": Decimal(20) if promoted else None, "sales_value": Decimal(units * price),
                 "margin_value": Decimal(units * margin), "units": units}
            )  # fmt: skip
    insert(stores, "sales_aggregated", *rows)


def test_a_file_becomes_an_approved_scenario_and_its_post_mortem_a_model(typed: Stores, tmp_path: Path) -> None:
    file = tmp_path / "week.json"
    file.write_text(json.dumps(WEEK), encoding="utf-8")
    done = told("scenario", str(file))
    # 7 × (150 × 8 + 10 × 5); margin 7 × (150 × 2 + 10 × 1); EBIT less a tenth of sales; without: 7 × 1,050, 7 × 410.
    kpis = done["kpis"]
    assert [kpis[f"total_{name}"] for name in ("sales_value", "margin_value", "ebit", "units")] == [
        8750, 2170, 1295, 1120,
    ]  # fmt: skip
    assert [kpis[f"{name}_delta"] for name in ("sales_value", "margin_value", "ebit", "units")] == [
        1400, -700, -840, 350,
    ]  # fmt: skip
    assert (done["state"], done["version"], done["new"], done["now"]) == ("draft", 1, True, None)
    id = str(done["scenario_id"])
    assert named(KEPT, run("scenario", str(file))[1]) == id
    # The same file again is the same scenario; approving it submits it first.
    again = [told("scenario", str(file), "--approve", "--comment", "Go") for _ in range(2)]
    assert [(one["scenario_id"], one["state"], one["version"], one["new"]) for one in again] == [
        (id, "approved", 3, False)
    ] * 2
    # Without a step it says where the scenario stands.
    kept = told("scenario", str(file))
    assert (kept["state"], kept["version"]) == ("approved", 3)
    assert not [one for one in again[1]["issues"] if "TV week" in one["message"]]
    held = frozen(typed, ANN, id)
    assert held is not None
    assert held.forecast["totals"]["sales_value"] == 8750
    assert [(one.state.value, one.model_version) for one in versions(typed, ANN, id)][:1] == [("approved", "u2")]

    code, text = run("post-mortem", "--scenario", id)
    assert (code, "No sales of its days are loaded yet." in text) == (1, True)
    sales(typed, 80)
    code, text = run("post-mortem", "--scenario", id, "--propose")
    assert code == 0, text
    # 7 × 180 at 8.00, and 7 × 10 toys less seven waves of −5 … 5 at 5.00.
    toys = sum(10 - ((n * 7) % 11 - 5) for n in range(182, 189))
    actual = 7 * 180 * 8 + toys * 5
    [row] = post_mortems(typed, ANN)
    kept = post_mortem(typed, ANN, row.report_id)
    assert kept is not None
    assert kept.report is not None
    assert (row.state, kept.model_version) == ("closed", "u2")
    assert kept.insights[0].startswith(f"Sales: {actual:,} against a forecast of 8,750 (+{actual - 8750:,},")
    # One place makes the sentences, whoever judges.
    assert kept.insights == findings.insights(kept.report, "")
    assert kept.learning_points == findings.learning_points(kept.report, "")
    assert {f"  {one}" for one in (*kept.insights, *kept.learning_points)} <= set(text.splitlines())
    assert "TV, online at 20.0%: uplift believed +50.0%, seen +" in text
    proposed, taught = named(PROPOSED, text), known(typed, ANN, named(PROPOSED, text))
    assert taught is not None
    (seen,) = [one["uplift_pct"] / 100 for one in kept.report["cells"] if one["promoted"]]
    assert 0.7 < seen < 0.9
    assert 0.5 < taught.model.curves[TV].at(0.2) < seen
    states = {one["model_version"]: one["state"] for one in told("uplift", "--list")["models"]}
    assert states == {proposed: "proposed", "u2": "active", "u1": "retired"}
    chosen = told("uplift", "--in-force", proposed)
    assert chosen["before"] == "u2"
    assert any(one["department"] == "TV" for one in chosen["coefficients"])
    assert "u2 is kept and can be brought back" not in run("uplift", "--in-force", proposed)[1]
    # By what it has learned TV would sell more; what is kept and approved is told as it is, and both say which.
    code, text = run("scenario", str(file))
    assert (code, "sales: 8,750, +1,400 against" in text, "by model u2." in text) == (0, True, True)
    other = told("scenario", str(file))
    assert (other["kpis"], other["model_version"]) == (done["kpis"], "u2")
    assert other["now"]["model_version"] == proposed
    assert other["now"]["kpis"]["total_units"] > 1120
    assert f"By model {proposed} and the settings of now" in text
    assert told("uplift", "--in-force", "u2")["before"] == proposed
    code, text = run("post-mortem", "--scenario", id)
    assert (code, "is closed and stays as it is. --anew begins a further version" in text) == (1, True)
    further = told("post-mortem", "--scenario", id, "--anew")
    assert (further["state"], further["version"], further["insights"]) == ("open", 2, list(kept.insights))
    # What was planned by a model goes on saying so.
    assert {one.model_version for one in versions(typed, ANN, id)} == {"u2"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"label": ""}, "has no name"),
        ({"date_range_end": "8.11.2026"}, "days are written like 2026-11-21"),
        ({"discount": 20}, "keys that no scenario has: discount"),
        ({"mechanics": {}}, "holds no scenario"),
        ({"mechanics": [{"department": "TV", "channel": "web", "discount_pct": 20}]}, "it is online or offline"),
    ],
)
def test_a_file_that_is_no_scenario_is_told(change: dict[str, object], said: str, tmp_path: Path) -> None:
    file = tmp_path / "week.json"
    file.write_text(json.dumps({**WEEK, **change}), encoding="utf-8")
    code, text = run("scenario", str(file))
    assert (code, said in text) == (1, True), text


def test_without_a_model_there_is_nothing_to_simulate_with(
    stores: Stores, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATA_DIR", str(settings.data_dir))
    get_settings.cache_clear()
    file = tmp_path / "week.json"
    file.write_text(json.dumps(WEEK), encoding="utf-8")
    code, text = run("scenario", str(file), "--approve")
    assert (code, "Learn one first: promolens uplift" in text) == (1, True)
    assert run("uplift", "--list") == (0, "There is no model yet.\n")
    assert run("uplift", "--list", "--propose")[0] == 2
