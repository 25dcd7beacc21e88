"""Signatures used again: in another state, on another chain, at another contract, for another act.

One life of the marketplace has every signed function accepted at least once. Around each of its acts the same
signatures are tried where they must not work.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import pytest

from huizhen.chain.client import Receipt
from huizhen.chain.signer import SoftwareKey
from huizhen.chain.statements import SIGNATURES
from huizhen.domain import acts
from huizhen.domain.acts import PayoutLine
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.slots import Slot
from huizhen.domain.statement import Signature, Statement
from huizhen.domain.statuses import ConsultationStatus, PartyKind, Power
from huizhen.domain.terms import Terms, encode_terms
from huizhen.errors import CallReverted
from tests.support import key_changes
from tests.support.books import moves
from tests.support.keys import Key
from tests.support.payouts import ACCOUNT_DELAY, PayoutOffice
from tests.support.refusals import refuses
from tests.support.team import Team
from tests.support.world import AUTHORITY, DAY, World, digest_of

YEAR = 365 * DAY
SIGNING = (
    "CredentialRegistry",
    "KeyReplacement",
    "DoctorGroups",
    "CaseAccess",
    "Consultations",
    "Disputes",
    "RevenueLedger",
)
# What the contracts say to a signature that is none of the signer's over these values.
UNSIGNED = "InvalidSignature"
# Refusals that say nothing about use: a statement that came too late, or bytes that are no signatures.
EMPTY = {"StatementExpired", "MalformedSignatures", ""}


@dataclass(slots=True)
class Minutes(World):
    """A world that remembers what was signed, and tries signatures again before and after each act."""

    said: list[tuple[Statement, list[Signature]]] = field(default_factory=list)
    before: Callable[[Minutes, Statement, Sequence[Key]], None] = lambda _minutes, _statement, _keys: None
    after: Callable[[Minutes, Statement, list[Signature]], None] = lambda _minutes, _statement, _made: None

    @classmethod
    def of(cls, world: World) -> Minutes:
        minutes = cls(
            world.chain,
            world.addresses,
            dict(world.keys),
            world.bank,
            world.preparer,
            world.approver,
            world.platform,
        )
        minutes._references = world._references
        return minutes

    @property
    def deadline(self) -> int:
        """Far enough that no statement is refused because it came too late."""
        return self.chain.now() + YEAR

    def act(self, statement: Statement, *signers: PartyId | Key, at: int | None = None) -> Receipt:
        keys = [self.keys[each] if isinstance(each, int) else each for each in signers or statement.signers]
        if keys:
            self.before(self, statement, keys)
        return World.act(self, statement, *signers, at=at)

    def send(self, statement: Statement, signatures: list[Signature], *, at: int | None = None) -> Receipt:
        receipt = World.send(self, statement, signatures, at=at)
        if signatures:
            self.said.append((statement, signatures))
            self.after(self, statement, signatures)
        return receipt

    def refused(self, statement: Statement, signatures: list[Signature]) -> str:
        """The name of the refusal. Only asked, not sent: so many attempts would take minutes to mine."""
        call = self.statements.calldata(statement, signatures)
        with pytest.raises(CallReverted) as caught:
            self.chain.node.call_many([(self.addresses[statement.contract], call)])
        return self.chain.refusal(caught.value.revert).name


def signed_functions(world: World) -> set[tuple[str, str]]:
    return {
        (contract, entry["name"])
        for contract in SIGNING
        for entry in world.chain.artifacts.artifact(contract)["abi"]
        if entry["type"] == "function"
        and entry["stateMutability"] == "nonpayable"
        and any(each["name"] in SIGNATURES for each in entry["inputs"])
        # Not for people: the caller is checked, and the signatures are those of the function that people call.
        and (contract, entry["name"]) != ("Consultations", "amend")
    }


# The life


def live(world: Minutes) -> None:
    team, arbiter = _people(world)
    _registry(world, team, arbiter)
    _groups(world, team)
    _cases(world, team)
    _consultations(world, team, arbiter)
    _money(world, team)


def _people(world: Minutes) -> tuple[Team, PartyId]:
    return Team.assemble(world, 2), world.register(PartyKind.OFFICIAL, powers=Power.ARBITER)


def _registry(world: Minutes, team: Team, arbiter: PartyId) -> None:
    doctor, institution = world.doctor(), team.institutions[0]
    world.suspend(doctor)
    world.act(acts.reinstate(doctor, world.revision(doctor), AUTHORITY, world.deadline))
    spare = SoftwareKey.from_seed("a spare key", doctor)
    world.act(world.adding(doctor, spare))
    world.act(acts.request_signer_removal(doctor, world.revision(doctor), 1, world.deadline))
    world.act(acts.cancel_signer_removal(doctor, world.revision(doctor), world.deadline))
    world.affiliate(doctor, institution)
    world.act(acts.end_affiliation(doctor, institution, doctor, 1, world.deadline))
    world.agree(institution, team.institutions[1])
    world.act(key_changes.requesting(world, doctor))
    world.act(key_changes.cancelling(world, doctor))
    world.act(key_changes.requesting(world, doctor))
    world.act(key_changes.ruling(world, doctor, arbiter, allowed=False))


def _groups(world: Minutes, team: Team) -> None:
    lead, doctor, other = world.doctor(), world.doctor(), world.doctor()
    group = world.found(lead)
    world.join(group, doctor)
    world.act(acts.leave(group, doctor, 1, world.deadline))
    world.join(group, doctor)
    world.act(acts.expel(group, doctor, 2, digest_of("reason"), world.deadline, (lead,)))
    world.join(group, other)
    world.act(acts.set_share_rule(group, 2, 2000, 1000, world.deadline, (lead,)))
    world.act(acts.set_standing_consent(group, lead, world.deadline, 0, world.deadline))
    world.act(acts.set_policy(group, 1, 1, world.deadline, (lead,)))
    world.act(acts.transfer_lead(group, other, 2, world.deadline, (lead,)))


def _cases(world: Minutes, team: Team) -> None:
    case_file, consent, hospital = digest_of("some case"), digest_of("some consent"), team.hospital
    doctor, valid_until = team.doctors[0], world.chain.now() + DAY
    patient = world.consent(hospital, case_file, consent)
    world.act(acts.commit_file(case_file, consent, digest_of("file"), hospital, world.deadline))
    world.act(
        acts.grant_key(case_file, consent, hospital, doctor, digest_of("key"), valid_until, 0, world.deadline)
    )
    world.act(acts.end_key_grant(case_file, doctor, hospital, 1, world.deadline))
    world.act(acts.withdraw_consent(case_file, consent, world.deadline), patient)
    world.act(acts.anchor_log(world.platform, 0, digest_of("head"), 1, world.deadline))


def _consultations(world: Minutes, team: Team, arbiter: PartyId) -> None:
    plain = team.terms()
    lead, hospital = team.doctors[0], team.hospital
    packed = [team.book(_disputable(plain, arbiter, number)) for number in range(6)]
    terms = [_disputable(plain, arbiter, number) for number in range(6)]
    world.act(acts.cancel(packed[0], hospital, world.deadline))
    moved = replace(terms[1], start=Slot(terms[1].start + 1), salt=digest_of("moved")[:16])
    world.act(_amending(world, acts.reschedule, terms[1], moved))
    newcomer = world.doctor()
    world.affiliate(newcomer, team.institutions[1])
    world.join(team.group, newcomer)
    seats = (terms[2].seats[0], replace(terms[2].seats[1], doctor=newcomer))
    substituted = replace(terms[2], seats=seats, salt=digest_of("substituted")[:16])
    world.act(_amending(world, acts.substitute, terms[2], substituted))

    world.chain.move_to(terms[5].ends_at)
    world.act(acts.mark_no_show(packed[3], lead, 0b11, digest_of("report"), world.deadline))
    world.act(acts.record_attendance(packed[4], hospital, lead, 0b11, 1, world.deadline))
    for each, overtime in ((packed[4], 1), (packed[5], 0)):
        world.act(acts.deliver(each, lead, digest_of("opinion"), 0b11, overtime, world.deadline))
    world.act(acts.accept(packed[3], hospital, world.deadline))
    world.act(acts.dispute(packed[4], hospital, 0b11, digest_of("reason"), world.deadline))
    world.act(acts.settle_dispute(packed[4], 0b01, 4000, world.deadline, (hospital, lead)))
    world.act(acts.rule(packed[4], arbiter, 0b10, 6000, digest_of("reason"), world.deadline))


def _disputable(plain: Terms, arbiter: PartyId, number: int) -> Terms:
    """One after another, with an arbiter, signed within the year."""
    start = Slot(plain.start + number * (plain.slots + 1))
    policy = replace(plain.policy, arbiter=arbiter)
    salt = digest_of("disputable", number)[:16]
    return replace(plain, start=start, policy=policy, salt=salt, sign_by=plain.sign_by + YEAR)


def _amending(world: World, act: Callable[..., Statement], terms: Terms, to: Terms) -> Statement:
    pair = encode_terms(terms), encode_terms(to)
    return act(*pair, world.read("Disputes", "signersOf", *pair))


def _money(world: Minutes, team: Team) -> None:
    payee, office = team.institutions[0], PayoutOffice(world)
    world.act(acts.refund(team.hospital, Fen(100), 0, world.deadline))
    office.name_account(payee, digest_of("first"))
    world.act(acts.cancel_payout_account(payee, 1, world.deadline))
    for party in (payee, team.doctors[0]):
        office.name_account(party)
    world.chain.move_to(world.chain.now() + ACCOUNT_DELAY)
    lines = [office.line(party, 100) for party in sorted((payee, team.doctors[0]))]
    batch = office.approved(lines)
    world.act(office.confirming(batch, lines, 0b01, digest_of("paid")))
    world.act(office.returning(batch, lines, 0, digest_of("came back")))


# The attacks


def test_signature_reuse__every_signed_function__is_tried(world: World) -> None:
    """A function that is added has to appear in the life above."""
    minutes = Minutes.of(world)
    live(minutes)
    assert {(each.contract, each.function) for each, _ in minutes.said} == signed_functions(world)


def test_signature_reuse__in_another_state__at_once_and_in_the_end__fails(world: World) -> None:
    """Every statement works once: the state that it was made for has gone."""

    def again(minutes: Minutes, statement: Statement, signatures: list[Signature]) -> None:
        assert minutes.refused(statement, signatures) not in EMPTY, statement.function

    minutes = Minutes.of(world)
    minutes.after = again
    live(minutes)
    minutes.after = lambda _minutes, _statement, _made: None
    with moves(world):
        for statement, signatures in minutes.said:
            again(minutes, statement, signatures)


def test_signature_reuse__on_another_chain__fails(world: World) -> None:
    def elsewhere(minutes: Minutes, statement: Statement, keys: Sequence[Key]) -> None:
        other = replace(minutes.statements, chain_id=minutes.statements.chain_id + 1)
        _refuse_signed(minutes, statement, keys, other.digest(statement))

    minutes = Minutes.of(world)
    minutes.before = elsewhere
    live(minutes)


def test_signature_reuse__in_another_contract__fails(world: World) -> None:
    """A second deployment on the same chain, and each other contract of this one."""

    def elsewhere(minutes: Minutes, statement: Statement, keys: Sequence[Key]) -> None:
        for there in (minutes.addresses["AccessManager"], *(minutes.addresses[each] for each in SIGNING)):
            other = replace(minutes.statements, addresses=dict.fromkeys(minutes.addresses, there))
            digest = other.digest(statement)
            if digest != minutes.statements.digest(statement):
                _refuse_signed(minutes, statement, keys, digest)

    minutes = Minutes.of(world)
    minutes.before = elsewhere
    live(minutes)


def test_signature_reuse__for_another_act_of_the_same_people__fails(world: World) -> None:
    """What the same parties signed in the same order for anything before."""

    def borrowed(minutes: Minutes, statement: Statement, _keys: Sequence[Key]) -> None:
        for earlier, signatures in minutes.said:
            if statement.signers and earlier.signers == statement.signers:
                assert minutes.refused(statement, signatures) == UNSIGNED, (statement, earlier)

    minutes = Minutes.of(world)
    minutes.before = borrowed
    live(minutes)


def _refuse_signed(minutes: Minutes, statement: Statement, keys: Sequence[Key], digest: bytes) -> None:
    """The right keys over another digest."""
    signatures = [Signature(0, key.sign(digest)) for key in keys]
    assert minutes.refused(statement, signatures) == UNSIGNED, statement.function


def test_signature_reuse__of_what_was_signed_for_terms_that_were_amended__fails(
    world: World, team: Team
) -> None:
    """A cancellation or a delivery that waits in a drawer is for the hours that it names."""
    terms = replace(team.terms(), sign_by=world.chain.now() + 3 * DAY)
    packed = team.book(terms)
    drawer = [
        (each, world.sign(each))
        for each in (
            acts.cancel(packed, team.hospital, world.deadline + 9 * DAY),
            acts.deliver(packed, team.doctors[0], digest_of("opinion"), 0b11, 0, world.deadline + 9 * DAY),
        )
    ]
    to = replace(terms, start=Slot(terms.start + 8), salt=digest_of("moved")[:16])
    world.act(_amending(world, acts.reschedule, terms, to))
    for statement, signatures in drawer:
        with refuses("WrongStatus", status=ConsultationStatus.CANCELLED, needed=ConsultationStatus.BOOKED):
            world.send(statement, signatures)
        onto = replace(statement, values={**statement.values, "terms": encode_terms(to)})
        world.chain.move_to(max(world.chain.now() + 1, to.ends_at if statement.function == "deliver" else 0))
        with refuses("InvalidSignature", party=statement.signers[0], signer=0):
            world.send(onto, signatures)


def test_signature_reuse__of_an_approval_for_the_next_batch__fails(world: World) -> None:
    """Two batches of the same items are two payments; each is approved for itself."""
    payee, office = world.hospital(), PayoutOffice(world)
    account = office.name_account(payee)
    lines = [PayoutLine(payee, Fen(1), Fen(0), account)]
    first = office.prepare(lines)
    approval = office.approving(first, lines)
    signatures = world.sign(approval)
    world.send(approval, signatures)
    second = office.prepare(lines)
    onto = replace(approval, values={**approval.values, "batch": second})
    with refuses("InvalidSignature", party=world.approver, signer=0):
        world.send(onto, signatures)
    with refuses("WrongBatchStatus", batch=first, status=2, needed=1):
        world.send(approval, signatures)
