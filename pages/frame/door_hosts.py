"""The names that the app answers to, and the pages that may talk to it.

A page of somebody else can have its own name point to 127.0.0.1 and would then be taken by the browser for the app: so
requests by another name are refused. A browser says which page a connection comes from: only the app's own may.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import ip_address
from typing import Final
from urllib.parse import SplitResult, urlsplit

from settings import Settings
from sign_in import OWN_MACHINE, SignInFileError, redirect_address

ANY: Final = "*"
_USUAL_PORTS: Final = {"http": 80, "https": 443}


class Hosts:
    """Which names and which pages are the app's own."""

    def __init__(
        self, named: Iterable[str] = (), addresses: Iterable[SplitResult] = (), *, numbers: bool = False
    ) -> None:
        """named: host names, * for any; addresses: of the app as people open it; numbers: any address in numbers, which
        nobody's name can be made to point to."""
        self._named = frozenset(name.lower().rstrip(".") for name in named)
        known = [address for address in addresses if address.hostname]
        self._served = OWN_MACHINE | self._named | {str(address.hostname).rstrip(".") for address in known}
        self._origins = frozenset(_origin(address) for address in known)
        self._numbers = numbers
        # A header is compared again and again; how many different ones are remembered is bounded.
        self.serves = lru_cache(maxsize=256)(self._serves)
        self.own = lru_cache(maxsize=256)(self._own)

    def _serves(self, host: str | None) -> bool:
        """Whether a request that names this host (`name`, `name:port`, `[::1]:port`) is for the app."""
        name = _name(host or "")
        return bool(name) and (ANY in self._named or name in self._served or (self._numbers and _is_number(name)))

    def _own(self, origin: str | None, host: str | None) -> bool:
        """Whether a page of this origin is the app's own. Programs that are no browsers name none."""
        if origin is None:
            return True
        try:
            found = urlsplit(origin.lower())
            port = found.port
        except ValueError:
            return False
        if found.scheme not in _USUAL_PORTS or not found.hostname or found.path:
            return False
        if found.netloc == (host or "").lower() or _origin(found) in self._origins:
            return True
        # Behind a proxy that asks for the app by another name than people do.
        return found.hostname in self._named and port in (None, _USUAL_PORTS[found.scheme])


def hosts_of(settings: Settings, listening: str | None) -> Hosts:
    """The app's own names: this machine's, ALLOWED_HOSTS, and those of the addresses that settings and the file of
    providers have for it; addresses in numbers too where it listens (at `listening`) for other machines."""
    addresses = [urlsplit(settings.public_url.lower())] if settings.public_url else []
    try:
        back = redirect_address(settings)
    except SignInFileError:
        back = None  # nobody signs in, which the page says
    named = [name for name in settings.allowed_hosts.replace(",", " ").split() if name]
    return Hosts(named, [*addresses, *([back] if back else [])], numbers=listening not in OWN_MACHINE)


def _name(host: str) -> str:
    """The name of a Host header in small letters; '' where it is none."""
    try:
        found = urlsplit(f"//{host.lower()}")
        _ = found.port  # raises where it is no number
    except ValueError:
        return ""
    whole = found.username is None and not (found.path or found.query or found.fragment)
    return (found.hostname or "").rstrip(".") if whole else ""


def _is_number(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _origin(address: SplitResult) -> str:
    port = address.port
    suffix = "" if port in (None, _USUAL_PORTS.get(address.scheme)) else f":{port}"
    return f"{address.scheme}://{address.hostname}{suffix}"
