"""Known holes in the pinned packages: python scripts/audit.py [--required] [--url URL] LOCK…

Asks the database of open-source vulnerabilities (OSV) by pip-audit. Exit code 1 where a package has one. A machine that
does not reach the database cannot tell: it says so, loudly, and ends with 0, or with 1 where --required is said.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence

LINE = "!" * 100
TIMEOUT_SECONDS = 600


def command(lock: str, url: str) -> list[str]:
    """What asks. The packages are those of the lock: nothing is resolved or installed for it."""
    words = ["-s", "osv", "-r", lock, "--no-deps", "--disable-pip", "--progress-spinner", "off", "--timeout", "5"]
    return [sys.executable, "-m", "pip_audit", *words, "-f", "json", *(["--osv-url", url] if url else [])]


def told(lock: str, code: int, out: str, err: str) -> tuple[bool | None, str]:
    """Whether the lock is clean, None where nobody can tell; and what to say."""
    try:
        found = list(json.loads(out)["dependencies"])
    except (ValueError, KeyError, TypeError):
        last = (err.strip().splitlines() or [f"exit code {code}"])[-1]
        return (
            None,
            f"{LINE}\nNOT AUDITED: {lock}. The database of vulnerabilities was not asked:\n{last[:300]}\n{LINE}",
        )
    holes = [
        f"{one['name']} {one['version']}: {hole['id']}, mended in {', '.join(hole['fix_versions']) or 'no version yet'}"
        for one in found
        for hole in one.get("vulns", ())
    ]
    skipped = [f"{one['name']}: {one['skip_reason']}" for one in found if "skip_reason" in one]
    if holes or skipped:
        return False, "\n".join([f"{lock} holds packages with known holes:", *holes, *skipped])
    if code or not found:
        return None, f"{LINE}\nNOT AUDITED: {lock}. {err.strip()[-300:] or 'It names no package.'}\n{LINE}"
    return True, f"{lock}: {len(found)} packages without a known hole."


def main(words: Sequence[str]) -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("locks", nargs="+")
    asked.add_argument("--required", action="store_true")
    asked.add_argument("--url", default="")
    given = asked.parse_args(words)
    ends = 0
    for lock in given.locks:
        done = subprocess.run(  # noqa: S603 - our own command
            command(lock, given.url), capture_output=True, text=True, timeout=TIMEOUT_SECONDS, check=False
        )
        clean, text = told(lock, done.returncode, done.stdout, done.stderr)
        sys.stdout.write(f"{text}\n")
        if clean is False or (clean is None and given.required):
            ends = 1
        if clean is None:
            break  # nor would the others be
    return ends


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
