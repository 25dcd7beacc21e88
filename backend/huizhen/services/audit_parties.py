"""What the chain says of parties: public facts, whether a doctor was licensed at a time, groups as of a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from huizhen import reference
from huizhen.db.index import audit_queries
from huizhen.db.index.audit_queries import Told
from huizhen.db.index.groups import Membership
from huizhen.db.index.parties import Affiliation, Party
from huizhen.db.session import Stores
from huizhen.domain.chain_ids import Hash32
from huizhen.domain.ids import PartyId
from huizhen.domain.sentence import Sentence
from huizhen.domain.statuses import PartyKind
from huizhen.errors import InvalidInput, NotFound
from huizhen.services import fact_words
from huizhen.services.chain_story import Entry, tell
from huizhen.services.event_words import arguments_of
from huizhen.services.profiles import Profiles
from huizhen.services.trace import Trace, finality

_LICENCE = ("Applied", "Accredited", "Suspended", "Reinstated")
_PRACTICE = ("Affiliated", "AffiliationEnded")


@dataclass(frozen=True, slots=True)
class Bond:
    """Another party that this one stands with: an institution of practice, a doctor there, a group, a member."""

    party: PartyId
    name: Sentence
    kind: str
    since: int | None
    until: int | None
    ended: bool
    trace: Trace


@dataclass(frozen=True, slots=True)
class PublicParty:
    party: PartyId
    name: Sentence
    kind: str
    state: str
    city: Sentence
    specialties: tuple[Sentence, ...]
    powers: Sentence
    valid_until: int
    signers: int
    profile: Hash32
    licence: Hash32
    bonds: tuple[Bond, ...]
    history: tuple[Entry, ...]
    trace: Trace


@dataclass(frozen=True, slots=True)
class LicenceAnswer:
    """Whether a doctor was licensed at a second, and which events prove it.

    `practised_at` are the institutions whose registration was valid then.
    """

    doctor: PartyId
    name: Sentence
    at: int
    licensed: bool
    finding: Sentence
    specialties: tuple[Sentence, ...]
    valid_until: int
    practised_at: tuple[Sentence, ...]
    proof: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class GroupThen:
    group: PartyId
    name: Sentence
    lead: Sentence
    members: tuple[tuple[PartyId, Sentence, int], ...]


@dataclass(frozen=True, slots=True)
class AuditParties:
    stores: Stores
    profiles: Profiles

    def party(self, number: PartyId) -> PublicParty:
        """Raises NotFound."""
        with self.stores.index.reading() as session:
            row = audit_queries.party(session, number)
            if row is None:
                raise NotFound(f"没有编号{number}的主体。", f"There is no party {number}.")
            affiliations = audit_queries.affiliations(session, number)
            memberships = audit_queries.memberships(session, number)
            told = audit_queries.events_of_party(session, number, 100)
            final = finality(session)
        bonded: list[Affiliation | Membership] = [*affiliations, *memberships]
        others = {_other(bond, number) for bond in bonded}
        names = self.profiles.names(others | {number})
        bonds = [
            *(_practice(bond, number, names, final.of(bond)) for bond in affiliations),
            *(_membership(bond, number, names, final.of(bond)) for bond in memberships),
        ]
        history = tell(told, self.profiles, final)
        return _public(row, names[number], tuple(bonds), history, final.of(row))

    def licence_at(self, doctor: PartyId, at: int) -> LicenceAnswer:
        """Replays what the chain said of a doctor up to a second. Raises InvalidInput for no doctor."""
        with self.stores.index.reading() as session:
            row = audit_queries.party(session, doctor)
            if row is None or row.kind is not PartyKind.DOCTOR:
                raise InvalidInput(
                    f"编号{doctor}不是医生，请核对编号。", f"Party {doctor} is no doctor: check the number."
                )
            licence = audit_queries.events_of_doctor(session, doctor, _LICENCE, at)
            practice = audit_queries.events_of_doctor(session, doctor, _PRACTICE, at)
            final = finality(session)
        standing = _standing_practice(practice, at)
        names = self.profiles.names({doctor, *standing})
        granted = next(
            (arguments_of(e.arguments) for e, _ in reversed(licence) if e.name == "Accredited"), None
        )
        valid_until = int(granted["valid_until"]) if granted else 0
        mask = int(str(granted["specialties"]), 0) if granted else 0
        licensed, finding = _verdict([event.name for event, _ in licence], valid_until, at)
        return LicenceAnswer(
            doctor,
            names[doctor],
            at,
            licensed,
            finding,
            _specialties(mask),
            valid_until,
            tuple(names[institution] for institution in standing),
            tell([*licence, *practice], self.profiles, final),
        )

    def groups_at(self, at: int) -> tuple[GroupThen, ...]:
        """Every group founded by then, with whoever belonged to it."""
        with self.stores.index.reading() as session:
            groups = audit_queries.groups_at(session, at)
            members = audit_queries.members_at(session, at)
        people = {row.doctor for rows in members.values() for row in rows}
        names = self.profiles.names(people | {row.group for row in groups} | {row.lead for row in groups})
        return tuple(
            GroupThen(
                row.group,
                names[row.group],
                names[row.lead],
                tuple((m.doctor, names[m.doctor], m.joined_at) for m in members.get(row.group, ())),
            )
            for row in groups
        )


def _verdict(events: Sequence[str], valid_until: int, at: int) -> tuple[bool, Sentence]:
    if "Accredited" not in events:
        return False, Sentence("当时还没有获得认证", "Not accredited yet at that time")
    last = next(name for name in reversed(events) if name in ("Accredited", "Suspended", "Reinstated"))
    if last == "Suspended":
        return False, Sentence("当时处于暂停状态", "Suspended at that time")
    if valid_until < at:
        return False, Sentence("当时执业证已到期", "The licence had ended by then")
    return True, Sentence("当时执业证有效", "Licensed at that time")


def _standing_practice(events: Sequence[Told], at: int) -> list[PartyId]:
    """Institutions whose last word on the doctor, up to then, is a registration that was still valid."""
    until: dict[PartyId, int] = {}
    for event, _ in events:
        arguments = arguments_of(event.arguments)
        ended = event.name == "AffiliationEnded"
        until[PartyId(int(arguments["institution"]))] = 0 if ended else int(arguments["valid_until"])
    return [institution for institution, ends in until.items() if ends >= at]


def _other(bond: Affiliation | Membership, number: PartyId) -> PartyId:
    if bond.doctor != number:
        return bond.doctor
    return bond.institution if isinstance(bond, Affiliation) else bond.group


def _practice(bond: Affiliation, number: PartyId, names: Mapping[PartyId, Sentence], trace: Trace) -> Bond:
    other = _other(bond, number)
    kind = "doctor" if bond.doctor != number else "hospital"
    return Bond(other, names[other], kind, None, bond.valid_until, bond.ended_by is not None, trace)


def _membership(bond: Membership, number: PartyId, names: Mapping[PartyId, Sentence], trace: Trace) -> Bond:
    other = _other(bond, number)
    kind = "doctor" if bond.doctor != number else "group"
    return Bond(other, names[other], kind, bond.joined_at, bond.left_at, bond.left_at is not None, trace)


def _public(
    row: Party, name: Sentence, bonds: tuple[Bond, ...], history: tuple[Entry, ...], trace: Trace
) -> PublicParty:
    return PublicParty(
        row.id,
        name,
        row.kind.name.lower(),
        row.status.name.lower(),
        fact_words.city(row.city) if row.city else Sentence("—", "—"),
        _specialties(row.specialties),
        fact_words.powers(row.powers),
        row.valid_until,
        row.signers,
        row.profile,
        row.licence,
        bonds,
        history,
        trace,
    )


def _specialties(mask: int) -> tuple[Sentence, ...]:
    return tuple(Sentence(each.zh, each.en) for each in reference.specialties_in(mask))
