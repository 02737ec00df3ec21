"""Names and other texts that people wrote, shown letter by letter: nothing in them is taken for markup.

Every text that comes from a shop, a workbook, an address, a form or an error passes here on its way into a sentence
(`plain`) or onto a chart (`charted`). Tables and fields show a text as it is by themselves.
"""

from __future__ import annotations

import re
from typing import Final

# What means something within a line of Markdown, wherever it stands.
_SIGNS: Final = re.compile(r"[\\`*_\[\]<>$~|#]|:(?=[A-Za-z])|&(?=#?\w+;)|(?<=:material)/")
# What makes a line a list or underlines the one before.
_FIRST: Final = re.compile(r"\A(\d+(?=[.)])|)([-+=.)])")
# What ends a line, in any writing, and what turns around the letters after it.
_LINES: Final = re.compile(r"[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_BLANKS: Final = re.compile(r"[\s\x1c-\x1e\x85]+")
_TURNS: Final = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
# What Streamlit replaces in a text whose backslashes were read already: short names of icons and emojis, addresses of
# pages, signs that stand alone as arrows do.
_REPLACED: Final = re.compile(
    r"(?<=:)(?=[\w+-]+:)|(?<=http)(?=s?://)|(?<=www)(?=\.)"
    r"|(?:(?<=\s[-<>~])|(?<=\A[-<>~]))(?=[->=]+(?:\s|\Z))",
    re.IGNORECASE,
)
_JOINER: Final = "\N{WORD JOINER}"
_MARKUP: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_CODE: Final = re.compile(r"(`[^`\n]+`)")
_MARKS: Final = re.compile(rf"\\([!-/:-@\[-`{{-~])|\*\*|\*|`|{_JOINER}")


def plain(text: str) -> str:
    """A text within the page's Markdown, in one line, as it is: no link, picture, icon, colour or formula."""
    return written(_REPLACED.sub(_JOINER, text))


def written(text: str) -> str:
    """The same within a file of Markdown, which other programs read: they replace nothing but marks."""
    return _FIRST.sub(r"\1\\\2", _marked(in_line(text)))


def with_code(text: str) -> str:
    """A message as it is, but for what stands between backticks: commands that a person can take over."""
    parts = _CODE.split(text)
    return "".join(part if place % 2 else _marked(_REPLACED.sub(_JOINER, part)) for place, part in enumerate(parts))


def charted(text: str) -> str:
    """A text on a chart or in its hover, in one line, as it is: charts take some HTML."""
    return "".join(_MARKUP.get(sign, sign) for sign in in_line(text))


def unmarked(said: str) -> str:
    """A sentence made for the page, with bold names and texts from `plain`, for files that know no Markdown."""
    return _MARKS.sub(lambda found: found.group(1) or "", said)


def in_line(text: str) -> str:
    """A text without ends of lines and without what would turn around the letters that follow it."""
    if _LINES.search(text):
        text = _BLANKS.sub(lambda found: " " if _LINES.search(found.group()) else found.group(), text)
    return _TURNS.sub("", text).strip()


def _marked(text: str) -> str:
    return _SIGNS.sub(r"\\\g<0>", text)
