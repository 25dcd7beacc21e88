"""The contracts as Ape compiles and deploys them, on the anvil that Ape starts and resets after each test."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ape.contracts import ContractContainer, ContractInstance
from eth_utils.abi import function_signature_to_4byte_selector
from ethpm_types import ContractType

from huizhen.chain.artifacts import Artifacts
from huizhen.chain.client import Node
from huizhen.chain.deployer import LEDGER_ROLE
from huizhen.chain.rails import RAIL_VERBS
from tests.support.anvil_chain import AnvilChain
from tests.support.world import AUTHORITY_KEY, TAX_AUTHORITY, TAX_KEY, World

Contracts = dict[str, ContractInstance]


def from_artifacts(contract: str) -> ContractContainer:
    """A contract of OpenZeppelin: Ape compiles only what stands in contracts/."""
    artifact = Artifacts().artifact(contract)
    code = {"bytecode": artifact["bytecode"]}
    return ContractContainer(
        ContractType.model_validate(
            {"contractName": contract, "abi": artifact["abi"], "deploymentBytecode": code}
        )
    )


def deploy(project: Any, admin: Any) -> Contracts:
    """All contracts with the permissions that the deployer gives them; `admin` governs the AccessManager."""
    # All anew: Ape does not see that a contract changes with the libraries that it is built from.
    project.load_contracts(use_cache=False)
    made: Contracts = {}
    create: Callable[..., ContractInstance] = admin.deploy
    made["AccessManager"] = manager = create(from_artifacts("AccessManager"), admin)
    made["P256Verifier"] = create(from_artifacts("ERC7913P256Verifier"))
    made["WebAuthnVerifier"] = create(from_artifacts("ERC7913WebAuthnVerifier"))
    made["SM2Verifier"] = create(project.ERC7913SM2Verifier)
    made["CredentialRegistry"] = registry = create(
        project.CredentialRegistry, AUTHORITY_KEY.signer, TAX_KEY.signer
    )
    made["KeyReplacement"] = project.KeyReplacement.at(registry.keyReplacement())
    made["InstitutionAccounts"] = create(project.InstitutionAccounts)
    made["DoctorGroups"] = groups = create(project.DoctorGroups, registry)
    made["SlotBook"] = slots = create(project.SlotBook, manager)
    made["CaseAccess"] = cases = create(project.CaseAccess, registry)
    made["BankRail"] = rail = create(project.BankRail, manager)
    made["RevenueLedger"] = ledger = create(project.RevenueLedger, manager, registry, rail, TAX_AUTHORITY)
    made["Consultations"] = consultations = create(
        project.Consultations, registry, groups, slots, cases, ledger
    )
    made["Disputes"] = project.Disputes.at(consultations.disputes())
    slots.setBooker(consultations, True, sender=admin)
    ledger.setBooker(consultations, True, sender=admin)
    verbs = [function_signature_to_4byte_selector(verb) for verb in RAIL_VERBS]
    manager.setTargetFunctionRole(rail, verbs, LEDGER_ROLE, sender=admin)
    manager.grantRole(LEDGER_ROLE, ledger, 0, sender=admin)
    return made


def world_of(contracts: Contracts, provider: Any) -> World:
    """The people of the world act on Ape's own node, or on pyrevm in its place (tests/support/on_revm.py)."""
    chain = provider if isinstance(provider, AnvilChain) else _chain_at(provider.uri)
    return World(chain, {name: made.address for name, made in contracts.items()}).with_officials()


def _chain_at(uri: str) -> AnvilChain:
    """Each block is a second after the one before."""
    node = Node(uri)
    node.call("anvil_setBlockTimestampInterval", 1)
    return AnvilChain(node, Artifacts())
