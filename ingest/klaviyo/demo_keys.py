"""Keys of the demo's stores: nobody but the local Klaviyo knows them."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from ingest.errors import KeyRefused
from settings import Settings

# A real private key has hexadecimal digits there.
_DEMO: Final = "pk_demo"


def require_at_home(settings: Settings, api_key: str) -> None:
    """Raises KeyRefused where a demo store would be asked for at the real Klaviyo."""
    host = urlsplit(settings.klaviyo_base_url).hostname or ""
    if api_key.startswith(_DEMO) and (host == "klaviyo.com" or host.endswith(".klaviyo.com")):
        raise KeyRefused(
            f"This store is the demo's, and {host} does not know it. 'promolens demo' syncs it from the local Klaviyo;"
            " for your own stores choose another DATA_DIR."
        )
