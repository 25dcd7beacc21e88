"""Doctor groups as doctors see them: terms in plain numbers, members, and one's own way in and out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from huizhen.db.index import group_queries as queries
from huizhen.db.index.groups import DoctorGroup, Membership, ShareRule
from huizhen.db.index.parties import Party
from huizhen.db.office import sealed_texts
from huizhen.db.office.profiles import GroupProfile, doctor_profiles
from huizhen.db.session import Session, Stores
from huizhen.domain import acts
from huizhen.domain.ids import PartyId
from huizhen.domain.sentence import Sentence
from huizhen.domain.shares import EXAMPLE_FEE, shares_of
from huizhen.domain.statement import Statement
from huizhen.errors import InvalidInput
from huizhen.reference import City, city_by_code, specialties_in, titles
from huizhen.services.group_models import Belonging, GroupLine, GroupPage, MemberLine, RuleLine
from huizhen.services.licence import require_licence
from huizhen.services.ports import Clock
from huizhen.services.profiles import Profiles
from huizhen.services.statements import StatementService, StatementView
from huizhen.services.trace import Finality, finality

DAY = 24 * 3600


@dataclass(frozen=True, slots=True)
class Groups:
    """`platform_bps` is what the platform takes of a fee in the terms that this operator draws up."""

    stores: Stores
    statements: StatementService
    profiles: Profiles
    clock: Clock
    platform_bps: int

    def directory(self, viewer: PartyId | None, specialty: int = 0, city: int = 0) -> tuple[GroupLine, ...]:
        """Groups with a member who has all of a specialty mask and one in the city; 0 asks for nothing."""
        with self.stores.index.reading() as session:
            lines = self._lines(session, queries.groups(session), viewer)
        wanted = {each.code for each in specialties_in(specialty)}
        return tuple(
            line
            for line in lines
            if wanted <= {each.code for each in line.specialties}
            and (city == 0 or city in {each.code for each in line.cities})
        )

    def page(self, group: PartyId, viewer: PartyId | None) -> GroupPage | None:
        with self.stores.index.reading() as session:
            row = session.get(DoctorGroup, group)
            if row is None:
                return None
            (line,) = self._lines(session, (row,), viewer)
            final = finality(session)
            present = queries.members(session, (group,))
            rules = tuple(self._rule(rule, final) for rule in queries.share_rules(session, group))
        with self.stores.office.reading() as session:
            profile = session.get(GroupProfile, group)
        mine = self._own_statements(group, viewer) if viewer is not None else ()
        return GroupPage(
            line,
            profile.bio if profile else "",
            row.founded_at,
            row.standing_until,
            row.revision,
            row.rule_version,
            self._members(present, row.lead, final),
            rules,
            mine,
            self._expelled_for(group, viewer) if line.belonging is Belonging.EXPELLED and viewer else None,
            final.of(row),
        )

    def propose_join(self, group: PartyId, doctor: PartyId) -> StatementView:
        """The doctor's application, for the doctor to sign first and then for the group's consenters.

        Raises InvalidInput for a doctor without a valid licence, or one who is a member.
        """
        now = self.clock.now()
        with self.stores.index.reading() as session:
            row = self._group(session, group)
            last = queries.latest_spell(session, group, doctor)
            require_licence(session.get(Party, doctor), now)
            consenters, needed = consent_of(session, row)
        if last is not None and last.left_at is None:
            raise InvalidInput("您已是这个集团的成员。", "You are a member of this group already.")
        spell = last.spell + 1 if last else 1
        statement = acts.join(group, doctor, spell, row.rule_version, now + 7 * DAY, consenters)
        return self._propose(statement, doctor, group, needed)

    def propose_leave(self, group: PartyId, doctor: PartyId) -> StatementView:
        with self.stores.index.reading() as session:
            row = self._group(session, group)
            last = queries.latest_spell(session, group, doctor)
        if last is None or last.left_at is not None:
            raise InvalidInput("您不是这个集团的成员。", "You are not a member of this group.")
        if row.lead == doctor:
            raise InvalidInput(
                "负责人不能退出自己的集团。",
                "The lead cannot leave the group: it would have nobody to sign for it.",
            )
        return self._propose(acts.leave(group, doctor, last.spell, self.clock.now() + DAY), doctor, group)

    def _propose(
        self, statement: Statement, doctor: PartyId, group: PartyId, needed: int | None = None
    ) -> StatementView:
        """The same act that is still on its way is shown again instead of a second one."""
        for view in self._own_statements(group, doctor):
            if view.function == statement.function and (view.open or view.pending):
                return view
        return self.statements.propose(statement, proposer=doctor, subject=subject(group), needed=needed)

    def _expelled_for(self, group: PartyId, doctor: PartyId) -> str:
        with self.stores.index.reading() as session:
            spell = queries.latest_spell(session, group, doctor)
        reason = spell.reason if spell else None
        with self.stores.office.reading() as session:
            return sealed_texts.texts(session, (reason,)).get(reason, "") if reason else ""

    def _own_statements(self, group: PartyId, doctor: PartyId) -> tuple[StatementView, ...]:
        views = self.statements.of_subject(subject(group))
        return tuple(view for view in views if view.proposer == doctor)

    def _group(self, session: Session, group: PartyId) -> DoctorGroup:
        row = session.get(DoctorGroup, group)
        if row is None:
            raise InvalidInput("没有这个集团。", "There is no such group.")
        return row

    def _lines(
        self, session: Session, rows: Sequence[DoctorGroup], viewer: PartyId | None
    ) -> tuple[GroupLine, ...]:
        members: dict[PartyId, list[Party]] = {}
        for membership, party in queries.members(session, (row.group for row in rows)):
            members.setdefault(membership.group, []).append(party)
        own: dict[PartyId, Membership] = {}
        for spell in queries.spells_of(session, viewer) if viewer is not None else ():
            own.setdefault(spell.group, spell)
        asked = set() if viewer is None else self._asked(viewer)
        names = self.profiles.names(each for row in rows for each in (row.group, row.lead))
        return tuple(
            self._line(
                row, members.get(row.group, []), names, _belonging(row, own.get(row.group), asked, viewer)
            )
            for row in rows
        )

    def _asked(self, doctor: PartyId) -> set[str]:
        """Subjects of the doctor's applications that the group has not answered."""
        proposed = self.statements.of_proposer(doctor)
        return {view.subject for view in proposed if view.function == "join" and (view.open or view.pending)}

    def _line(
        self,
        row: DoctorGroup,
        members: Sequence[Party],
        names: Mapping[PartyId, Sentence],
        belonging: Belonging,
    ) -> GroupLine:
        mask = 0
        for member in members:
            mask |= member.specialties
        return GroupLine(
            row.group,
            names[row.group],
            row.lead,
            names[row.lead],
            row.members,
            row.quorum,
            row.institution_bps,
            row.fund_bps,
            shares_of(EXAMPLE_FEE, self.platform_bps, row.institution_bps, row.fund_bps),
            specialties_in(mask),
            _cities(member.city for member in members),
            belonging,
        )

    def _members(
        self, present: Iterable[tuple[Membership, Party]], lead: PartyId, final: Finality
    ) -> tuple[MemberLine, ...]:
        pairs = tuple(present)
        names = self.profiles.names(party.id for _, party in pairs)
        with self.stores.office.reading() as session:
            profiles = doctor_profiles(session, (party.id for _, party in pairs))
        ranks = {title.rank: title for title in titles()}
        return tuple(
            MemberLine(
                party.id,
                names[party.id],
                ranks.get(profiles[party.id].title) if party.id in profiles else None,
                specialties_in(party.specialties),
                city_by_code().get(party.city),
                party.valid_until,
                membership.joined_at,
                membership.spell,
                party.id == lead,
                final.of(membership),
            )
            for membership, party in pairs
        )

    def _rule(self, rule: ShareRule, final: Finality) -> RuleLine:
        shares = shares_of(EXAMPLE_FEE, self.platform_bps, rule.institution_bps, rule.fund_bps)
        return RuleLine(
            rule.version, rule.institution_bps, rule.fund_bps, shares, rule.set_at, final.of(rule)
        )


def subject(group: PartyId) -> str:
    return f"group:{group}"


def consent_of(session: Session, row: DoctorGroup) -> tuple[tuple[PartyId, ...], int | None]:
    """Who may sign for the group, ascending, and how many must; None where the lead alone does."""
    if row.quorum == 0:
        return (row.lead,), None
    members = everyone_of(session, row)
    return members, min(row.quorum, len(members))


def everyone_of(session: Session, row: DoctorGroup) -> tuple[PartyId, ...]:
    """All members, ascending: who signs where the doctors' share falls."""
    return tuple(sorted(membership.doctor for membership, _ in queries.members(session, (row.group,))))


def _belonging(
    row: DoctorGroup, spell: Membership | None, asked: set[str], viewer: PartyId | None
) -> Belonging:
    if row.lead == viewer:
        return Belonging.LEAD
    if spell is not None and spell.left_at is None:
        return Belonging.MEMBER
    if subject(row.group) in asked:
        return Belonging.ASKED
    if spell is None:
        return Belonging.NONE
    return Belonging.LEFT if spell.reason is None else Belonging.EXPELLED


def _cities(codes: Iterable[int]) -> tuple[City, ...]:
    known = city_by_code()
    return tuple(known[code] for code in sorted(set(codes)) if code in known)
