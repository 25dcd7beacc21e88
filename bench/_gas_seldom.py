"""Gas of the steps that most consultations never take: attendance, disputes, amendments, lost keys, files."""

from __future__ import annotations

from dataclasses import replace

from huizhen.chain.signer import SoftwareKey
from huizhen.domain import acts
from huizhen.domain.slots import Slot
from huizhen.domain.terms import Terms, encode_terms
from tests.support.open_case import OpenCase
from tests.support.team import Team
from tests.support.world import AUTHORITY, DAY, World, digest_of

ONE_SEAT = 0b10
REPLACEMENT_DELAY = 3 * DAY


def disputes(world: World) -> dict[str, int]:
    """The hospital contests one seat of five; its signature pays the others at once, to payees who are all new."""
    team = Team.assemble(world, 5)
    now = world.chain.now()
    one, two = (team.terms(start=Slot((now + DAY) // 900 + 8 * number)) for number in range(2))
    attended, contested = team.book(one), team.book(two)
    lead = one.seats[one.lead].doctor
    world.chain.move_to(one.ends_at)
    attendance = world.act(acts.record_attendance(attended, team.hospital, lead, 0b11111, 1, world.deadline))
    team.deliver(contested, two)
    reason = digest_of("reason")
    dispute = world.act(acts.dispute(contested, team.hospital, ONE_SEAT, reason, world.deadline))
    signers = (team.hospital, two.seats[1].doctor)
    settled = world.act(acts.settle_dispute(contested, ONE_SEAT, 5000, world.deadline, signers))
    return {
        "record_attendance": attendance.gas_used,
        "dispute": dispute.gas_used,
        "settle_dispute": settled.gas_used,
    }


def amendments(world: World) -> dict[str, int]:
    """Other hours in the same word of the calendar; then another doctor of the same group in the last seat."""
    team = Team.assemble(world, 5)
    terms = team.terms(start=Slot((world.chain.now() // 900 // 256 + 2) * 256))
    team.book(terms)
    later = replace(terms, start=Slot(terms.start + 8), salt=digest_of("later")[:16])
    pair = encode_terms(terms), encode_terms(later)
    moved = world.act(acts.reschedule(*pair, world.read("Disputes", "signersOf", *pair)))
    other = _with_another_doctor(team, later)
    pair = encode_terms(later), encode_terms(other)
    exchanged = world.act(acts.substitute(*pair, world.read("Disputes", "signersOf", *pair)))
    return {"reschedule": moved.gas_used, "substitute": exchanged.gas_used}


def _with_another_doctor(team: Team, terms: Terms) -> Terms:
    """Whoever registers last comes last in the order of doctors, as the one who leaves does."""
    world = team.world
    doctor, last = world.doctor(), terms.seats[-1]
    world.affiliate(doctor, last.institution)
    world.join(team.group, doctor)
    return replace(
        terms, seats=(*terms.seats[:-1], replace(last, doctor=doctor)), salt=digest_of("other")[:16]
    )


def lost_keys(world: World) -> dict[str, int]:
    doctor, key = world.doctor(), SoftwareKey.from_seed("bench", "new key")
    request = acts.request_replacement(doctor, 0, key.signer, AUTHORITY, world.deadline)
    requested = world.act(world.proven(request, key))
    world.chain.move_to(world.chain.now() + REPLACEMENT_DELAY + 1)
    replaced = world.act(acts.replace_signers(doctor))
    return {"request_replacement": requested.gas_used, "replace_signers": replaced.gas_used}


def cases(world: World) -> dict[str, int]:
    """Each a first time, so every slot is new, but for the platform's second anchor."""
    case = OpenCase.of(world, world.hospital(), "measured")
    committed = world.act(case.committing())
    granted = world.act(case.granting(world.doctor()))
    anchors = [
        world.act(
            acts.anchor_log(world.platform, number, digest_of("head", number), number + 1, world.deadline)
        )
        for number in range(2)
    ]
    return {
        "commit_file": committed.gas_used,
        "grant_key": granted.gas_used,
        "anchor_log": anchors[1].gas_used,
    }
