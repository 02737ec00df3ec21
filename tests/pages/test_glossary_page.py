"""The glossary: the words that stand on hover, searchable, under an address of its own."""

from __future__ import annotations

from data_access.stores import Stores
from tests.pages.conftest import Open, texts
from tests.two_stacks import both_stacks


@both_stacks
def test_the_glossary_says_what_stands_on_hover(connected: Stores, open_page: Open) -> None:
    app = open_page("glossary")
    assert not app.exception
    said = texts(app)
    for name in ("Gross revenue", "Refund rate", "Repeat rate", "Surest lift", "Usual length", "Delivery rate"):
        assert f"**{name}**" in said
    assert "Values of all orders by order date, cancelled ones included." in said
    assert "- **Velocity**: Units a day in 30 days / units a day in 90 days; 1 is an even pace." in said
    assert "- **Expected**: Of the next so many months." in said
    app.text_input(key="find").set_value("kaplan").run()
    assert "**Repeat rate**" in texts(app)
    assert "**Gross revenue**" not in texts(app)
    app.text_input(key="find").set_value("zebra").run()
    assert "Nothing is called so" in texts(app)
