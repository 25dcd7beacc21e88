"""Statements as EIP-712 typed data and as calldata.

The rule (contracts/interfaces/IStatements.sol): `f(..., uint40 deadline, bytes signature)` is signed as the
struct `F` of the same fields in the same order. `bytes terms` is signed as its keccak256; lists of consenters,
and the items of a batch where its number names them, are left out; so is `bytes possession`, a new key's signature
over the same digest. Booking is signed as the terms themselves, and putting other terms in their place as an
Amendment of the contract that booked them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, cast

from eth_abi.abi import encode
from eth_account.messages import encode_typed_data
from eth_typing import ABIFunction
from eth_utils.abi import function_abi_to_4byte_selector
from eth_utils.crypto import keccak

from huizhen.chain.artifacts import Artifacts
from huizhen.domain.statement import Signature, Statement, pack_signatures
from huizhen.domain.terms import decode_terms

SIGNATURES = ("signature", "signatures")
AMENDING = ("reschedule", "substitute")
NOT_SIGNED = (*SIGNATURES, "possession", "consenters")
NAMED_BY_BATCH = ("confirmPayout", "returnPayout")
# Their signer is no registered party, so the signature travels without an index.
PLAIN = ("applyAs", "grantConsent", "withdrawConsent", "changeOfficers")

TERMS_TYPES = {
    "Terms": "uint32 hospital,uint32 start,uint8 slots,uint8 lead,uint40 signBy,bytes16 salt,"
    "Pricing pricing,Policy policy,Documents documents,Seat[] seats",
    "Documents": "bytes32 agreement,bytes32 caseFile,bytes32 consent",
    "Policy": "uint32 freeBefore,uint32 partialBefore,uint16 partialBps,uint16 lateBps,uint32 deliverWindow,"
    "uint32 reviewWindow,uint32 arbiter,uint32 arbiterWindow,uint16 defaultBps",
    "Pricing": "uint32 platform,uint16 platformBps,uint16 urgencyBps,uint16 overtimeBps,uint8 overtimeSteps",
    "Seat": "uint32 doctor,uint32 institution,uint32 group,uint16 ruleVersion,uint16 institutionBps,"
    "uint16 fundBps,bool required,uint128 fee,uint160 specialties",
}

Fields = list[dict[str, str]]


def digest_of(document: Mapping[str, Any]) -> bytes:
    """What a wallet signs of an EIP-712 document: 32 bytes. Raises ValueError or TypeError where it is none."""
    signable = encode_typed_data(full_message=dict(document))
    return keccak(b"\x19" + signable.version + signable.header + signable.body)


@dataclass(frozen=True, slots=True)
class Statements:
    """The statements of one deployment. `addresses` maps contract names to addresses."""

    chain_id: int
    addresses: Mapping[str, str]
    artifacts: Artifacts

    def typed_data(self, statement: Statement) -> dict[str, Any]:
        """The EIP-712 document, as wallets take it."""
        contract = statement.contract
        if statement.function == "book":
            types, name, message = _terms_document(statement.values["terms"])
        elif statement.function in AMENDING:
            contract = "Consultations"
            types, name, message = _amendment_document(statement.values["terms"], statement.values["to"])
        else:
            types, name, message = self._document(statement)
        domain = {
            "name": "Huizhen",
            "version": "1",
            "chainId": self.chain_id,
            "verifyingContract": self.addresses[contract],
        }
        return {"types": _DOMAIN | types, "primaryType": name, "domain": domain, "message": message}

    def digest(self, statement: Statement) -> bytes:
        """The 32 bytes that are signed."""
        return digest_of(self.typed_data(statement))

    def calldata(self, statement: Statement, signatures: Sequence[Signature]) -> bytes:
        """The call that carries the statement to its contract."""
        function = self.artifacts.function(statement.contract, statement.function)
        packed = signatures[0].value if statement.function in PLAIN else pack_signatures(signatures)
        arguments = [
            packed if field["name"] in SIGNATURES else _argument(field, statement.values[field["name"]])
            for field in function["inputs"]
        ]
        types = [_canonical(field) for field in function["inputs"]]
        return function_abi_to_4byte_selector(cast(ABIFunction, function)) + encode(types, arguments)

    def _document(self, statement: Statement) -> tuple[dict[str, Fields], str, dict[str, Any]]:
        function = self.artifacts.function(statement.contract, statement.function)
        name = statement.function[0].upper() + statement.function[1:]
        types: dict[str, Fields] = {name: []}
        message: dict[str, Any] = {}
        for field in function["inputs"]:
            key = field["name"]
            if key in NOT_SIGNED or (key == "items" and statement.function in NAMED_BY_BATCH):
                continue
            value = statement.values[key]
            if key == "terms":
                types[name].append({"name": key, "type": "bytes32"})
                message[key] = keccak(_bytes(value))
            elif "components" in field:
                struct = field["internalType"].removeprefix("struct ").split(".")[-1]
                types[struct.removesuffix("[]")] = [_typed(part) for part in field["components"]]
                types[name].append({"name": key, "type": struct})
                message[key] = value
            else:
                types[name].append(_typed(field))
                message[key] = value
        return types, name, message


_DOMAIN: dict[str, Fields] = {
    "EIP712Domain": [
        {"name": "name", "type": "string"},
        {"name": "version", "type": "string"},
        {"name": "chainId", "type": "uint256"},
        {"name": "verifyingContract", "type": "address"},
    ]
}


def _terms_document(terms: object) -> tuple[dict[str, Fields], str, dict[str, Any]]:
    types = {name: [_split(field) for field in fields.split(",")] for name, fields in TERMS_TYPES.items()}
    return types, "Terms", _camel_keys(asdict(decode_terms(_bytes(terms))))


def _amendment_document(terms: object, to: object) -> tuple[dict[str, Fields], str, dict[str, Any]]:
    types, name, message = _terms_document(to)
    fields = [{"name": "replaced", "type": "bytes32"}, {"name": "terms", "type": name}]
    return types | {"Amendment": fields}, "Amendment", {"replaced": keccak(_bytes(terms)), "terms": message}


def _split(field: str) -> dict[str, str]:
    kind, name = field.split(" ")
    return {"name": name, "type": kind}


def _typed(field: Mapping[str, Any]) -> dict[str, str]:
    return {"name": field["name"], "type": field["type"]}


def _camel_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {_camel(key): _camel_keys(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_camel_keys(item) for item in value]
    return value


def _camel(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(part.capitalize() for part in tail)


def _canonical(field: Mapping[str, Any]) -> str:
    """The ABI type with structs written out."""
    kind: str = field["type"]
    if not kind.startswith("tuple"):
        return kind
    return "(" + ",".join(_canonical(part) for part in field["components"]) + ")" + kind.removeprefix("tuple")


def _argument(field: Mapping[str, Any], value: Any) -> Any:
    if "components" not in field:
        return value
    return [tuple(item[part["name"]] for part in field["components"]) for item in value]


def _bytes(value: object) -> bytes:
    if not isinstance(value, bytes):
        raise TypeError("terms are packed bytes")
    return value
