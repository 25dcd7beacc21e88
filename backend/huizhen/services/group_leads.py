"""A group from the inside: who applies, whom it keeps, under which rule, and what its fund earned."""

from __future__ import annotations

from dataclasses import dataclass

from huizhen.db.index import group_queries as queries
from huizhen.db.index.groups import DoctorGroup, Membership
from huizhen.db.index.parties import Party
from huizhen.db.office import applications, sealed_texts
from huizhen.db.office.profiles import doctor_profiles
from huizhen.db.session import Stores
from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from huizhen.domain.sentence import Sentence
from huizhen.domain.shares import EXAMPLE_FEE, Shares, shares_of
from huizhen.domain.statement import Statement
from huizhen.domain.statuses import PartyStatus
from huizhen.errors import InvalidInput, NotFound
from huizhen.reference import City, Specialty, Title, city_by_code, specialties_in, titles
from huizhen.services.groups import consent_of, everyone_of, subject
from huizhen.services.licence import what_is_missing
from huizhen.services.ports import Clock
from huizhen.services.profiles import Profiles
from huizhen.services.statements import StatementService, StatementView
from huizhen.services.trace import Trace, finality

DAY = 24 * 3600
MOST_QUORUM = 255


@dataclass(frozen=True, slots=True)
class ApplicantLine:
    """A doctor who asks to join; `missing` says what their licence lacks, None for a valid one."""

    statement: StatementView
    doctor: PartyId
    name: Sentence
    title: Title | None
    specialties: tuple[Specialty, ...]
    city: City | None
    licence_until: int
    missing: Sentence | None
    earlier_spells: int


@dataclass(frozen=True, slots=True)
class FormerLine:
    """Somebody who left (`reason` None) or was expelled; a reason that another operator keeps is empty."""

    doctor: PartyId
    name: Sentence
    joined_at: int
    left_at: int
    reason: str | None
    trace: Trace


@dataclass(frozen=True, slots=True)
class Simulation:
    """What changes for a fee of EXAMPLE_FEE if the rule does."""

    before: Shares
    after: Shares


@dataclass(frozen=True, slots=True)
class Inside:
    """What members see of their group beyond its public page; `acts` are statements under way, newest first."""

    applicants: tuple[ApplicantLine, ...]
    former: tuple[FormerLine, ...]
    acts: tuple[StatementView, ...]


