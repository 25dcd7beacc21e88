"""The file of an inclusion proof: the evidence, and beside it all that follows from it, for people to read.

Whoever checks a file computes everything that it says anew from the evidence (header_rlp, transaction, log,
receipt_proof) and refuses it where a single word differs. `chain_id` alone follows from nothing: it says where to
look for the blocks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from huizhen.chain.inclusion.evidence import Evidence, ProvenLog, prove
from huizhen.chain.inclusion.money_events import money_event
from huizhen.domain.chain_ids import Address
from huizhen.errors import InvalidInput, ProofBroken
from huizhen.services.inclusion import Shown, Subject, subject_of, told

FORMAT = "huizhen inclusion proof 1"

Document = dict[str, Any]


def document_of(subject: Subject, chain_id: int, evidence: Sequence[Evidence]) -> Document:
    """Raises ProofBroken where the evidence does not hold, or is of something else."""
    proven = [prove(each) for each in evidence]
    shown = [_shown(log) for log in proven]
    sentence = told(subject, shown)
    return {
        "format": FORMAT,
        "proves": str(subject),
        "says": {"zh": sentence.zh, "en": sentence.en},
        "chain_id": chain_id,
        "logs": [_entry(*each) for each in zip(evidence, proven, shown, strict=True)],
    }


def check(file: object) -> Document:
    """The document as it must be. Raises InvalidInput for another kind of file, ProofBroken for a wrong claim."""
    if not isinstance(file, dict) or file.get("format") != FORMAT:
        raise no_proof()
    try:
        evidence = [_evidence(entry) for entry in file["logs"]]
        right = document_of(subject_of(file["proves"]), int(file["chain_id"]), evidence)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise no_proof() from error
    for path, claimed, shown in _differences(file, right):
        raise ProofBroken(
            f"文件在 {path} 处声称 {claimed}，证据表明的却是 {shown}：文件被改动过。",
            f"At {path} the file claims {claimed}, the evidence shows {shown}: the file was altered.",
        )
    return right


def _entry(evidence: Evidence, proven: ProvenLog, shown: Shown) -> Document:
    return {
        "block_hash": proven.block_hash,
        "contract": shown.contract,
        "event": shown.event,
        "fields": _plain(shown.fields),
        "transaction": evidence.transaction,
        "log": evidence.log,
        "header": proven.header,
        "header_rlp": _hex(evidence.header),
        "receipt_proof": [_hex(node) for node in evidence.receipt_proof],
    }


def _evidence(entry: Mapping[str, Any]) -> Evidence:
    transaction, log = entry["transaction"], entry["log"]
    if not all(type(place) is int and 0 <= place < 2**32 for place in (transaction, log)):
        raise ValueError("a place counts from zero")
    proof = tuple(_bytes(node) for node in entry["receipt_proof"])
    return Evidence(_bytes(entry["header_rlp"]), transaction, log, proof)


def _shown(proven: ProvenLog) -> Shown:
    """A log that says nothing of money is shown as it is."""
    event, log = money_event(proven.log), proven.log
    name, fields = (
        event if event else (None, {"topics": [_hex(each) for each in log.topics], "data": _hex(log.data)})
    )
    contract = Address(_hex(log.address))
    return Shown(contract, int(proven.header["number"]), int(proven.header["timestamp"]), name, fields)


def _differences(file: Any, right: Any, path: str = "") -> Iterator[tuple[str, str, str]]:
    """(where, what the file has, what follows from the evidence); a missing part is the word nothing."""
    if isinstance(right, dict) and isinstance(file, dict):
        for key in sorted(right.keys() | file.keys()):
            yield from _differences(
                file.get(key, _NOTHING), right.get(key, _NOTHING), f"{path}.{key}".strip(".")
            )
    elif isinstance(right, list) and isinstance(file, list) and len(right) == len(file):
        for place, pair in enumerate(zip(file, right, strict=True)):
            yield from _differences(*pair, f"{path}[{place}]")
    elif type(file) is not type(right) or file != right:
        yield path, str(file), str(right)


_NOTHING = type("_Nothing", (), {"__str__": lambda _self: "nothing"})()


def _plain(value: Any) -> Any:
    """As JSON has it: lists for tuples, integers beyond 53 bits as text."""
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return str(value) if isinstance(value, int) and value >> 53 else value


def _hex(raw: bytes) -> str:
    return "0x" + raw.hex()


def _bytes(text: str) -> bytes:
    if not text.startswith("0x") or text != text.lower():
        raise ValueError("bytes are lower-case hex text with 0x")
    return bytes.fromhex(text[2:])


def no_proof() -> InvalidInput:
    return InvalidInput(
        "这不是会诊的包含证明文件（由 huizhen verify --proof 生成）。",
        "This is no inclusion proof of ours (huizhen verify --proof makes them).",
    )
