"""A token, the rail that moves it, and a ledger of its own beside the one of the world: money as an ERC-20 token."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any

from ape.contracts import ContractInstance
from eth_utils.abi import function_signature_to_4byte_selector

from huizhen.chain.client import Receipt
from huizhen.chain.deployer import LEDGER_ROLE
from huizhen.chain.rails import BANK_RAIL, ERC20_RAIL, RAIL_VERBS
from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.split import LegKind
from tests.support.ape_chain import Contracts
from tests.support.payouts import ACCOUNT_DELAY, PayoutOffice, leg
from tests.support.world import TAX_AUTHORITY, World, digest_of

# A yuan has a million units, as with tokens of six decimals.
UNIT = 10_000


class Mood(IntEnum):
    """AwkwardToken.Mood."""

    PLAIN = 0
    ANSWERS_NOTHING = 1
    ANSWERS_FALSE = 2
    ONLY_PRETENDS = 3
    REVERTS = 4
    REVERTS_AT_LENGTH = 5
    ANSWERS_AT_LENGTH = 6
    TAKES_FEE = 7
    CHARGES_SENDER = 8
    BURNS_GAS = 9
    CALLS_BACK = 10


HARMLESS = (Mood.PLAIN, Mood.ANSWERS_NOTHING, Mood.ANSWERS_AT_LENGTH)
HARMFUL = tuple(mood for mood in Mood if mood not in (*HARMLESS, Mood.CALLS_BACK))


def account_of(address: str) -> bytes:
    """A payout account of an Erc20Rail: the payee's address, padded on the left."""
    return bytes.fromhex(address[2:]).rjust(32, b"\0")


def permit_rail(manager: ContractInstance, rail: ContractInstance, mover: Any, admin: Any) -> None:
    """What the deployer permits: `mover` alone collects, pays and reclaims."""
    verbs = [function_signature_to_4byte_selector(verb) for verb in RAIL_VERBS]
    manager.setTargetFunctionRole(rail, verbs, LEDGER_ROLE, sender=admin)
    manager.grantRole(LEDGER_ROLE, mover, 0, sender=admin)


@dataclass(frozen=True, slots=True)
class TokenWorld:
    """`payer` has tokens and has approved the rail; `teller` may move escrow, as Consultations may."""

    world: World
    token: ContractInstance
    rail: ContractInstance
    ledger: ContractInstance
    payer: Any
    teller: Any

    @classmethod
    def beside(cls, world: World, project: Any, contracts: Contracts, accounts: Any) -> TokenWorld:
        admin, payer, teller = accounts[0], accounts[8], accounts[9]
        manager, registry = contracts["AccessManager"], contracts["CredentialRegistry"]
        token = admin.deploy(project.AwkwardToken)
        rail = admin.deploy(project.Erc20Rail, manager, token, UNIT)
        ledger = admin.deploy(project.RevenueLedger, manager, registry, rail, TAX_AUTHORITY)
        permit_rail(manager, rail, ledger, admin)
        ledger.setBooker(teller, True, sender=admin)
        token.mint(payer, 10**9 * UNIT, sender=admin)
        token.approve(rail, 2**256 - 1, sender=payer)
        addresses = {name: there for name, there in world.addresses.items() if name != BANK_RAIL}
        addresses |= {"RevenueLedger": ledger.address, ERC20_RAIL: rail.address}
        return cls(replace(world, addresses=addresses), token, rail, ledger, payer, teller)

    @property
    def office(self) -> PayoutOffice:
        return PayoutOffice(self.world)

    def pay_in(self, amount: int, *reference: object) -> bytes:
        bank_ref = digest_of("paid in", *reference)
        self.rail.payIn(bank_ref, amount, sender=self.payer)
        return bank_ref

    def deposit(self, hospital: PartyId, amount: int) -> None:
        """Paid in by the hospital, recorded by the bank."""
        bank_ref = self.pay_in(amount, hospital, self.ledger.fundsOf(hospital).available)
        world = self.world
        world.act(acts.deposit(hospital, Fen(amount), bank_ref, world.bank, world.deadline))

    def earn(self, earned: dict[PartyId, int]) -> None:
        """A hospital's consultation is settled: escrow, then credit."""
        hospital, total = self.world.hospital(), sum(earned.values())
        self.deposit(hospital, total)
        self.ledger.escrow(1, hospital, total, sender=self.teller)
        legs = [leg(LegKind.SEAT, party, amount) for party, amount in earned.items()]
        self.ledger.release(1, hospital, total, legs, sender=self.teller)

    def payees(self, addresses: list[str], amount: int) -> list[PartyId]:
        """Institutions that earned the amount each and are paid at these addresses."""
        parties = [self.world.hospital() for _ in addresses]
        self.earn(dict.fromkeys(parties, amount))
        for party, address in zip(parties, addresses, strict=True):
            self.office.name_account(party, account_of(address))
        self.world.chain.move_to(self.world.chain.now() + ACCOUNT_DELAY)
        return parties

    def pay_out(self, batch: int, lines: list[Any], mask: int, *reference: object) -> Receipt:
        return self.world.act(
            self.office.confirming(batch, lines, mask, digest_of("paid", batch, *reference))
        )

    def units_of(self, address: str) -> int:
        units: int = self.token.balanceOf(address)
        return units

    def assert_solvent(self) -> None:
        """The rail holds the tokens of all of custody."""
        assert self.units_of(self.rail.address) >= self.rail.custody() * UNIT
