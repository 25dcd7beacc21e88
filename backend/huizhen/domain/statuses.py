"""Kinds and states as the contracts number them (contracts/types); 0 is never stored."""

from __future__ import annotations

from enum import IntEnum, IntFlag, StrEnum


class PartyKind(IntEnum):
    DOCTOR = 1
    HOSPITAL = 2
    GROUP = 3
    PLATFORM = 4
    OFFICIAL = 5


class PartyStatus(IntEnum):
    APPLIED = 1
    ACCREDITED = 2
    SUSPENDED = 3


class Power(IntFlag):
    """Powers of persons, as flags of a party."""

    AUTHORITY = 1
    ARBITER = 2
    SETTLEMENT_BANK = 4
    PAYOUT_PREPARER = 8
    PAYOUT_APPROVER = 16
    TAX_AUTHORITY = 32


class ConsultationStatus(IntEnum):
    BOOKED = 1
    DELIVERED = 2
    DISPUTED = 3
    SETTLED = 4
    CANCELLED = 5
    EXPIRED = 6

    @property
    def ended(self) -> bool:
        return self >= ConsultationStatus.SETTLED


class Resolution(IntEnum):
    """How contested seats came to their end."""

    AGREED = 1
    RULED = 2
    DEFAULT = 3


class BatchStatus(IntEnum):
    PREPARED = 1
    APPROVED = 2


class ItemStatus(IntEnum):
    """Where the money of one item of a payout batch is; LEFT_OUT never left the payee's credit."""

    PREPARED = 1
    LEFT_OUT = 2
    OUTSTANDING = 3
    CONFIRMED = 4
    RETURNED = 5


class Bucket(StrEnum):
    """Where fen stand. Custody is what the bank holds; the other four say whose it is and sum to it."""

    CUSTODY = "custody"
    AVAILABLE = "available"
    ESCROWED = "escrowed"
    CREDITED = "credited"
    OUTSTANDING = "outstanding"


class EntryKind(StrEnum):
    """Why fen moved."""

    DEPOSIT = "deposit"
    ESCROW = "escrow"
    LEG = "leg"
    RETURNED = "returned"
    REFUND = "refund"
    PAYOUT = "payout"
    WITHHELD = "withheld"
    CONFIRMED = "confirmed"
    RETURN = "return"


class ReferenceUse(StrEnum):
    """What a bank reference was used for; one reference serves once in each."""

    COLLECTED = "collected"
    PAID = "paid"
    RECLAIMED = "reclaimed"
