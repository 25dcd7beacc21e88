"""Building a payout batch: who has credit, what is withheld, where the money would go, and the statement to sign."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from huizhen.db.index import ledger_queries, payout_queries
from huizhen.db.index.parties import Party
from huizhen.db.office import payout_drafts
from huizhen.db.office.payout_destinations import PayoutDestination, destinations
from huizhen.db.office.payout_drafts import PayoutDraft, PayoutDraftItem
from huizhen.db.session import Session, Stores
from huizhen.domain import acts
from huizhen.domain.chain_ids import Hash32
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen, format_yuan
from huizhen.domain.sentence import Sentence
from huizhen.domain.statuses import PartyKind, Power
from huizhen.domain.withholding import Policy
from huizhen.errors import Forbidden, InvalidInput
from huizhen.services.payee_tax import Tax, paid_before, policies, tax_on
from huizhen.services.ports import Clock
from huizhen.services.profiles import Profiles
from huizhen.services.statements import StatementService, StatementView

MOST_ITEMS = 64
VALID_SECONDS = 7 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Payee:
    """A party with credit. `blocked` says why it cannot be paid now; `account` is masked; `since` is unix."""

    party: PartyId
    name: Sentence
    kind: PartyKind
    credit: Fen
    tax: Tax
    bank: str
    account: str
    blocked: Sentence | None
    since: int | None

    @property
    def net(self) -> Fen:
        return Fen(self.credit - self.tax.withheld)


@dataclass(frozen=True, slots=True)
class Builder:
    """`under_way` is a statement that takes the next number already: one batch is prepared at a time."""

    batch: int
    ready: tuple[Payee, ...]
    waiting: tuple[Payee, ...]
    under_way: StatementView | None


@dataclass(frozen=True, slots=True)
class Choice:
    """What the preparer chose for one payee; `withheld` None takes what the policy says."""

    party: PartyId
    gross: Fen
    withheld: Fen | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Line:
    choice: Choice
    tax: Tax
    account: Hash32

    @property
    def withheld(self) -> Fen:
        return self.tax.withheld if self.choice.withheld is None else self.choice.withheld


@dataclass(frozen=True, slots=True)
class Payouts:
    stores: Stores
    statements: StatementService
    profiles: Profiles
    clock: Clock
    rules: tuple[Policy, ...] = field(default_factory=policies)

    def builder(self) -> Builder:
        now = self.clock.now()
        with self.stores.index.reading() as session:
            number = payout_queries.batch_count(session) + 1
            credits_ = ledger_queries.credits_waiting(session)
            since = ledger_queries.oldest_credit(session)
            accounts = payout_queries.accounts_in_force(session, now)
            pending = payout_queries.accounts_pending(session, now)
            kinds = ledger_queries.kinds_of(session, [row.party for row in credits_])
            taxes = {
                row.party: tax_on(
                    self.rules, kinds[row.party], row.credited, paid_before(session, row.party, now), now
                )
                for row in credits_
            }
        with self.stores.office.reading() as session:
            known = destinations(session, accounts.values())
        names = self.profiles.names(row.party for row in credits_)
        payees = [
            _payee(
                row.party,
                names[row.party],
                kinds[row.party],
                row.credited,
                taxes[row.party],
                accounts.get(row.party),
                known,
                pending.get(row.party),
                since.get(row.party),
            )
            for row in credits_
        ]
        return Builder(
            number,
            tuple(payee for payee in payees if payee.blocked is None),
            tuple(payee for payee in payees if payee.blocked is not None),
            self._under_way(number),
        )

    def prepare(self, officer: PartyId, choices: Sequence[Choice]) -> StatementView:
        """Put the batch before its preparer to sign. Raises Forbidden or InvalidInput with what to mend."""
        if not 0 < len(choices) <= MOST_ITEMS:
            raise InvalidInput(
                f"每批须有1至{MOST_ITEMS}个收款方，请调整勾选。",
                f"A batch has 1 to {MOST_ITEMS} payees: change what is ticked.",
            )
        now = self.clock.now()
        with self.stores.index.reading() as session:
            require_power(session, officer, Power.PAYOUT_PREPARER)
            number = payout_queries.batch_count(session) + 1
            lines = [self._line(session, choice, now) for choice in sorted(choices, key=lambda c: c.party)]
        if self._under_way(number) is not None:
            raise InvalidInput(
                f"第{number}批的声明还在途中，请等它上链或撤回后再编制。",
                f"A statement for batch {number} is under way: wait until it is on chain, or withdraw it.",
            )
        items = [
            acts.PayoutLine(
                line.choice.party, line.choice.gross, line.withheld, bytes.fromhex(line.account[2:])
            )
            for line in lines
        ]
        proposed = self.statements.propose(
            acts.prepare_payout(number, items, officer, now + VALID_SECONDS),
            proposer=officer,
            subject=f"batch:{number}",
        )
        with self.stores.office.writing() as session:
            payout_drafts.add(session, _draft(proposed.id, number, lines))
        return proposed

    def _line(self, session: Session, choice: Choice, now: int) -> _Line:
        credit = ledger_queries.credit_of(session, choice.party)
        if not 0 < choice.gross <= credit:
            raise InvalidInput(
                f"编号{choice.party}的应付金额须大于0且不超过可付{format_yuan(credit)}。",
                f"The gross amount of party {choice.party} must be above 0 and at most {format_yuan(credit)}.",
            )
        account = payout_queries.accounts_in_force(session, now).get(choice.party)
        if account is None:
            raise InvalidInput(
                f"编号{choice.party}没有生效的收款账户，请从本批移除。",
                f"Party {choice.party} has no account in force: take it out of this batch.",
            )
        kind = ledger_queries.kinds_of(session, [choice.party])[choice.party]
        tax = tax_on(self.rules, kind, choice.gross, paid_before(session, choice.party, now), now)
        line = _Line(choice, tax, account)
        if not 0 <= line.withheld <= choice.gross:
            raise InvalidInput(
                f"编号{choice.party}的代扣金额须在0与应付金额之间。",
                f"What is withheld of party {choice.party} must lie between 0 and its gross amount.",
            )
        if line.withheld != tax.withheld and not choice.reason.strip():
            raise InvalidInput(
                f"编号{choice.party}的代扣金额与规则计算的{format_yuan(tax.withheld)}不同，请写明原因。",
                f"What is withheld of party {choice.party} is not the {format_yuan(tax.withheld)} of the rule: "
                "write why.",
            )
        return line

    def _under_way(self, number: int) -> StatementView | None:
        rows = self.statements.of_subject(f"batch:{number}")
        return next(
            (row for row in rows if row.function == "preparePayout" and (row.open or row.pending)), None
        )


def require_power(session: Session, officer: PartyId, power: Power) -> None:
    row = session.get(Party, officer)
    if row is None or not row.powers & power:
        raise Forbidden(
            "您的身份没有这项权限，请向认证机构申请。",
            "Your party does not hold this power: ask the authority for it.",
        )


def _payee(
    party: PartyId,
    name: Sentence,
    kind: PartyKind,
    credit: Fen,
    tax: Tax,
    account: Hash32 | None,
    known: Mapping[Hash32, PayoutDestination],
    pending: int | None,
    since: int | None,
) -> Payee:
    destination = known.get(account) if account is not None else None
    return Payee(
        party,
        name,
        kind,
        credit,
        tax,
        destination.bank if destination else "",
        destination.masked if destination else "",
        _why_blocked(account, destination, pending),
        since,
    )


def _why_blocked(
    account: Hash32 | None, destination: PayoutDestination | None, pending: int | None
) -> Sentence | None:
    if account is None and pending is not None:
        return Sentence(
            "收款账户已登记，48小时后生效", "Its account takes effect 48 hours after it was named"
        )
    if account is None:
        return Sentence("还没有登记收款账户", "It has named no account yet")
    if destination is None:
        return Sentence(
            "链上账户的明文不在本平台，请收款方重新登记",
            "The account behind its commitment is not known here: the payee has to name it again",
        )
    return None


def _draft(statement: int, batch: int, lines: Sequence[_Line]) -> PayoutDraft:
    return PayoutDraft(
        statement=statement,
        batch=batch,
        items=[
            PayoutDraftItem(
                item=place,
                party=line.choice.party,
                gross=line.choice.gross,
                computed=line.tax.withheld,
                withheld=line.withheld,
                policy=line.tax.policy,
                explanation_zh=line.tax.explanation.zh,
                explanation_en=line.tax.explanation.en,
                reason=line.choice.reason.strip(),
            )
            for place, line in enumerate(lines)
        ],
    )
