"""What goes to a worker process and comes back: tasks and what models told, as bytes with their length in front."""

from __future__ import annotations

from datetime import date
from typing import IO, Any

import msgspec
import numpy as np

from analytics.forecasting.backtest import LEADS, Backtest, Task
from analytics.forecasting.candidates import Kind
from analytics.forecasting.series import Key, Series

_LENGTH = 8


def send(pipe: IO[bytes], message: Any) -> None:
    """Writes one message."""
    body = msgspec.msgpack.encode(message)
    pipe.write(len(body).to_bytes(_LENGTH, "big") + body)
    pipe.flush()


def receive(pipe: IO[bytes]) -> Any | None:
    """The next message; None where the other side has ended."""
    head = pipe.read(_LENGTH)
    if len(head) < _LENGTH:
        return None
    size = int.from_bytes(head, "big")
    body = pipe.read(size)
    return msgspec.msgpack.decode(body) if len(body) == size else None


def of_task(task: Task) -> dict[str, Any]:
    """A task as plain values."""
    return {
        "key": list(task.series.key),
        "first": task.series.first.isoformat(),
        "values": task.series.values.tolist(),
        "discounts": task.discounts.tolist(),
        "holidays": [[day.isoformat(), name] for day, name in task.holidays],
        "origins": list(task.origins),
        "ahead": task.ahead,
        "kinds": [kind.value for kind in task.kinds],
    }


def task_from(told: dict[str, Any]) -> Task:
    """The other way round."""
    return Task(
        series=Series(Key(*told["key"]), date.fromisoformat(told["first"]), np.array(told["values"], float)),
        discounts=np.array(told["discounts"], float),
        holidays=tuple((date.fromisoformat(day), name) for day, name in told["holidays"]),
        origins=tuple(told["origins"]),
        ahead=int(told["ahead"]),
        kinds=tuple(Kind(kind) for kind in told["kinds"]),
    )


def of_backtest(tested: Backtest) -> dict[str, Any]:
    """What models told, as plain values."""
    return {
        "key": list(tested.key),
        "past": {kind.value: values.tolist() for kind, values in tested.past.items()},
        "future": {kind.value: values.tolist() for kind, values in tested.future.items()},
        "promoted": tested.promoted,
    }


def backtest_from(told: dict[str, Any]) -> Backtest:
    """The other way round."""
    return Backtest(
        Key(*told["key"]),
        {Kind(kind): np.array(values, float).reshape(-1, LEADS) for kind, values in told["past"].items()},
        {Kind(kind): np.array(values, float) for kind, values in told["future"].items()},
        bool(told["promoted"]),
    )
