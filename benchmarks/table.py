"""What a benchmark says: a figure, what stands beside it from the same run, and whether the goal is met."""

from __future__ import annotations

import resource
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Figure:
    """`value` in `unit`; `beside` names the peer or limit and `beside_value` is it, in the same unit. `ratio` is value
    over beside_value. `goal` is a sentence, `met` whether it holds (None: no goal). `note`: a reason or the input."""

    name: str
    value: float
    unit: str
    beside: str = ""
    beside_value: float | None = None
    goal: str = ""
    met: bool | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        return self.value / self.beside_value if self.beside_value else None


def percentile(values: Iterable[float], share: float) -> float:
    """The value below which the share of values lies (nearest rank). ValueError without values."""
    ordered = sorted(values)
    if not ordered:
        raise ValueError("no values")
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def peak_megabytes() -> float:
    """The most memory that this process ever held. What the system counts for a child begins with its parent's peak;
    what the kernel tells of the program itself does not."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    (line,) = [line for line in status.read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) / 1024


def markdown(figures: Iterable[Figure]) -> str:
    """The figures as a Markdown table."""
    lines = ["| figure | measured | beside it | ratio | goal | |", "| --- | ---: | ---: | ---: | --- | --- |"]
    for figure in figures:
        beside = (
            f"{figure.beside}: {_number(figure.beside_value)} {figure.unit}" if figure.beside_value else figure.beside
        )
        ratio = f"{figure.ratio:.3g} ×" if figure.ratio is not None else "–"
        verdict = {True: "met", False: "**short**", None: ""}[figure.met]
        goal = f"{figure.goal} {verdict}".strip()
        measured = f"{_number(figure.value)} {figure.unit}"
        lines.append(f"| {figure.name} | {measured} | {beside or '–'} | {ratio} | {goal or '–'} | {figure.note} |")
    return "\n".join(lines)


def _number(value: float | None) -> str:
    if value is None:
        return "–"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"
