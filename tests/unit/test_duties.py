"""A worker's duties: none of them can end the others, and a failure is said once."""

from __future__ import annotations

import json
import logging
import threading

import pytest

from huizhen.cli.duties import Duty, attend
from huizhen.cli.log import JsonLines, fact
from huizhen.errors import NodeError

DOWN = NodeError("节点无应答。", "The node does not answer.")


class Steps:
    """Answers or raises what it was given, one after another, then the last for ever."""

    def __init__(self, *outcomes: Exception | None) -> None:
        self.outcomes = list(outcomes)
        self.taken = 0

    def __call__(self) -> None:
        self.taken += 1
        outcome = self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]
        if outcome is not None:
            raise outcome


@pytest.mark.parametrize("failure", [DOWN, RuntimeError("a bug")])
def test_attend__one_duty_fails__the_others_go_on(
    failure: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    stop, others = threading.Event(), Steps(None)

    def last() -> None:
        if others.taken == 3:
            stop.set()

    attend([Duty("failing", Steps(failure), 0.0), Duty("sound", others, 0.0), Duty("last", last, 0.0)], stop)
    assert others.taken == 3
    assert len(caplog.records) == 1, "the same failure is said once"


def test_turn__node_down_for_long__waits_longer_and_then_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    steps = Steps(DOWN, DOWN, None)
    duty = Duty("relay", steps, every=0.01)
    now = 0.0
    duty.turn(now)
    duty.turn(now)
    assert steps.taken == 1, "it rests first"
    for _ in range(2):
        now += 10**9
        duty.turn(now)
    assert [record.message for record in caplog.records] == [DOWN.sentence.en, "goes on"]


def test_turn__bug__keeps_the_traceback_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    Duty("relay", Steps(RuntimeError("a bug"))).turn(10**9)
    line = json.loads(JsonLines().format(caplog.records[0]))
    assert line["duty"] == "relay"
    assert line["level"] == "error"
    assert "RuntimeError: a bug" in line["fault"]


def test_fact__figures__become_fields_of_one_line(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    fact(logging.getLogger("huizhen.test"), "indexed", block=7)
    line = JsonLines().format(caplog.records[0])
    assert "\n" not in line
    assert json.loads(line)["block"] == 7
