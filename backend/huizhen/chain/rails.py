"""The rail that money takes in and out of custody: which contract it is, and what it is made with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from eth_abi.abi import decode, encode
from eth_abi.exceptions import DecodingError
from eth_utils.address import to_checksum_address

from huizhen.chain.calls import encode_call
from huizhen.chain.client import Node
from huizhen.errors import CallReverted, DeploymentError

BANK_RAIL, ERC20_RAIL = "BankRail", "Erc20Rail"
RAILS = (BANK_RAIL, ERC20_RAIL)
# How contracts and readers call it, whichever it is.
ANY_RAIL = "IRail"
# What the ledger alone may do with it.
RAIL_VERBS = ("collect(bytes32,uint128)", "pay(bytes32,(bytes32,uint128)[])", "reclaim(bytes32,uint128)")


@dataclass(frozen=True, slots=True)
class Token:
    """What an Erc20Rail moves: the contract's address, and how many of its smallest units are one fen."""

    address: str
    fen_unit: int


def rail_among(contracts: Iterable[str]) -> str:
    """The one rail among the names of deployed contracts; BankRail where there is none yet."""
    return ERC20_RAIL if ERC20_RAIL in contracts else BANK_RAIL


def rail_arguments(manager: str, token: Token | None) -> bytes:
    """Of the constructor: a token makes it an Erc20Rail."""
    if token is None:
        return encode(["address"], [manager])
    return encode(["address", "address", "uint128"], [manager, token.address, token.fen_unit])


def require_token(node: Node, token: Token) -> None:
    """Raises DeploymentError where no token stands at the address."""
    try:
        (answer,) = node.call_many([(token.address, encode_call("balanceOf(address)", token.address))])
        decode(["uint256"], answer)
    except (CallReverted, DecodingError) as error:
        raise DeploymentError(
            f"{token.address} 不是 ERC-20 代币合约。请核对 HUIZHEN_RAIL_TOKEN 与节点所在的链。",
            f"No ERC-20 token stands at {token.address}. Check HUIZHEN_RAIL_TOKEN, and which chain the node is on.",
        ) from error


def require_same_rail(node: Node, addresses: dict[str, str], token: Token | None) -> None:
    """Raises DeploymentError where another rail than the settings name was deployed, or one for another token."""
    standing = rail_among(addresses)
    if (standing == ERC20_RAIL) != (token is not None):
        raise DeploymentError(
            f"已部署的资金通道是 {standing}，部署后不能更换。请相应设置 HUIZHEN_RAIL，或在新链上部署。",
            f"The rail that stands is {standing} and cannot be exchanged. Set HUIZHEN_RAIL accordingly, "
            "or deploy to a new chain.",
        )
    if token is None:
        return
    calls = [(addresses[ERC20_RAIL], encode_call(f"{view}()")) for view in ("token", "fenUnit")]
    address, unit = node.call_many(calls)
    found = Token(decode(["address"], address)[0], decode(["uint128"], unit)[0])
    if (found.address.lower(), found.fen_unit) != (token.address.lower(), token.fen_unit):
        raise DeploymentError(
            f"已部署的 Erc20Rail 使用代币 {to_checksum_address(found.address)}，每分 {found.fen_unit} 单位，"
            "与设置不符。请改正 HUIZHEN_RAIL_TOKEN 与 HUIZHEN_RAIL_FEN_UNIT。",
            f"The Erc20Rail that stands moves {to_checksum_address(found.address)} at {found.fen_unit} units a fen, "
            "not what the settings say. Correct HUIZHEN_RAIL_TOKEN and HUIZHEN_RAIL_FEN_UNIT.",
        )
