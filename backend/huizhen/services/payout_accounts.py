"""The bank account that payouts go to: the chain holds a keyed commitment, the office the account itself."""

from __future__ import annotations

import re
from dataclasses import dataclass

from huizhen.db.index.payouts import PayoutAccount
from huizhen.db.office.payout_destinations import PayoutDestination, destinations
from huizhen.db.session import Stores
from huizhen.domain import acts
from huizhen.domain.chain_ids import Hash32, hex32
from huizhen.domain.commitments import commit, new_key
from huizhen.domain.ids import PartyId
from huizhen.errors import InvalidInput
from huizhen.services.ports import Clock
from huizhen.services.statements import StatementService, StatementView
from huizhen.services.trace import Trace, finality

DAY = 24 * 3600
_NUMBER = re.compile(r"\d{8,30}")


@dataclass(frozen=True, slots=True)
class NamedAccount:
    """`masked` shows the last four digits; empty where the account was named at another operator."""

    bank: str
    masked: str
    holder: str
    commitment: Hash32


@dataclass(frozen=True, slots=True)
class AccountPage:
    """`pending` replaces `current` from `effective_at` (unix) on; `statements` newest first."""

    current: NamedAccount | None
    pending: NamedAccount | None
    effective_at: int
    trace: Trace | None
    statements: tuple[StatementView, ...]

    @property
    def waiting(self) -> StatementView | None:
        return next((view for view in self.statements if view.open or view.pending), None)


@dataclass(frozen=True, slots=True)
class PayoutAccounts:
    stores: Stores
    statements: StatementService
    clock: Clock

    def page(self, party: PartyId) -> AccountPage:
        now = self.clock.now()
        with self.stores.index.reading() as session:
            row = session.get(PayoutAccount, party)
            trace = finality(session).of(row) if row else None
        current, pending = _standing(row, now)
        with self.stores.office.reading() as session:
            known = destinations(session, (each for each in (current, pending) if each is not None))
        return AccountPage(
            _named(current, known.get(current) if current else None),
            _named(pending, known.get(pending) if pending else None),
            row.effective_at if row else 0,
            trace,
            self.statements.of_subject(_subject(party)),
        )

    def propose(
        self, party: PartyId, proposer: PartyId, bank: str, account: str, holder: str
    ) -> StatementView:
        """Raises InvalidInput for what is no account number, or while another change is under way."""
        number = "".join(account.split())
        if not _NUMBER.fullmatch(number):
            raise InvalidInput(
                "账号须为8到30位数字，请核对后重填。",
                "An account number has 8 to 30 digits: check it and type it again.",
            )
        page = self.page(party)
        if page.waiting is not None:
            raise InvalidInput(
                "上一次更改还在途中，请先完成或撤回。",
                "An earlier change is still under way: finish or withdraw it first.",
            )
        now, key = self.clock.now(), new_key()
        commitment = commit(key, bank, number, holder)
        with self.stores.office.writing() as session:
            session.add(
                PayoutDestination(
                    commitment=hex32(commitment),
                    party=party,
                    bank=bank,
                    account=number,
                    holder=holder,
                    key=key.hex(),
                    created_at=now,
                )
            )
        statement = acts.set_payout_account(party, commitment, self._version(party), now + DAY)
        return self.statements.propose(statement, proposer=proposer, subject=_subject(party))

    def propose_cancel(self, party: PartyId, proposer: PartyId) -> StatementView:
        """Raises InvalidInput where no account waits to come into force."""
        page = self.page(party)
        if page.waiting is not None and page.waiting.function == "cancelPayoutAccount":
            return page.waiting
        if page.pending is None:
            raise InvalidInput(
                "没有待生效的账户可撤回。",
                "No account waits to come into force, so there is nothing to take back.",
            )
        statement = acts.cancel_payout_account(party, self._version(party), self.clock.now() + DAY)
        return self.statements.propose(statement, proposer=proposer, subject=_subject(party))

    def _version(self, party: PartyId) -> int:
        with self.stores.index.reading() as session:
            row = session.get(PayoutAccount, party)
            return row.version if row else 0


def _standing(row: PayoutAccount | None, now: int) -> tuple[Hash32 | None, Hash32 | None]:
    """(in force, pending) as the contract counts: a pending one is in force from its second on."""
    if row is None:
        return None, None
    if row.pending is not None and row.effective_at <= now:
        return row.pending, None
    return row.current, row.pending


def _named(commitment: Hash32 | None, row: PayoutDestination | None) -> NamedAccount | None:
    if commitment is None:
        return None
    if row is None:
        return NamedAccount("", "", "", commitment)
    return NamedAccount(row.bank, row.masked, row.holder, commitment)


def _subject(party: PartyId) -> str:
    return f"account:{party}"
