"""`make bench`: every figure beside its peer or limit, answers compared first. BENCH_ARGS='--only page' for a part."""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks import page, sessions, sync
from benchmarks.servers import local_klaviyo, new_store, promolens
from benchmarks.table import Figure, markdown

PARTS = (
    "sync",
    "latency",
    "stacks",
    "postgresql",
    "final",
    "rfm",
    "pairs",
    "engines",
    "engagement",
    "reports",
    "workbooks",
    "anomalies",
    "landing",
    "overview",
    "customer-pages",
    "uplift",
    "postmortem",
    "learning",
    "incrementality",
    "simulator",
    "promo-pages",
    "forecasts",
    "lifetime",
    "refresh",
    "page",
    "busy",
    "sessions",
    "memory",
)
USUAL = PARTS[:-1]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=USUAL, help="memory runs only when it is named")
    parser.add_argument("--events", type=int, default=200_000, help="events of the store behind the pages")
    parser.add_argument("--sync-events", type=int, default=1_000_000, help="events of the sync")
    parser.add_argument("--latency-events", type=int, default=500_000, help="events of the sync with slow answers")
    parser.add_argument("--stacks-events", type=int, default=1_000_000, help="events of the sync into both stacks")
    parser.add_argument("--final-orders", type=int, default=300_000, help="orders of ClickHouse's FINAL")
    parser.add_argument("--rfm-part", type=float, default=1.0, help="part of 4,000,000 orders for RFM")
    parser.add_argument(
        "--pairs-part", type=float, default=1.0, help="part of 10,000,000 order lines for product pairs"
    )
    parser.add_argument(
        "--engines-part", type=float, default=0.1, help="part of 10,000,000 order lines for the tables on both engines"
    )
    parser.add_argument(
        "--pages-part", type=float, default=1.0, help="part of 10,000,000 order lines behind the customers' pages"
    )
    parser.add_argument("--pages-store", type=Path, help="folder that keeps the filled store for the next time")
    parser.add_argument("--seasons", type=int, default=200, help="simulated seasons of promotions for learning")
    parser.add_argument("--companies", type=int, default=60, help="simulated companies of each kind for uplift")
    parser.add_argument("--stores", type=int, default=200, help="simulated stores of each kind for lifetime")
    parser.add_argument("--workbook-rows", type=int, default=1_000_000, help="rows of the XLSB that is loaded")
    parser.add_argument("--sessions", type=int, default=100)
    parser.add_argument("--reruns", type=int, default=20_000)
    given = parser.parse_args()
    print(f"{os.cpu_count()} cores, {platform.python_implementation()} {platform.python_version()}", flush=True)
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="promolens-bench-") as folder:
        for figure in _figures(given, Path(folder)):
            figures.append(figure)
            print(f"  {figure.name}: {figure.value:,.1f} {figure.unit} ({figure.beside or '–'})", flush=True)
    print("\n" + markdown(figures))


def _figures(given: argparse.Namespace, folder: Path) -> Iterator[Figure]:
    wanted = set(given.only)
    if "sync" in wanted:
        yield from sync.rate(folder / "sync", given.sync_events)
    if "latency" in wanted:
        yield from sync.latency(folder / "latency", given.latency_events)
    if "stacks" in wanted:
        from benchmarks import stacks

        yield from stacks.measure(folder / "stacks", given.stacks_events)
    if "postgresql" in wanted:
        from benchmarks import common_queries

        yield from common_queries.measure(folder / "postgresql")
    if "final" in wanted:
        from benchmarks import final

        yield from final.measure(given.final_orders)
    if "rfm" in wanted:
        from benchmarks import rfm

        yield from rfm.measure(given.rfm_part)
    if "pairs" in wanted:
        from benchmarks import pairs

        yield from pairs.measure(given.pairs_part)
    if "engines" in wanted:
        from benchmarks import engines

        yield from engines.measure(folder / "engines", given.engines_part)
    if "engagement" in wanted:
        from benchmarks import engagement

        yield from engagement.measure(folder / "engagement")
    if "workbooks" in wanted:
        from benchmarks import workbooks

        yield from workbooks.measure(folder / "workbooks", given.workbook_rows)
    if "reports" in wanted:
        from benchmarks import reports

        yield from reports.measure(folder / "reports")
    if "landing" in wanted:
        from benchmarks import landing

        yield from landing.measure()
    if "anomalies" in wanted:
        from benchmarks import anomalies

        yield from anomalies.measure()
    if "postmortem" in wanted:
        from benchmarks import postmortem

        yield from postmortem.measure()
    if "uplift" in wanted:
        from benchmarks import uplift

        yield from uplift.measure(given.companies)
    if "learning" in wanted:
        from benchmarks import learning

        yield from learning.measure(given.seasons)
    if "incrementality" in wanted:
        from benchmarks import incrementality

        yield from incrementality.measure()
    if "simulator" in wanted:
        from benchmarks import simulator

        yield from simulator.measure()
        yield from simulator.optimised()
        yield from simulator.page(folder / "simulator")
    if "promo-pages" in wanted:
        from benchmarks import promo_pages

        yield from promo_pages.measure(folder / "promo-pages")
    if "forecasts" in wanted:
        from benchmarks import forecasts

        yield from forecasts.measure()
    if "overview" in wanted:
        from benchmarks import overview

        yield from overview.measure(folder / "overview")
    if "lifetime" in wanted:
        from benchmarks import lifetime

        yield from lifetime.measure(given.stores)
    if "customer-pages" in wanted:
        from benchmarks import customer_pages

        place = given.pages_store or folder / "customer-pages"
        yield from customer_pages.measure(place, given.pages_part)
    if not wanted & {"refresh", "page", "busy", "sessions", "memory"}:
        return
    store = folder / "store"
    with local_klaviyo(given.events) as base_url:
        env = new_store(store, base_url)
        promolens("sync", env=env)
        if "refresh" in wanted:
            from benchmarks import refresh

            yield from refresh.measure(store)
        if "page" in wanted:
            yield from page.measure(store)
        if "busy" in wanted:
            yield from page.while_syncing(store, base_url)
    if "sessions" in wanted:
        yield from sessions.measure(store, sessions=given.sessions)
    if "memory" in wanted:
        yield from sessions.memory(store, reruns=given.reruns)


if __name__ == "__main__":
    main()
