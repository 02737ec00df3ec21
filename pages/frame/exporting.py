"""Files made on a click: for who may still have them, and noted before they are handed out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from data_access.scope import Scope
from data_access.stores import Stores
from data_access.writes.exports import note_export
from pages.frame import guard


def later(
    stores: Stores,
    scope: Scope,
    account: str | None,
    title: str,
    form: str,
    make: Callable[[], bytes],
    about: Callable[[], Mapping[str, Any]] = dict,
) -> Callable[[], bytes]:
    """What makes a file once it is asked for. account: whose figures it holds, None for the company's; title: what it
    is called; form: such as CSV; about: what it says of itself.

    Who may not have it any more gets none, and none goes out that could not be noted.
    """

    def made() -> bytes:
        content = make()
        note_export(stores, scope, account, title, {"format": form, "bytes": len(content), **about()})
        return content

    return guard.later(scope, made)
