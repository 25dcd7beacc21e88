"""When a campaign of mutants passes, and what it counts."""

from __future__ import annotations

import pytest

from tools.mutation.judge import Outcome, Verdict
from tools.mutation.mutants import Mutant
from tools.mutation.report import Report
from tools.mutation.source import Change, Source

SOURCE = Source("contracts/Till.sol", b"a > b;\n" * 1000, {})


def mutant(number: int) -> Mutant:
    return Mutant(
        SOURCE, "move relation", "Till.pay", Change(7 * number + 2, 7 * number + 3, "<"), number + 1
    )


def report(killed: int, survived: int = 0, argued: int = 0, same: int = 0) -> Report:
    outcomes = [Outcome.KILLED] * killed + [Outcome.SURVIVED] * (survived + argued) + [Outcome.SAME] * same
    verdicts = {mutant(n).identity: (mutant(n), Verdict(outcome)) for n, outcome in enumerate(outcomes)}
    reasons = {
        mutant(n).identity: "No caller can see it."
        for n in range(killed + survived, killed + survived + argued)
    }
    return Report(verdicts, reasons)


@pytest.mark.parametrize(
    ("made", "passes"),
    [
        (report(300), True),
        (report(299), False),
        (report(299, same=50), False),
        (report(290, argued=10), True),
        (report(285, survived=15), True),
        (report(284, survived=16), False),
        (report(0), False),
    ],
)
def test_report__passes__from_300_mutants_and_95_percent_on(made: Report, passes: bool) -> None:
    assert made.passes is passes


def test_report__argued_away_but_killed__does_not_pass_and_says_so() -> None:
    made = report(400)
    wrong = Report(made.verdicts, {mutant(7).identity: "Nothing can see it."})
    assert not wrong.passes
    assert wrong.wrongly_argued == [mutant(7)]
    assert any("equivalent.toml" in line for line in wrong.lines())


def test_report__survivors__are_shown_as_they_were_and_became() -> None:
    made = report(300, survived=1, argued=1)
    said = "\n".join(made.lines())
    assert [each.identity for each in made.survivors] == ["Till.pay #301: a > b; -> a < b;"]
    assert "-a > b;\n+a < b;" in said
    assert "302 mutants: 300 of 301 killed (99.7%), 1 argued equivalent" in said
