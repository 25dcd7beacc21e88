"""A deployment on the rail for tokens: made once, kept, and never confused with another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from huizhen.chain.artifacts import Artifacts
from huizhen.chain.client import Node
from huizhen.chain.decoder import LogDecoder
from huizhen.chain.deployer import Deployer
from huizhen.chain.dev_node import running
from huizhen.chain.rails import Token
from huizhen.chain.sender import Sender
from huizhen.chain.state_reader import StateReader
from huizhen.domain.contract_reads import Read
from huizhen.errors import DeploymentError
from tests.support.chain_setup import ANVIL, CHAIN_ID, DEPLOYER
from tests.support.world import AUTHORITY_KEY, TAX_KEY

FEN_UNIT = 10_000


@pytest.fixture(scope="module")
def deployer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployer]:
    """With a token that stands on its chain."""
    folder: Path = tmp_path_factory.mktemp("rail")
    with running(folder, anvil=ANVIL) as child:
        node, artifacts = Node(child.url), Artifacts()
        sender = Sender(node, DEPLOYER, CHAIN_ID)
        made = sender.create(bytes.fromhex(artifacts.artifact("AwkwardToken")["bytecode"][2:]))
        assert made.contract is not None
        yield Deployer(
            node,
            sender,
            artifacts,
            folder / "deployments",
            AUTHORITY_KEY.signer,
            TAX_KEY.signer,
            token=Token(made.contract, FEN_UNIT),
        )
        node.close()


def test_deploy__with_a_token__stands_on_its_rail_and_is_kept(deployer: Deployer) -> None:
    deployment = deployer.deploy()
    assert "BankRail" not in deployment.addresses
    assert deployer.deploy() == deployment
    reader = StateReader(deployer.node, deployer.artifacts, deployment.addresses)
    assert reader.read_many([Read("IRail", "custody")], deployer.node.head().number) == [0]
    decoder = LogDecoder(deployer.artifacts, deployment.addresses)
    assert deployment.addresses["Erc20Rail"].lower() in decoder.addresses


def test_deploy__again_with_another_rail_or_token__says_which_setting_to_correct(deployer: Deployer) -> None:
    deployer.deploy()
    assert deployer.token is not None
    with pytest.raises(DeploymentError, match="HUIZHEN_RAIL"):
        replace(deployer, token=None).deploy()
    with pytest.raises(DeploymentError, match="HUIZHEN_RAIL_FEN_UNIT"):
        replace(deployer, token=replace(deployer.token, fen_unit=1)).deploy()


def test_deploy__with_a_token_that_is_not_there__deploys_nothing(deployer: Deployer, tmp_path: Path) -> None:
    absent = replace(deployer, token=Token("0x" + "ab" * 20, FEN_UNIT), folder=tmp_path)
    with pytest.raises(DeploymentError, match="HUIZHEN_RAIL_TOKEN"):
        absent.deploy()
    assert not list(tmp_path.iterdir())
