"""Compiles contracts/ into build/contracts/<Name>.json, one artefact per contract or interface.

An artefact is {name, source, abi, bytecode, deployedBytecode (both 0x hex, "0x" for interfaces),
bytecodeSha256, immutableReferences, storageLayout, methodIdentifiers, devdoc, userdoc}. Settings come from
ape-config.yaml, so that Ape builds the same code. Run as a module it compiles the checkout that it stands in.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import solcx
import yaml
from solcx.exceptions import SolcError

from huizhen.errors import CompileError

OPENZEPPELIN = "node_modules/@openzeppelin/"
# Ape unpacks OpenZeppelin below contracts/ under this name.
APE_CACHE = ".cache"
# Deployed as OpenZeppelin wrote them, so none of our sources need import them.
DEPLOYED_AS_THEY_ARE = (
    "@openzeppelin/contracts/access/manager/AccessManager.sol",
    "@openzeppelin/contracts/utils/cryptography/verifiers/ERC7913P256Verifier.sol",
    "@openzeppelin/contracts/utils/cryptography/verifiers/ERC7913WebAuthnVerifier.sol",
)
OUTPUTS = [
    "abi",
    "devdoc",
    "userdoc",
    "storageLayout",
    "evm.bytecode.object",
    "evm.deployedBytecode.object",
    "evm.deployedBytecode.immutableReferences",
    "evm.methodIdentifiers",
]


@dataclass(frozen=True, slots=True)
class Compilation:
    """`names` of all artefacts; `fresh` is False where nothing had changed and nothing was compiled."""

    names: tuple[str, ...]
    fresh: bool
    warnings: tuple[str, ...]


def compile_contracts(checkout: Path) -> Compilation:
    """Compile what changed in `checkout` (the folder of ape-config.yaml).

    Raises CompileError with the compiler's own words.
    """
    target = checkout / "build" / "contracts"
    request = standard_request(checkout)
    digest = _digest(checkout, request)
    digest_file = target / "digest.txt"
    if digest_file.exists() and digest_file.read_text() == digest:
        return Compilation(tuple(sorted(path.stem for path in target.glob("*.json"))), False, ())

    try:
        output = solcx.compile_standard(request, base_path=checkout, solc_binary=checkout / "tools" / "solc")
    except (SolcError, OSError, ValueError) as error:
        said = error.message if isinstance(error, SolcError) else str(error)
        raise CompileError(f"合约未能编译：{said}", f"The contracts do not compile: {said}") from error

    artefacts = artefacts_of(output, set(request["sources"]))
    # The digest goes first and comes last: a run that is cut short leaves nothing that looks complete.
    digest_file.unlink(missing_ok=True)
    target.mkdir(parents=True, exist_ok=True)
    for stale in target.glob("*.json"):
        stale.unlink()
    for name, artefact in artefacts.items():
        (target / f"{name}.json").write_bytes(orjson.dumps(artefact, option=orjson.OPT_INDENT_2))
    digest_file.write_text(digest)
    warnings = tuple(said["formattedMessage"] for said in output.get("errors", ()))
    return Compilation(tuple(sorted(artefacts)), True, warnings)


def standard_request(checkout: Path) -> dict[str, Any]:
    """The compiler's standard JSON input: our sources by content, OpenZeppelin through its remapping.

    Raises CompileError where a file is missing.
    """
    files = sorted((checkout / "contracts").rglob("*.sol"))
    sources = {file.relative_to(checkout).as_posix(): file for file in files if APE_CACHE not in file.parts}
    sources |= {name: checkout / "node_modules" / name for name in DEPLOYED_AS_THEY_ARE}
    config_file = checkout / "ape-config.yaml"
    try:
        config = yaml.safe_load(config_file.read_text(encoding="utf-8"))["solidity"]
        optimizer = {"enabled": config["optimize"], "runs": config["optimization_runs"]}
        return {
            "language": "Solidity",
            "sources": {
                name: {"content": file.read_text(encoding="utf-8")} for name, file in sources.items()
            },
            "settings": {
                "evmVersion": config["evm_version"],
                "viaIR": config["via_ir"],
                "optimizer": optimizer,
                "remappings": [f"@openzeppelin/={OPENZEPPELIN}"],
                # The same source gives the same bytecode wherever it is compiled.
                "metadata": {"bytecodeHash": "none"},
                "outputSelection": {"*": {"*": OUTPUTS}},
            },
        }
    except (OSError, KeyError, TypeError, yaml.YAMLError) as error:
        raise CompileError(
            f"编译所需的文件缺失或无法读取（{error}）。请先运行 make setup。",
            f"A file that compiling needs is missing or unreadable ({error}). Run make setup first.",
        ) from error


def _digest(checkout: Path, request: dict[str, Any]) -> str:
    """Of all that decides the bytecode: our request, the compiler's version, the version of OpenZeppelin."""
    digest = hashlib.sha256(orjson.dumps(request, option=orjson.OPT_SORT_KEYS))
    for pinned in ("tools/solc", f"{OPENZEPPELIN}contracts/package.json"):
        digest.update((checkout / pinned).read_bytes())
    return digest.hexdigest()


def artefacts_of(output: dict[str, Any], sources: set[str]) -> dict[str, dict[str, Any]]:
    """Artefacts of the asked-for sources alone, and not of all that OpenZeppelin brings along."""
    artefacts: dict[str, dict[str, Any]] = {}
    for source, contracts in output["contracts"].items():
        if source not in sources:
            continue
        for name, contract in contracts.items():
            if name in artefacts:
                both = f"{artefacts[name]['source']}, {source}"
                raise CompileError(
                    f"两个文件中有同名合约 {name}，请改名：{both}",
                    f"Two files name a contract {name}; rename one of them: {both}",
                )
            artefacts[name] = _artefact(name, source, contract)
    return artefacts


def _artefact(name: str, source: str, contract: dict[str, Any]) -> dict[str, Any]:
    creation = contract["evm"]["bytecode"]["object"]
    deployed = contract["evm"]["deployedBytecode"]
    return {
        "name": name,
        "source": source,
        "abi": contract["abi"],
        "bytecode": f"0x{creation}",
        "deployedBytecode": f"0x{deployed['object']}",
        "bytecodeSha256": hashlib.sha256(bytes.fromhex(creation)).hexdigest(),
        "immutableReferences": deployed.get("immutableReferences", {}),
        "storageLayout": contract.get("storageLayout", {}),
        "methodIdentifiers": contract["evm"].get("methodIdentifiers", {}),
        "devdoc": contract["devdoc"],
        "userdoc": contract["userdoc"],
    }


if __name__ == "__main__":
    try:
        compile_contracts(Path.cwd())
    except CompileError as refusal:
        raise SystemExit(refusal.sentence.zh) from refusal
