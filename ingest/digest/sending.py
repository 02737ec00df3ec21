"""One message to one person through the mail server of the settings."""

from __future__ import annotations

import hashlib
import smtplib
import ssl
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from ingest.digest.content import Digest
from ingest.errors import IngestError
from settings import Settings

# Codes below are a mail server's 'not now'; from here on it says 'never'.
FOR_GOOD = 500


class NotSent(IngestError):
    """A message did not go out. again: whether trying later may help; whole: whether nobody's would go out."""

    def __init__(self, said: str, *, again: bool, whole: bool) -> None:
        super().__init__(said)
        self.again = again
        self.whole = whole


def mark_of(address: str) -> str:
    """What stands for an address where nobody needs to read it."""
    return hashlib.sha256(address.strip().lower().encode()).hexdigest()[:16]


def message(digest: Digest, settings: Settings, address: str, now: datetime, *, test: bool = False) -> EmailMessage:
    """The digest for one person, as text and as a page. Raises NotSent where no sender is set."""
    sender = settings.smtp_sender or settings.smtp_user
    if not sender or "@" not in sender:
        raise NotSent("No sender is set: set SMTP_SENDER to an e-mail address.", again=False, whole=True)
    made = EmailMessage()
    made["Subject"] = f"Test: {digest.subject}" if test else digest.subject
    made["From"] = Address("Promolens", addr_spec=sender)
    made["To"] = address
    made["Date"] = format_datetime(now.astimezone(UTC))
    # The same for the same days and person: a server or reader that gets it twice can tell.
    own = hashlib.sha256(f"{digest.account} {digest.days} {address} {now if test else ''}".encode()).hexdigest()[:32]
    made["Message-ID"] = f"<{own}@{sender.rpartition('@')[2]}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(digest.plain())
    made.add_alternative(digest.html(), subtype="html")
    return made


def send(made: EmailMessage, settings: Settings) -> None:
    """Hands one message to the mail server. Raises NotSent; what it says holds no password."""
    if not settings.smtp_host:
        raise NotSent("No mail server is set: set SMTP_HOST.", again=False, whole=True)
    where = f"the mail server {settings.smtp_host}:{settings.smtp_port}"
    try:
        with _connected(settings) as server:
            if settings.smtp_user and settings.smtp_password is not None:
                server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
            server.send_message(made)
    except smtplib.SMTPRecipientsRefused as refused:
        code, said = next(iter(refused.recipients.values()))
        raise NotSent(
            f"{where} does not take mail for {made['To']}: {code} {_text(said)}", again=code < FOR_GOOD, whole=False
        ) from None
    except smtplib.SMTPAuthenticationError as refused:
        raise NotSent(
            f"{where} does not accept the user or the password ({refused.smtp_code}). Check SMTP_USER and"
            " SMTP_PASSWORD.", again=True, whole=True,
        ) from None  # fmt: skip
    except smtplib.SMTPResponseException as refused:
        answer = f"{refused.smtp_code} {_text(refused.smtp_error)}"
        raise NotSent(f"{where} refused: {answer}", again=True, whole=True) from None
    except ssl.SSLError as wrong:
        reason = wrong.reason or "no TLS"
        raise NotSent(
            f"{where} has no certificate that can be trusted, or another kind of TLS ({reason}). Check SMTP_TLS and"
            " SMTP_CA_FILE.", again=True, whole=True,
        ) from None  # fmt: skip
    except (smtplib.SMTPException, OSError) as wrong:
        raise NotSent(f"{where} cannot be used: {_text(wrong)}", again=True, whole=True) from None


def _connected(settings: Settings) -> smtplib.SMTP:
    """A connection that is encrypted as SMTP_TLS says. Raises what smtplib and ssl raise."""
    host, port, wait = settings.smtp_host, settings.smtp_port, settings.smtp_timeout_seconds
    if settings.smtp_tls == "none":
        return smtplib.SMTP(host, port, timeout=wait)
    trusted = ssl.create_default_context(cafile=None if settings.smtp_ca_file is None else str(settings.smtp_ca_file))
    if settings.smtp_tls == "tls":
        return smtplib.SMTP_SSL(host, port, timeout=wait, context=trusted)
    server = smtplib.SMTP(host, port, timeout=wait)
    try:
        server.starttls(context=trusted)
    except BaseException:
        server.close()
        raise
    return server


def _text(said: object) -> str:
    plain = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return " ".join(plain.split())[:200]
