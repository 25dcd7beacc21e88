"""Gas of each step on a real anvil, beside the ceilings of DESIGN.md.

Whole transactions (base cost, calldata, execution, refunds), each in a block of its own, so every slot and contract
is cold. Optimizer 10,000 runs, without via-IR, rules of cancun; the figure with the P-256 precompile needs osaka.
Keys are externally owned unless a figure says otherwise.

    .venv/bin/python bench/gas.py            the table, and the figures as JSON in the last line
    .venv/bin/python bench/gas.py --check    fails where a figure rose above bench/gas_snapshot.json by more than 1 %
    .venv/bin/python bench/gas.py --write    makes the figures of now the snapshot
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench import _gas_seldom as seldom
from bench._figures import ANVIL, print_figures
from bench._gas_snapshot import read_snapshot, risen, write_snapshot
from huizhen.chain.artifacts import Artifacts
from huizhen.chain.calls import encode_call
from huizhen.chain.client import Node
from huizhen.chain.deployer import Deployer
from huizhen.chain.dev_node import running
from huizhen.chain.sender import Sender
from huizhen.chain.signer import SoftwareKey
from huizhen.domain import acts
from huizhen.domain.acts import PayoutLine
from huizhen.domain.money import Fen
from huizhen.domain.slots import Slot
from huizhen.domain.statuses import PartyKind
from huizhen.domain.terms import Pricing, Terms
from tests.support.anvil_chain import AnvilChain
from tests.support.keys import Key, P256Key, SM2Key
from tests.support.team import Team
from tests.support.world import AUTHORITY_KEY, DAY, TAX_KEY, World, digest_of

CEILINGS = {
    "found_group": 110_000,
    "join": 100_000,
    "leave": 43_000,
    "book_5_first": 345_000,
    "book_5_repeat": 265_000,
    "book_5_passkey": 520_000,
    "book_5_passkey_fallback": 2_100_000,
    "book_5_sm2": None,
    "verify_sm2": 300_000,
    "verify_p256_fallback": None,
    "deliver": 43_000,
    "deliver_after_loss": None,
    "cancel": 56_000,
    "expire": 48_000,
    "release_5_first": 165_000,
    "release_5_repeat": 85_000,
    "release_5_first_signed": 175_000,
    "release_5_repeat_signed": 95_000,
    "release_20_first": 560_000,
    "release_20_repeat": 220_000,
    "payout_repeat": 48_000,
    "record_attendance": None,
    "dispute": None,
    "settle_dispute": None,
    "reschedule": None,
    "substitute": None,
    "request_replacement": None,
    "replace_signers": None,
    "commit_file": None,
    "grant_key": None,
    "anchor_log": None,
}
NO_PLATFORM_SHARE = 0
BASE_COST = 21_000


@contextmanager
def fresh_world(hardfork: str) -> Iterator[World]:
    """A deployed world with its officials, and one consultation behind it: counters are no longer zero."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder) / "chain", anvil=ANVIL, hardfork=hardfork) as anvil,
    ):
        node = Node(anvil.url)
        chain = AnvilChain(node, Artifacts())
        deployer_key = SoftwareKey.from_seed("bench", "deployer")
        node.call("anvil_setBalance", deployer_key.address, hex(10**20))
        sender = Sender(node, deployer_key, node.chain_id())
        deployment = Deployer(
            node, sender, chain.artifacts, Path(folder), AUTHORITY_KEY.signer, TAX_KEY.signer
        ).deploy()
        world = World(chain, deployment.addresses).with_officials()
        Team.assemble(world, 1).book()
        yield world


# Groups


def groups(world: World) -> dict[str, int]:
    lead, doctor = world.doctor(), world.doctor()
    world.found(world.doctor())
    group = world.register(PartyKind.GROUP)
    founded = world.act(acts.found(group, lead, 0, 3000, 1000, world.deadline))
    world.join(group, world.doctor())
    joined = world.join(group, doctor)
    left = world.act(acts.leave(group, doctor, 1, world.deadline))
    return {"found_group": founded.gas_used, "join": joined.gas_used, "leave": left.gas_used}


# Consultations


