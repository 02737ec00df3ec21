"""Secrets in the database: under which key they stand, and how they come under another one."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from data_access import secrets
from data_access.errors import StoreError
from data_access.scope import NotPermitted, granted, local_admin
from data_access.secrets import KEY_FILE, SecretUnreadable, decrypt, encrypt, encrypt_anew
from data_access.stores import Stores
from data_access.writes import secret_rotation
from data_access.writes.secret_rotation import SECRETS, SecretsMoved, rotate_secrets
from ingest.rotation import rotate_key
from ingest.state import AccountState, state_path, states_on_disk, write_state
from settings import Settings

OLD, NEW = "the old pass phrase", Fernet.generate_key().decode()
TEXTS = {"api_key": "pk_0123456789", "oauth_token": "access", "refresh_token": "refresh"}


@pytest.fixture(autouse=True)
def _no_key_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test says which key there is; without one the key file counts."""
    monkeypatch.delenv("PROMOLENS_SECRET_KEY")


def with_key(settings: Settings, key: str | None) -> Settings:
    return Settings(data_dir=settings.data_dir, promolens_secret_key=key)


def fill(stores: Stores, settings: Settings, count: int = 2, **texts: str) -> None:
    with stores.operational.write() as session:
        for number in range(count):
            tokens = {name: encrypt(settings, text) for name, text in (texts or TEXTS).items()}
            columns = ", ".join(f"{name}_encrypted" for name in tokens)
            values = ", ".join(f"'{token}'" for token in tokens.values())
            session.execute_text(
                f"INSERT INTO stores (public_id, name, klaviyo_public_id, {columns})"
                f" VALUES ('store_{number}', 'Shop {number}', 'Acc{number}', {values})"
            )


def kept(stores: Stores) -> list[dict[str, str]]:
    with stores.operational.read() as session:
        return session.rows("secrets/held")


def readable(stores: Stores, settings: Settings) -> list[dict[str, str]]:
    return [{name: decrypt(settings, row[f"{name}_encrypted"]) for name in SECRETS} for row in kept(stores)]


def test_every_secret_is_read_by_the_new_key_alone(stores: Stores, settings: Settings) -> None:
    fill(stores, with_key(settings, OLD))
    done = rotate_secrets(stores, with_key(settings, f"{NEW},{OLD}"), local_admin())
    assert (done.rotated, done.already) == (6, 0)
    assert readable(stores, with_key(settings, NEW)) == [TEXTS, TEXTS]
    with pytest.raises(SecretUnreadable):
        readable(stores, with_key(settings, OLD))


def test_run_twice_nothing_changes(stores: Stores, settings: Settings) -> None:
    both = with_key(settings, f"{NEW},{OLD}")
    fill(stores, with_key(settings, OLD))
    rotate_secrets(stores, both, local_admin())
    before = kept(stores)
    done = rotate_secrets(stores, both, local_admin())
    assert (done.rotated, done.already) == (0, 6)
    assert kept(stores) == before


def test_one_secret_that_cannot_be_read_keeps_all_as_they_are(stores: Stores, settings: Settings) -> None:
    fill(stores, with_key(settings, OLD), count=2)
    foreign = encrypt(with_key(settings, "a key that is lost"), "text")
    with stores.operational.write() as session:
        session.execute_text(f"UPDATE stores SET refresh_token_encrypted = '{foreign}' WHERE public_id = 'store_1'")
    before = kept(stores)
    with pytest.raises(SecretUnreadable, match=r"^Shop 1: .*Nothing was changed"):
        rotate_secrets(stores, with_key(settings, f"{NEW},{OLD}"), local_admin())
    assert kept(stores) == before


