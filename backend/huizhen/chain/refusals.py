"""What a contract reverted with, as a refusal that a person can read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from eth_abi.abi import decode
from eth_abi.exceptions import DecodingError
from eth_typing import ABIComponent
from eth_utils.abi import collapse_if_tuple, function_signature_to_4byte_selector

from huizhen.chain.artifacts import AbiEntry, Artifacts
from huizhen.chain.decoder import REFUSING
from huizhen.domain.refusals import SILENT, refusal_sentence
from huizhen.errors import ChainRefusal


@dataclass(frozen=True, slots=True)
class Refusals:
    """All custom errors of the contracts, by selector."""

    _errors: Mapping[bytes, AbiEntry]

    @classmethod
    def of_contracts(cls, artifacts: Artifacts) -> Refusals:
        entries = [entry for name in REFUSING for entry in artifacts.errors(name)]
        return cls({_selector(entry): entry for entry in entries})

    def of(self, revert: bytes) -> ChainRefusal:
        """Names the error and its arguments; one that is not ours, or none at all, is said to be so."""
        entry = self._errors.get(revert[:4])
        if entry is None:
            name = "0x" + revert[:4].hex()
            sentence = refusal_sentence(name, {}) if revert else SILENT
            return ChainRefusal(sentence.zh, sentence.en, name if revert else "", {})
        arguments = _arguments(entry, revert[4:])
        sentence = refusal_sentence(entry["name"], arguments)
        return ChainRefusal(sentence.zh, sentence.en, entry["name"], arguments)


def _selector(entry: AbiEntry) -> bytes:
    types = ",".join(_types(entry))
    return function_signature_to_4byte_selector(f"{entry['name']}({types})")


def _types(entry: AbiEntry) -> list[str]:
    return [collapse_if_tuple(cast(ABIComponent, each)) for each in entry["inputs"]]


def _arguments(entry: AbiEntry, encoded: bytes) -> dict[str, Any]:
    names = [each["name"] for each in entry["inputs"]]
    try:
        values = decode(_types(entry), encoded)
    except DecodingError:
        return {}
    return {
        name: "0x" + value.hex() if isinstance(value, bytes) else value
        for name, value in zip(names, values, strict=True)
    }
