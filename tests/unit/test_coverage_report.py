"""When a coverage of the contracts passes."""

from __future__ import annotations

from tools.covering.marking import Jump, Stretch
from tools.covering.report import Report
from tools.covering.text import Text
from tools.mutation.source import Source

FILE, SPAN = "contracts/SlotBook.sol", (0, 15)
TREE = {"nodeType": "SourceUnit", "src": "0:16:0", "nodes": [{"nodeType": "IfStatement", "src": "0:15:0"}]}
TAKEN, NOT_TAKEN, RAN = 0, 1, 2
NEVER_TRUE = "SlotBook: if (a) revert(): true"


def report(*passed: int, argued: str = "", file: str = FILE) -> Report:
    text = Text(Source(file, b"if (a) revert();", TREE))
    points: list[Stretch | Jump] = [
        Jump(file, SPAN, jumped=True),
        Jump(file, SPAN, jumped=False),
        Stretch(frozenset({(file, SPAN)})),
    ]
    return Report({file: text}, points, frozenset(passed), {argued: "Nobody can."} if argued else {})


def test_report__both_outcomes__pass() -> None:
    assert report(TAKEN, NOT_TAKEN, RAN).passes


def test_report__one_outcome__fails_and_names_the_other() -> None:
    """The code of an `if` jumps where the condition is false."""
    half = report(TAKEN, RAN)
    assert not half.passes
    assert f"never true: {FILE}:1: if (a) revert()" in list(half.output())


def test_report__a_contract_that_is_not_among_the_four__may_be_incomplete() -> None:
    assert report(TAKEN, file="contracts/CaseAccess.sol").passes


def test_report__a_branch_that_is_argued_for__passes_until_a_test_takes_it() -> None:
    argued = NEVER_TRUE
    assert report(TAKEN, argued=argued).passes
    assert not report(TAKEN, NOT_TAKEN, argued=argued).passes
    assert not report(TAKEN, NOT_TAKEN, argued="SlotBook: if (gone): true").passes
