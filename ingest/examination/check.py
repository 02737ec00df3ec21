"""One thing that was looked at, and what was found."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Area = Literal["Machine", "Database", "Data", "Klaviyo", "Schedule"]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at. `message` says what was found and, where not `ok`, what to do."""

    name: str
    ok: bool
    message: str
    area: Area = "Data"

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def size(number: float) -> str:
    """Bytes as people write them: 12 KiB, 3.4 MiB, 1.2 GiB."""
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if abs(number) < 1024 or unit == "GiB":
            return f"{number:,.0f} {unit}" if unit in ("bytes", "KiB") else f"{number:,.1f} {unit}"
        number /= 1024
    return ""
