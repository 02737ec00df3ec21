"""What can go wrong between us and Klaviyo, each with what the person can do about it.

No error carries the API key: messages are made of the endpoint, the status and Klaviyo's own detail, cut short.
"""

from __future__ import annotations


class KlaviyoError(Exception):
    """A request that did not give a usable answer.

    `endpoint` is the path that was asked, `advice` one sentence on what to do.
    """

    advice = "Try the sync again; if it stays, look at https://status.klaviyo.com."

    def __init__(self, message: str, *, endpoint: str = "") -> None:
        super().__init__(message)
        self.endpoint = endpoint

    def told(self) -> str:
        """The message with the endpoint and the advice, in one line for a job's row or a terminal."""
        place = f"{self.endpoint}: " if self.endpoint else ""
        return f"{place}{self}. {self.advice}"


class AuthenticationFailed(KlaviyoError):
    """Klaviyo does not accept the key: nothing of this account can be read."""

    advice = "Make a private key (it begins with pk_) in Klaviyo under Settings → API keys and save it here."


class ConnectionEnded(AuthenticationFailed):
    """Klaviyo no longer accepts the connection of an account, and its token cannot be renewed."""

    advice = ""

    def told(self) -> str:
        """What to do stands in the message: it knows the account."""
        return str(self)


class PermissionMissing(KlaviyoError):
    """The key lacks the scope of one resource: that resource alone is left out."""

    advice = "Give the key read access to this resource in Klaviyo under Settings → API keys."


class RequestRefused(KlaviyoError):
    """Klaviyo refuses the request itself (4xx that waiting does not cure)."""

    advice = "Check KLAVIYO_REVISION and the account's settings."

    def __init__(self, message: str, *, endpoint: str = "", status: int = 400) -> None:
        super().__init__(message, endpoint=endpoint)
        self.status = status


class NotFound(RequestRefused):
    """The thing asked for is gone, such as a flow deleted during the walk."""


class DailyQuotaReached(KlaviyoError):
    """The endpoint's daily quota is used up; `retry_after` is how many seconds Klaviyo asks to wait."""

    advice = "The next sync asks again once the quota is free; everything else went on."

    def __init__(self, message: str, *, endpoint: str, retry_after: float) -> None:
        super().__init__(message, endpoint=endpoint)
        self.retry_after = retry_after


class Throttled(KlaviyoError):
    """Klaviyo kept answering 429 although every Retry-After was waited for."""

    advice = "Another program may be using the same account's quota; run the sync when it rests."


class ConnectionFailed(KlaviyoError):
    """The connection failed or was cut, and asking again did not help."""

    advice = "Check the network and KLAVIYO_BASE_URL, then run the sync again: it goes on where it stopped."


class ServerFailed(KlaviyoError):
    """Klaviyo answered 5xx, and asking again did not help."""


class MalformedBody(KlaviyoError):
    """The body is not what the API promises, and asking again did not help."""
