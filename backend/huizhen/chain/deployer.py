"""Puts the contracts on a chain, once, and remembers where they stand in deployments/<chainId>.json."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson
from eth_abi.abi import encode
from eth_utils.abi import function_signature_to_4byte_selector
from eth_utils.address import to_checksum_address

from huizhen.chain.artifacts import Artifacts
from huizhen.chain.calls import decode_answer, encode_call
from huizhen.chain.client import Node
from huizhen.chain.rails import (
    BANK_RAIL,
    ERC20_RAIL,
    RAIL_VERBS,
    RAILS,
    Token,
    rail_among,
    rail_arguments,
    require_same_rail,
    require_token,
)
from huizhen.chain.sender import Sender
from huizhen.errors import DeploymentError

# In the order in which they need one another, those of MADE_BY behind their makers; an Erc20Rail takes the place of
# the BankRail.
CONTRACTS = {
    "AccessManager": "AccessManager",
    "P256Verifier": "ERC7913P256Verifier",
    "WebAuthnVerifier": "ERC7913WebAuthnVerifier",
    "SM2Verifier": "ERC7913SM2Verifier",
    "CredentialRegistry": "CredentialRegistry",
    "KeyReplacement": "KeyReplacement",
    "InstitutionAccounts": "InstitutionAccounts",
    "DoctorGroups": "DoctorGroups",
    "SlotBook": "SlotBook",
    "CaseAccess": "CaseAccess",
    "BankRail": "BankRail",
    "RevenueLedger": "RevenueLedger",
    "Consultations": "Consultations",
    "Disputes": "Disputes",
}
# Made by the constructor of another contract, which says where.
MADE_BY = {
    "KeyReplacement": ("CredentialRegistry", "keyReplacement()"),
    "Disputes": ("Consultations", "disputes()"),
}
TAX_AUTHORITY = 2
LEDGER_ROLE = 1


@dataclass(frozen=True, slots=True)
class DeployedContract:
    """`bytecode_sha256` is the digest of the artefact's creation code, `code_sha256` of what stands on the chain."""

    address: str
    block: int
    bytecode_sha256: str
    code_sha256: str


@dataclass(frozen=True, slots=True)
class Deployment:
    """Where the contracts stand. `genesis` is the hash of block 0: chain ids alone do not tell chains apart."""

    chain_id: int
    genesis: str
    complete: bool
    contracts: dict[str, DeployedContract]

    @property
    def addresses(self) -> dict[str, str]:
        return {name: contract.address for name, contract in self.contracts.items()}

    @property
    def first_block(self) -> int:
        return min(contract.block for contract in self.contracts.values())


def deployment_file(folder: Path, chain_id: int) -> Path:
    return folder / f"{chain_id}.json"


def load_deployment(folder: Path, chain_id: int) -> Deployment:
    """Raises DeploymentError where nothing was deployed."""
    found = _read(deployment_file(folder, chain_id))
    if found is None or not found.complete:
        raise DeploymentError(
            f"链 {chain_id} 上还没有部署合约，请先运行 huizhen deploy。",
            f"Nothing is deployed on chain {chain_id} yet. Run huizhen deploy first.",
        )
    return found


def contracts_with(rail: str) -> dict[str, str]:
    """The names of all contracts of a deployment with this rail, and their artefacts."""
    return {
        rail if name == BANK_RAIL else name: rail if name == BANK_RAIL else artefact
        for name, artefact in CONTRACTS.items()
    }


