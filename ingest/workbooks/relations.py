"""Parts of a workbook's package by their relation ids."""

from __future__ import annotations

import posixpath
import re
from html import unescape

_RELATION = re.compile(rb"<(?:\w{1,20}:)?Relationship\b[^<>]{0,8000}>")
_ATTRIBUTE = re.compile(rb"\b(Id|Target)=(?:\"([^\"]*)\"|'([^']*)')")


def targets(relations: bytes) -> dict[str, str]:
    """Paths within the package, of the parts that xl/workbook names."""
    found = {}
    for relation in _RELATION.findall(relations):
        said = {name: (one or other).decode() for name, one, other in _ATTRIBUTE.findall(relation)}
        if {b"Id", b"Target"} <= said.keys():
            target = unescape(said[b"Target"])
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
            found[said[b"Id"]] = path
    return found
