"""What the contracts say happened: one dataclass for each event, its fields in the order of the ABI.

`at` says where on the chain. Times are unix seconds, hashes and addresses hex text, amounts fen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from huizhen.domain.chain_ids import Address, BatchId, ConsultationId, Hash32, Mask64, Specialties
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.slots import Slot
from huizhen.domain.split import Leg
from huizhen.domain.statuses import PartyKind, Resolution


class LogPosition(NamedTuple):
    """`contract` is the name of the contract that emitted the log. (A tuple: there is one for every log.)"""

    block_number: int
    block_hash: Hash32
    block_time: int
    tx_hash: Hash32
    tx_index: int
    log_index: int
    contract: str


@dataclass(frozen=True, slots=True)
class ChainEvent:
    at: LogPosition


# CredentialRegistry


@dataclass(frozen=True, slots=True)
class Applied(ChainEvent):
    party: PartyId
    kind: PartyKind
    home: PartyId
    profile: Hash32
    licence: Hash32
    signer: bytes


@dataclass(frozen=True, slots=True)
class Accredited(ChainEvent):
    party: PartyId
    authority: PartyId
    specialties: Specialties
    city: int
    valid_until: int
    powers: int


@dataclass(frozen=True, slots=True)
class Suspended(ChainEvent):
    party: PartyId
    authority: PartyId
    reason: Hash32


@dataclass(frozen=True, slots=True)
class Reinstated(ChainEvent):
    party: PartyId
    authority: PartyId


@dataclass(frozen=True, slots=True)
class SignerAdded(ChainEvent):
    party: PartyId
    index: int
    signer: bytes


@dataclass(frozen=True, slots=True)
class SignerRemovalRequested(ChainEvent):
    party: PartyId
    index: int
    not_before: int


@dataclass(frozen=True, slots=True)
class SignerRemovalCancelled(ChainEvent):
    party: PartyId
    index: int


@dataclass(frozen=True, slots=True)
class SignerRemoved(ChainEvent):
    party: PartyId
    index: int


@dataclass(frozen=True, slots=True)
class Affiliated(ChainEvent):
    doctor: PartyId
    institution: PartyId
    valid_until: int
    standing_until: int
    version: int


@dataclass(frozen=True, slots=True)
class AffiliationEnded(ChainEvent):
    doctor: PartyId
    institution: PartyId
    by: PartyId
    version: int


@dataclass(frozen=True, slots=True)
class Agreed(ChainEvent):
    a: PartyId
    b: PartyId
    commitment: Hash32
    valid_until: int
    version: int


# KeyReplacement


@dataclass(frozen=True, slots=True)
class ReplacementRequested(ChainEvent):
    """`sequence` is the number of acts on the party there with this one, as in the next three."""

    party: PartyId
    authority: PartyId
    signer: bytes
    not_before: int
    sequence: int


@dataclass(frozen=True, slots=True)
class ReplacementCancelled(ChainEvent):
    party: PartyId
    sequence: int


@dataclass(frozen=True, slots=True)
class ReplacementRuled(ChainEvent):
    party: PartyId
    arbiter: PartyId
    allowed: bool
    sequence: int


@dataclass(frozen=True, slots=True)
class SignersReplaced(ChainEvent):
    party: PartyId
    sequence: int


# DoctorGroups


@dataclass(frozen=True, slots=True)
class GroupFounded(ChainEvent):
    group: PartyId
    lead: PartyId
    quorum: int
    institution_bps: int
    fund_bps: int


@dataclass(frozen=True, slots=True)
class MemberJoined(ChainEvent):
    group: PartyId
    doctor: PartyId
    spell: int


@dataclass(frozen=True, slots=True)
class MemberLeft(ChainEvent):
    group: PartyId
    doctor: PartyId
    spell: int


@dataclass(frozen=True, slots=True)
class MemberExpelled(ChainEvent):
    group: PartyId
    doctor: PartyId
    spell: int
    reason: Hash32


@dataclass(frozen=True, slots=True)
class ShareRuleSet(ChainEvent):
    group: PartyId
    version: int
    institution_bps: int
    fund_bps: int


@dataclass(frozen=True, slots=True)
class StandingConsentSet(ChainEvent):
    group: PartyId
    standing_until: int
    revision: int


@dataclass(frozen=True, slots=True)
class PolicySet(ChainEvent):
    group: PartyId
    quorum: int
    revision: int


@dataclass(frozen=True, slots=True)
class LeadTransferred(ChainEvent):
    """`lead` is the new one."""

    group: PartyId
    lead: PartyId
    former: PartyId
    revision: int


# InstitutionAccounts


@dataclass(frozen=True, slots=True)
class AccountCreated(ChainEvent):
    """`officers` are ERC-7913 signers, of whom `threshold` sign together."""

    account: Address
    officers: tuple[bytes, ...]
    threshold: int


# CaseAccess


@dataclass(frozen=True, slots=True)
class ConsentGranted(ChainEvent):
    case_file: Hash32
    consent: Hash32
    hospital: PartyId
    key: Address
    valid_until: int


@dataclass(frozen=True, slots=True)
class ConsentWithdrawn(ChainEvent):
    case_file: Hash32
    consent: Hash32


@dataclass(frozen=True, slots=True)
class FileCommitted(ChainEvent):
    """`by` is the case's hospital or somebody who may open the case; `index` counts its files from 0."""

    case_file: Hash32
    file: Hash32
    by: PartyId
    index: int


