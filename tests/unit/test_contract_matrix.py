"""Every function that changes a contract's state has its tests: who may call, in which state, when, and what it does.

The functions come from the ABI of what was compiled, so that none can be added without tests. The tests of a function
stand in tests/contracts/<contract>/test_<function>.py unless ELSEWHERE says where.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TESTS = ROOT / "tests" / "contracts"
FOLDERS = ("contracts", "contracts/rails", "contracts/verifiers")
SIGNATURES = {"signature", "signatures"}

FOR_DISPUTES = "consultations/test_for_disputes_alone.py"
AUTHORITY = ("test_set_authority.py",)
ELSEWHERE: dict[tuple[str, str], tuple[str, ...]] = {
    # Only Disputes may call these: who, there; state, time and effect in the tests of the function that calls them.
    ("Consultations", "amend"): (FOR_DISPUTES, "disputes/test_amendments.py"),
    ("Consultations", "attend"): (
        FOR_DISPUTES,
        "disputes/test_record_attendance.py",
        "disputes/test_mark_no_show.py",
    ),
    ("Consultations", "contest"): (FOR_DISPUTES, "disputes/test_dispute.py"),
    ("Consultations", "deliverUnattended"): (FOR_DISPUTES, "disputes/test_mark_no_show.py"),
    ("Consultations", "releasePart"): (
        FOR_DISPUTES,
        "disputes/test_settle_dispute.py",
        "disputes/test_rule.py",
        "disputes/test_by_time.py",
    ),
    # Only KeyReplacement, or the rail itself, may call: who, in the first file; the rest where they are called from.
    ("CredentialRegistry", "replaceSigners"): (
        "credential_registry/test_replace_signers.py",
        "key_replacement/test_replace_signers.py",
    ),
    ("Erc20Rail", "transferExactly"): ("erc20_rail/test_transfer_exactly.py", "erc20_rail/test_pay.py"),
    # Too much for one file; these two hold what is asked of every function.
    ("Consultations", "book"): ("consultations/test_book.py", "consultations/test_book_signatures.py"),
    # Two functions with one set of rules each.
    ("Disputes", "reschedule"): ("disputes/test_amendments.py",),
    ("Disputes", "substitute"): ("disputes/test_amendments.py",),
    ("Disputes", "applyDefault"): ("disputes/test_by_time.py",),
    ("Disputes", "releaseUncontested"): ("disputes/test_by_time.py",),
    # Every test of it runs for both.
    ("Erc20Rail", "reclaim"): ("erc20_rail/test_collect.py", "erc20_rail/test_money_path.py"),
    # The factory beside what it makes.
    ("InstitutionAccounts", "create"): ("institution_account/test_create.py",),
    # OpenZeppelin's AccessManaged, the same in each of them.
    ("SlotBook", "setAuthority"): AUTHORITY,
    ("RevenueLedger", "setAuthority"): AUTHORITY,
    ("BankRail", "setAuthority"): AUTHORITY,
    ("Erc20Rail", "setAuthority"): AUTHORITY,
}


@dataclass(frozen=True, slots=True)
class Function:
    contract: str
    name: str
    inputs: frozenset[str]

    @property
    def files(self) -> tuple[Path, ...]:
        usual = (f"{_snake(self.contract)}/test_{_snake(self.name)}.py",)
        return tuple(TESTS / file for file in ELSEWHERE.get((self.contract, self.name), usual))

    @property
    def tests(self) -> str:
        return "\n".join(file.read_text(encoding="utf-8") for file in self.files)


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def _functions() -> list[Function]:
    found = []
    for source in sorted(file for folder in FOLDERS for file in (ROOT / folder).glob("*.sol")):
        artefact = json.loads((ROOT / "build/contracts" / f"{source.stem}.json").read_text(encoding="utf-8"))
        found += [
            Function(source.stem, entry["name"], frozenset(each["name"] for each in entry["inputs"]))
            for entry in artefact["abi"]
            if entry["type"] == "function" and entry["stateMutability"] not in ("view", "pure")
        ]
    return found


FUNCTIONS = _functions()
SIGNED = [each for each in FUNCTIONS if each.inputs & SIGNATURES and each.name != "amend"]
each_function = pytest.mark.parametrize(
    "function", FUNCTIONS, ids=lambda each: f"{each.contract}.{each.name}"
)


@each_function
def test_matrix__each_function__has_its_tests(function: Function) -> None:
    missing = [str(file.relative_to(ROOT)) for file in function.files if not file.exists()]
    assert not missing, f"{function.contract}.{function.name} has no {', '.join(missing)}"


@each_function
def test_matrix__each_function__is_tried_where_it_succeeds_and_where_it_is_refused(
    function: Function,
) -> None:
    tests = re.findall(r"^def test_\w+", function.tests, re.MULTILINE)
    refused = [name for name in tests if re.search(r"revert|refuse|needs_|not_a_second_longer", name)]
    assert refused, "no test of a refusal"
    assert len(tests) > len(refused), "no test of success"


@pytest.mark.parametrize("function", SIGNED, ids=lambda each: f"{each.contract}.{each.name}")
def test_matrix__each_signed_function__refuses_every_bad_signature(function: Function) -> None:
    """By tests/support/signature_faults.py, a late one among them; by its own tests where the signer is no party."""
    own = (r"late__reverts|_late\b", r"another_chain", r"_by_(another|too_few)")
    missing = [word for word in own if not re.search(word, function.tests)]
    assert "fault: Fault" in function.tests or not missing, f"no test of {missing}"


def test_matrix__no_deviation__is_left_over() -> None:
    known = {(each.contract, each.name) for each in FUNCTIONS}
    assert set(ELSEWHERE) <= known
    for (contract, name), files in ELSEWHERE.items():
        usual = f"{_snake(contract)}/test_{_snake(name)}.py"
        assert usual in files or not (TESTS / usual).exists(), f"{usual} stands where it belongs"
