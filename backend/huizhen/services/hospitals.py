"""A hospital's account: money in custody, refunds, and cooperation agreements with other institutions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from huizhen.db.index import hospital_queries, staffing_queries
from huizhen.db.index.parties import Party
from huizhen.db.office.sealed_texts import seal, texts
from huizhen.db.session import Stores
from huizhen.domain import acts
from huizhen.domain.chain_ids import Hash32
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen, format_yuan
from huizhen.domain.sentence import Sentence
from huizhen.domain.statuses import Bucket, EntryKind, PartyStatus
from huizhen.errors import InvalidInput, NotFound
from huizhen.services.ports import Clock
from huizhen.services.profiles import Profiles
from huizhen.services.statements import StatementService, StatementView
from huizhen.services.trace import Trace, finality

DAY = 24 * 3600
_SHOWN_MOVES = 50


@dataclass(frozen=True, slots=True)
class Standing:
    """The hospital as the registry has it; `licensed` while its licence is good."""

    party: PartyId
    name: Sentence
    status: PartyStatus
    licensed: bool
    valid_until: int
    city: int
    trace: Trace


@dataclass(frozen=True, slots=True)
class Move:
    kind: EntryKind
    amount: Fen
    consultation: int | None
    trace: Trace


@dataclass(frozen=True, slots=True)
class FundsPage:
    """Amounts of the newest block, and what of them is final. `moving` are refunds on their way."""

    available: Fen
    escrowed: Fen
    final_available: Fen
    final_escrowed: Fen
    reference: str
    moves: tuple[Move, ...]
    refunds: tuple[StatementView, ...]


@dataclass(frozen=True, slots=True)
class AgreementView:
    """`title` is the text behind the commitment, where it was made here."""

    other: PartyId
    name: Sentence
    valid_until: int
    in_force: bool
    version: int
    commitment: Hash32
    title: str | None
    trace: Trace


@dataclass(frozen=True, slots=True)
class Partner:
    party: PartyId
    name: Sentence
    city: int


@dataclass(frozen=True, slots=True)
class AgreementsPage:
    """`awaiting` need our signature; `proposed` are ours that wait for the other side or are on their way."""

    agreements: tuple[AgreementView, ...]
    awaiting: tuple[tuple[StatementView, Sentence], ...]
    proposed: tuple[tuple[StatementView, Sentence], ...]
    partners: tuple[Partner, ...]


@dataclass(frozen=True, slots=True)
class Hospitals:
    stores: Stores
    statements: StatementService
    profiles: Profiles
    clock: Clock

    def standing(self, hospital: PartyId) -> Standing | None:
        """None until the index has the application."""
        with self.stores.index.reading() as session:
            row, final = hospital_queries.party(session, hospital), finality(session)
        if row is None:
            return None
        licensed = row.status is PartyStatus.ACCREDITED and row.valid_until >= self.clock.now()
        name = self.profiles.names([hospital])[hospital]
        return Standing(hospital, name, row.status, licensed, row.valid_until, row.city, final.of(row))

    def funds(self, hospital: PartyId) -> FundsPage:
        with self.stores.index.reading() as session:
            row, final = hospital_queries.funds(session, hospital), finality(session)
            settled = hospital_queries.balances(session, hospital, final.block)
            moves = hospital_queries.moves(session, hospital, _SHOWN_MOVES)
        sent = self.statements.of_subject(f"party:{hospital}")
        return FundsPage(
            available=row.available if row else Fen(0),
            escrowed=row.escrowed if row else Fen(0),
            final_available=settled[Bucket.AVAILABLE],
            final_escrowed=settled[Bucket.ESCROWED],
            reference=deposit_reference(hospital),
            moves=tuple(Move(each.kind, each.amount, each.consultation, final.of(each)) for each in moves),
            refunds=tuple(view for view in sent if view.function == "refund")[:5],
        )

    def refund(self, hospital: PartyId, amount: Fen) -> StatementView:
        """Available funds become credit, which the next payout returns to the hospital's account."""
        with self.stores.index.reading() as session:
            row = hospital_queries.funds(session, hospital)
        available = row.available if row else Fen(0)
        if row is None or not 0 < amount <= available:
            raise InvalidInput(
                f"可退金额为{format_yuan(available)}：请填写不超过它的金额。",
                f"{format_yuan(available)} is available: ask for at most that.",
            )
        if any(view.pending for view in self.funds(hospital).refunds):
            raise InvalidInput(
                "上一笔退款还在上链，请稍候。", "An earlier refund is still on its way. Wait a moment."
            )
        statement = acts.refund(hospital, amount, row.refunds, self.clock.now() + DAY)
        return self.statements.submit(statement, proposer=hospital, subject=f"party:{hospital}")

    def agreements(self, hospital: PartyId) -> AgreementsPage:
        now = self.clock.now()
        with self.stores.index.reading() as session:
            rows, final = staffing_queries.agreements_of(session, hospital), finality(session)
            others = hospital_queries.other_hospitals(session, hospital, now)
        with self.stores.office.reading() as session:
            titles = texts(session, [row.commitment for row in rows.values()])
        awaiting = [view for view in self.statements.awaiting(hospital) if view.function == "agree"]
        ours = [view for view in self.statements.of_proposer(hospital) if view.function == "agree"]
        proposed = [view for view in ours if (view.open or view.pending) and view not in awaiting]
        names = self.profiles.names({*rows, *(row.id for row in others), *_both([*awaiting, *proposed])})
        return AgreementsPage(
            agreements=tuple(
                AgreementView(
                    other,
                    names[other],
                    row.valid_until,
                    row.valid_until >= now,
                    row.version,
                    row.commitment,
                    titles.get(row.commitment),
                    final.of(row),
                )
                for other, row in sorted(rows.items(), key=lambda pair: pair[1].valid_until)
            ),
            awaiting=tuple((view, names[_other(view, hospital)]) for view in awaiting),
            proposed=tuple((view, names[_other(view, hospital)]) for view in proposed),
            partners=_partners(others, names),
        )

    def propose_agreement(
        self, hospital: PartyId, other: PartyId, title: str, valid_until: int
    ) -> StatementView:
        """Put an agreement before both sides. The chain sees a keyed commitment to its title alone."""
        now = self.clock.now()
        if valid_until <= now:
            raise InvalidInput("有效期须晚于今天。", "The agreement has to end after today.")
        with self.stores.index.reading() as session:
            known = staffing_queries.agreements_of(session, hospital).get(other)
            if other not in {row.id for row in hospital_queries.other_hospitals(session, hospital, now)}:
                raise NotFound("没有这家机构。", "There is no such institution.")
        with self.stores.office.writing() as session:
            commitment = seal(session, title, now)
        version = known.version if known else 0
        return self.statements.propose(
            acts.agree(hospital, other, commitment, valid_until, version, now + 7 * DAY),
            proposer=hospital,
            subject=f"agreement:{min(hospital, other)}:{max(hospital, other)}",
        )


def deposit_reference(hospital: PartyId) -> str:
    """What the hospital writes into the memo of its transfer, so that the bank knows whose money it is."""
    return f"HZ{hospital:06d}"


def _partners(rows: Sequence[Party], names: Mapping[PartyId, Sentence]) -> tuple[Partner, ...]:
    return tuple(Partner(row.id, names[row.id], row.city) for row in rows)


def _both(views: Sequence[StatementView]) -> set[PartyId]:
    return {PartyId(view.values[side]) for view in views for side in ("a", "b")}


def _other(view: StatementView, hospital: PartyId) -> PartyId:
    return PartyId(view.values["b"] if view.values["a"] == hospital else view.values["a"])