@dataclass(frozen=True, slots=True)
class KeyGranted(ChainEvent):
    """Replaces what the recipient was granted of this case before."""

    case_file: Hash32
    recipient: PartyId
    hospital: PartyId
    consent: Hash32
    key: Hash32
    valid_until: int
    version: int


@dataclass(frozen=True, slots=True)
class KeyGrantEnded(ChainEvent):
    case_file: Hash32
    recipient: PartyId
    by: PartyId
    version: int


@dataclass(frozen=True, slots=True)
class LogAnchored(ChainEvent):
    """`sequence` counts the platform's anchors, this one included."""

    platform: PartyId
    head: Hash32
    entries: int
    sequence: int


# SlotBook


@dataclass(frozen=True, slots=True)
class Reserved(ChainEvent):
    start: Slot
    slots: int
    doctors: tuple[PartyId, ...]


@dataclass(frozen=True, slots=True)
class Released(ChainEvent):
    start: Slot
    slots: int
    doctors: tuple[PartyId, ...]


# Consultations


@dataclass(frozen=True, slots=True)
class Booked(ChainEvent):
    """`terms` are packed (domain.terms)."""

    id: ConsultationId
    terms_hash: Hash32
    hospital: PartyId
    escrowed: Fen
    terms: bytes


@dataclass(frozen=True, slots=True)
class Delivered(ChainEvent):
    id: ConsultationId
    opinion: Hash32
    seats: int
    overtime: int


@dataclass(frozen=True, slots=True)
class Settled(ChainEvent):
    id: ConsultationId
    accepted: bool


@dataclass(frozen=True, slots=True)
class Cancelled(ChainEvent):
    id: ConsultationId
    by: PartyId
    fee_bps: int


@dataclass(frozen=True, slots=True)
class Expired(ChainEvent):
    id: ConsultationId


@dataclass(frozen=True, slots=True)
class Amended(ChainEvent):
    """`terms` are packed and stand in the place of those behind `replaced`."""

    id: ConsultationId
    replaced: Hash32
    terms_hash: Hash32
    terms: bytes


# Disputes


@dataclass(frozen=True, slots=True)
class AttendanceRecorded(ChainEvent):
    id: ConsultationId
    seats: int
    overtime: int


@dataclass(frozen=True, slots=True)
class NoShowMarked(ChainEvent):
    """By the hospital: the seats were absent. By the lead: the hospital was, and the seats came."""

    id: ConsultationId
    by: PartyId
    seats: int
    report: Hash32


@dataclass(frozen=True, slots=True)
class Disputed(ChainEvent):
    id: ConsultationId
    by: PartyId
    seats: int
    reason: Hash32


@dataclass(frozen=True, slots=True)
class UncontestedReleased(ChainEvent):
    id: ConsultationId
    seats: int