@dataclass(frozen=True, slots=True)
class GroupLeads:
    """Each lookup names the lead: for anybody else the group does not exist here."""

    stores: Stores
    statements: StatementService
    profiles: Profiles
    clock: Clock
    platform_bps: int

    def led_by(self, doctor: PartyId) -> tuple[PartyId, ...]:
        with self.stores.index.reading() as session:
            return tuple(row.group for row in queries.groups_led_by(session, doctor))

    def inside(self, group: PartyId, lead: PartyId) -> Inside | None:
        with self.stores.index.reading() as session:
            if queries.group_led_by(session, group, lead) is None:
                return None
            final = finality(session)
            gone = [(row, final.of(row)) for row in queries.former_members(session, group)]
        views = self.statements.of_subject(subject(group))
        applying = [
            view for view in views if view.function == "join" and view.open and _signed_by_proposer(view)
        ]
        moving = tuple(
            v for v in views if (v.open or v.pending) and v not in applying and v.function != "join"
        )
        return Inside(self._applicants(group, applying), self._former(gone), moving)

    def simulate(self, group: PartyId, lead: PartyId, institution_bps: int, fund_bps: int) -> Simulation:
        """Raises SharesDoNotSum, NotFound for a group of somebody else."""
        with self.stores.index.reading() as session:
            row = _led(queries.group_led_by(session, group, lead))
        return Simulation(
            shares_of(EXAMPLE_FEE, self.platform_bps, row.institution_bps, row.fund_bps),
            shares_of(EXAMPLE_FEE, self.platform_bps, institution_bps, fund_bps),
        )

    def propose_rule(
        self, group: PartyId, lead: PartyId, institution_bps: int, fund_bps: int
    ) -> StatementView:
        """Signed by every member where the doctors' share falls, else as the group decides.

        Raises SharesDoNotSum, InvalidInput for the rule that is in force already.
        """
        shares_of(EXAMPLE_FEE, self.platform_bps, institution_bps, fund_bps)
        with self.stores.index.reading() as session:
            row = _led(queries.group_led_by(session, group, lead))
            consenters, needed = consent_of(session, row)
            if institution_bps + fund_bps > row.institution_bps + row.fund_bps:
                consenters, needed = everyone_of(session, row), None
        if (row.institution_bps, row.fund_bps) == (institution_bps, fund_bps):
            raise InvalidInput(
                "这就是现行规则，请改动后再提交。", "This is the rule in force: change it first."
            )
        statement = acts.set_share_rule(
            group, row.rule_version + 1, institution_bps, fund_bps, self._week(), consenters
        )
        return self._propose(group, lead, statement, needed)

    def propose_standing(self, group: PartyId, lead: PartyId, standing_until: int) -> StatementView:
        """`standing_until` 0 ends the standing consent."""
        with self.stores.index.reading() as session:
            row = _led(queries.group_led_by(session, group, lead))
        deadline = self.clock.now() + DAY
        statement = acts.set_standing_consent(group, lead, standing_until, row.revision, deadline)
        return self._propose(group, lead, statement)

    def propose_expel(self, group: PartyId, lead: PartyId, doctor: PartyId, reason: str) -> StatementView:
        """The reason stays here; the chain gets its keyed commitment."""
        with self.stores.index.reading() as session:
            row = _led(queries.group_led_by(session, group, lead))
            spell = queries.latest_spell(session, group, doctor)
            consenters, needed = consent_of(session, row)
        if spell is None or spell.left_at is not None:
            raise NotFound("该医生不是成员。", "This doctor is not a member.")
        if doctor == lead:
            raise InvalidInput("负责人不能将自己除名。", "The lead cannot be expelled.")
        # Who is to go is not asked, unless the quorum cannot be reached without them.
        others = tuple(member for member in consenters if member != doctor)
        if len(others) < (needed or 1):
            others = consenters
        with self.stores.office.writing() as session:
            commitment = sealed_texts.seal(session, reason, self.clock.now())
        statement = acts.expel(group, doctor, spell.spell, commitment, self._week(), others)
        return self._propose(group, lead, statement, needed)

    def propose_found(
        self, application: int, lead: PartyId, quorum: int, institution_bps: int, fund_bps: int
    ) -> StatementView:
        """Found the group of an accredited application. Raises InvalidInput while it is not accredited."""
        shares_of(EXAMPLE_FEE, self.platform_bps, institution_bps, fund_bps)
        if not 0 <= quorum <= MOST_QUORUM:
            raise InvalidInput("签署人数须在0到255之间。", "The quorum must lie between 0 and 255.")
        with self.stores.office.reading() as session:
            rows = applications.of_founder(session, lead)
            group = next((row.party for row in rows if row.id == application), None)
        with self.stores.index.reading() as session:
            party = session.get(Party, group) if group is not None else None
            founded = group is not None and session.get(DoctorGroup, group) is not None
        if group is None or party is None or party.status is not PartyStatus.ACCREDITED:
            raise InvalidInput(
                "认证机构核准集团后才能成立，请稍候。",
                "A group can be founded once the authority has accredited it.",
            )
        if founded:
            raise InvalidInput("集团已经成立。", "The group is founded already.")
        statement = acts.found(group, lead, quorum, institution_bps, fund_bps, self._week())
        return self._propose(group, lead, statement)

    def _propose(
        self, group: PartyId, lead: PartyId, statement: Statement, needed: int | None = None
    ) -> StatementView:
        """One statement of a kind at a time: the next one would name the same version."""
        for view in self.statements.of_subject(subject(group)):
            same = view.function == statement.function and view.values.get("doctor") == statement.values.get(
                "doctor"
            )
            if same and (view.open or view.pending):
                raise InvalidInput(
                    "同类声明还在途中，请先完成或撤回。",
                    "A statement of this kind is under way: finish or withdraw it first.",
                )
        return self.statements.propose(statement, proposer=lead, subject=subject(group), needed=needed)

    def _week(self) -> int:
        return self.clock.now() + 7 * DAY

    def _applicants(self, group: PartyId, views: list[StatementView]) -> tuple[ApplicantLine, ...]:
        asked = [view.proposer for view in views]
        names, now = self.profiles.names(asked), self.clock.now()
        ranks = {title.rank: title for title in titles()}
        with self.stores.office.reading() as session:
            profiles = doctor_profiles(session, asked)
        lines = []
        with self.stores.index.reading() as session:
            for view in views:
                party = session.get_one(Party, view.proposer)
                last = queries.latest_spell(session, group, party.id)
                lines.append(
                    ApplicantLine(
                        view,
                        party.id,
                        names[party.id],
                        ranks.get(profiles[party.id].title) if party.id in profiles else None,
                        specialties_in(party.specialties),
                        city_by_code().get(party.city),
                        party.valid_until,
                        what_is_missing(party, now),
                        last.spell if last else 0,
                    )
                )
        return tuple(lines)

    def _former(self, rows: list[tuple[Membership, Trace]]) -> tuple[FormerLine, ...]:
        names = self.profiles.names(row.doctor for row, _ in rows)
        with self.stores.office.reading() as session:
            reasons = sealed_texts.texts(session, (row.reason for row, _ in rows if row.reason))
        return tuple(
            FormerLine(
                row.doctor,
                names[row.doctor],
                row.joined_at,
                row.left_at or 0,
                None if row.reason is None else reasons.get(row.reason, ""),
                trace,
            )
            for row, trace in rows
        )


def _led(row: DoctorGroup | None) -> DoctorGroup:
    if row is None:
        raise NotFound("您没有负责这个集团。", "You do not lead such a group.")
    return row


def _signed_by_proposer(view: StatementView) -> bool:
    return any(each.party == view.proposer and each.signed_at is not None for each in view.signers)
