"""Income tax (个税) that a payer withholds from a doctor's fee, by dated and versioned policy.

Two methods: a payer of the kind *platform* withholds cumulatively over the tax year, any other on each
payment alone. The rates live in reference/withholding.json; a rule that changes is a new entry there, never
new code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from huizhen.domain.money import Fen, format_yuan
from huizhen.domain.sentence import Sentence
from huizhen.domain.split import WHOLE_BPS
from huizhen.errors import WithholdingPolicyMissing

NOTHING = Fen(0)


class PayerKind(StrEnum):
    PLATFORM = "platform"
    OTHER = "other"


class Method(StrEnum):
    CUMULATIVE = "cumulative"
    PER_PAYMENT = "per_payment"


@dataclass(frozen=True, slots=True)
class Bracket:
    """Tax of a taxable amount up to `up_to` (None: no end) is amount * rate - quick deduction."""

    up_to: Fen | None
    rate_bps: int
    quick: Fen


@dataclass(frozen=True, slots=True)
class Policy:
    """In force for since <= day < until. Fields of the other method are 0."""

    version: str
    payer_kind: PayerKind
    since: date
    until: date | None
    method: Method
    cost_bps: int
    brackets: tuple[Bracket, ...]
    monthly_deduction: Fen
    small_payment: Fen
    small_deduction: Fen


@dataclass(frozen=True, slots=True)
class YearToDate:
    """What this payer paid this payee earlier in the tax year; `months` counts the current one too."""

    gross: Fen = NOTHING
    withheld: Fen = NOTHING
    months: int = 1


FIRST_PAYMENT = YearToDate()


@dataclass(frozen=True, slots=True)
class Withholding:
    """One payment: taxable is cumulative under the cumulative method. net = gross - withheld."""

    gross: Fen
    taxable: Fen
    withheld: Fen
    policy_version: str
    explanation: Sentence

    @property
    def net(self) -> Fen:
        return Fen(self.gross - self.withheld)


def read_policies(document: Mapping[str, Any]) -> tuple[Policy, ...]:
    """Policies from the document that reference/withholding.json holds."""
    return tuple(
        Policy(
            version=row["version"],
            payer_kind=PayerKind(row["payer_kind"]),
            since=date.fromisoformat(row["since"]),
            until=date.fromisoformat(row["until"]) if row["until"] else None,
            method=Method(row["method"]),
            cost_bps=row["cost_bps"],
            brackets=tuple(Bracket(b["up_to_fen"], b["rate_bps"], b["quick_fen"]) for b in row["brackets"]),
            monthly_deduction=row.get("monthly_deduction_fen", NOTHING),
            small_payment=row.get("small_payment_fen", NOTHING),
            small_deduction=row.get("small_deduction_fen", NOTHING),
        )
        for row in document["policies"]
    )


def policy_in_force(policies: Sequence[Policy], payer_kind: PayerKind, day: date) -> Policy:
    for policy in policies:
        ended = policy.until is not None and policy.until <= day
        if policy.payer_kind is payer_kind and policy.since <= day and not ended:
            return policy
    raise WithholdingPolicyMissing(
        f"没有{day.isoformat()}适用于“{payer_kind}”类付款方的预扣规则：请先在税率表中补充。",
        f"No withholding rule is known for a payer of the kind {payer_kind} on {day.isoformat()}: "
        "add one to the rate table first.",
    )


def withhold(policy: Policy, gross: Fen, earlier: YearToDate = FIRST_PAYMENT) -> Withholding:
    """Tax to withhold from one payment of `gross`, never below 0 and never refunded here."""
    if policy.method is Method.CUMULATIVE:
        return _cumulative(policy, gross, earlier)
    return _per_payment(policy, gross)


def _per_payment(policy: Policy, gross: Fen) -> Withholding:
    small = gross <= policy.small_payment
    deduction = policy.small_deduction if small else _share(gross, policy.cost_bps)
    taxable = Fen(max(0, gross - deduction))
    bracket, tax = _tax(policy, taxable)
    sum_shown = _sum(bracket, tax, gross, deduction)
    return Withholding(
        gross, taxable, tax, policy.version, Sentence(f"按次：{sum_shown}", f"Per payment: {sum_shown}")
    )


def _cumulative(policy: Policy, gross: Fen, earlier: YearToDate) -> Withholding:
    income = Fen(earlier.gross + gross)
    costs = _share(income, policy.cost_bps)
    deduction = Fen(policy.monthly_deduction * earlier.months)
    taxable = Fen(max(0, income - costs - deduction))
    bracket, year_tax = _tax(policy, taxable)
    withheld = Fen(max(0, year_tax - earlier.withheld))
    sum_shown = _sum(bracket, year_tax, income, costs, deduction)
    before, now = format_yuan(earlier.withheld), format_yuan(withheld)
    explanation = Sentence(
        f"累计{earlier.months}个月：{sum_shown}；已预扣{before}，本次{now}",
        f"Cumulative over {earlier.months} months: {sum_shown}; {before} withheld before, {now} now",
    )
    return Withholding(gross, taxable, withheld, policy.version, explanation)


def _sum(bracket: Bracket, tax: Fen, *amounts: Fen) -> str:
    """The sum as a person would write it; an amount below nothing is taxed as nothing."""
    difference = " − ".join(format_yuan(amount) for amount in amounts)
    rate = f"{bracket.rate_bps // 100}%"
    return f"({difference}) × {rate} − {format_yuan(bracket.quick)} = {format_yuan(tax)}"


def _tax(policy: Policy, taxable: Fen) -> tuple[Bracket, Fen]:
    bracket = next(b for b in policy.brackets if b.up_to is None or taxable <= b.up_to)
    return bracket, Fen(max(0, _share(taxable, bracket.rate_bps) - bracket.quick))


def _share(amount: Fen, bps: int) -> Fen:
    """Rounded half up to the fen, as the tax office rounds."""
    return Fen((amount * bps + WHOLE_BPS // 2) // WHOLE_BPS)
