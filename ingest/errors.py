"""What the jobs of this package refuse, said so that the person knows what to do."""

from __future__ import annotations


class IngestError(Exception):
    """`str()` says what happened and what to do."""


class KeyRefused(IngestError):
    """Klaviyo does not accept a key, or the key lacks what is needed to name its account."""


class UnknownAccount(IngestError):
    """There is no such account, or it has no key."""


class UnknownResource(IngestError):
    """A resource that does not exist was asked for."""


class FetchBusy(IngestError):
    """Another process is fetching this account."""
