"""A program that is started once and asked many times: one line of JSON each way."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import orjson


class Child:
    """To be closed."""

    def __init__(self, command: Sequence[str], folder: Path) -> None:
        self._command = command
        self._running = subprocess.Popen(command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._in: IO[bytes] = _open(self._running.stdin)
        self._out: IO[bytes] = _open(self._running.stdout)

    def ask(self, question: Mapping[str, Any]) -> dict[str, Any]:
        self._in.write(orjson.dumps(question) + b"\n")
        self._in.flush()
        return self.read()

    def read(self) -> dict[str, Any]:
        """The next line that is an object; what a program says besides is passed over. Raises EOFError."""
        for line in self._out:
            if line.startswith(b"{"):
                answer: dict[str, Any] = orjson.loads(line)
                return answer
        raise EOFError(f"{self._command[0]} ended without an answer.")

    def close(self) -> None:
        self._in.close()
        self._out.close()
        self._running.wait()


def _open(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise EOFError("A pipe that was asked for is not there.")
    return pipe
