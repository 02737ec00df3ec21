"""What is marked on days: notes that people write, and the campaigns and promotions that appear by themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

LONGEST_NOTE: Final = 300
EARLIEST: Final = date(2012, 1, 1)


class MarkKind(StrEnum):
    """What a mark is."""

    NOTE = "note"
    CAMPAIGN = "campaign"
    PROMOTION = "promotion"


@dataclass(frozen=True, slots=True)
class Mark:
    """A day, or days from start to end (both in), with a name and what there is to say of them."""

    kind: MarkKind
    start: date
    end: date
    name: str
    more: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A note on a day or on days from start to end, both in. by: who wrote it; id: '' for one that is not kept yet."""

    id: str
    start: date
    end: date
    text: str
    by: str = ""


class InvalidNote(Exception):
    """A note that cannot be kept; says why."""


def checked(note: Note) -> Note:
    """The note without blanks around its text. Raises InvalidNote."""
    text = " ".join(note.text.split())
    if not text:
        raise InvalidNote("Write what happened: a note needs a text.")
    if len(text) > LONGEST_NOTE:
        raise InvalidNote(f"A note has at most {LONGEST_NOTE} characters; this one has {len(text)}.")
    if note.end < note.start:
        raise InvalidNote("The last day lies before the first one.")
    if note.start < EARLIEST:
        raise InvalidNote(f"The first day must not lie before {EARLIEST.year}.")
    return Note(note.id, note.start, note.end, text, note.by)
