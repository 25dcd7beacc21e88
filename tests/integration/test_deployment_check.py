"""What the deployer says of contracts that stand already, and of one that another contract made."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from huizhen.chain.deployer import Deployer, load_deployment
from huizhen.errors import DeploymentError
from tests.support.chain_setup import CHAIN_ID, ChainSetup, deployed_chain


@pytest.fixture(scope="module")
def setup(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChainSetup]:
    with deployed_chain(tmp_path_factory.mktemp("chain")) as setup:
        yield setup


@pytest.fixture
def deployer(setup: ChainSetup, tmp_path: Path) -> Deployer:
    """One that finds the record of the standing deployment in a folder of its own."""
    record = orjson.dumps(setup.deployment)
    (tmp_path / f"{CHAIN_ID}.json").write_bytes(record)
    return Deployer(setup.node, setup.sender(), setup.artifacts, tmp_path, b"", b"")


def test_deploy__where_all_stands__deploys_nothing(setup: ChainSetup, deployer: Deployer) -> None:
    before = setup.node.head().number
    assert deployer.deploy() == setup.deployment
    assert setup.node.head().number == before


def test_deploy__key_replacement__stands_since_the_registry_made_it(setup: ChainSetup) -> None:
    contracts = setup.deployment.contracts
    made, maker = contracts["KeyReplacement"], contracts["CredentialRegistry"]
    assert made.block == maker.block
    assert made.bytecode_sha256 == setup.artifacts.artifact("KeyReplacement")["bytecodeSha256"]


def test_deploy__key_replacement_that_the_registry_does_not_know__is_refused(
    setup: ChainSetup, deployer: Deployer
) -> None:
    """The same code at another address would take statements that the registry never heeds."""
    impostor = setup.deployment.contracts["SM2Verifier"]
    contracts = {**setup.deployment.contracts, "KeyReplacement": impostor}
    record = orjson.dumps(replace(setup.deployment, contracts=contracts))
    (deployer.folder / f"{CHAIN_ID}.json").write_bytes(record)
    with pytest.raises(DeploymentError, match="missing: KeyReplacement"):
        deployer.deploy()
    assert load_deployment(deployer.folder, CHAIN_ID).addresses["KeyReplacement"] == impostor.address