@dataclass(frozen=True, slots=True)
class Deployer:
    """`authority` and `tax_authority` are the ERC-7913 signers of the first two parties.

    With a `token` money moves as that token (Erc20Rail), without one through a bank's custody account (BankRail).
    """

    node: Node
    sender: Sender
    artifacts: Artifacts
    folder: Path
    authority: bytes
    tax_authority: bytes
    report: Callable[[str], None] = lambda _line: None
    token: Token | None = None

    @property
    def contracts(self) -> dict[str, str]:
        return contracts_with(BANK_RAIL if self.token is None else ERC20_RAIL)

    def deploy(self) -> Deployment:
        """What stands is checked and kept. Raises DeploymentError on half a deployment, or on another chain's."""
        chain_id = self.node.chain_id()
        genesis = self.node.header(0).hash
        file = deployment_file(self.folder, chain_id)
        found = _read(file)
        if found is not None:
            self._check(found, genesis, file)
            self.report(f"chain {chain_id}: all {len(found.contracts)} contracts stand already")
            return found

        if self.token is not None:
            require_token(self.node, self.token)
        standing: dict[str, DeployedContract] = {}
        for name, artefact in self.contracts.items():
            addresses = {there: contract.address for there, contract in standing.items()}
            if name in MADE_BY:
                standing[name] = self._made(name, standing)
            else:
                standing[name] = self._create(artefact, self._arguments(name, addresses))
            self.report(f"{name} at {standing[name].address}")
            _write(file, Deployment(chain_id, genesis, False, standing))
        deployment = Deployment(chain_id, genesis, True, standing)
        self._permit(deployment.addresses)
        _write(file, deployment)
        return deployment

    def _arguments(self, name: str, at: dict[str, str]) -> bytes:
        registry, manager = at.get("CredentialRegistry", ""), at.get("AccessManager", "")
        match name:
            case "AccessManager":
                return encode(["address"], [self.sender.address])
            case "CredentialRegistry":
                return encode(["bytes", "bytes"], [self.authority, self.tax_authority])
            case "DoctorGroups" | "CaseAccess":
                return encode(["address"], [registry])
            case "SlotBook":
                return encode(["address"], [manager])
            case _ if name in RAILS:
                return rail_arguments(manager, self.token)
            case "RevenueLedger":
                kinds = ["address", "address", "address", "uint32"]
                return encode(kinds, [manager, registry, at[rail_among(at)], TAX_AUTHORITY])
            case "Consultations":
                needs = ("CredentialRegistry", "DoctorGroups", "SlotBook", "CaseAccess", "RevenueLedger")
                return encode(["address"] * len(needs), [at[need] for need in needs])
            case _:
                return b""

    def _create(self, artefact: str, arguments: bytes) -> DeployedContract:
        built = self.artifacts.artifact(artefact)
        receipt = self.sender.create(bytes.fromhex(built["bytecode"][2:]) + arguments)
        if receipt.contract is None or not receipt.succeeded:
            raise DeploymentError(
                f"{artefact} 未能部署，请检查节点的 gas 上限与部署账户余额。",
                f"{artefact} could not be created. Check the node's gas limit and the deployer's balance.",
            )
        return self._standing(artefact, receipt.contract, receipt.block_number)

    def _made(self, name: str, standing: dict[str, DeployedContract]) -> DeployedContract:
        """Stands since its maker's block."""
        maker, _ = MADE_BY[name]
        return self._standing(CONTRACTS[name], self._where_made(name, standing), standing[maker].block)

    def _where_made(self, name: str, standing: dict[str, DeployedContract]) -> str:
        """As its maker says: nobody else can vouch for it."""
        maker, getter = MADE_BY[name]
        (answer,) = self.node.call_many([(standing[maker].address, encode_call(getter))])
        (address,) = decode_answer(("address",), answer)
        return to_checksum_address(address)

    def _standing(self, artefact: str, address: str, block: int) -> DeployedContract:
        code = self.node.code(address)
        if not code:
            raise DeploymentError(
                f"{artefact} 在 {address} 处没有代码，请检查节点后重新部署。",
                f"No code of {artefact} stands at {address}. Check the node and deploy again.",
            )
        built = self.artifacts.artifact(artefact)["bytecodeSha256"]
        return DeployedContract(to_checksum_address(address), block, built, hashlib.sha256(code).hexdigest())

    def _permit(self, at: dict[str, str]) -> None:
        """Consultations may book hours and move escrow; the ledger moves the rail; nobody else."""
        selectors = [function_signature_to_4byte_selector(verb) for verb in RAIL_VERBS]
        calls = [
            (at["SlotBook"], encode_call("setBooker(address,bool)", at["Consultations"], True)),
            (at["RevenueLedger"], encode_call("setBooker(address,bool)", at["Consultations"], True)),
            (
                at["AccessManager"],
                encode_call(
                    "setTargetFunctionRole(address,bytes4[],uint64)",
                    at[rail_among(at)],
                    selectors,
                    LEDGER_ROLE,
                ),
            ),
            (
                at["AccessManager"],
                encode_call("grantRole(uint64,address,uint32)", LEDGER_ROLE, at["RevenueLedger"], 0),
            ),
        ]
        for to, calldata in calls:
            self.sender.send(to, calldata)

    def _check(self, found: Deployment, genesis: str, file: Path) -> None:
        if found.genesis != genesis:
            raise DeploymentError(
                f"{file.name} 记录的是另一条链（创世块不同）。请改用该链的节点，或移走此文件后重新部署。",
                f"{file.name} describes another chain (its first block differs). "
                "Point to that chain's node, or move the file away and deploy again.",
            )
        if found.complete:
            require_same_rail(self.node, found.addresses, self.token)
        missing = [name for name in self.contracts if not self._stands(name, found.contracts)]
        if missing or not found.complete:
            named = ", ".join(missing) or "permissions"
            raise DeploymentError(
                f"链上只部署了一部分（缺少 {named}）。请移走 {file.name} 后重新部署全部合约。",
                f"Only a part is deployed (missing: {named}). Move {file.name} away and deploy all of it again.",
            )
        changed = [
            name
            for name, artefact in self.contracts.items()
            if found.contracts[name].bytecode_sha256 != self.artifacts.artifact(artefact)["bytecodeSha256"]
        ]
        if changed:
            named = ", ".join(changed)
            raise DeploymentError(
                f"合约代码在部署之后改变了（{named}）。合约不可更改：请检出部署时的版本，"
                "或在新链上部署（演示环境：make clean）。",
                f"The code changed after it was deployed ({named}). Contracts are immutable: check out the deployed "
                "version, or deploy to a new chain (in the demo: make clean).",
            )

    def _stands(self, name: str, found: dict[str, DeployedContract]) -> bool:
        """The code that was put there, and for what another contract made, where that one says."""
        contract = found.get(name)
        if contract is None:
            return False
        if hashlib.sha256(self.node.code(contract.address)).hexdigest() != contract.code_sha256:
            return False
        if name not in MADE_BY:
            return True
        return self._stands(MADE_BY[name][0], found) and self._where_made(name, found) == contract.address


def _read(file: Path) -> Deployment | None:
    if not file.exists():
        return None
    record: dict[str, Any] = orjson.loads(file.read_bytes())
    contracts = {name: DeployedContract(**contract) for name, contract in record.pop("contracts").items()}
    return Deployment(**record, contracts=contracts)


def _write(file: Path, deployment: Deployment) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    half = file.with_suffix(".part")
    half.write_bytes(orjson.dumps(asdict(deployment), option=orjson.OPT_INDENT_2))
    half.replace(file)
