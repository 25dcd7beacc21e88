"""Each step of Consultations and Disputes in each state: refused for the state in all but those that are drawn (I5).

Deadlines lie far ahead and every signature is good, so that nothing but the state can be the reason.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from eth_utils.crypto import keccak

from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from huizhen.domain.slots import Slot
from huizhen.domain.statement import Statement
from huizhen.domain.statuses import ConsultationStatus as Status
from huizhen.domain.terms import Terms, encode_terms
from tests.contracts.consultations.conftest import Booking
from tests.contracts.disputes.conftest import ALL, LEAD, REASON, REPORT
from tests.support.books import moves
from tests.support.refusals import refuses
from tests.support.team import POLICY, Team
from tests.support.world import DAY, World, digest_of

FAR = 90 * DAY
Step = Callable[[World, Terms], Statement]


def lead_of(terms: Terms) -> PartyId:
    return terms.seats[terms.lead].doctor


def moved(terms: Terms) -> bytes:
    return encode_terms(replace(terms, start=Slot(terms.start + 96), salt=digest_of("moved")[:16]))


def late(world: World) -> int:
    return world.deadline + FAR


# What each step is, and the state that it needs.
STEPS: dict[str, tuple[Status, Step]] = {
    "deliver": (
        Status.BOOKED,
        lambda w, t: acts.deliver(encode_terms(t), lead_of(t), REPORT, ALL, 0, late(w)),
    ),
    "accept": (Status.DELIVERED, lambda w, t: acts.accept(encode_terms(t), t.hospital, late(w))),
    "acceptByTime": (Status.DELIVERED, lambda _, t: acts.accept_by_time(encode_terms(t))),
    "cancel": (Status.BOOKED, lambda w, t: acts.cancel(encode_terms(t), t.hospital, late(w))),
    "cancelWithdrawn": (Status.BOOKED, lambda _, t: acts.cancel_withdrawn(encode_terms(t))),
    "expire": (Status.BOOKED, lambda _, t: acts.expire(encode_terms(t))),
    "recordAttendance": (
        Status.BOOKED,
        lambda w, t: acts.record_attendance(encode_terms(t), t.hospital, lead_of(t), ALL, 0, late(w)),
    ),
    "markNoShow": (
        Status.BOOKED,
        lambda w, t: acts.mark_no_show(encode_terms(t), lead_of(t), ALL, REPORT, late(w)),
    ),
    "reschedule": (Status.BOOKED, lambda _, t: acts.reschedule(encode_terms(t), moved(t), (t.hospital,))),
    "substitute": (Status.BOOKED, lambda _, t: acts.substitute(encode_terms(t), moved(t), (t.hospital,))),
    "dispute": (
        Status.DELIVERED,
        lambda w, t: acts.dispute(encode_terms(t), t.hospital, LEAD, REASON, late(w)),
    ),
    "settleDispute": (
        Status.DISPUTED,
        lambda w, t: acts.settle_dispute(encode_terms(t), LEAD, 5000, late(w), (t.hospital, lead_of(t))),
    ),
    "rule": (
        Status.DISPUTED,
        lambda w, t: acts.rule(encode_terms(t), t.policy.arbiter, LEAD, 5000, REASON, late(w)),
    ),
    "applyDefault": (Status.DISPUTED, lambda _, t: acts.apply_default(encode_terms(t))),
    "releaseUncontested": (Status.DISPUTED, lambda _, t: acts.release_uncontested(encode_terms(t))),
}
# A further seat may be contested while another is.
ALSO = {("dispute", Status.DISPUTED)}


def bring_to(status: Status, world: World, trio: Team, terms: Terms) -> None:
    packed = encode_terms(terms)
    trio.book(terms)
    if status in (Status.DELIVERED, Status.DISPUTED, Status.SETTLED):
        trio.deliver(packed, terms)
    match status:
        case Status.DISPUTED:
            world.act(acts.dispute(packed, terms.hospital, LEAD, REASON, world.deadline))
        case Status.SETTLED:
            world.act(acts.accept(packed, terms.hospital, world.deadline))
        case Status.CANCELLED:
            world.act(acts.cancel(packed, terms.hospital, world.deadline))
        case Status.EXPIRED:
            world.act(acts.expire(packed), at=terms.ends_at + POLICY.deliver_window + 1)
    assert Booking(world, terms).status is status


each_status = pytest.mark.parametrize("status", list(Status), ids=lambda status: status.name.lower())


@each_status
def test_every_step__in_every_other_state__is_refused_for_the_state(
    world: World, trio: Team, agreed: Terms, status: Status
) -> None:
    bring_to(status, world, trio, agreed)
    with moves(world):
        for name, (needed, step) in STEPS.items():
            if status is needed or (name, status) in ALSO:
                continue
            refusal = world.refusal(step(world, agreed))
            found = (refusal.name, dict(refusal.values))
            assert found == ("WrongStatus", {"status": status, "needed": needed}), name


def test_every_step__on_terms_that_were_not_booked__is_refused(world: World, agreed: Terms) -> None:
    for _, step in STEPS.values():
        with refuses("UnknownTerms", termsHash=keccak(encode_terms(agreed))):
            world.act(step(world, agreed))


@each_status
def test_book__in_every_state_after_the_first__is_refused(
    world: World, trio: Team, agreed: Terms, status: Status
) -> None:
    """Terms are booked once, whatever became of them."""
    booking = trio.booking(agreed)
    bring_to(status, world, trio, agreed)
    with refuses("AlreadyBooked", id=Booking(world, agreed).id):
        world.act(booking)


def test_every_step__of_both_contracts__is_tried(world: World) -> None:
    """A function that is added has to appear above; those for Disputes alone are called through its own."""
    alone = {"attend", "deliverUnattended", "amend", "contest", "releasePart"}
    found = {
        entry["name"]
        for contract in ("Consultations", "Disputes")
        for entry in world.chain.artifacts.artifact(contract)["abi"]
        if entry["type"] == "function" and entry["stateMutability"] == "nonpayable"
    }
    assert found - alone - {"book"} == set(STEPS)
