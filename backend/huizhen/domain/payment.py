"""What the bank is asked to pay: one line of a payment instruction."""

from __future__ import annotations

from dataclasses import dataclass

from huizhen.domain.money import Fen


@dataclass(frozen=True, slots=True)
class PaymentLine:
    """`reference` goes into the memo, so that the bank's statement names it again."""

    reference: str
    account: str
    holder: str
    bank: str
    amount: Fen
