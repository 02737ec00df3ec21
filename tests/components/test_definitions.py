"""One source of definitions: each card has one, hover and glossary say the same, and docs/metrics.md has them all."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from analytics.product_range import FADING_UNITS, NEW_DAYS
from components import glossary
from components.definitions import DEFINITIONS, page_of, told
from components.export_columns import COLUMNS
from components.hovers import HOVERS, glossary_entries
from settings import PROJECT_ROOT

ACTIONS = {"button", "download_button", "Page"}
METRICS = (PROJECT_ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
SHOWING = sorted(path for folder in ("components", "pages") for path in (PROJECT_ROOT / folder).rglob("*.py"))


def calls(name: str) -> Iterator[tuple[str, ast.Call]]:
    for path in SHOWING:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
                yield f"{path.name}:{node.lineno}", node


def test_every_card_tells_what_the_glossary_says() -> None:
    """The definition is a card's eighth field: it comes from `told`, or from a parameter typed as what that makes."""
    without = []
    for place, card in calls("Card"):
        given = {keyword.arg: keyword.value for keyword in card.keywords}
        definition = given.get("definition", card.args[7] if len(card.args) > 7 else None)
        ok = isinstance(definition, ast.Call) and isinstance(definition.func, ast.Name) and definition.func.id == "told"
        if not ok and not (isinstance(definition, ast.Name) and definition.id == "definition"):
            without.append(place)
    assert without == []
    assert sum(1 for _ in calls("Card")) > 25


def test_every_figure_that_is_told_is_in_the_glossary_and_each_of_the_glossary_is_shown() -> None:
    named = [call.args[0] for _, call in calls("told")]
    literal = {name.value for name in named if isinstance(name, ast.Constant)}
    # One card function of a product's figures names them by their last part.
    product = {figure for figure in DEFINITIONS if figure.startswith("product.")}
    assert literal | product == set(DEFINITIONS)


def test_what_stands_on_hover_of_columns_and_fields_comes_from_one_source() -> None:
    """Only what a button or a page of the menu does is told where it stands: it is no figure's meaning."""
    own, named = [], set()
    for path in SHOWING:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called == "hover":
                assert isinstance(node.args[0], ast.Constant)
                named.add(node.args[0].value)
            told_here = [word.value for word in node.keywords if word.arg == "help"]
            if any(isinstance(text, ast.Constant | ast.JoinedStr) for text in told_here) and called not in ACTIONS:
                own.append(f"{path.name}:{node.lineno}")
    assert own == []
    assert named == set(HOVERS)


def test_texts_on_hover_are_whole_whatever_is_shown() -> None:
    for name, (label, text) in glossary_entries().items():
        assert label, name
        assert "{" not in text, name
        assert text.endswith((".", "0.85")), name
        assert page_of(name) in glossary.SUBJECTS


@pytest.mark.parametrize("figure", DEFINITIONS)
def test_metrics_documents_it(figure: str) -> None:
    one = DEFINITIONS[figure]
    assert f"| {one.name} | `{page_of(figure)}` | {one.formula} |" in METRICS
    assert one.text.endswith(".")


def test_the_numbers_in_words_are_those_that_are_used() -> None:
    assert f"at least {FADING_UNITS} units" in DEFINITIONS["products.fading"].text
    assert f"last {NEW_DAYS} days" in DEFINITIONS["products.new"].text


def test_what_is_told_of_the_values_follows_the_definition() -> None:
    assert told("basket.size") == "Distinct ones of an order, on average."
    assert told("basket.size", "More.") == "Distinct ones of an order, on average. More."


def test_the_glossary_is_searched_by_all_words() -> None:
    assert sum(map(len, glossary.found("").values())) == len(DEFINITIONS)
    assert [one.name for one in glossary.found("kaplan MEIER")["/cohorts"]] == ["Repeat rate"]
    assert glossary.found("kaplan basket") == {}
    assert glossary.columns_found("gross_revenue booked").keys() <= {"net_revenue", "gross_revenue"}
    assert len(glossary.columns_found("")) == len(COLUMNS)
    assert glossary.columns_found("looked at (checks)") == {"name (Checks)": "What was looked at."}
