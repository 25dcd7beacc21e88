"""The first weeks of a simulated world: parties are accredited, doctors affiliate, groups form, money comes."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from huizhen.chain.officers_key import OfficersKey
from huizhen.domain import acts
from huizhen.domain.bank_references import reference_digest
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.statuses import PartyKind
from huizhen.simulation.officers import appoint
from huizhen.simulation.people import People, Person
from huizhen.simulation.spare_keys import change_keys
from huizhen.simulation.stage import DAY, Stage
from huizhen.simulation.stories import account_of, licence_of, seeded

YEAR = 365 * DAY
DEPOSIT = (30_000_00, 120_000_00)


@dataclass(frozen=True, slots=True)
class Deposit:
    """`reference` is the bank's own, as its statement shows it."""

    hospital: PartyId
    amount: Fen
    reference: str
    at: int


@dataclass(slots=True)
class Membership:
    """`rule` is the group's current share rule (version, institution bps, fund bps), `revision` counts what was
    set since the founding: standing consent, policy, lead.
    """

    group: PartyId
    lead: PartyId
    quorum: int
    rule: tuple[int, int, int]
    members: list[PartyId] = field(default_factory=list)
    revision: int = 0


@dataclass(slots=True)
class Founding:
    """Runs once; afterwards its fields say what stands. `profile_of` gives the document that a party publishes."""

    stage: Stage
    people: People
    dice: random.Random
    seed: int
    profile_of: Callable[[Person], bytes]
    pause: int = 40
    groups: dict[PartyId, Membership] = field(default_factory=dict)
    group_of: dict[PartyId, PartyId] = field(default_factory=dict)
    agreements: set[tuple[PartyId, PartyId]] = field(default_factory=set)
    deposits: list[Deposit] = field(default_factory=list)
    applicants: list[PartyId] = field(default_factory=list)
    officers: OfficersKey | None = None

    def steps(self) -> list[Callable[[], None]]:
        """Each is one act or a few; a progress bar counts them."""
        people = self.people
        newcomers = [p for role, p in people.officials.items() if role not in ("authority", "tax_authority")]
        parties = (*newcomers, *people.hospitals, *people.doctors, *people.groups)
        pairs = itertools.combinations(people.hospitals, 2)
        return [
            self._genesis,
            *(partial(self._admit, person) for person in parties),
            *(partial(self._affiliate, doctor) for doctor in people.doctors),
            self._form_groups,
            *(partial(self._agree, *pair) for pair in pairs),
            *(partial(self.deposit, hospital) for hospital in people.hospitals),
            *(partial(self._name_account, payee) for payee in self._payees()),
            self._correct_account,
            self._give_up_institution,
            self._change_keys,
            self._appoint_officers,
        ]

    def deposit(self, hospital: Person, amount: Fen | None = None) -> None:
        """The bank reports money of a hospital."""
        low, high = DEPOSIT
        amount = amount or Fen(self.dice.randrange(low, high, 10_000))
        reference = f"{self.stage.now // DAY:05d}{len(self.deposits) + 1:07d}"
        bank = self.people.officials["bank"]
        self.stage.perform(
            acts.deposit(hospital.id, amount, reference_digest(reference), bank.id, self.stage.deadline)
        )
        self.deposits.append(Deposit(hospital.id, amount, reference, self.stage.now))
        self._rest()

    def _rest(self) -> None:
        self.stage.at(self.stage.now + self.dice.randint(1, self.pause))

    def _genesis(self) -> None:
        """Parties 1 and 2 were there from the constructor."""
        for party, role in ((1, "authority"), (2, "tax_authority")):
            self.stage.know(self.people.officials[role], party)

    def _payees(self) -> list[Person]:
        officials = self.people.officials
        return [
            *self.people.doctors,
            *self.people.hospitals,
            *self.people.groups,
            officials["platform"],
            officials["tax_authority"],
        ]

    def _admit(self, person: Person) -> None:
        """Applies; nearly all are accredited, some after a suspension that was an error."""
        self.stage.apply(person, self.profile_of(person), licence_of(self.seed, person))
        self._rest()
        if person.kind is PartyKind.DOCTOR and self.dice.random() < 0.04 and len(self.people.doctors) > 20:
            self.applicants.append(person.id)
            return
        self.accredit(person)
        if person.kind is PartyKind.DOCTOR and self.dice.random() < 0.04:
            self._suspend_and_reinstate(person)

    def accredit(self, person: Person) -> None:
        authority = self.people.officials["authority"]
        city = person.city.code if person.kind is not PartyKind.OFFICIAL else 0
        valid_until = self.stage.now + self.dice.randint(2, 4) * YEAR
        self.stage.perform(
            acts.accredit(
                person.id,
                person.revision,
                person.mask,
                city,
                valid_until,
                int(person.powers),
                authority.id,
                self.stage.deadline,
            )
        )
        person.revision += 1
        self._rest()

    def _suspend_and_reinstate(self, person: Person) -> None:
        authority = self.people.officials["authority"]
        reason = seeded(self.seed, "suspension", person.id)
        self.stage.perform(
            acts.suspend(person.id, person.revision, reason, authority.id, self.stage.deadline)
        )
        self._rest()
        self.stage.perform(acts.reinstate(person.id, person.revision + 1, authority.id, self.stage.deadline))
        person.revision += 2
        self._rest()

    def _affiliate(self, doctor: Person) -> None:
        """At one or two institutions of practice, mostly with a standing consent."""
        if doctor.id in self.applicants:
            return
        nearby = [h for h in self.people.hospitals if h.city == doctor.city] or list(self.people.hospitals)
        wanted = [self.dice.choice(nearby)]
        if self.dice.random() < 0.25:
            wanted.append(self.dice.choice(self.people.hospitals))
        for institution in dict.fromkeys(hospital.id for hospital in wanted):
            until = self.stage.now + YEAR
            standing = until if self.dice.random() < 0.85 else 0
            self.stage.perform(
                acts.affiliate(doctor.id, institution, until, standing, 0, self.stage.deadline)
            )
            doctor.institutions.append(institution)
            self._rest()

    def _form_groups(self) -> None:
        doctors = [doctor for doctor in self.people.doctors if doctor.id not in self.applicants]
        seats = doctors[: max(len(self.people.groups), len(doctors) * 9 // 10)]
        for number, group in enumerate(self.people.groups):
            members = seats[number :: len(self.people.groups)]
            if members:
                self._found(group, members)
        for membership in list(self.groups.values())[::3]:
            self._change_rule(membership)
        for membership in list(self.groups.values())[:2]:
            self._part(membership)

    def _found(self, group: Person, members: list[Person]) -> None:
        lead, *others = members
        quorum = 2 if self.dice.random() < 0.3 and len(others) > 2 else 0
        institution, fund = self.dice.choice(((2000, 1000), (2500, 500), (1500, 1500), (3000, 0)))
        self.stage.perform(acts.found(group.id, lead.id, quorum, institution, fund, self.stage.deadline))
        membership = Membership(group.id, lead.id, quorum, (1, institution, fund), [lead.id])
        self.groups[group.id], self.group_of[lead.id] = membership, group.id
        self._rest()
        if self.dice.random() < 0.5:
            until = self.stage.now + YEAR
            self.stage.perform(acts.set_standing_consent(group.id, lead.id, until, 0, self.stage.deadline))
            membership.revision += 1
        for doctor in others:
            self.join(membership, doctor.id, 1)

    def join(self, membership: Membership, doctor: PartyId, spell: int) -> None:
        version = membership.rule[0]
        self.stage.perform(
            acts.join(
                membership.group, doctor, spell, version, self.stage.deadline, self.consenters(membership)
            )
        )
        membership.members.append(doctor)
        self.group_of[doctor] = membership.group
        self._rest()

    def consenters(self, membership: Membership) -> list[PartyId]:
        if membership.quorum == 0:
            return [membership.lead]
        needed = min(membership.quorum, len(membership.members))
        return sorted(membership.members[:needed])

    def _change_rule(self, membership: Membership) -> None:
        version, institution, fund = membership.rule
        changed = (version + 1, institution, fund + 250)
        # Every doctor gets less, so every member signs.
        everyone = sorted(membership.members)
        self.stage.perform(acts.set_share_rule(membership.group, *changed, self.stage.deadline, everyone))
        membership.rule = changed
        self._rest()

    def _part(self, membership: Membership) -> None:
        """One leaves and comes back, one is expelled."""
        others = [member for member in membership.members if member != membership.lead]
        if len(others) < 3:
            return
        leaver, expelled = others[0], others[1]
        self.stage.perform(acts.leave(membership.group, leaver, 1, self.stage.deadline))
        membership.members.remove(leaver)
        self._rest()
        self.join(membership, leaver, 2)
        reason = seeded(self.seed, "expulsion", expelled)
        self.stage.perform(
            acts.expel(
                membership.group, expelled, 1, reason, self.stage.deadline, self.consenters(membership)
            )
        )
        membership.members.remove(expelled)
        del self.group_of[expelled]
        self._rest()

    def _agree(self, one: Person, other: Person) -> None:
        """Most pairs of hospitals cooperate."""
        if self.dice.random() < 0.15:
            return
        commitment = seeded(self.seed, "agreement", one.id, other.id)
        until = self.stage.now + YEAR
        self.stage.perform(acts.agree(one.id, other.id, commitment, until, 0, self.stage.deadline))
        self.agreements.add((min(one.id, other.id), max(one.id, other.id)))
        self._rest()

    def _name_account(self, payee: Person) -> None:
        if payee.id in self.applicants:
            return
        account = account_of(self.seed, payee).commitment
        self.stage.perform(acts.set_payout_account(payee.id, account, 0, self.stage.deadline))
        self._rest()

    def _correct_account(self) -> None:
        """A hospital has mistyped its account and takes it back before it is in force."""
        stage, hospital = self.stage, self.people.hospitals[0]
        stage.perform(acts.cancel_payout_account(hospital.id, 1, stage.deadline))
        account = account_of(self.seed, hospital).commitment
        stage.perform(acts.set_payout_account(hospital.id, account, 2, stage.deadline))
        self._rest()

    def _give_up_institution(self) -> None:
        """The first doctor with two institutions of practice gives up the second."""
        for doctor in self.people.doctors:
            if len(doctor.institutions) > 1:
                given_up = doctor.institutions.pop()
                self.stage.perform(
                    acts.end_affiliation(doctor.id, given_up, doctor.id, 1, self.stage.deadline)
                )
                self._rest()
                return

    def _appoint_officers(self) -> None:
        """At the last hospital two officers sign together from now on."""
        self.officers = appoint(self.stage, self.seed, self.people.hospitals[-1])
        self._rest()

    def _change_keys(self) -> None:
        change_keys(self.stage, self.seed, self.people.doctors[:3])
