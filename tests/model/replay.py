"""The same calldata at the same seconds on another EVM, and everything that can be seen compared."""

from __future__ import annotations

from typing import NamedTuple

from tests.model.cast import GENESIS
from tests.model.engines import Engine, Outcome
from tests.model.stage import Question, Sent, Stage, deploy


class Sample(NamedTuple):
    """A run from the deployment on, and what all views answered in the end."""

    sent: tuple[Sent, ...]
    outcomes: tuple[Outcome, ...]
    answers: tuple[tuple[Question, bytes], ...]

    @classmethod
    def of(cls, stage: Stage) -> Sample:
        answers = tuple((question, expected) for question, expected in stage.questions())
        return cls(tuple(stage.sent), tuple(stage.outcomes), answers)


def replay(sample: Sample, engine: Engine) -> None:
    """Raises AssertionError at the first difference in success, revert, returned bytes, logs or views."""
    deploy(engine, GENESIS)
    for number, (sent, expected) in enumerate(zip(sample.sent, sample.outcomes, strict=True)):
        found = engine.execute(*sent)
        if found.output is None:  # a node keeps no answers of transactions
            expected = expected._replace(output=None)
        assert found == expected, f"call {number}, {sent}"
    for question, expected_answer in sample.answers:
        assert engine.view(question.to, question.calldata) == expected_answer, question
