"""The team finder: common slots with a price, a team of distinct doctors for each, or why there is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from huizhen.db.index import staffing_queries
from huizhen.db.index.staffing_queries import GroupSeat
from huizhen.db.session import Stores
from huizhen.domain.case import CaseId, WantedSeat, Wish
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.seating import Staffing, options_for
from huizhen.domain.sentence import Sentence
from huizhen.domain.slots import Slot, Window, slot_at
from huizhen.domain.split import Surcharge
from huizhen.domain.staffing import find_teams
from huizhen.domain.staffing_reasons import Hint
from huizhen.domain.team import Candidate, Search
from huizhen.errors import SearchInvalid
from huizhen.services.booking_policy import present_policy
from huizhen.services.case_facts import CaseFacts, facts
from huizhen.services.ports import Clock
from huizhen.services.profiles import Profiles
from huizhen.services.roster import load_roster
from huizhen.services.team_pages import (
    Bookable,
    Estimate,
    GroupTerms,
    HintView,
    Member,
    SlotOffer,
    TeamOffer,
    TeamPage,
    seat_name,
    specialty_names,
    title_name,
)
from huizhen.services.team_question import Question, question, search_seat, senior_seat, wish_of


@dataclass(frozen=True, slots=True)
class TeamSearch:
    stores: Stores
    profiles: Profiles
    clock: Clock

    def page(
        self,
        case: CaseId,
        hospital: PartyId,
        start: Slot | None = None,
        wanted: Mapping[int, PartyId] | None = None,
        through: Mapping[int, PartyId] | None = None,
    ) -> TeamPage:
        """Raises HourTaken when the team that is asked for at `start` cannot be had any more."""
        known = facts(self.stores, case, hospital, self.clock.now())
        try:
            asked = question(self.stores, known)
        except SearchInvalid as refusal:
            return _no_search(known, refusal)
        found = find_teams(asked.roster.pool, asked.search)
        names = _seat_names(asked.wish)
        doctors = self.profiles.names({hint.doctor for hint in found.hints if hint.doctor is not None})
        return TeamPage(
            case=case,
            wish=asked.wish,
            urgency=asked.urgency,
            seat_names=names,
            offers=tuple(_slot_offer(staffing) for staffing in found.staffings),
            earliest=_slot_offer(found.earliest) if found.earliest else None,
            cheapest=_slot_offer(found.cheapest) if found.cheapest else None,
            reason=found.reason.sentence(names) if found.reason else None,
            hints=tuple(_hint_view(hint, names, doctors) for hint in found.hints),
            team=None if start is None else self.offer(asked, start, wanted or {}, through or {}),
        )

    def offer(
        self, asked: Question, start: Slot, wanted: Mapping[int, PartyId], through: Mapping[int, PartyId]
    ) -> TeamOffer:
        team = asked.team_at(start, wanted, through)
        others = asked.others_at(start, team)
        everybody = [each for each in team if each] + [each for row in others for each in row]
        legs = asked.legs(team)
        groups = asked.roster.groups
        offered = {each.group for member in everybody for each in groups.get(member.doctor, ())}
        names = self.profiles.names({leg.party for leg in legs} | offered.union(*map(_parties, everybody)))
        surcharge = asked.policy.surcharge(asked.urgency)
        most = asked.policy.surcharge(asked.urgency, asked.policy.overtime_steps)
        return TeamOffer(
            start=start,
            members=tuple(_member(each, groups, names, surcharge) if each else None for each in team),
            lead=senior_seat(asked.wish.seats, team),
            price=Fen(sum(surcharge.applied_to(each.fee) for each in team if each)),
            escrow=Fen(sum(most.applied_to(each.fee) for each in team if each)),
            legs=tuple((leg, names[leg.party]) for leg in legs),
            others=tuple(tuple(_member(each, groups, names, surcharge) for each in row) for row in others),
        )

    def doctors(self, hospital: PartyId) -> tuple[Bookable, ...]:
        """Whom the hospital could book: doctors at institutions under an agreement, and its own."""
        now = self.clock.now()
        with self.stores.index.reading() as session:
            partners = {hospital}
            partners |= {
                other
                for other, row in staffing_queries.agreements_of(session, hospital).items()
                if row.valid_until >= now
            }
            known = {
                row.doctor: row.specialties
                for row in staffing_queries.practices(session, now)
                if row.institution in partners
            }
        names = self.profiles.names(known)
        return tuple(Bookable(doctor, names[doctor], specialty_names(mask)) for doctor, mask in known.items())

    def estimate(self, case: CaseId, hospital: PartyId, seats: Sequence[WantedSeat]) -> Estimate:
        """Over everybody who could take each seat, busy or not; before there is a window."""
        known = facts(self.stores, case, hospital, self.clock.now())
        now, asked = known.now, [search_seat(seat) for seat in seats]
        window = Window(slot_at(now), 1)
        roster = load_roster(self.stores, hospital, window, now, [seat.specialties for seat in asked], now)
        surcharge = present_policy().surcharge(known.draft.urgency)
        fees = [
            sorted(
                surcharge.applied_to(option.candidate.fee)
                for option in options_for(
                    roster.pool, Search((replace(seat, required=True),), window, 1), seat
                )
            )
            for seat in asked
        ]
        low = sum(row[0] for row in fees if row)
        typical = sum(row[len(row) // 2] for row in fees if row)
        return Estimate(Fen(low), Fen(typical), tuple(len(row) for row in fees))


def _no_search(known: CaseFacts, refusal: SearchInvalid) -> TeamPage:
    wish = wish_of(known)
    return TeamPage(
        case=known.draft.id,
        wish=wish,
        urgency=known.draft.urgency,
        seat_names=_seat_names(wish),
        offers=(),
        earliest=None,
        cheapest=None,
        reason=refusal.sentence,
        hints=(),
        team=None,
    )


def _seat_names(wish: Wish) -> tuple[Sentence, ...]:
    return tuple(seat_name(seat) for seat in wish.seats)


def _slot_offer(staffing: Staffing) -> SlotOffer:
    return SlotOffer(staffing.start, staffing.price, None not in staffing.chosen)


def _hint_view(hint: Hint, seats: Sequence[Sentence], doctors: Mapping[PartyId, Sentence]) -> HintView:
    name = doctors[hint.doctor] if hint.doctor is not None else Sentence("", "")
    said = Sentence(hint.sentence(seats, name.zh).zh, hint.sentence(seats, name.en).en)
    return HintView(said, hint.change, hint.seat, hint.slots)


def _parties(each: Candidate) -> set[PartyId]:
    return {each.doctor, each.institution}


def _member(
    each: Candidate,
    groups: Mapping[PartyId, tuple[GroupSeat, ...]],
    names: Mapping[PartyId, Sentence],
    surcharge: Surcharge,
) -> Member:
    return Member(
        each.doctor,
        names[each.doctor],
        title_name(each.title),
        each.city,
        each.institution,
        names[each.institution],
        each.group,
        tuple(
            GroupTerms(group.group, names[group.group], group.institution_bps, group.fund_bps)
            for group in groups.get(each.doctor, ())
        ),
        surcharge.applied_to(each.fee),
    )
