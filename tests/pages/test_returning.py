"""What is remembered for a browser that goes away to sign in."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from pages.frame import returning


def script() -> None:
    from pages.frame import returning

    returning.remember()


@pytest.mark.parametrize(("letters", "kept"), [(7_999, True), (8_000, False)])
def test_an_address_of_any_length_takes_no_memory(monkeypatch: pytest.MonkeyPatch, letters: int, kept: bool) -> None:
    """Nobody is signed in yet: the page is remembered, filters of more than 8,000 letters with their names are not."""
    browser = b"of the test"
    monkeypatch.setattr(returning, "_browser", lambda: browser)
    app = AppTest.from_function(script)
    app.query_params["q"] = "a" * letters
    assert not app.run().exception
    _, page, filters = returning._wanted.pop(browser)
    assert page == ""
    assert filters == ({"q": ["a" * letters]} if kept else {})
