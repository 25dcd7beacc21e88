"""Runs the contract tests on marked bytecode and says which lines and branches they passed: `make coverage`.

    python -m tools.coverage [folder of tests ...]

The exit code is 1 where a branch of RevenueLedger, Consultations, Split or SlotBook was never taken. Branches that
nothing can reach are argued for one by one in tests/contracts/coverage/unreachable.toml. forge has a coverage of its
own, but of forge's tests alone, and these contracts are tested in Python.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

from huizhen.chain.compiler import compile_contracts
from tools.covering.build import build
from tools.covering.report import Report

CHECKOUT = Path(__file__).resolve().parents[1]
FOLDER = CHECKOUT / "build" / "coverage"
ARTIFACTS, MARKS = FOLDER / "artefacts", FOLDER / "marks.txt"
UNREACHABLE = CHECKOUT / "tests" / "contracts" / "coverage" / "unreachable.toml"
# These count gas or bound it, and marks cost gas. What they try is in `make test`, on the code that ships.
GAS_COUNTS = (
    "tests/contracts/erc20_rail/test_pay.py::test_pay__one_transfer_that_goes_wrong__is_left_alone_and_undone[REVERTS_AT_LENGTH]",
    "tests/contracts/erc20_rail/test_pay.py::test_pay__one_transfer_that_goes_wrong__is_left_alone_and_undone[BURNS_GAS]",
    "tests/contracts/erc20_rail/test_pay.py::test_pay__called_again_by_the_token__refuses_the_inner_call",
    "tests/contracts/attacks/test_money.py::test_griefing__a_relay_that_sends_little_gas__cannot_make_a_good_payment_fail",
    "tests/contracts/attacks/test_money.py::test_reentrancy__a_token_that_carries_signed_statements__pays_nothing_twice",
    "tests/contracts/attacks/test_money.py::test_reentrancy__statements_about_other_money__wait_until_the_payment_is_over",
)
PYTEST = (
    "-m",
    "pytest",
    "-q",
    "-p",
    "no:ape_test",
    "-p",
    "tests.support.on_revm",
    "-p",
    "tools.covering.passing",
)


def main() -> int:
    os.nice(5)
    compile_contracts(CHECKOUT)
    marked = build(CHECKOUT, ARTIFACTS)
    MARKS.unlink(missing_ok=True)
    tests = subprocess.run(
        [
            sys.executable,
            *PYTEST,
            *(f"--deselect={test}" for test in GAS_COUNTS),
            *(sys.argv[1:] or ["tests/contracts"]),
        ],
        cwd=CHECKOUT,
        env=os.environ | {"ARTIFACTS": str(ARTIFACTS), "MARKS": str(MARKS)},
        check=False,
    )
    passed = frozenset(map(int, MARKS.read_text(encoding="utf-8").split()))
    report = Report(marked.texts, marked.points, passed, _argued())
    said = "\n".join(report.output())
    (FOLDER / "report.txt").write_text(said + "\n", encoding="utf-8")
    print(said)
    return tests.returncode or (0 if report.passes else 1)


def _argued() -> dict[str, str]:
    """The reasons by the branch's identity."""
    if not UNREACHABLE.exists():
        return {}
    entries = tomllib.loads(UNREACHABLE.read_text(encoding="utf-8"))["branch"]
    return {each["is"]: each["reason"] for each in entries}


if __name__ == "__main__":
    sys.exit(main())
