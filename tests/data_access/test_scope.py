"""Who may see what."""

from __future__ import annotations

import dataclasses

import pytest

from data_access.scope import NotPermitted, Right, Scope, granted, local_admin


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
        scope.everywhere = frozenset(Right)  # type: ignore[misc]


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


def test_rights_are_held_store_by_store() -> None:
    """A marketer of A, who looks at B as well, exports A's figures and not B's."""
    both = Scope("mia", by_account={"A": frozenset({Right.VIEW, Right.EXPORT}), "B": frozenset({Right.VIEW})})
    assert both.sees("A")
    assert both.sees("B")
    assert both.allows(Right.EXPORT, "A")
    assert not both.allows(Right.EXPORT, "B")
    with pytest.raises(NotPermitted, match="right 'export'"):
        both.require(Right.EXPORT, "B")


def test_what_belongs_to_no_store_goes_by_role_and_what_touches_all_needs_all() -> None:
    of_one = granted("ada", ["A"], list(Right))
    assert of_one.allows(Right.PROMO_APPROVE)
    assert of_one.allows(Right.ADMIN, "A")
    for right in (Right.ADMIN, Right.SETTINGS, Right.SYNC, Right.PII):
        assert not of_one.allows(right)  # a backup, an exchange rate, everybody's addresses
        assert local_admin().allows(right)


def test_a_right_can_be_left_out() -> None:
    for scope in (local_admin(), granted("ann", ["A"], list(Right))):
        less = scope.without(Right.EXPORT)
        assert less.person == scope.person
        assert not less.allows(Right.EXPORT, "A")
        assert not less.allows(Right.EXPORT)
        assert less.allows(Right.VIEW, "A")
