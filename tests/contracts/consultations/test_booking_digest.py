"""Consultations.bookingDigest and signersOf: what everybody signs, and who everybody is."""

from __future__ import annotations

from dataclasses import replace

from huizhen.domain import acts
from huizhen.domain.money import Fen
from huizhen.domain.terms import Terms, encode_terms
from tests.contracts.consultations.conftest import Booking
from tests.support.refusals import refuses
from tests.support.team import Team
from tests.support.world import World


def digest(world: World, terms: Terms) -> bytes:
    answer: bytes = world.read("Consultations", "bookingDigest", encode_terms(terms))
    return answer


def test_booking_digest__is_the_digest_of_the_typed_terms(world: World, terms: Terms) -> None:
    """The same 32 bytes from Solidity's reading of the packed form and from Python's typed document."""
    highest = replace(
        terms.seats[1],
        rule_version=2**16 - 1,
        institution_bps=2**16 - 1,
        fund_bps=2**16 - 1,
        required=False,
        fee=Fen(2**128 - 1),
        specialties=2**160 - 1,
    )
    for each in (terms, replace(terms, seats=(terms.seats[0], highest)), replace(terms, salt=b"\xff" * 16)):
        statement = acts.book(encode_terms(each), ())
        assert digest(world, each) == world.statements.digest(statement)


def test_booking_digest__differs_with_every_field(world: World, terms: Terms) -> None:
    pricing, policy, documents = terms.pricing, terms.policy, terms.documents
    first, second = terms.seats
    variants = [
        terms,
        *(
            replace(terms, **{name: getattr(terms, name) + 1})
            for name in ("hospital", "start", "slots", "lead", "sign_by")
        ),
        *(
            replace(terms, pricing=replace(pricing, **{n: getattr(pricing, n) + 1}))
            for n in pricing.__slots__
        ),
        *(replace(terms, policy=replace(policy, **{n: getattr(policy, n) + 1})) for n in policy.__slots__),
        *(replace(terms, documents=replace(documents, **{n: b"\1" * 32})) for n in documents.__slots__),
        *(
            replace(terms, seats=(first, replace(second, **{name: getattr(second, name) + 1})))
            for name in second.__slots__
            if name != "required"
        ),
        replace(terms, seats=(first, replace(second, required=False))),
        replace(terms, seats=(first,)),
    ]
    assert len({digest(world, each) for each in variants}) == len(variants)


def test_amendment_digest__is_the_digest_of_the_typed_amendment(world: World, terms: Terms) -> None:
    pair = encode_terms(terms), encode_terms(replace(terms, salt=b"\1" * 16))
    for statement in (acts.reschedule(*pair, ()), acts.substitute(*pair, ())):
        answer = world.read("Consultations", "amendmentDigest", *pair)
        assert answer == world.statements.digest(statement)


def test_signers_of__terms_that_book_would_refuse__reverts_for_the_same_reason(
    world: World, team: Team, terms: Terms
) -> None:
    packed = encode_terms(terms)
    team.book(terms)
    with refuses("AlreadyBooked", id=Booking(world, terms).id):
        world.read("Consultations", "signersOf", packed)

    world.chain.move_to(terms.sign_by + 1)
    with refuses("StatementExpired", deadline=terms.sign_by, nowAt=terms.sign_by + 1):
        world.read("Consultations", "signersOf", encode_terms(replace(terms, salt=b"\1" * 16)))


def test_signers_of__hospital_and_doctors_and_whoever_has_not_consented(
    world: World, team: Team, terms: Terms
) -> None:
    signers = world.read("Consultations", "signersOf", encode_terms(terms))
    assert tuple(signers) == (team.hospital, *team.doctors, team.lead)
