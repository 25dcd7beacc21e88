"""Consultations with their terms and seats, and doctors' hours. Times are unix seconds, `start` is a slot."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from huizhen.db.base import COMPACT, IndexBase
from huizhen.db.index.traced import Traced
from huizhen.db.types import named
from huizhen.domain.chain_ids import Hash32, WordBits, hex32
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.slots import Slot
from huizhen.domain.statuses import ConsultationStatus, Resolution
from huizhen.domain.terms import Header, PackedSeat


class Consultation(Traced, IndexBase):
    """The packed terms, what is asked for of their header in plain columns, and the state.

    `escrowed` is what the hospital set aside, `held` what is still in escrow: `held + credited + returned == escrowed`.
    `seats` is the mask of those that signed the opinion, `attended` of those that hospital and lead recorded as present
    (0: not recorded). After an amendment all columns are of the new terms. `lead` is the index of the leading seat,
    where `lead_doctor` sits.
    """

    __tablename__ = "consultation"
    __table_args__ = (
        Index(None, "hospital", "status"),
        Index(None, "status", "start"),
        Index(None, "terms_hash", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    terms_hash: Mapped[Hash32]
    status: Mapped[ConsultationStatus] = mapped_column(named(ConsultationStatus))
    hospital: Mapped[PartyId]
    start: Mapped[Slot]
    slots: Mapped[int]
    lead: Mapped[int]
    lead_doctor: Mapped[PartyId]
    urgency_bps: Mapped[int]
    deliver_window: Mapped[int]
    review_window: Mapped[int]
    arbiter_window: Mapped[int]
    agreement: Mapped[Hash32]
    case_file: Mapped[Hash32] = mapped_column(index=True)
    consent: Mapped[Hash32]
    escrowed: Mapped[Fen]
    held: Mapped[Fen]
    credited: Mapped[Fen]
    returned: Mapped[Fen]
    booked_at: Mapped[int]
    delivered_at: Mapped[int | None]
    ended_at: Mapped[int | None]
    opinion: Mapped[Hash32 | None]
    seats: Mapped[int]
    attended: Mapped[int]
    overtime: Mapped[int]
    accepted: Mapped[bool | None]
    cancelled_by: Mapped[PartyId | None]
    cancel_fee_bps: Mapped[int | None]
    terms: Mapped[bytes] = mapped_column(LargeBinary)


class Seat(Traced, IndexBase):
    """`group` 0 is a seat without a group.

    A seat that was contested: how that ended, and the share of its fee that was paid.
    """

    __tablename__ = "seat"
    __table_args__ = (Index(None, "doctor"), Index(None, "institution"), Index(None, "group"), COMPACT)

    consultation: Mapped[int] = mapped_column(primary_key=True)
    index: Mapped[int] = mapped_column(primary_key=True)
    doctor: Mapped[PartyId]
    institution: Mapped[PartyId]
    group: Mapped[PartyId]
    required: Mapped[bool]
    fee: Mapped[Fen]
    resolution: Mapped[Resolution | None] = mapped_column(named(Resolution))
    resolved_bps: Mapped[int | None]


class Amendment(Traced, IndexBase):
    """Terms that others took the place of; `terms` are the packed ones that do not count any more."""

    __tablename__ = "amendment"
    __table_args__ = (Index(None, "consultation"),)

    replaced: Mapped[Hash32] = mapped_column(primary_key=True)
    consultation: Mapped[int]
    terms_hash: Mapped[Hash32]
    terms: Mapped[bytes] = mapped_column(LargeBinary)
    amended_at: Mapped[int]


class Absence(Traced, IndexBase):
    """What one side alone said: the hospital, that seats were absent; the lead, that it was and the seats came."""

    __tablename__ = "absence"

    consultation: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    by: Mapped[PartyId]
    seats: Mapped[int]
    report: Mapped[Hash32]
    marked_at: Mapped[int]


class Dispute(Traced, IndexBase):
    """Masks: seats that wait for their end, and those that had it. `by` and `reason` are of the last complaint.

    `rest_released`: what nobody contests has been paid.
    """

    __tablename__ = "dispute"

    consultation: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    contested: Mapped[int]
    resolved: Mapped[int]
    opened_at: Mapped[int]
    rest_released: Mapped[bool]
    by: Mapped[PartyId]
    reason: Mapped[Hash32]


def header_columns(header: Header, seats: Sequence[PackedSeat]) -> dict[str, Any]:
    """What the signed terms alone say of a consultation."""
    return {
        "hospital": header.hospital,
        "start": header.start,
        "slots": header.slots,
        "lead": header.lead,
        "lead_doctor": seats[header.lead].doctor,
        "urgency_bps": header.urgency_bps,
        "deliver_window": header.deliver_window,
        "review_window": header.review_window,
        "arbiter_window": header.arbiter_window,
        "agreement": hex32(header.agreement),
        "case_file": hex32(header.case_file),
        "consent": hex32(header.consent),
    }


def seat_columns(seat: PackedSeat) -> dict[str, Any]:
    """What the signed terms say of a seat."""
    return {
        "doctor": seat.doctor,
        "institution": seat.institution,
        "group": seat.group,
        "required": seat.required == 1,
        "fee": int.from_bytes(seat.fee, "big"),
    }


class ReservedWord(Traced, IndexBase):
    """256 quarters of an hour of a doctor; bit b of word w is slot w * 256 + b."""

    __tablename__ = "reserved_word"

    doctor: Mapped[PartyId] = mapped_column(primary_key=True)
    word: Mapped[int] = mapped_column(primary_key=True)
    bits: Mapped[WordBits]
