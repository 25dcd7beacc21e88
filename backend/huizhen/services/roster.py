"""Everybody whom a hospital could book, with the hours that are really free: read in a few queries for one search."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from huizhen.db.index import hospital_queries, staffing_queries
from huizhen.db.index.parties import Agreement
from huizhen.db.index.staffing_queries import GroupSeat, Practice
from huizhen.db.office import calendars, holds
from huizhen.db.office.calendars import DoctorHours
from huizhen.db.office.profiles import DoctorProfile, doctor_profiles
from huizhen.db.session import Stores
from huizhen.domain.ids import PartyId
from huizhen.domain.slots import Calendar, Slot, Window, slot_at, slot_from
from huizhen.domain.split import WHOLE_BPS
from huizhen.domain.team import Candidate, Pool
from huizhen.domain.terms import Seat as TermsSeat

NOBODY = PartyId(0)
HOUR = 3600


@dataclass(frozen=True, slots=True)
class Roster:
    """The candidates of a window, and what terms say of each."""

    hospital: PartyId
    pool: Pool
    candidates: tuple[Candidate, ...]
    groups: Mapping[PartyId, tuple[GroupSeat, ...]]
    agreements: Mapping[PartyId, Agreement]
    platform: PartyId
    arbiter: PartyId

    def through(self, candidate: Candidate, group: PartyId | None) -> Candidate:
        """Booked for another of the doctor's groups; a group that is none of them changes nothing."""
        known = {each.group for each in self.groups.get(candidate.doctor, ())}
        return replace(candidate, group=group) if group in known else candidate

    def terms_seat(self, candidate: Candidate, required: bool, specialties: int) -> TermsSeat:
        """Without a group all that the platform leaves over goes to the institution."""
        group = next((g for g in self.groups.get(candidate.doctor, ()) if g.group == candidate.group), None)
        version, institution_bps, fund_bps = (
            (group.rule_version, group.institution_bps, group.fund_bps) if group else (0, WHOLE_BPS, 0)
        )
        return TermsSeat(
            candidate.doctor,
            candidate.institution,
            candidate.group,
            version,
            institution_bps,
            fund_bps,
            required,
            candidate.fee,
            specialties,
        )


def load_roster(
    stores: Stores, hospital: PartyId, window: Window, now: int, specialties: Sequence[int], not_before: int
) -> Roster:
    """Doctors who hold one of the specialty masks, at institutions that the hospital may book from.

    Free are hours that the doctor offers in time, that no booking and no hold has, and that end while every
    licence, filing and agreement is good. `not_before` (unix) leaves time to sign.
    """
    with stores.index.reading() as session:
        agreements = staffing_queries.agreements_of(session, hospital)
        groups = staffing_queries.groups_of_doctors(session)
        booked = staffing_queries.booked_words(session, window)
        known = [
            practice
            for practice in staffing_queries.practices(session, now)
            if any(not mask & ~practice.specialties for mask in specialties)
        ]
        own = hospital_queries.party(session, hospital)
        platform, arbiter = staffing_queries.platform(session), staffing_queries.arbiter(session)
    doctors = {practice.doctor for practice in known}
    with stores.office.reading() as session:
        profiles = doctor_profiles(session, doctors)
        hours = calendars.hours_of(session, doctors)
        held = holds.taken(session, doctors, window.first, window.end, now)
    held_bits: dict[PartyId, int] = {}
    for seat in held:
        held_bits[seat.doctor] = held_bits.get(seat.doctor, 0) | 1 << (seat.slot - window.first)
    free = {
        doctor: _free(hours[doctor], booked.get(doctor, {}), window, now, not_before)
        & ~held_bits.get(doctor, 0)
        for doctor in doctors
    }
    licensed_until = own.valid_until if own is not None else 0
    candidates = tuple(
        _candidate(practice, profiles[practice.doctor], groups, free[practice.doctor] & good)
        for practice in known
        if practice.doctor in profiles
        and (good := _good(practice, hospital, agreements, licensed_until, window))
    )
    return Roster(hospital, Pool(window, candidates), candidates, groups, agreements, platform, arbiter)


def _free(hours: DoctorHours, booked: Mapping[int, int], window: Window, now: int, not_before: int) -> int:
    if hours.empty:
        return 0
    earliest = slot_from(max(now + hours.notice_hours * HOUR, not_before))
    return Calendar(hours.pattern, hours.exceptions, booked).free(window, earliest)


def _good(
    practice: Practice,
    hospital: PartyId,
    agreements: Mapping[PartyId, Agreement],
    licensed_until: int,
    window: Window,
) -> int:
    """The part of the window that every paper covers."""
    until = min(practice.valid_until, licensed_until)
    if practice.institution != hospital:
        agreement = agreements.get(practice.institution)
        until = min(until, agreement.valid_until) if agreement else 0
    return window.stretch(window.first, Slot(slot_at(until)))


def _candidate(
    practice: Practice,
    profile: DoctorProfile,
    groups: Mapping[PartyId, tuple[GroupSeat, ...]],
    free: int,
) -> Candidate:
    """Booked for the group joined first, until the hospital names another."""
    joined = groups.get(practice.doctor, ())
    return Candidate(
        practice.doctor,
        practice.specialties,
        profile.title,
        practice.city,
        practice.institution,
        joined[0].group if joined else NOBODY,
        profile.fee,
        free,
    )
