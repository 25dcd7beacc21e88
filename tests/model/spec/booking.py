"""What a booking asks of terms, patient, groups, doctors and institutions, and who signs it."""

from __future__ import annotations

from huizhen.domain.statuses import PartyKind
from huizhen.domain.terms import Seat, Terms
from tests.model.spec import booked_terms, groups, split
from tests.model.spec.act import require
from tests.model.spec.cases import require_consent
from tests.model.spec.hashing import keccak
from tests.model.spec.registry import require_active, require_licensed
from tests.model.spec.state import Refusal, State


def require_bookable(s: State, packed: bytes) -> Terms:
    """All that concerns the terms, the patient and the groups."""
    known = s.consultations.get(keccak(packed))
    if known is not None:
        raise Refusal("AlreadyBooked", known.id)
    terms = booked_terms.read(packed)
    require(s.now <= terms.sign_by, "StatementExpired", terms.sign_by, s.now)
    start = booked_terms.starts_at(terms)
    require(s.now < start, "StartInThePast", start, s.now)
    split.require_splittable(terms)
    documents = terms.documents
    require_consent(s, documents.case_file, documents.consent, terms.hospital, booked_terms.ends_at(terms))
    groups.require_bookable(s, terms)
    return terms


def signers_of(s: State, terms: Terms) -> list[int]:
    """Hospital, doctors in seat order, institutions and leads without standing consent; refuses what lacks a licence,
    an affiliation or an agreement."""
    end = booked_terms.ends_at(terms)
    require_licensed(s, terms.hospital, PartyKind.HOSPITAL, end)
    if terms.pricing.platform_bps:
        require_active(s, terms.pricing.platform, PartyKind.PLATFORM)
    institutions: list[int] = []
    for seat in terms.seats:
        require_seat(s, seat, end)
        if seat.institution == terms.hospital:
            continue
        a, b = sorted((terms.hospital, seat.institution))
        until = s.agreements[a, b].valid_until
        require(until >= end, "NoAgreement", terms.hospital, seat.institution, until, end)
        stands = s.affiliations[seat.doctor, seat.institution].standing_until >= s.now
        if not stands and seat.institution not in institutions:
            institutions.append(seat.institution)
    leads = groups.require_bookable(s, terms)
    return [terms.hospital, *booked_terms.doctors(terms), *institutions, *leads]


def require_seat(s: State, seat: Seat, as_of: int) -> None:
    """The doctor licensed, with the specialties, and affiliated with an accredited institution."""
    held = require_licensed(s, seat.doctor, PartyKind.DOCTOR, as_of).specialties
    lacking = seat.specialties & ~held
    require(not lacking, "SpecialtiesMissing", seat.doctor, held, seat.specialties)
    require_licensed(s, seat.institution, PartyKind.HOSPITAL, as_of)
    until = s.affiliations[seat.doctor, seat.institution].valid_until
    require(until >= as_of, "NotAffiliated", seat.doctor, seat.institution, until, as_of)
