"""A worker process: reads tasks, fits, and writes back what the models told. It knows no database and no setting."""

from __future__ import annotations

import os
import sys

from analytics.forecasting.backtest import worked
from ingest.forecasting.messages import of_backtest, receive, send, task_from

# Pages and loads go first.
_BEHIND = 5


def main() -> None:
    """Works until no more tasks come."""
    os.nice(_BEHIND)
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # What libraries print must not come between the answers.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    while (told := receive(sys.stdin.buffer)) is not None:
        send(answers, of_backtest(worked(task_from(told))))


if __name__ == "__main__":
    main()
