"""Inclusion proofs without a node: trie, receipts, headers and events, each against an independent source."""

from __future__ import annotations

from typing import Any

import pytest
import rlp
from eth_utils.crypto import keccak
from trie import HexaryTrie

from huizhen.chain.artifacts import Artifacts
from huizhen.chain.inclusion.headers import FIELDS, fields_of, preimage
from huizhen.chain.inclusion.money_events import DECLARED, money_event
from huizhen.chain.inclusion.receipts import ReceiptLog, encode_receipt, logs_of
from huizhen.chain.inclusion.trie import EMPTY_ROOT, decoded, path_to, root_of, value_at
from huizhen.errors import InvalidInput, ProofBroken
from huizhen.services.inclusion import EventPlace, PayoutLine, subject_of

SIZES = (1, 2, 3, 16, 17, 127, 128, 129, 257)


def values(count: int, length: int) -> list[bytes]:
    return [keccak(place.to_bytes(4, "big")).ljust(length, b"\x07")[:length] for place in range(count)]


@pytest.mark.parametrize("length", [1, 31, 400])
@pytest.mark.parametrize("count", SIZES)
def test_root__any_size__is_that_of_the_foundations_trie(count: int, length: int) -> None:
    known = HexaryTrie({})
    for place, value in enumerate(values(count, length)):
        known[rlp.encode(place)] = value
    assert root_of(values(count, length))[0] == known.root_hash


def test_root__of_an_empty_block__is_the_known_constant() -> None:
    assert root_of([])[0] == EMPTY_ROOT
    assert EMPTY_ROOT.hex() == "56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421"


@pytest.mark.parametrize("length", [1, 400])
@pytest.mark.parametrize("count", [1, 2, 17, 130, 300])
def test_value_at__every_place__finds_its_value(count: int, length: int) -> None:
    wanted = values(count, length)
    root, nodes = root_of(wanted)
    for place, value in enumerate(wanted):
        assert value_at(root, place, path_to(root, place, nodes)) == value


def test_value_at__place_beyond_the_block__is_refused() -> None:
    root, nodes = root_of(values(20, 40))
    with pytest.raises(ProofBroken):
        path_to(root, 20, nodes)


@pytest.mark.parametrize("change", ["dropped", "flipped", "added", "swapped", "repeated"])
def test_value_at__changed_nodes__are_refused(change: str) -> None:
    root, nodes = root_of(values(300, 40))
    proof = path_to(root, 150, nodes)
    altered = {
        "dropped": proof[:-1],
        "flipped": [*proof[:-1], proof[-1][:-1] + bytes([proof[-1][-1] ^ 1])],
        "added": [*proof, b"\xc0"],
        "swapped": proof[::-1],
        "repeated": [*proof, proof[-1]],
    }[change]
    with pytest.raises(ProofBroken):
        value_at(root, 150, altered)


def test_value_at__proof_of_another_place__is_refused() -> None:
    root, nodes = root_of(values(300, 40))
    with pytest.raises(ProofBroken):
        value_at(root, 151, path_to(root, 150, nodes))


@pytest.mark.parametrize("raw", [b"", b"\xb8", b"\xc1", b"\xc0" * 3, b"\xf9" * 400, b"\xc1" * 30_000])
def test_decoded__not_rlp__is_refused(raw: bytes) -> None:
    with pytest.raises(ProofBroken):
        decoded(raw)


# Receipts


def receipt(**changed: Any) -> dict[str, Any]:
    log = {"address": "0x" + "aa" * 20, "topics": ["0x" + "bb" * 32], "data": "0x01"}
    plain = {"status": "0x1", "cumulativeGasUsed": "0x5208", "logsBloom": "0x" + "00" * 256, "logs": [log]}
    return plain | changed


def test_receipt__typed__has_its_type_in_front_and_the_same_logs() -> None:
    plain, typed = encode_receipt(receipt(type="0x0")), encode_receipt(receipt(type="0x2"))
    assert typed == b"\x02" + plain
    assert logs_of(typed) == logs_of(plain) == [ReceiptLog(b"\xaa" * 20, (b"\xbb" * 32,), b"\x01")]


def test_receipt__before_byzantium__keeps_a_state_root() -> None:
    old = encode_receipt(receipt(root="0x" + "cc" * 32, status=None))
    assert decoded(old)[0] == b"\xcc" * 32
    assert len(logs_of(old)) == 1


@pytest.mark.parametrize(
    "raw", [b"", b"\x02", b"\xc0", rlp.encode([b"\x01", b"", b"", b""]), b"\x80", b"\x05"]
)
def test_receipt__malformed__is_refused(raw: bytes) -> None:
    with pytest.raises(ProofBroken):
        logs_of(raw)


def test_receipt__of_a_failed_transaction__proves_nothing() -> None:
    with pytest.raises(ProofBroken):
        logs_of(encode_receipt(receipt(status="0x0")))


# Headers


