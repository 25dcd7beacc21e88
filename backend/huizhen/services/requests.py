"""Requests to take part in a consultation, as a doctor, a group's lead or an institution of practice is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from huizhen.db.office import bookings as repository
from huizhen.db.office import drafts
from huizhen.db.session import Stores
from huizhen.domain.case import Contents
from huizhen.domain.chain_ids import hex32
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.sentence import Sentence
from huizhen.domain.slots import Slot
from huizhen.domain.split import Leg, LegKind, split
from huizhen.domain.terms import Seat, Terms, decode_terms
from huizhen.reference import Specialty, specialties_in
from huizhen.services.desk import Desk
from huizhen.services.profiles import Profiles
from huizhen.services.statements import StatementView


@dataclass(frozen=True, slots=True)
class SeatLine:
    """A seat as all who sign see it; `fee` with the urgency surcharge, `signed` whether its doctor has signed."""

    doctor: PartyId
    name: Sentence
    at: PartyId
    institution: Sentence
    group: Sentence | None
    specialties: tuple[Specialty, ...]
    fee: Fen
    required: bool
    leads: bool
    signed: bool


@dataclass(frozen=True, slots=True)
class Request:
    """`mine` are the legs that the asked party and those it speaks for receive if every seat is paid, without
    overtime; `legs` are all of them. `contents` are None where the case is kept at another operator.
    """

    statement: StatementView
    awaits: bool
    hospital: Sentence
    start: Slot
    slots: int
    sign_by: int
    seats: tuple[SeatLine, ...]
    price: Fen
    escrow: Fen
    mine: tuple[Leg, ...]
    legs: tuple[Leg, ...]
    contents: Contents | None

    @property
    def own(self) -> Fen:
        """What the asked party itself receives for its seat; for those without one, all that is theirs."""
        seat = [leg.amount for leg in self.mine if leg.kind is LegKind.SEAT]
        return Fen(sum(seat or [leg.amount for leg in self.mine]))

    @property
    def beside(self) -> tuple[Leg, ...]:
        """What groups receive that a doctor with a seat leads."""
        seated = any(leg.kind is LegKind.SEAT for leg in self.mine)
        return tuple(leg for leg in self.mine if seated and leg.kind is not LegKind.SEAT)

    def total(self, kind: LegKind) -> Fen:
        return Fen(sum(leg.amount for leg in self.legs if leg.kind is kind))

    def seat_of(self, doctor: PartyId) -> SeatLine | None:
        return next((seat for seat in self.seats if seat.doctor == doctor), None)

    def at(self, institution: PartyId) -> tuple[SeatLine, ...]:
        """The seats of an institution's doctors."""
        return tuple(seat for seat in self.seats if seat.at == institution)


@dataclass(frozen=True, slots=True)
class Requests:
    stores: Stores
    desk: Desk
    profiles: Profiles

    def of(self, party: PartyId) -> tuple[Request, ...]:
        """What waits for the party or those it speaks for, and what it signed and others have not."""
        speakers = self.desk.speaks_for(party)
        with self.stores.office.reading() as session:
            ids = repository.gathering(session, speakers)
        requests = [self._request(self.desk.view(each, party), speakers) for each in ids]
        return tuple(sorted(requests, key=lambda r: (not r.awaits, r.sign_by, r.start)))

    def request(self, statement: int, party: PartyId) -> Request | None:
        """None for a statement that is no booking. Raises NotFound for one that does not concern the party."""
        view = self.desk.view(statement, party)
        return self._request(view, self.desk.speaks_for(party)) if view.function == "book" else None

    def _request(self, view: StatementView, speakers: tuple[PartyId, ...]) -> Request:
        terms = decode_terms(cast("bytes", view.values["terms"]))
        legs = split(
            terms.pricing.platform,
            terms.pricing.platform_bps,
            terms.paid_seats((1 << len(terms.seats)) - 1, 0),
        )
        names = self.profiles.names(_named(terms))
        with self.stores.office.reading() as session:
            draft = drafts.of_case_file(session, hex32(terms.documents.case_file))
        return Request(
            view,
            any(view.awaits(each) for each in speakers),
            names[terms.hospital],
            terms.start,
            terms.slots,
            terms.sign_by,
            tuple(_seat(terms, seat, names, view) for seat in terms.seats),
            terms.price(),
            terms.escrow(),
            tuple(leg for leg in legs if leg.party in speakers),
            legs,
            draft.contents if draft else None,
        )


def _seat(terms: Terms, seat: Seat, names: Mapping[PartyId, Sentence], view: StatementView) -> SeatLine:
    return SeatLine(
        seat.doctor,
        names[seat.doctor],
        seat.institution,
        names[seat.institution],
        names.get(seat.group),
        specialties_in(seat.specialties),
        terms.surcharge(0).applied_to(seat.fee),
        seat.required,
        terms.seats[terms.lead] == seat,
        any(each.party == seat.doctor and each.signed_at is not None for each in view.signers),
    )


def _named(terms: Terms) -> set[PartyId]:
    asked = {each for seat in terms.seats for each in (seat.doctor, seat.institution, seat.group)}
    return (asked | {terms.hospital}) - {PartyId(0)}
