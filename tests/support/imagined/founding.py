"""What stands in the first blocks: deployment, parties, institutions, groups, accounts, the first money."""

from __future__ import annotations

from huizhen.domain.statuses import PartyKind, Power
from tests.support.imagined.money import deposit
from tests.support.imagined.state import AUTHORITY, FIRST_SLOT, FOREVER, LONG, PLATFORM, TAX, Group, State
from tests.support.log_encoding import Emitted

MANAGED = ("SlotBook", "RevenueLedger")
OFFICIALS = {
    AUTHORITY: Power.AUTHORITY,
    TAX: Power.TAX_AUTHORITY,
    3: Power.SETTLEMENT_BANK,
    4: Power.PAYOUT_PREPARER,
    5: Power.PAYOUT_APPROVER,
    7: Power.ARBITER,
}
MEMBERS = 8
ALL_COMMON = (1 << 8) - 1
"""Every doctor has the first specialties, so that one can stand in for another."""


def found(state: State) -> None:
    """Transactions that wait to be told, one after the other."""
    _deploy(state)
    for party in range(TAX + 1, state.group_ids.stop):
        state.waiting.append(_applied(state, party))
        state.waiting.append([_accredited(state, party)])
    for place, doctor in enumerate(state.doctor_ids):
        home = state.hospital_ids[place % state.hospitals]
        state.practice[doctor], state.versions[doctor, home] = home, 1
        state.free_from[doctor] = FIRST_SLOT
        state.waiting.append([("CredentialRegistry", "Affiliated", (doctor, home, LONG, LONG, 1))])
    _form_groups(state)
    for party in (PLATFORM, TAX, *range(state.hospital_ids.start, state.group_ids.stop)):
        account = state.hash("account")
        state.accounts[party] = 1, account
        values = (party, account, state.now + 2 * 86_400, 1)
        state.waiting.append([("RevenueLedger", "PayoutAccountSet", values)])
    for hospital in state.hospital_ids:
        state.waiting += deposit(state, hospital)


def _deploy(state: State) -> None:
    """The officials without whom nothing could begin are parties 1 and 2, by the constructor."""
    born: list[Emitted] = []
    for party in (AUTHORITY, TAX):
        accredited = (party, AUTHORITY, 0, 0, FOREVER, OFFICIALS[party])
        born += [*_applied(state, party), ("CredentialRegistry", "Accredited", accredited)]
    state.waiting.append(born)
    governor, consultations = state.address(), state.address()
    for contract in (*MANAGED, state.rail):
        state.waiting.append([(contract, "AuthorityUpdated", (governor,))])
    for contract in MANAGED:
        state.waiting.append([(contract, "BookerSet", (consultations, True))])


def _applied(state: State, party: int) -> list[Emitted]:
    key = state.key()
    values = (party, _kind(state, party), 0, state.hash("profile"), state.hash("licence"), key)
    return [("CredentialRegistry", "Applied", values), ("CredentialRegistry", "SignerAdded", (party, 0, key))]


def _accredited(state: State, party: int) -> Emitted:
    specialties = ALL_COMMON | 1 << party % 150 if party in state.doctor_ids else 0
    values = (party, AUTHORITY, specialties, 110_000, LONG, OFFICIALS.get(party, 0))
    return ("CredentialRegistry", "Accredited", values)


def _kind(state: State, party: int) -> PartyKind:
    if party == PLATFORM:
        return PartyKind.PLATFORM
    if party < state.hospital_ids.start:
        return PartyKind.OFFICIAL
    if party in state.hospital_ids:
        return PartyKind.HOSPITAL
    return PartyKind.DOCTOR if party in state.doctor_ids else PartyKind.GROUP


def _form_groups(state: State) -> None:
    for place, group in enumerate(state.group_ids):
        lead, *others = state.doctor_ids[place :: state.groups][:MEMBERS]
        state.teams[group] = Group(lead, dict.fromkeys((lead, *others), 1))
        state.waiting.append([("DoctorGroups", "GroupFounded", (group, lead, 0, 2000, 1000))])
        state.waiting += [[("DoctorGroups", "MemberJoined", (group, doctor, 1))] for doctor in others]
