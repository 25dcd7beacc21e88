"""A pytest plugin that collects once and then runs the tests for one mutant after another, each in a forked child.

For each line on standard input, {"artifacts": folder, "nearest": folder of tests}, it answers one line on standard
output, {"failed": the first test that failed, or ""}; it is BROKE_OFF where something else than a test failed.
Starting pytest and collecting cost more than most verdicts.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
from pathlib import Path
from typing import NoReturn

import pytest

from huizhen.chain.artifacts import Artifacts
from tests.support import on_revm

MOST_SECONDS = 600
BROKE_OFF = "the tests broke off"
STANDARD_OUTPUT = 1


class FirstFailure:
    """Ends the child at the first failure, and says which."""

    def __init__(self, answer: int) -> None:
        self._answer = answer

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.say(report.nodeid)

    def say(self, failed: str) -> NoReturn:
        os.write(self._answer, failed.encode() + b"\n")
        os._exit(0)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool:
    print(json.dumps({"collected": len(session.items)}), file=sys.__stdout__, flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        failed = _failure(session, Path(asked["artifacts"]), asked["nearest"])
        print(json.dumps({"failed": failed}), file=sys.__stdout__, flush=True)
    return True


def _failure(session: pytest.Session, artifacts: Path, nearest: str) -> str:
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        _run(session, artifacts, nearest, write)
    os.close(write)
    with os.fdopen(read, "rb") as answer:
        if not select.select([answer], [], [], MOST_SECONDS)[0]:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return f"no end after {MOST_SECONDS} s"
        said = answer.readline()
    os.waitpid(child, 0)
    # A child that says nothing was ended by something else than a test.
    return said.decode().strip() if said.endswith(b"\n") else BROKE_OFF


def _run(session: pytest.Session, artifacts: Path, nearest: str, write: int) -> NoReturn:
    """In the child. It never returns into the parent's pytest."""
    end = FirstFailure(write)
    # Standard output carries answers, and pytest's dots are none.
    os.dup2(os.open(os.devnull, os.O_WRONLY), STANDARD_OUTPUT)
    try:
        on_revm.CHAIN.artifacts = Artifacts(artifacts)
        session.config.pluginmanager.register(end)
        items = sorted(session.items, key=lambda item: item.path.parent.name != nearest)
        for item, following in zip(items, [*items[1:], None], strict=True):
            session.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
    except BaseException as error:  # noqa: BLE001 (whatever it is, the child ends here)
        end.say(f"{BROKE_OFF}: {error!r}")
    end.say("")
