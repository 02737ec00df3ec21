"""What is drawn of figures is made once for each of them, and goes when they go."""

from __future__ import annotations

import gc

from components import made


class Figures:
    pass


def test_each_of_some_figures_has_its_own_and_it_goes_with_them() -> None:
    first, second = Figures(), Figures()
    asked: list[str] = []

    def make(what: str) -> list[str]:
        asked.append(what)
        return [what]

    kept = made.once(first, "table", lambda: make("first"))
    assert made.once(first, "table", lambda: make("again")) is kept
    assert made.once(first, ("table", "email"), lambda: make("of e-mail")) == ["of e-mail"]
    assert made.once(second, "table", lambda: make("second")) == ["second"]
    assert asked == ["first", "of e-mail", "second"]
    places = {id(first), id(second)}
    assert places <= made._kept.keys()
    del first, second
    gc.collect()
    assert not places & made._kept.keys()


def test_of_one_object_no_more_is_kept_than_people_choose() -> None:
    figures = Figures()
    for number in range(made.MOST + 1):
        assert made.once(figures, number, lambda number=number: number) == number  # type: ignore[misc]
    assert len(made._kept[id(figures)][1]) == 1
