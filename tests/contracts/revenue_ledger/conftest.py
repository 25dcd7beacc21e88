from __future__ import annotations

from typing import Any

import pytest
from ape.contracts import ContractInstance

from huizhen.domain.acts import PayoutLine
from huizhen.domain.ids import PartyId
from huizhen.domain.split import LegKind
from huizhen.domain.statuses import PartyKind
from tests.support.ape_chain import Contracts
from tests.support.payouts import ACCOUNT_DELAY, PayoutOffice, leg
from tests.support.world import World

EARNED = 10_000


@pytest.fixture(scope="session")
def ledger(contracts: Contracts) -> ContractInstance:
    return contracts["RevenueLedger"]


@pytest.fixture(scope="module")
def teller(ledger: ContractInstance, admin: Any, accounts: Any) -> Any:
    """An account that may move escrow, as Consultations may."""
    ledger.setBooker(accounts[3], True, sender=admin)
    return accounts[3]


@pytest.fixture(scope="module")
def funded(world: World) -> PartyId:
    """A hospital with 1,000,000 fen available."""
    hospital = world.hospital()
    world.deposit(hospital, 1_000_000)
    return hospital


@pytest.fixture(scope="module")
def office(world: World) -> PayoutOffice:
    return PayoutOffice(world)


@pytest.fixture(scope="module")
def payees(
    world: World, office: PayoutOffice, funded: PartyId, ledger: ContractInstance, teller: Any
) -> tuple[PartyId, PartyId, PartyId]:
    """A doctor, an institution and a group that earned 10,000 fen each and have an account in force."""
    doctor, institution, group = world.doctor(), world.hospital(), world.register(PartyKind.GROUP)
    earned = 3 * EARNED
    ledger.escrow(1, funded, earned, sender=teller)
    legs = [
        leg(LegKind.SEAT, doctor, EARNED),
        leg(LegKind.INSTITUTION, institution, EARNED),
        leg(LegKind.FUND, group, EARNED),
    ]
    ledger.release(1, funded, earned, legs, sender=teller)
    for party in (doctor, institution, group):
        office.name_account(party)
    world.chain.move_to(world.chain.now() + ACCOUNT_DELAY)
    return doctor, institution, group


@pytest.fixture
def lines(office: PayoutOffice, payees: tuple[PartyId, ...]) -> list[PayoutLine]:
    """All three are paid; tax is withheld from the doctor alone."""
    doctor, institution, group = payees
    return [office.line(doctor, EARNED, 1600), office.line(institution, EARNED), office.line(group, 4000)]