@dataclass(frozen=True, slots=True)
class DisputeResolved(ChainEvent):
    id: ConsultationId
    seats: int
    bps: int
    resolution: Resolution
    reason: Hash32


# RevenueLedger


@dataclass(frozen=True, slots=True)
class PayoutItem:
    """One payee of a batch; `gross - withheld` goes to the account behind the commitment."""

    party: PartyId
    gross: Fen
    withheld: Fen
    account: Hash32


@dataclass(frozen=True, slots=True)
class Deposited(ChainEvent):
    hospital: PartyId
    amount: Fen
    bank_ref: Hash32


@dataclass(frozen=True, slots=True)
class Refunded(ChainEvent):
    hospital: PartyId
    amount: Fen
    sequence: int


@dataclass(frozen=True, slots=True)
class Escrowed(ChainEvent):
    consultation: ConsultationId
    hospital: PartyId
    amount: Fen


@dataclass(frozen=True, slots=True)
class EscrowReleased(ChainEvent):
    """`funded` leaves escrow: the legs are credited, the rest is the hospital's again."""

    consultation: ConsultationId
    hospital: PartyId
    funded: Fen
    legs: tuple[Leg, ...]


@dataclass(frozen=True, slots=True)
class PayoutAccountSet(ChainEvent):
    party: PartyId
    account: Hash32
    effective_at: int
    version: int


@dataclass(frozen=True, slots=True)
class PayoutAccountCancelled(ChainEvent):
    party: PartyId
    version: int


@dataclass(frozen=True, slots=True)
class PayoutPrepared(ChainEvent):
    batch: BatchId
    preparer: PartyId
    items: tuple[PayoutItem, ...]


@dataclass(frozen=True, slots=True)
class PayoutApproved(ChainEvent):
    """Items outside of `executed` were left out: their payee's credit or account no longer fitted."""

    batch: BatchId
    approver: PartyId
    executed: Mask64
    gross: Fen
    withheld: Fen


@dataclass(frozen=True, slots=True)
class PayoutConfirmed(ChainEvent):
    batch: BatchId
    items: Mask64
    bank_ref: Hash32
    amount: Fen


@dataclass(frozen=True, slots=True)
class PayoutLeftOutstanding(ChainEvent):
    """The rail could not pay these items; they are outstanding as before."""

    batch: BatchId
    items: Mask64
    bank_ref: Hash32


@dataclass(frozen=True, slots=True)
class PayoutReturned(ChainEvent):
    batch: BatchId
    item: int
    party: PartyId
    amount: Fen
    bank_ref: Hash32


# BankRail and Erc20Rail


@dataclass(frozen=True, slots=True)
class Collected(ChainEvent):
    bank_ref: Hash32
    amount: Fen
    custody: Fen


@dataclass(frozen=True, slots=True)
class Paid(ChainEvent):
    bank_ref: Hash32
    amount: Fen
    custody: Fen


@dataclass(frozen=True, slots=True)
class Reclaimed(ChainEvent):
    bank_ref: Hash32
    amount: Fen
    custody: Fen


@dataclass(frozen=True, slots=True)
class PaidIn(ChainEvent):
    """Erc20Rail: tokens that wait for the settlement bank to record them."""

    bank_ref: Hash32
    payer: Address
    amount: Fen


@dataclass(frozen=True, slots=True)
class TakenBack(ChainEvent):
    """Erc20Rail: they were not recorded, and went back to who had paid them in."""

    bank_ref: Hash32
    payer: Address
    amount: Fen


# Configuration of the contracts


@dataclass(frozen=True, slots=True)
class BookerSet(ChainEvent):
    """SlotBook and RevenueLedger alike: a contract that may write to them."""

    booker: Address
    allowed: bool


@dataclass(frozen=True, slots=True)
class AuthorityUpdated(ChainEvent):
    """The AccessManager that governs a contract."""

    authority: Address


@dataclass(frozen=True, slots=True)
class Eip712DomainChanged(ChainEvent):
    """Declared by OpenZeppelin's EIP712; our contracts never emit it."""