def word_start(world: World, words_ahead: int) -> Slot:
    """The first slot of a later word of the calendar, 64 hours each."""
    return Slot((world.chain.now() // 900 // 256 + words_ahead) * 256)


def book(team: Team, terms: Terms) -> int:
    return team.world.act(team.booking(terms)).gas_used


def bookings(world: World) -> dict[str, int]:
    team = Team.assemble(world, 5)
    start = word_start(world, 2)
    first = team.terms(start=start)
    statement = team.booking(first)
    assert len(statement.signers) == 7, "hospital, five doctors, lead"
    return {
        "book_5_first": world.act(statement).gas_used,
        "book_5_repeat": book(team, team.terms(start=Slot(start + 8))),
    }


def p256_key(world: World, *name: object) -> Key:
    return P256Key.from_seed(world.addresses["P256Verifier"], *name)


def sm2_key(world: World, *name: object) -> Key:
    return SM2Key.from_seed(world.addresses["SM2Verifier"], *name)


def booking_with(world: World, make_key: Callable[..., Key]) -> int:
    """The same with keys of another kind for all seven signers."""
    team = Team.assemble(world, 5, keys=lambda role, number: make_key(world, role, number))
    return book(team, team.terms(start=word_start(world, 2)))


def verification(world: World, key: Key) -> int:
    """Of one signature by its verifier, without the base cost of a transaction: the average of ten digests."""
    verifier, public = "0x" + key.signer[:20].hex(), key.signer[20:]
    costs = []
    for number in range(10):
        digest = digest_of("verified", number)
        call = encode_call("verify(bytes,bytes32,bytes)", public, digest, key.sign(digest))
        costs.append(world.chain.send(verifier, call).gas_used - BASE_COST)
    return round(sum(costs) / len(costs))


def endings(world: World) -> dict[str, int]:
    """Five seats each; cancelled free of charge, so nothing is split."""
    team = Team.assemble(world, 5)
    start = word_start(world, 2)
    one, two, three, four = (team.terms(start=Slot(start + 8 * number)) for number in range(4))
    booked = [team.book(terms) for terms in (one, two, three, four)]
    figures = {
        "cancel": world.act(acts.cancel(booked[0], team.hospital, world.deadline)).gas_used,
        "deliver": team.deliver(booked[1], two).gas_used,
    }
    world.suspend(world.doctor())
    figures["deliver_after_loss"] = team.deliver(booked[2], three).gas_used
    world.chain.move_to(four.ends_at + four.policy.deliver_window + 1)
    figures["expire"] = world.act(acts.expire(booked[3])).gas_used
    return figures


# Money


def releases(world: World) -> dict[str, int]:
    """Five seats without a group or platform share have five payees; nine of one group with both have twenty."""
    five = Team.assemble(world, 5, group=False)
    no_platform = Pricing(world.platform, NO_PLATFORM_SHARE, 0, 2500, 1)
    by_time = [release(five, replace(five.terms(), pricing=no_platform), 5) for _ in range(2)]
    signed = Team.assemble(world, 5, group=False)
    by_hand = [
        release(signed, replace(signed.terms(), pricing=no_platform), 5, signed=True) for _ in range(2)
    ]
    # The platform has been paid before by whoever came first; a platform of its own makes all twenty payees new.
    twenty = Team.assemble(world, 9)
    platform = Pricing(world.register(PartyKind.PLATFORM), 500, 0, 2500, 1)
    many = [release(twenty, replace(twenty.terms(), pricing=platform), 20) for _ in range(2)]
    return {
        "release_5_first": by_time[0],
        "release_5_repeat": by_time[1],
        "release_5_first_signed": by_hand[0],
        "release_5_repeat_signed": by_hand[1],
        "release_20_first": many[0],
        "release_20_repeat": many[1],
    }


def release(team: Team, terms: Terms, payees: int, *, signed: bool = False) -> int:
    world = team.world
    packed = team.book(terms)
    team.deliver(packed, terms)
    if signed:
        return world.act(acts.accept(packed, team.hospital, world.deadline)).gas_used
    world.chain.move_to(world.chain.now() + terms.policy.review_window + 1)
    receipt = world.act(acts.accept_by_time(packed))
    legs = world.chain.legs(receipt)
    assert len(legs) == payees, legs
    return receipt.gas_used


def payout(world: World) -> dict[str, int]:
    """Prepare, approve and confirm a second batch of ten, per item; a tenth is withheld."""
    team = Team.assemble(world, 10, group=False)
    for institution in team.institutions:
        world.act(acts.set_payout_account(institution, digest_of("account", institution), 0, world.deadline))
    world.chain.move_to(world.chain.now() + 2 * DAY)
    costs = []
    for batch in (1, 2):
        release(team, replace(team.terms(), pricing=Pricing(world.platform, 0, 0, 2500, 1)), 10)
        items = [PayoutLine(i, Fen(50_000), Fen(5_000), digest_of("account", i)) for i in team.institutions]
        costs.append(
            world.act(acts.prepare_payout(batch, items, world.preparer, world.deadline)).gas_used
            + world.act(acts.approve_payout(batch, items, world.approver, world.deadline)).gas_used
            + world.act(
                acts.confirm_payout(batch, items, 1023, digest_of("paid", batch), world.bank, world.deadline)
            ).gas_used
        )
    return {"payout_repeat": round(costs[1] / 10)}


MEASURES = (
    groups,
    bookings,
    endings,
    releases,
    payout,
    seldom.disputes,
    seldom.amendments,
    seldom.lost_keys,
    seldom.cases,
)


def measured() -> dict[str, int]:
    figures: dict[str, int] = {}
    with fresh_world("cancun") as world:
        for measure in MEASURES:
            figures |= measure(world)
        figures["book_5_passkey_fallback"] = booking_with(world, p256_key)
        figures["book_5_sm2"] = booking_with(world, sm2_key)
        figures["verify_sm2"] = verification(world, sm2_key(world, "verified"))
        figures["verify_p256_fallback"] = verification(world, p256_key(world, "verified"))
    with fresh_world("osaka") as world:
        figures["book_5_passkey"] = booking_with(world, p256_key)
    return figures


def print_table(figures: dict[str, int]) -> None:
    for name, ceiling in CEILINGS.items():
        gas = figures[name]
        if ceiling is None:
            print(f"{name:26}{gas:>10,}")
        else:
            verdict = "ok" if gas <= ceiling else "OVER"
            print(f"{name:26}{gas:>10,}  of{ceiling:>10,}  {gas / ceiling:>7.1%}  {verdict}")


def main() -> None:
    parser = argparse.ArgumentParser(description="Gas of each step.")
    parser.add_argument("--check", action="store_true", help="fail where a figure rose above the snapshot")
    parser.add_argument("--write", action="store_true", help="make the figures of now the snapshot")
    asked = parser.parse_args()
    figures = measured()
    print_table(figures)
    if asked.write:
        write_snapshot(figures)
    if asked.check and (rises := risen(figures, read_snapshot())):
        raise SystemExit("\n".join(rises))
    print_figures("gas", dict(figures), ("web3", "eth-abi"))


if __name__ == "__main__":
    main()
