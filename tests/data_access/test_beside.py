"""Questions that are answered beside the pages: one after another, held for who comes back, left out when forgotten."""

from __future__ import annotations

from threading import Event, get_ident

import pytest

from data_access.beside import FORGOTTEN, Pending, Questions

LONG = 60.0


def test_an_answer_is_held_and_read_once() -> None:
    questions, began, may_end, read = Questions(), Event(), Event(), list[int]()

    def slow() -> str:
        read.append(get_ident())
        began.set()
        assert may_end.wait(LONG)
        return "figures"

    first = questions.ask("one", slow, 0)
    assert isinstance(first, Pending)
    assert began.wait(LONG)
    # Another question waits its turn, and the same one asked again is the same.
    second = questions.ask("two", lambda: get_ident(), 0)
    assert isinstance(second, Pending)
    assert questions.ask("one", slow, 0) is first
    assert not first.over()
    assert not second.over()
    may_end.set()
    assert questions.ask("one", slow, LONG) == "figures"
    assert questions.ask("two", lambda: 0, LONG) == read[0] != get_ident()
    assert questions.ask("one", slow, 0) == "figures"
    assert len(read) == 1


def test_only_who_asks_first_waits() -> None:
    questions, may_end = Questions(), Event()

    def slow() -> str:
        assert may_end.wait(LONG)
        return "figures"

    first = questions.ask("one", slow, 0)
    assert isinstance(first, Pending)
    first._asked -= LONG
    # Waiting again, it would break off for want of an end before anything is returned.
    assert questions.ask("one", slow, LONG) is first
    may_end.set()
    assert first.over(LONG)
    questions.forget()
    assert questions.ask("one", lambda: "anew", LONG) == "anew"


def test_what_fails_is_told_once_and_read_again() -> None:
    questions, outcomes = Questions(), iter([OSError("no disk"), "figures"])

    def read() -> str:
        outcome = next(outcomes)
        if isinstance(outcome, OSError):
            raise outcome
        return outcome

    with pytest.raises(OSError, match="no disk"):
        questions.ask("one", read, LONG)
    assert questions.ask("one", read, LONG) == "figures"


def test_what_nobody_waits_for_is_left_out() -> None:
    questions, may_end, read = Questions(), Event(), list[str]()
    questions.ask("before", lambda: may_end.wait(LONG), 0)
    forgotten = questions.ask("forgotten", lambda: read.append("forgotten"), 0)
    assert isinstance(forgotten, Pending)
    forgotten._looked -= FORGOTTEN + 1
    may_end.set()
    assert questions.ask("after", lambda: "done", LONG) == "done"
    assert read == []
    # Who comes back for it asks anew.
    assert questions.ask("forgotten", lambda: "figures", LONG) == "figures"
