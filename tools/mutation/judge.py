"""Whether the tests notice a mutant: those of its own contract first, then all others, then forge's of its library."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from tools.mutation.child import Child
from tools.mutation.compiler import Project
from tools.mutation.mutants import Mutant

TESTS = Path("tests/contracts")
FORGE = TESTS / "forge"
# The folder whose tests are most likely to notice, where it does not bear the contract's name.
NEAREST = {
    "Parties": "credential_registry",
    "Signatures": "credential_registry",
    "Statements": "credential_registry",
    "Amendments": "disputes",
    "ConsultationWord": "consultations",
    "Split": "consultations",
    "TermsCodec": "consultations",
    "TermsHash": "consultations",
    "InstitutionAccounts": "institution_account",
    "SM2": "sm2",
    "SM2Multiples": "sm2",
    "SM3": "sm2",
    "ERC7913SM2Verifier": "sm2",
}
# Libraries that forge tests under another name.
FORGE_NAMES = {"TermsHash": "TermsCodec", "SM2Multiples": "SM2"}
BROKE_OFF = "the tests broke off"
# Collects once, and then answers for one mutant after another.
PYTEST = (
    *("-m", "pytest", "-p", "no:ape_test", "-p", "no:cacheprovider", "-p", "tests.support.on_revm"),
    *("-p", "tools.mutation.tests_at_hand", "-q", "-s", "--no-header", "--no-summary", "--tb=no"),
    str(TESTS),
)
MOST_SECONDS = 900


class Outcome(StrEnum):
    """`SAME` has the baseline's bytecode, `NO_SOLIDITY` does not compile; neither counts."""

    KILLED = "killed"
    SURVIVED = "survived"
    SAME = "same bytecode"
    NO_SOLIDITY = "does not compile"

    @property
    def counts(self) -> bool:
        return self in (Outcome.KILLED, Outcome.SURVIVED)


@dataclass(frozen=True, slots=True)
class Verdict:
    """`by` is the first test that failed."""

    outcome: Outcome
    by: str = ""


class TestsFailWithoutMutant(Exception):
    """The baseline is not green, so nothing can be said of mutants."""


@dataclass(slots=True)
class Judge:
    """Works in a folder of its own, so that several can work at once. To be closed."""

    project: Project
    compiler: Child
    folder: Path
    _tests: Child = field(init=False)
    _forged: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self._tests = Child([sys.executable, *PYTEST], self.project.checkout)
        self._tests.read()

    def check_baseline(self) -> None:
        """Raises TestsFailWithoutMutant."""
        self.project.draft.with_changes(self._artefacts, {})
        failed = self._pytest("")
        if failed:
            raise TestsFailWithoutMutant(failed)

    def judge(self, mutant: Mutant) -> Verdict:
        """By the draft. A survivor counts unless what ships would be the same to the byte."""
        changed = self.project.compile(mutant, self.project.draft, self.compiler)
        if changed is None:
            return Verdict(Outcome.NO_SOLIDITY)
        if not changed:
            return Verdict(Outcome.SAME)
        self.project.draft.with_changes(self._artefacts, changed)
        failed = self._pytest(mutant.file)
        if not failed and self.project.compile(mutant, self.project.shipped, self.compiler) == {}:
            return Verdict(Outcome.SAME)
        failed = failed or self._forge(mutant)
        return Verdict(Outcome.KILLED, failed) if failed else Verdict(Outcome.SURVIVED)

    @property
    def _artefacts(self) -> Path:
        return self.folder / "contracts"

    def close(self) -> None:
        self._tests.close()

    def _pytest(self, file: str) -> str:
        """The first test that failed, or nothing."""
        nearest = NEAREST.get(file, re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", file).lower())
        answer = self._tests.ask({"artifacts": str(self._artefacts), "nearest": nearest})
        failed: str = answer["failed"]
        if failed.startswith(BROKE_OFF):
            raise RuntimeError(failed)
        return failed

    def _forge(self, mutant: Mutant) -> str:
        suite = FORGE / f"{FORGE_NAMES.get(mutant.file, mutant.file)}.t.sol"
        if not (self.project.checkout / suite).exists():
            return ""
        scratch = self._scratch()
        mutated = scratch / mutant.source.name
        mutated.write_text(mutant.source.changed(mutant.change), encoding="utf-8")
        command = ["forge", "test", "--fuzz-seed", "1", "--match-path", str(suite)]
        try:
            finished = subprocess.run(
                command, cwd=scratch, capture_output=True, text=True, timeout=MOST_SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            return f"no end after {MOST_SECONDS} s"
        finally:
            mutated.write_bytes(mutant.source.content)
        if finished.returncode == 0:
            return ""
        failed = re.search(r"^\[FAIL.*\] (\w+)\(", finished.stdout, re.MULTILINE)
        if failed is None:
            raise RuntimeError(f"{' '.join(command)}\n{finished.stdout}\n{finished.stderr}")
        return failed[1]

    def _scratch(self) -> Path:
        """A checkout for forge, made once: forge keeps there what it has compiled."""
        scratch, checkout = self.folder / "checkout", self.project.checkout
        if self._forged:
            return scratch
        shutil.rmtree(scratch, ignore_errors=True)
        for part in ("contracts", FORGE, "tests/vectors"):
            shutil.copytree(checkout / part, scratch / part, ignore=shutil.ignore_patterns(".cache"))
        shutil.copy(checkout / "foundry.toml", scratch)
        for part in ("node_modules", "tools"):
            (scratch / part).symlink_to(checkout / part)
        self._forged = True
        return scratch
