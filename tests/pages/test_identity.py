"""Who a provider says that somebody is, as it is taken for grants; and the file that names the providers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from analytics.access import Grant, Role
from pages.frame.identity import SignInNeeded, identity
from settings import Settings
from sign_in import SignInFileError, providers

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SETTINGS = Settings(sign_in_hours=12)
CLAIMS: dict[str, Any] = {
    "is_logged_in": True, "iss": "https://id.example.com", "sub": "4711",
    "iat": int((NOW - timedelta(hours=1)).timestamp()),
}  # fmt: skip
ANN = {**CLAIMS, "email": " Ann@Example.com", "email_verified": True}


def test_a_verified_address_names_a_person() -> None:
    assert identity(ANN, SETTINGS, NOW).person == "ann@example.com"


@pytest.mark.parametrize(
    ("verified", "trusted"), [(False, False), ("false", False), (0, False), (1, False), (None, True), ("true", True)]
)
def test_an_address_that_is_not_verified_names_nobody(verified: object, trusted: bool) -> None:
    claims = ANN | {"email_verified": verified}
    assert identity(claims, SETTINGS, NOW).person == "https://id.example.com#4711"
    trusting = Settings(sign_in_unverified_email=True)
    of_trusted = "ann@example.com" if trusted else "https://id.example.com#4711"
    assert identity(claims, trusting, NOW).person == of_trusted


@pytest.mark.parametrize(
    "email",
    [
        None, 7, "", "ann", ["ann@example.com"], "group:team@example.com", " Group:team@example.com",
        "https://id.example.com#ann@example.com",
    ],
)  # fmt: skip
def test_what_is_no_address_names_nobody(email: object) -> None:
    assert identity(ANN | {"email": email}, SETTINGS, NOW).person == "https://id.example.com#4711"


def test_letters_that_only_look_alike_in_small_are_somebody_else() -> None:
    """The Kelvin sign's small letter is k."""
    assert identity(ANN | {"email": "Mi\u212ae@Example.com"}, SETTINGS, NOW).person == "mi\u212ae@example.com"


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({}, "^$"),
        (ANN | {"is_logged_in": False}, "^$"),
        (ANN | {"is_logged_in": "yes"}, "^$"),
        (ANN | {"sub": ""}, "who you are"),
        (ANN | {"iss": None}, "who you are"),
        (ANN | {"iat": None}, "when you signed in"),
        (ANN | {"iat": True}, "when you signed in"),
        (ANN | {"iat": int((NOW - timedelta(hours=12, seconds=1)).timestamp())}, "more than 12 hours ago"),
        (ANN | {"iat": int((NOW + timedelta(minutes=6)).timestamp())}, "hours ago"),
    ],
)
def test_who_is_not_signed_in_is_sent_to_sign_in(claims: dict[str, Any], why: str) -> None:
    with pytest.raises(SignInNeeded, match=why):
        identity(claims, SETTINGS, NOW)


def test_a_sign_in_holds_to_its_last_second() -> None:
    claims = ANN | {"iat": int((NOW - timedelta(hours=12)).timestamp())}
    assert identity(claims, SETTINGS, NOW).ticket == ("https://id.example.com", "4711", claims["iat"])


def test_groups_and_roles_come_from_the_claims_that_are_named() -> None:
    claims = ANN | {"groups": ["Promo team", 7], "realm_access": {"roles": ["pl-planner", "pl-admin@A", "planner"]}}
    settings = Settings(sign_in_roles_claim="realm_access.roles", sign_in_roles_prefix="pl-")
    found = identity(claims, settings, NOW)
    assert found.groups == ("Promo team",)
    assert found.roles == (Grant("ann@example.com", Role.PLANNER), Grant("ann@example.com", Role.ADMIN, "A"))
    # Without a claim that is named nobody is made an admin by one.
    assert identity(claims | {"roles": ["admin"]}, SETTINGS, NOW).roles == ()
    assert identity(claims | {"groups": "Promo team"}, SETTINGS, NOW).groups == ("Promo team",)
    assert identity(claims | {"groups": {"a": 1}}, SETTINGS, NOW).groups == ()


GOOD = """
[auth]
redirect_uri = "https://promolens.example.com/oauth2callback"
cookie_secret = "0123456789abcdef0123456789abcdef"
[auth.google]
client_id = "a"
client_secret = "b"
server_metadata_url = "https://accounts.google.com/.well-known/openid-configuration"
"""


def of_file(tmp_path: Path, text: str) -> Settings:
    file = tmp_path / "sign-in.toml"
    file.write_text(text, encoding="utf-8")
    return Settings(sign_in_file=file)


def test_providers_are_those_of_the_file(tmp_path: Path) -> None:
    assert providers(of_file(tmp_path, GOOD)) == {"google": "Google"}
    two = GOOD.replace("[auth.google]", '[auth.acme]\nlabel = "ACME"\n').replace("[auth]", "[auth]\nclient_id = 'x'\n")
    alone = two.replace("[auth]", "[auth]\nclient_secret = 'y'\nserver_metadata_url = 'https://x.example.com/o'\n")
    assert providers(of_file(tmp_path, alone)) == {"acme": "ACME", "default": "your company's account"}


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("[auth]", "[auth", "not TOML"),
        ("[auth.google]", "[auth.goo_gle]", "letters, digits and hyphens"),
        ('client_secret = "b"', "", "client_secret is missing"),
        ('client_id = "a"', 'client_id = " "', "client_id is missing"),
        ("0123456789abcdef0123456789abcdef", "short", "32 characters"),
        ("https://promolens", "http://promolens", "must begin with https"),
        ("/oauth2callback", "/elsewhere", "followed by /oauth2callback"),
        ("https://accounts", "http://accounts", "server_metadata_url must begin with https"),
    ],
)
def test_a_file_that_cannot_be_used_opens_no_door(tmp_path: Path, was: str, now: str, said: str) -> None:
    text = GOOD.replace(was, now, 1)
    assert text != GOOD
    with pytest.raises(SignInFileError, match=said) as told:
        providers(of_file(tmp_path, text))
    assert "0123456789abcdef" not in str(told.value)


def test_a_file_of_other_secrets_opens_no_door(tmp_path: Path) -> None:
    with pytest.raises(SignInFileError, match=r"no section \[auth\]"):
        providers(of_file(tmp_path, "[other]\nkey = 1\n"))
    with pytest.raises(SignInFileError, match="names no provider"):
        providers(of_file(tmp_path, GOOD.partition("[auth.google]")[0]))


def test_a_file_that_is_not_there_opens_no_door(tmp_path: Path) -> None:
    with pytest.raises(SignInFileError, match="cannot be read"):
        providers(Settings(sign_in_file=tmp_path / "none.toml"))
    with pytest.raises(SignInFileError, match="cannot be read"):
        providers(Settings(sign_in_file=tmp_path))


def test_without_a_file_nobody_signs_in() -> None:
    assert providers(Settings()) == {}
