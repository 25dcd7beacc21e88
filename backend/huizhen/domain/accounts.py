"""Who signs in to this operator. An account acts for a party; the party's key signs, an account never does."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from huizhen.domain.ids import PartyId
from huizhen.domain.sentence import Sentence

AccountId = NewType("AccountId", int)


class Role(StrEnum):
    """What an account may see and do; a lead is a doctor whose party leads a group."""

    DOCTOR = "doctor"
    HOSPITAL = "hospital"
    FINANCE_PREPARER = "finance_preparer"
    FINANCE_APPROVER = "finance_approver"
    AUTHORITY = "authority"
    BANK = "bank"
    INSTITUTION = "institution"
    AUDITOR = "auditor"


@dataclass(frozen=True, slots=True)
class Account:
    """`party` is None until the application on chain is written.

    `stamp` changes with the password; a session that carries an older one has ended.
    A `demo` account has no password: it is entered by a click, on the development chain alone.
    """

    id: AccountId
    email: str
    name: Sentence
    role: Role
    party: PartyId | None
    locale: str
    stamp: str
    demo: bool = False
