"""How much memory a process and all its descendants had at their largest, together."""

from __future__ import annotations

import threading
from pathlib import Path
from types import TracebackType

EVERY_SECONDS = 0.1


class PeakMemory:
    """Looks ten times a second while the block runs; `peak_mb` is resident memory, shared pages counted each time."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._over = threading.Event()
        self._watch = threading.Thread(target=self._look, daemon=True)
        self.peak_mb = 0.0

    def __enter__(self) -> PeakMemory:
        self._watch.start()
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self._over.set()
        self._watch.join()

    def _look(self) -> None:
        while not self._over.wait(EVERY_SECONDS):
            self.peak_mb = max(self.peak_mb, sum(map(_resident_kb, _family(self._pid))) / 1024)


def _family(pid: int) -> list[int]:
    children = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        children += [int(child) for child in _text(task).split()]
    return [pid, *(each for child in children for each in _family(child))]


def _resident_kb(pid: int) -> int:
    for line in _text(Path(f"/proc/{pid}/status")).splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0


def _text(file: Path) -> str:
    try:
        return file.read_text()
    except OSError:
        # It has ended meanwhile.
        return ""
