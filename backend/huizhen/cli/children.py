"""Child processes of the supervisor: started, watched, ended by their process id."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from huizhen.chain.lifeline import die_with_parent

_LONGEST_PAUSE = 30.0
_STEADY_SECONDS = 60.0


@dataclass(slots=True)
class Child:
    """`output` is the file that takes all it says; a child that was ended by us is not started again."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    output: Path
    _running: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _started: float = field(default=0.0, init=False)
    falls: int = field(default=0, init=False)

    def start(self) -> None:
        now = time.monotonic()
        if self._running is not None:
            self.falls = 1 if now - self._started > _STEADY_SECONDS else self.falls + 1
        self._started = now
        with self.output.open("ab") as output:
            # A group of its own: Ctrl-C at the terminal reaches the supervisor alone, which ends the others.
            self._running = subprocess.Popen(
                self.command,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )

    @property
    def alive(self) -> bool:
        return self._running is not None and self._running.poll() is None

    @property
    def pid(self) -> int | None:
        return self._running.pid if self._running is not None else None

    @property
    def exit_code(self) -> int | None:
        return self._running.returncode if self._running is not None else None

    @property
    def pause(self) -> float:
        """Seconds to wait before it is started again: more for one that falls again and again."""
        return min(2.0**self.falls, _LONGEST_PAUSE)

    def ask_to_end(self) -> None:
        if self._running is not None and self.alive:
            self._running.terminate()

    def end(self, patience: float) -> None:
        """Waits for it, and kills it where that takes too long."""
        if self._running is None:
            return
        try:
            self._running.wait(patience)
        except subprocess.TimeoutExpired:
            self._running.kill()
            self._running.wait()
