"""What simulated people handed in when they applied: the papers that the authority checks against the chain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from huizhen.db.office.applications import Application
from huizhen.domain.accounts import AccountId
from huizhen.domain.chain_ids import Specialties, hex32
from huizhen.domain.commitments import document_digest
from huizhen.domain.ids import PartyId
from huizhen.services.applications import Facts, document_of
from huizhen.simulation.people import Person
from huizhen.simulation.script import Simulation
from huizhen.simulation.stories import licence_key, licence_number, licence_of


def facts_of(person: Person) -> Facts:
    return Facts(
        kind=person.kind,
        name_zh=person.name.zh,
        name_en=person.name.en,
        licence_number=licence_number(person),
        specialties=person.mask,
        city=person.city.code,
        bio="",
        title=person.title.rank if person.title else None,
        fee=person.fee or None,
        level=person.level,
    )


def document_for(person: Person) -> str:
    """What the party publishes of itself; its digest goes on chain."""
    return document_of(facts_of(person))


def profile_digest(person: Person) -> bytes:
    return bytes.fromhex(document_digest(document_for(person))[2:])


def applications(world: Simulation, accounts: Mapping[PartyId, AccountId]) -> Iterator[Application]:
    """Of everybody who signs in; a group's was handed in by its lead."""
    leads = {group.group: group.lead for group in world.founding.groups.values()}
    for person in world.people.everyone():
        founder = leads.get(person.id)
        account = accounts.get(founder or person.id)
        if account is not None and person.applied_at:
            yield _application(world.size.seed, person, account, founder)


def _application(seed: int, person: Person, account: AccountId, founder: PartyId | None) -> Application:
    facts, document = facts_of(person), document_for(person)
    return Application(
        account=account,
        founder=founder,
        kind=facts.kind,
        name_zh=facts.name_zh,
        name_en=facts.name_en,
        licence_number=facts.licence_number,
        licence_key=licence_key(seed, person).hex(),
        licence=hex32(licence_of(seed, person)),
        document=document,
        profile=document_digest(document),
        specialties=Specialties(facts.specialties),
        city=facts.city,
        title=facts.title,
        fee=facts.fee,
        level=facts.level,
        signer=person.key.signer.hex(),
        party=person.id,
        applied_at=person.applied_at,
    )
