"""Cards of one row are equally high, whatever each of them has to say."""

from __future__ import annotations

import pytest
import streamlit as st

from components import cards
from components.cards import Card


def test_every_card_has_as_many_lines_as_the_longest(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(st, "metric", lambda *_args, **_how: None)
    monkeypatch.setattr(st, "caption", said.append)
    one = Card("a", "A", "1", "", "up", "9", ["x"], "")
    two = Card("b", "B", "1", "", "up", "9", ["y", "z"], "")
    cards.show([one, two, Card("c", "C", "1", "", "up", "9", (), "")], "Before")
    assert [text.count("  \n") for text in said] == [2, 2, 2]
    assert said[0].startswith("Before 9  \nx  \n")
