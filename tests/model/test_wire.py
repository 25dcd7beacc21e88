"""The model's own encoder against eth_abi and eth_account, by all that a play sends and leaves."""

from __future__ import annotations

import pytest
from eth_abi.abi import encode as encode_slowly
from eth_abi.exceptions import EncodingError
from eth_utils.abi import collapse_if_tuple

from huizhen.domain.statement import Statement
from tests.model.engines import Revm
from tests.model.play.all_plays import PLAYS
from tests.model.play.dice import Thrown
from tests.model.play.hand import Hand
from tests.model.scene import raise_curtain
from tests.model.spec.act import Act
from tests.model.stage import Stage


@pytest.fixture(scope="module")
def stage() -> Stage:
    return raise_curtain(Revm(), at_work=True)


@pytest.mark.parametrize("name", sorted(PLAYS))
def test_calldata__of_every_play__is_what_eth_abi_encodes(stage: Stage, name: str) -> None:
    for attempt in range(8):
        act = PLAYS[name](Hand(stage, Thrown(name, attempt))).act
        function = stage.wire.function(act.contract, act.function)
        arguments = [_plain(act.values[each]) for each in function.names]
        if stage.wire.takes(act):
            kinds = [collapse_if_tuple(each) for each in function.entry["inputs"]]
            assert stage.wire.calldata(act) == function.selector + encode_slowly(kinds, arguments)
        else:
            assert not _fits(stage, act)


@pytest.mark.parametrize("name", sorted(PLAYS))
def test_digest__of_every_signed_play__is_what_wallets_sign(stage: Stage, name: str) -> None:
    for attempt in range(8):
        act = PLAYS[name](Hand(stage, Thrown(name, attempt))).act
        if act.digest == bytes(32) or not act.digest or not stage.wire.takes(act):
            continue
        values = {key: _named(value) for key, value in act.values.items()}
        statement = Statement(act.contract, act.function, values)
        assert act.digest == stage.wire.statements.digest(statement)


def _fits(stage: Stage, act: Act) -> bool:
    """An enum is a small number to eth_abi, so only that it was recognised can be asked."""
    function = stage.wire.function(act.contract, act.function)
    kinds = [collapse_if_tuple(each) for each in function.entry["inputs"]]
    try:
        encode_slowly(kinds, [_plain(act.values[each]) for each in function.names])
    except EncodingError:
        return False
    return bool(act.values.get("kind", 0) <= 5)


def _plain(value: object) -> object:
    """Addresses as eth_abi takes them."""
    if isinstance(value, bytes) and len(value) == 20:
        return value
    if isinstance(value, list):
        return [tuple(each) if isinstance(each, tuple) else each for each in value]
    return value


def _named(value: object) -> object:
    if isinstance(value, list):
        return [each._asdict() if hasattr(each, "_asdict") else each for each in value]
    return value
