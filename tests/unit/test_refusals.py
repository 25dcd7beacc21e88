"""Each custom error of the contracts has a sentence that says what happened and what to do next."""

from __future__ import annotations

from string import Formatter

import pytest
from eth_abi.abi import encode
from eth_utils.abi import function_signature_to_4byte_selector

from huizhen.chain.artifacts import Artifacts
from huizhen.chain.decoder import REFUSING
from huizhen.chain.refusals import Refusals
from huizhen.domain.refusal_sentences import SENTENCES
from huizhen.domain.refusals import parties_named, refusal_sentence
from huizhen.domain.sentence import Sentence

# Of OpenZeppelin's parts, and met only while contracts are configured, or never: the account refuses it before.
NOT_FOR_PEOPLE = {
    "AccessManagedInvalidAuthority",
    "AccessManagedRequiredDelay",
    "InvalidShortString",
    "MultiSignerERC7913ZeroThreshold",
    "StringTooLong",
}
ARTIFACTS = Artifacts()
ERRORS = {entry["name"]: entry for name in REFUSING for entry in ARTIFACTS.errors(name)}


def test_refusal__slot_taken__names_doctor_and_hour() -> None:
    revert = function_signature_to_4byte_selector("SlotTaken(uint32,uint32)") + encode(
        ["uint32", "uint32"], [17, 1_988_000]
    )
    refusal = Refusals.of_contracts(ARTIFACTS).of(revert)
    assert refusal.name == "SlotTaken"
    assert refusal.arguments == {"doctor": 17, "slot": 1_988_000}
    assert refusal.sentence.en.startswith("#17 is already booked at 2026-09-12 16:00.")
    named = refusal_sentence("SlotTaken", refusal.arguments, {17: Sentence("李医生", "Dr Li")})
    assert named.zh == "李医生在2026-09-12 16:00已有预约。请另选时间或医生。"
    assert parties_named("SlotTaken", refusal.arguments) == (17,)


@pytest.mark.parametrize("name", sorted(set(ERRORS) - NOT_FOR_PEOPLE))
def test_refusal_sentence__each_custom_error__is_written_in_both_languages(name: str) -> None:
    entries = [e for contract in REFUSING for e in ARTIFACTS.errors(contract) if e["name"] == name]
    for entry in entries:
        arguments = {each["name"]: 1_988_000 for each in entry["inputs"]}
        sentence = refusal_sentence(name, arguments)
        assert name not in sentence.en, "the error has a sentence of its own"
        assert sentence.zh.endswith("。")
        assert sentence.en.endswith(".")


def test_sentences__fields__are_the_same_in_both_languages() -> None:
    for name, sentence in SENTENCES.items():
        zh, en = (
            {(field, kind) for _, field, kind, _ in Formatter().parse(text) if field}
            for text in (sentence.zh, sentence.en)
        )
        assert zh <= en or en <= zh, name


@pytest.mark.parametrize("revert", [b"", b"\x12\x34\x56\x78"])
def test_refusal__unknown_bytes__still_says_what_to_do(revert: bytes) -> None:
    refusal = Refusals.of_contracts(ARTIFACTS).of(revert)
    assert "try again" in refusal.sentence.en
