"""`huizhen up` as a process of its own, on a free port, with a tiny world below a temporary folder."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from urllib.parse import urlencode

from tests.support.web import csrf_token

TINY = {"DOCTORS": "12", "HOSPITALS": "3", "GROUPS": "2", "CONSULTATIONS": "4"}
READY_SECONDS = 120
PS = shutil.which("ps") or "ps"


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def environment(state_dir: Path) -> dict[str, str]:
    ours = {f"HUIZHEN_DEMO_{name}": value for name, value in TINY.items()}
    return dict(os.environ) | ours | {"HUIZHEN_STATE_DIR": str(state_dir), "LC_ALL": "en_US.UTF-8"}


def huizhen(state_dir: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command that ends by itself."""
    command = [sys.executable, "-m", "huizhen.cli", *arguments]
    return subprocess.run(
        command, env=environment(state_dir), capture_output=True, text=True, timeout=300, check=False
    )


@dataclass
class Up:
    process: subprocess.Popen[bytes]
    port: int
    state_dir: Path
    output: Path

    def get(self, path: str) -> str:
        with urllib.request.urlopen(f"http://localhost:{self.port}{path}", timeout=10) as answer:
            return str(answer.read().decode())

    def pages_of(self, email: str, *paths: str) -> list[str]:
        """The pages as somebody of the demo sees them, by one click on the opening page, in English."""
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        address = f"http://localhost:{self.port}"
        with browser.open(f"{address}/") as opening:
            token = csrf_token(opening.read().decode())
        for path, form in (("/locale", {"locale": "en"}), ("/demo/sign-in", {"email": email})):
            browser.open(address + path, urlencode(form | {"csrf_token": token}).encode()).close()
        pages = []
        for path in paths:
            with browser.open(address + path) as answer:
                pages.append(str(answer.read().decode()))
        return pages

    def wait_until_ready(self) -> float:
        """Answers the seconds that it took."""
        began = time.monotonic()
        while time.monotonic() < began + READY_SECONDS:
            assert self.process.poll() is None, self.output.read_text()
            with suppress(OSError, HTTPException):
                self.get("/readyz")
                return time.monotonic() - began
            time.sleep(0.2)
        raise AssertionError(f"not ready: {self.output.read_text()}")

    def children(self) -> dict[int, str]:
        """Process ids and command lines of all that it started, and of what those started."""
        command = [PS, "-eo", "pid=,ppid=,args="]
        shown = subprocess.run(command, capture_output=True, text=True, check=True)
        rows = [line.split(None, 2) for line in shown.stdout.splitlines()]
        family, found = {self.process.pid}, {}
        for pid, parent, args in sorted(rows, key=lambda row: int(row[0])):
            if int(parent) in family:
                family.add(int(pid))
                found[int(pid)] = args
        return found

    def child(self, words: str) -> int:
        return next(pid for pid, args in self.children().items() if words in args)

    def end(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)


@contextmanager
def up(state_dir: Path, *arguments: str) -> Iterator[Up]:
    state_dir.mkdir(parents=True, exist_ok=True)
    port, output = free_port(), state_dir.parent / "up.log"
    command = [sys.executable, "-m", "huizhen.cli", "up", "--port", str(port), *arguments]
    with output.open("wb") as said:
        process = subprocess.Popen(command, env=environment(state_dir), stdout=said, stderr=said)
    running = Up(process, port, state_dir, output)
    try:
        yield running
    finally:
        if process.poll() is None:
            running.end()


def all_gone(pids: Iterator[int] | dict[int, str], patience: float = 20) -> bool:
    """Whether these processes end within `patience` seconds; one that nobody has waited for counts as ended."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        listed = ",".join(str(pid) for pid in pids)
        command = [PS, "-o", "stat=", "-p", listed]
        states = subprocess.run(command, capture_output=True, text=True, check=False).stdout.split()
        if all(state.startswith("Z") for state in states):
            return True
        time.sleep(0.1)
    return False