def test_a_token_that_is_replaced_meanwhile_is_not_overwritten(
    stores: Stores, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a refresh of another process does it, between the reading and the writing."""
    fill(stores, with_key(settings, OLD))
    fresh = encrypt(with_key(settings, OLD), "fresher")

    def meanwhile(own: Settings, token: str) -> str:
        token = encrypt_anew(own, token)
        kept_session.execute_text(f"UPDATE stores SET oauth_token_encrypted = '{fresh}' WHERE public_id = 'store_1'")
        return token

    real = stores.operational.write

    class Seen:
        def __enter__(self) -> object:
            nonlocal kept_session
            self.inner = real()
            kept_session = self.inner.__enter__()
            return kept_session

        def __exit__(self, *told: object) -> object:
            return self.inner.__exit__(*told)  # type: ignore[arg-type]

    kept_session = None  # type: ignore[var-annotated]
    before = kept(stores)
    monkeypatch.setattr(secret_rotation, "encrypt_anew", meanwhile)
    monkeypatch.setattr(type(stores.operational), "write", lambda _self: Seen())
    with pytest.raises(SecretsMoved):
        rotate_secrets(stores, with_key(settings, f"{NEW},{OLD}"), local_admin())
    monkeypatch.undo()
    assert kept(stores) == before


def test_every_column_that_is_encrypted_takes_part(stores: Stores) -> None:
    with stores.operational.read() as session:
        found = session.query_text(
            "SELECT table_name, column_name FROM information_schema.columns WHERE column_name LIKE '%encrypted%'", {}
        ).to_pylist()
    assert {(row["table_name"], row["column_name"]) for row in found} == {
        ("stores", f"{name}_encrypted") for name in SECRETS
    }


def test_only_an_admin_may(stores: Stores, settings: Settings) -> None:
    with pytest.raises(NotPermitted):
        rotate_key(stores, settings, granted("somebody", [], []))


# --- the key file -----------------------------------------------------------------------------------------------------


def test_without_the_setting_the_key_file_gets_a_new_key(stores: Stores, settings: Settings) -> None:
    fill(stores, settings)
    path = settings.data_dir / KEY_FILE
    before = path.read_text()
    assert rotate_key(stores, settings, local_admin()).rotated == 6
    after = path.read_text()
    assert after != before
    assert len(after.split()) == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in settings.data_dir.glob(f"{KEY_FILE}*")] == [KEY_FILE]
    assert readable(stores, settings) == [TEXTS, TEXTS]


@pytest.mark.parametrize("step", ["rotate_secrets", "_states_anew", "leave_newest_key_in_file"])
def test_an_interrupted_run_leaves_every_secret_readable_and_goes_on(
    stores: Stores, settings: Settings, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def stop(*_: object) -> None:
        raise OSError("the machine stops")

    fill(stores, settings)
    with monkeypatch.context() as broken:
        broken.setattr(f"ingest.rotation.{step}", stop)
        with pytest.raises(OSError, match="stops"):
            rotate_key(stores, settings, local_admin())
    assert readable(stores, settings) == [TEXTS, TEXTS]
    rotate_key(stores, settings, local_admin())
    assert readable(stores, settings) == [TEXTS, TEXTS]
    assert len((settings.data_dir / KEY_FILE).read_text().split()) == 1


def test_from_the_key_file_to_the_setting(stores: Stores, settings: Settings) -> None:
    fill(stores, settings)
    chosen = with_key(settings, NEW)
    assert readable(stores, chosen) == [TEXTS, TEXTS]
    assert rotate_key(stores, chosen, local_admin()).rotated == 6
    (settings.data_dir / KEY_FILE).unlink()
    assert readable(stores, chosen) == [TEXTS, TEXTS]


def test_a_damaged_key_file_is_said_and_not_replaced(settings: Settings) -> None:
    settings.data_dir.mkdir(parents=True)
    path = settings.data_dir / KEY_FILE
    path.write_text("")
    with pytest.raises(StoreError, match="is empty"):
        encrypt(settings, "text")
    assert path.read_text() == ""


def test_what_lies_beside_the_spool_follows(stores: Stores, settings: Settings) -> None:
    fill(stores, settings, count=1)
    state = AccountState(
        account="Acc0", name="Shop 0", timezone="UTC", api_key_encrypted=kept(stores)[0]["api_key_encrypted"]
    )
    write_state(settings, state)
    rotate_key(stores, settings, local_admin())
    (found,) = states_on_disk(settings)
    assert decrypt(settings, found.api_key_encrypted) == "pk_0123456789"
    assert b"pk_0123456789" not in state_path(settings, "Acc0").read_bytes()


def test_the_words_of_an_error_hold_no_secret(stores: Stores, settings: Settings, tmp_path: Path) -> None:
    fill(stores, with_key(settings, OLD), count=1)
    with pytest.raises(SecretUnreadable) as told:
        rotate_secrets(stores, with_key(settings, NEW), local_admin())
    said = str(told.value) + repr(told.value) + repr(with_key(settings, NEW))
    for secret in (OLD, NEW, *TEXTS.values(), *(row["api_key_encrypted"] for row in kept(stores))):
        assert secret not in said
    assert secrets.in_key_file(settings)
