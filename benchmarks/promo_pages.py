"""The pages of promotions, forecasts, targets and post-mortems over two years of 20 departments in 2 channels, and the
post-mortem itself of 14 days of all of them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from benchmarks.page import COLD_MS, WARM_MS
from benchmarks.servers import environment
from benchmarks.table import Figure
from settings import PROJECT_ROOT

JUDGED_MS: Final = 5_000.0


def measure(folder: Path, runs: int = 7) -> Iterator[Figure]:
    """Post-mortem the first time; cold and warm server time of each page, stored results alone."""
    folder.mkdir(parents=True)
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.promo_pages_probe", str(runs)],
        cwd=PROJECT_ROOT, env=environment(folder), check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    for name, told in json.loads(done.stdout.splitlines()[-1]).items():
        limit = JUDGED_MS if "judged" in name else COLD_MS if name.endswith("cold") else WARM_MS
        yield Figure(name, told["seconds"] * 1000, "ms", "limit", limit, f"≤ {limit:,.0f} ms",
                     told["seconds"] * 1000 <= limit)  # fmt: skip
        yield Figure(f"{name} (processor time)", told["processor"] * 1000, "ms", "limit", limit)
