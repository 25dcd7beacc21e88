"""Whether the tests notice a mutant: those of its own contract first, then all others, then forge's of its library."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from tools.mutation.compiler import Compiler, Project
from tools.mutation.mutants import Mutant

TESTS = Path("tests/contracts")
FORGE = TESTS / "forge"
# The folder whose tests are most likely to notice, where it does not bear the contract's name.
NEAREST = {
    "Parties": "credential_registry",
    "Signatures": "credential_registry",
    "Statements": "credential_registry",
    "Split": "consultations",
    "TermsCodec": "consultations",
    "TermsHash": "consultations",
    "SM2": "sm2",
    "SM2Multiples": "sm2",
    "SM3": "sm2",
    "ERC7913SM2Verifier": "sm2",
}
# Libraries that forge tests under another name.
FORGE_NAMES = {"TermsHash": "TermsCodec", "SM2Multiples": "SM2"}
PYTEST = (
    *("-m", "pytest", "-p", "no:ape_test", "-p", "no:cacheprovider", "-p", "tests.support.on_revm"),
    *("-x", "-q", "--tb=no"),
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


@dataclass(frozen=True, slots=True)
class Judge:
    """Works in a folder of its own, so that several can work at once."""

    project: Project
    compiler: Compiler
    folder: Path

    def check_baseline(self) -> None:
        """Raises TestsFailWithoutMutant."""
        self.project.build(self.folder / "contracts", {})
        failed = self._pytest(self._folders(""))
        if failed:
            raise TestsFailWithoutMutant(failed)

    def judge(self, mutant: Mutant) -> Verdict:
        changed = self.project.compile(mutant, self.compiler)
        if changed is None:
            return Verdict(Outcome.NO_SOLIDITY)
        if not changed:
            return Verdict(Outcome.SAME)
        self.project.build(self.folder / "contracts", changed)
        failed = self._pytest(self._folders(mutant.file)) or self._forge(mutant)
        return Verdict(Outcome.KILLED, failed) if failed else Verdict(Outcome.SURVIVED)

    def _folders(self, file: str) -> list[Path]:
        """All folders and files of tests, the nearest first."""
        nearest = NEAREST.get(file, re.sub(r"(?<=[a-z])(?=[A-Z])", "_", file).lower())
        found = [
            path
            for path in sorted((self.project.checkout / TESTS).iterdir())
            if path.name.startswith("test_") or any(path.glob("test_*.py"))
        ]
        return sorted(found, key=lambda path: path.name != nearest)

    def _pytest(self, paths: Sequence[Path]) -> str:
        """The first test that failed, or nothing."""
        return self._run([sys.executable, *PYTEST, *map(str, paths)], self.project.checkout)

    def _forge(self, mutant: Mutant) -> str:
        suite = FORGE / f"{FORGE_NAMES.get(mutant.file, mutant.file)}.t.sol"
        checkout = self.project.checkout
        if not (checkout / suite).exists():
            return ""
        scratch = self.folder / "checkout"
        shutil.rmtree(scratch, ignore_errors=True)
        for part in ("contracts", FORGE, "tests/vectors"):
            shutil.copytree(checkout / part, scratch / part, ignore=shutil.ignore_patterns(".cache"))
        shutil.copy(checkout / "foundry.toml", scratch)
        for part in ("node_modules", "tools"):
            (scratch / part).symlink_to(checkout / part)
        (scratch / mutant.source.name).write_text(mutant.source.changed(mutant.change), encoding="utf-8")
        return self._run(["forge", "test", "--fuzz-seed", "1", "--match-path", str(suite)], scratch)

    def _run(self, command: Sequence[str], folder: Path) -> str:
        """What failed; a run without an end has failed as well. Exit codes above 1 are no verdict."""
        environment = {**os.environ, "ARTIFACTS": str(self.folder / "contracts")}
        try:
            finished = subprocess.run(
                command, cwd=folder, env=environment, capture_output=True, text=True, timeout=MOST_SECONDS
            )
        except subprocess.TimeoutExpired:
            return f"no end after {MOST_SECONDS} s"
        if finished.returncode > 1:
            raise RuntimeError(f"{' '.join(command)}\n{finished.stdout}\n{finished.stderr}")
        return _first_failure(finished.stdout) if finished.returncode else ""


def _first_failure(said: str) -> str:
    failures = re.findall(r"^(?:FAILED|ERROR) (\S+)|^\[FAIL[^\]]*\] (\S+)", said, re.MULTILINE)
    return next((one or other for one, other in failures), said[-200:])
