"""A row that is picked stands in the address, and the address picks the row."""

from __future__ import annotations

from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest


def _table(ids):  # its text alone becomes the script
    from components import tables

    tables.pickable({"Name": ids}, {}, ids=ids, param="product", key="table")


@pytest.fixture
def click(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the browser says is picked, None: what stands there; and how each table was begun."""
    told: dict[str, Any] = {"rows": None, "tables": []}
    held: dict[str, list[int]] = {}

    def dataframe(_data: object, *, key: str, selection_default: Any, **_other: object) -> Any:
        held.setdefault(key, selection_default["selection"]["rows"])
        if told["rows"] is not None:
            held[key] = told["rows"]
        told["tables"].append((key, held[key]))
        return {"selection": {"rows": held[key]}}

    monkeypatch.setattr(st, "dataframe", dataframe)
    return told


def run(app: AppTest, click: dict[str, Any], rows: list[int] | None) -> AppTest:
    click["rows"] = rows
    return app.run()


def test_a_picked_row_stands_in_the_address_and_goes_from_it(click: dict[str, Any]) -> None:
    app = AppTest.from_function(_table, args=(["a", "b", "c"],))
    assert "product" not in run(app, click, None).query_params
    assert run(app, click, [1]).query_params["product"] == "b"
    assert run(app, click, None).query_params["product"] == "b"
    assert run(app, click, [2]).query_params["product"] == "c"
    assert "product" not in run(app, click, []).query_params
    assert len({key for key, _ in click["tables"]}) == 1


def test_the_address_picks_a_row_and_wins_over_what_was_picked(click: dict[str, Any]) -> None:
    app = AppTest.from_function(_table, args=(["a", "b", "c"],))
    app.query_params["product"] = "c"
    run(app, click, None)
    assert click["tables"][-1][1] == [2]
    del app.query_params["product"]  # the way back in the browser
    app = run(app, click, None)
    assert click["tables"][-1][1] == []
    assert "product" not in app.query_params


def test_other_rows_do_not_inherit_a_place(click: dict[str, Any]) -> None:
    app = AppTest.from_function(_table, args=(["a", "b", "c"],))
    run(app, click, [1])
    app.args = (["b", "c"],)
    app = run(app, click, None)
    assert app.query_params["product"] == "b"
    assert click["tables"][-1][1] == [0]
    app.args = (["c", "d"],)
    app = run(app, click, None)
    # It is not among these rows; the address still names it.
    assert app.query_params["product"] == "b"
    assert click["tables"][-1][1] == []
