"""What a worker does again and again: duties that take turns, none of which can end the others."""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from huizhen.cli.log import fact
from huizhen.errors import HuizhenError

_LONGEST_PAUSE = 30.0

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Duty:
    """`step` runs every `every` seconds; after a failure it waits longer and longer, and says so once."""

    name: str
    step: Callable[[], object]
    every: float = 0.5
    _due: float = field(default=0.0, init=False)
    _failures: int = field(default=0, init=False)
    _said: str = field(default="", init=False)

    def turn(self, now: float) -> None:
        if now < self._due:
            return
        try:
            self.step()
        except HuizhenError as refusal:
            self._failed(refusal.sentence.en, None)
        except Exception as fault:  # noqa: BLE001 (whatever goes wrong in one duty, the others go on)
            self._failed(f"{type(fault).__name__}: a fault of ours", fault)
        else:
            if self._failures:
                fact(log, "goes on", duty=self.name, after_failures=self._failures)
            self._failures, self._said = 0, ""
        self._due = time.monotonic() + self._pause()

    def _pause(self) -> float:
        return min(self.every * 2**self._failures, _LONGEST_PAUSE) if self._failures else self.every

    def _failed(self, said: str, fault: Exception | None) -> None:
        self._failures = min(self._failures + 1, 10)
        if said != self._said:
            log.error(said, extra={"facts": {"duty": self.name}}, exc_info=fault)
        self._said = said


def attend(duties: Sequence[Duty], stop: threading.Event, wake: threading.Event | None = None) -> None:
    """Until `stop` is set; a step that has begun is ended first. `wake` ends the pause between two rounds early."""
    pause = wake or stop
    while not stop.is_set():
        if wake is not None:
            wake.clear()
        for duty in duties:
            duty.turn(time.monotonic())
        pause.wait(0.1)


def until_told() -> threading.Event:
    """Set by SIGTERM or Ctrl-C."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    return stop
