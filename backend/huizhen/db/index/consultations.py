"""Consultations with their terms and seats, and doctors' hours. Times are unix seconds, `start` is a slot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from operator import attrgetter
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from huizhen.db.base import COMPACT, IndexBase
from huizhen.db.index.traced import Traced
from huizhen.db.types import named
from huizhen.domain import terms as drawn_up
from huizhen.domain.chain_ids import Hash32, Specialties, WordBits, hex32
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.slots import Slot
from huizhen.domain.statuses import ConsultationStatus, Resolution
from huizhen.domain.terms import Terms


class Consultation(Traced, IndexBase):
    """The header of the terms in plain columns, the packed terms as hex, and the state.

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
    sign_by: Mapped[int]
    salt: Mapped[str]
    platform: Mapped[PartyId]
    platform_bps: Mapped[int]
    urgency_bps: Mapped[int]
    overtime_bps: Mapped[int]
    overtime_steps: Mapped[int]
    free_before: Mapped[int]
    partial_before: Mapped[int]
    partial_bps: Mapped[int]
    late_bps: Mapped[int]
    deliver_window: Mapped[int]
    review_window: Mapped[int]
    arbiter: Mapped[PartyId]
    arbiter_window: Mapped[int]
    default_bps: Mapped[int]
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
    terms: Mapped[str]


class Seat(Traced, IndexBase):
    """`signed` says whether this seat signed the opinion; `group` 0 is a seat without a group.

    A seat that was contested: how that ended, and the share of its fee that was paid.
    """

    __tablename__ = "seat"
    __table_args__ = (Index(None, "doctor"), Index(None, "institution"), Index(None, "group"), COMPACT)

    consultation: Mapped[int] = mapped_column(primary_key=True)
    index: Mapped[int] = mapped_column(primary_key=True)
    doctor: Mapped[PartyId]
    institution: Mapped[PartyId]
    group: Mapped[PartyId]
    rule_version: Mapped[int]
    institution_bps: Mapped[int]
    fund_bps: Mapped[int]
    required: Mapped[bool]
    fee: Mapped[Fen]
    specialties: Mapped[Specialties]
    signed: Mapped[bool]
    resolution: Mapped[Resolution | None] = mapped_column(named(Resolution))
    resolved_bps: Mapped[int | None]


class Amendment(Traced, IndexBase):
    """Terms that others took the place of; `terms` are the packed ones that do not count any more."""

    __tablename__ = "amendment"
    __table_args__ = (Index(None, "consultation"),)

    replaced: Mapped[Hash32] = mapped_column(primary_key=True)
    consultation: Mapped[int]
    terms_hash: Mapped[Hash32]
    terms: Mapped[str]
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


def _columns_of(kind: type) -> Callable[[Any], dict[str, Any]]:
    """What dataclasses.asdict gives of a flat one, in a tenth of the time: an index reads many of them."""
    names = tuple(field.name for field in fields(kind))
    read = attrgetter(*names)
    return lambda value: dict(zip(names, read(value), strict=True))


_pricing, _policy, _seat = map(_columns_of, (drawn_up.Pricing, drawn_up.Policy, drawn_up.Seat))


def header_columns(terms: Terms) -> dict[str, Any]:
    """What the signed terms alone say of a consultation."""
    pricing, policy, documents = terms.pricing, terms.policy, terms.documents
    return {
        "hospital": terms.hospital,
        "start": terms.start,
        "slots": terms.slots,
        "lead": terms.lead,
        "lead_doctor": terms.seats[terms.lead].doctor,
        "sign_by": terms.sign_by,
        "salt": "0x" + terms.salt.hex(),
        **_pricing(pricing),
        **_policy(policy),
        "agreement": hex32(documents.agreement),
        "case_file": hex32(documents.case_file),
        "consent": hex32(documents.consent),
    }


def seat_columns(terms: Terms, index: int) -> dict[str, Any]:
    """What the signed terms say of a seat."""
    return _seat(terms.seats[index])


class ReservedWord(Traced, IndexBase):
    """256 quarters of an hour of a doctor; bit b of word w is slot w * 256 + b."""

    __tablename__ = "reserved_word"

    doctor: Mapped[PartyId] = mapped_column(primary_key=True)
    word: Mapped[int] = mapped_column(primary_key=True)
    bits: Mapped[WordBits]