def block(names: int = len(FIELDS), extra: str = "0x1234") -> dict[str, Any]:
    """A block with the first fields of the list, and the hash that they have."""
    fields: dict[str, Any] = {}
    for number, (name, kind) in enumerate(FIELDS[:names]):
        fields[name] = hex(number) if kind == 0 else "0x" + f"{number:02x}" * (kind or 0)
    fields["extraData"] = extra
    parts = []
    for name, kind in FIELDS[:names]:
        text = fields[name]
        number = int(text, 16) if kind == 0 else 0
        parts.append(
            number.to_bytes((number.bit_length() + 7) // 8, "big") if kind == 0 else bytes.fromhex(text[2:])
        )
    return fields | {"hash": "0x" + keccak(rlp.encode(parts)).hex()}


@pytest.mark.parametrize("names", [15, 16, 17, 20, 21])
def test_header__of_every_age__has_its_hash_and_all_its_fields(names: int) -> None:
    """Frontier, London, Shanghai, Cancun, Prague."""
    made = block(names)
    fields = fields_of(preimage(made))
    assert list(fields) == [name for name, _ in FIELDS[:names]]
    assert fields["timestamp"] == int(made["timestamp"], 16)
    assert fields["receiptsRoot"] == made["receiptsRoot"]


def test_header__mainnet_genesis__has_the_hash_that_everybody_knows() -> None:
    genesis = {
        "parentHash": "0x" + "00" * 32,
        "sha3Uncles": "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347",
        "miner": "0x" + "00" * 20,
        "stateRoot": "0xd7f8974fb5ac78d9ac099b9ad5018bedc2ce0a72dad1827a1709da30580f0544",
        "transactionsRoot": "0x" + EMPTY_ROOT.hex(),
        "receiptsRoot": "0x" + EMPTY_ROOT.hex(),
        "logsBloom": "0x" + "00" * 256,
        "difficulty": "0x400000000",
        "number": "0x0",
        "gasLimit": "0x1388",
        "gasUsed": "0x0",
        "timestamp": "0x0",
        "extraData": "0x11bbe8db4e347b4e8c937c1c8370e4b5ed33adb3db69cbdb7a38e1e50b1b82fa",
        "mixHash": "0x" + "00" * 32,
        "nonce": "0x0000000000000042",
        "hash": "0xd4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3",
    }
    assert "0x" + keccak(preimage(genesis)).hex() == genesis["hash"]


def test_header__sealed_by_qbft__leaves_round_and_seals_out_of_its_hash() -> None:
    vanity, validators = b"\x00" * 32, [b"\x01" * 20, b"\x02" * 20]
    hashed = "0x" + rlp.encode([vanity, validators, [], b"", []]).hex()
    sent = "0x" + rlp.encode([vanity, validators, [], b"\x03", [b"\x09" * 65, b"\x08" * 65]]).hex()
    made = block(extra=hashed)
    assert fields_of(preimage(made | {"extraData": sent}))["extraData"] == hashed


@pytest.mark.parametrize("name", [name for name, _ in FIELDS])
def test_header__one_field_another__is_refused(name: str) -> None:
    made = block()
    with pytest.raises(ProofBroken):
        preimage(made | {name: made[name][:-1] + ("0" if made[name][-1] != "0" else "1")})


def test_header__field_of_later_rules__is_refused_as_unknown() -> None:
    with pytest.raises(ProofBroken):
        fields_of(rlp.encode([*decoded(preimage(block())), b"\x01" * 32]))


# Events and names


@pytest.mark.parametrize("text", DECLARED, ids=[text.partition("(")[0] for text in DECLARED])
def test_money_event__declared__is_that_of_the_contract(text: str) -> None:
    name = text.partition("(")[0]
    entry = Artifacts().event("RevenueLedger", name)
    inside = []
    for field in entry["inputs"]:
        kind = field["type"]
        if kind.startswith("tuple"):
            kind = f"({','.join(part['type'] for part in field['components'])}){kind.removeprefix('tuple')}"
        inside.append(f"{kind}{' indexed' if field['indexed'] else ''} {field['name']}")
    assert text == f"{name}({', '.join(inside)})"


def test_money_event__right_topic_and_other_content__is_refused() -> None:
    topic = keccak(text="Deposited(uint32,uint128,bytes32)")
    for topics, content in (((topic,), b"\x00" * 32), ((topic, bytes(32), bytes(32)), b"\x01")):
        with pytest.raises(ProofBroken):
            money_event(ReceiptLog(bytes(20), topics, content))


def test_money_event__any_other__is_none() -> None:
    assert money_event(ReceiptLog(bytes(20), (), b"")) is None
    assert money_event(ReceiptLog(bytes(20), (bytes(32),), b"")) is None


def test_subject__as_pages_write_it__is_read() -> None:
    assert subject_of("hz000012-03") == PayoutLine(12, 2)
    assert str(PayoutLine(12, 2)) == "HZ000012-03"
    assert subject_of(" 4711:3 ") == EventPlace(4711, 3)


@pytest.mark.parametrize("text", ["", "12/3", "HZ000012", "HZ000000-01", "HZ000012-00", "4711", "-1:2"])
def test_subject__anything_else__is_refused_with_the_form_to_use(text: str) -> None:
    with pytest.raises(InvalidInput, match="HZ000012-03"):
        subject_of(text)
