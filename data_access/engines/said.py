"""What a database says of an error, without the values of rows: they may be somebody's name or address.

Drivers keep their own text beside ours, and a traceback shows both; so it is cleaned where it stands.
"""

from __future__ import annotations

import re
from typing import Final

HIDDEN: Final = "…"
_QUOTED: Final = re.compile(r"'(?:[^'\\]|\\.|'')*'|\"(?:[^\"\\]|\\.)*\"")
_VALUE: Final = re.compile(r"'(?:[^'\\]|\\.|'')*'")
# ClickHouse shows where it could read on no further.
_HERE: Final = re.compile(r"\bhere: .*?(?= : |: Cannot|: While|$)")
_ADDRESS: Final = re.compile(r"[^\s\"'<>,;:()\[\]{}|/\\=]+@[^\s\"'<>,;:()\[\]{}|/\\]+")


def of_values(error: Exception, text: str) -> str:
    """The first line of an error about a value: what stands in quotes goes, also a name of ours."""
    return _kept(error, _QUOTED.sub(f"'{HIDDEN}'", text))


def of_statement(error: Exception, text: str) -> str:
    """The first line of an error about a statement: names of ours stay, what a text says goes."""
    return _kept(error, _HERE.sub(f"here: {HIDDEN}", _VALUE.sub(f"'{HIDDEN}'", text)))


def of_names(error: Exception, text: str) -> str:
    """The first line of an error in which names of ours stand in quotes: addresses go."""
    return _kept(error, text)


def _kept(error: Exception, text: str) -> str:
    told = _ADDRESS.sub(f"{HIDDEN}@{HIDDEN}", text)
    # What stands below the first line: details of the driver, with the row that failed.
    error.args = (told,)
    return told
