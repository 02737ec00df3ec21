"""Who may see what."""

from __future__ import annotations

import dataclasses

import pytest

from data_access.scope import NotPermitted, Right, granted, local_admin


def test_the_local_admin_may_everything() -> None:
    scope = local_admin()
    for right in Right:
        scope.require(right, "any account")


def test_a_granted_scope_holds_what_was_given_and_no_more() -> None:
    scope = granted("ann", ["A"], [Right.VIEW])
    scope.require(Right.VIEW, "A")
    assert scope.sees("A")
    assert not scope.sees("B")
    assert not scope.sees("")
    with pytest.raises(NotPermitted, match="not among those that you may see"):
        scope.require(Right.VIEW, "B")
    with pytest.raises(NotPermitted, match="right 'export'"):
        scope.require(Right.EXPORT, "A")


def test_nobody_without_a_grant_sees_anything() -> None:
    scope = granted("nobody", [], [])
    for right in Right:
        with pytest.raises(NotPermitted):
            scope.require(right)


def test_a_scope_cannot_be_widened() -> None:
    scope = granted("ann", ["A"], [Right.VIEW])
    with pytest.raises(dataclasses.FrozenInstanceError):
        scope.all_accounts = True  # type: ignore[misc]


def test_the_cache_key_parts_people_who_see_different_data() -> None:
    scopes = [
        granted("ann", ["A"], [Right.VIEW]),
        granted("ann", ["A", "B"], [Right.VIEW]),
        granted("ann", ["A"], [Right.VIEW, Right.PII]),
        granted("ann", ["*"], list(Right)),
        granted("ann", [], [Right.VIEW]),
        local_admin(),
    ]
    assert len({scope.cache_key for scope in scopes}) == len(scopes)
    same = granted("bob", ["B", "A"], [Right.PII, Right.VIEW])
    assert same.cache_key == granted("ann", ["A", "B"], [Right.VIEW, Right.PII]).cache_key
