"""A party whose key was lost or stolen, and the acts by which it gets another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from huizhen.chain.signer import SoftwareKey
from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from huizhen.domain.statement import Statement
from tests.support.keys import Key
from tests.support.world import AUTHORITY, DAY, World

NEW = SoftwareKey.from_seed("the key that is to replace all others")
DELAY = 3 * DAY
LAPSES_AFTER = 30 * DAY
NOTHING = {
    "authority": 0,
    "authorityRevision": 0,
    "notBefore": 0,
    "contested": False,
    "allowed": False,
    "signer": b"",
}


def recorded(world: World, party: PartyId) -> Mapping[str, Any]:
    """What KeyReplacement keeps of a party."""
    kept: Mapping[str, Any] = world.read("KeyReplacement", "replacementOf", party)
    return kept


def sequence(world: World, party: PartyId) -> int:
    number: int = recorded(world, party)["sequence"]
    return number


def due(world: World, party: PartyId) -> int:
    second: int = recorded(world, party)["notBefore"]
    return second


def is_pending(world: World, party: PartyId) -> bool:
    pending: bool = world.read("KeyReplacement", "isPending", party)
    return pending


def signer_of(world: World, party: PartyId, index: int = 0) -> bytes:
    signer: bytes = world.read("CredentialRegistry", "signerOf", party, index)
    return signer


def requesting(world: World, party: PartyId, key: Key = NEW, authority: PartyId = AUTHORITY) -> Statement:
    number = sequence(world, party)
    statement = acts.request_replacement(party, number, key.signer, authority, world.deadline)
    return world.proven(statement, key)


def cancelling(world: World, party: PartyId) -> Statement:
    return acts.cancel_replacement(party, sequence(world, party), world.deadline)


def ruling(world: World, party: PartyId, arbiter: PartyId, *, allowed: bool) -> Statement:
    return acts.rule_replacement(party, sequence(world, party), allowed, arbiter, world.deadline)


def contest(world: World, party: PartyId) -> None:
    """Asked for, cancelled by the old key, and asked for again."""
    world.act(requesting(world, party))
    world.act(cancelling(world, party))
    world.act(requesting(world, party))
