"""`promolens rotate-key`: every secret under a new key, in the database and in what lies beside the spool."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

from data_access.personal import forgotten
from data_access.scope import Right, Scope
from data_access.secrets import in_key_file, leave_newest_key_in_file, put_new_key_into_file
from data_access.stores import Stores
from data_access.writes.secret_rotation import Rotated, rotate_secrets
from ingest.errors import IngestError
from ingest.state import read_state, states_on_disk, write_state
from settings import Settings


def rotate_key(stores: Stores, settings: Settings, scope: Scope) -> Rotated:
    """Encrypts all secrets with the newest key of PROMOLENS_SECRET_KEY; without that setting, with a new key in the key
    file, whose old keys go once nothing rests on them. An interrupted run is started again.

    Raises NotPermitted, SecretUnreadable, SecretsMoved, StoreError, OSError.
    """
    scope.require(Right.ADMIN)
    own_file = in_key_file(settings)
    if own_file:
        put_new_key_into_file(settings)
    done = rotate_secrets(stores, settings, scope)
    with stores.operational.write() as session:
        forgotten.seal_anew(session, settings)
        forgotten.keep_beside(session, settings)
    _states_anew(stores, settings)
    if own_file:
        leave_newest_key_in_file(settings)
    return done


def _states_anew(stores: Stores, settings: Settings) -> None:
    """What a command line sync fetches with holds the encrypted key, too."""
    for state in states_on_disk(settings):
        with stores.operational.read() as session, suppress(IngestError):
            write_state(settings, read_state(session, state.account, datetime.now(UTC)))
