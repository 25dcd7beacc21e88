"""All that the contracts remember, as rows in dictionaries. Rows are never changed, only replaced.

Fields stand in the order of contracts/types/, because that is how views answer. Amounts in fen, times in unix seconds.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, fields
from enum import IntEnum
from functools import partial
from typing import Any, NamedTuple

UINT16, UINT32, UINT40, UINT64, UINT96, UINT128 = (2**bits - 1 for bits in (16, 32, 40, 64, 96, 128))
BPS = 10_000
NO_WORD = bytes(32)


class Refusal(Exception):
    """A custom error with its arguments; without a name, a revert that says nothing."""

    def __init__(self, name: str = "", *values: object) -> None:
        super().__init__(f"{name}{values}")
        self.name, self.values = name, values


class Panic(IntEnum):
    OVERFLOW = 0x11
    OUT_OF_BOUNDS = 0x32


class Party(NamedTuple):
    specialties: int
    valid_until: int
    city: int
    kind: int
    status: int
    powers: int
    signers: int


class Registration(NamedTuple):
    home: int
    revision: int
    applied_at: int
    profile: bytes
    licence: bytes


class SignerRemoval(NamedTuple):
    not_before: int = 0
    place: int = 0


class Replacement(NamedTuple):
    sequence: int = 0
    authority: int = 0
    authority_revision: int = 0
    not_before: int = 0
    contested: bool = False
    allowed: bool = False
    signer: bytes = b""


class Affiliation(NamedTuple):
    valid_until: int = 0
    standing_until: int = 0
    version: int = 0


class Agreement(NamedTuple):
    valid_until: int = 0
    version: int = 0
    commitment: bytes = NO_WORD


class Group(NamedTuple):
    lead: int = 0
    quorum: int = 0
    rule_version: int = 0
    institution_bps: int = 0
    fund_bps: int = 0
    standing_until: int = 0
    founded_at: int = 0
    revision: int = 0


class Membership(NamedTuple):
    joined_at: int = 0
    left_at: int = 0
    spell: int = 0

    @property
    def is_current(self) -> bool:
        return self.joined_at != 0 and self.left_at == 0


class Consent(NamedTuple):
    key: bytes = bytes(20)
    hospital: int = 0
    valid_until: int = 0
    withdrawn: bool = False


class FileCommitment(NamedTuple):
    by: int = 0
    place: int = 0
    committed_at: int = 0


class KeyGrant(NamedTuple):
    consent: bytes = NO_WORD
    key: bytes = NO_WORD
    valid_until: int = 0
    version: int = 0


class LogHead(NamedTuple):
    head: bytes = NO_WORD
    entries: int = 0
    anchored_at: int = 0
    sequence: int = 0


class Consultation(NamedTuple):
    status: int
    id: int
    booked_at: int
    delivered_at: int
    seats: int
    overtime: int
    escrowed: int
    attended: int = 0


class Dispute(NamedTuple):
    contested: int = 0
    resolved: int = 0
    opened_at: int = 0
    rest_released: bool = False


class Funds(NamedTuple):
    available: int = 0
    escrowed: int = 0


class Credit(NamedTuple):
    credited: int = 0
    outstanding: int = 0


class PayoutAccount(NamedTuple):
    current: bytes = NO_WORD
    pending: bytes = NO_WORD
    effective_at: int = 0
    version: int = 0


class Batch(NamedTuple):
    status: int
    size: int
    preparer: int
    prepared_at: int
    outstanding: int
    confirmed: int
    items: bytes
    returned: int


class Log(NamedTuple):
    contract: str
    event: str
    values: tuple[Any, ...]


@dataclass
class State:
    """`now` is the second of the block. `logs` are those of the present call."""

    now: int
    logs: list[Log] = field(default_factory=list)

    parties: dict[int, Party] = field(default_factory=dict)
    registrations: dict[int, Registration] = field(default_factory=dict)
    signers: dict[tuple[int, int], bytes] = field(default_factory=dict)
    party_of_signer: dict[bytes, int] = field(default_factory=dict)
    removals: dict[int, SignerRemoval] = field(default_factory=partial(defaultdict, SignerRemoval))
    replacements: dict[int, Replacement] = field(default_factory=partial(defaultdict, Replacement))
    affiliations: dict[tuple[int, int], Affiliation] = field(
        default_factory=partial(defaultdict, Affiliation)
    )
    agreements: dict[tuple[int, int], Agreement] = field(default_factory=partial(defaultdict, Agreement))
    last_loss: int = 0

    founded: list[int] = field(default_factory=list)
    groups: dict[int, Group] = field(default_factory=partial(defaultdict, Group))
    rules: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    spells: dict[tuple[int, int], tuple[Membership, ...]] = field(default_factory=partial(defaultdict, tuple))
    # All who ever joined a group, in the order of their first joining.
    ever: dict[int, tuple[int, ...]] = field(default_factory=partial(defaultdict, tuple))

    consents: dict[tuple[bytes, bytes], Consent] = field(default_factory=partial(defaultdict, Consent))
    case_hospitals: dict[bytes, int] = field(default_factory=partial(defaultdict, int))
    case_files: dict[bytes, tuple[bytes, ...]] = field(default_factory=partial(defaultdict, tuple))
    files: dict[tuple[bytes, bytes], FileCommitment] = field(
        default_factory=partial(defaultdict, FileCommitment)
    )
    key_grants: dict[tuple[bytes, int], KeyGrant] = field(default_factory=partial(defaultdict, KeyGrant))
    log_heads: dict[int, LogHead] = field(default_factory=partial(defaultdict, LogHead))

    taken: set[tuple[int, int]] = field(default_factory=set)
    slot_bookers: set[str] = field(default_factory=set)

    # By the hash of the terms: those that were amended stay, cancelled, beside those that took their place.
    consultations: dict[bytes, Consultation] = field(default_factory=dict)
    disputes: dict[int, Dispute] = field(default_factory=partial(defaultdict, Dispute))

    custody: int = 0
    references: set[bytes] = field(default_factory=set)

    funds: dict[int, Funds] = field(default_factory=partial(defaultdict, Funds))
    credits: dict[int, Credit] = field(default_factory=partial(defaultdict, Credit))
    refunds: dict[int, int] = field(default_factory=partial(defaultdict, int))
    accounts: dict[int, PayoutAccount] = field(default_factory=partial(defaultdict, PayoutAccount))
    batches: dict[int, Batch] = field(default_factory=dict)
    ledger_bookers: set[str] = field(default_factory=set)

    def at(self, now: int) -> State:
        """A copy at a later second, for one call."""
        rest = {
            each.name: value.copy() if hasattr(value := getattr(self, each.name), "copy") else value
            for each in fields(self)
            if each.name not in ("now", "logs")
        }
        return State(now, [], **rest)

    def emit(self, contract: str, event: str, *values: object) -> None:
        self.logs.append(Log(contract, event, values))

    def membership(self, group: int, doctor: int) -> Membership:
        spells = self.spells[group, doctor]
        return spells[-1] if spells else Membership()

    def members(self, group: int) -> list[int]:
        return [doctor for doctor in self.ever[group] if self.membership(group, doctor).is_current]

    def account_in_force(self, party: int) -> bytes:
        account = self.accounts[party]
        return (
            account.pending
            if account.pending != NO_WORD and self.now >= account.effective_at
            else account.current
        )


def written(rows: Any) -> Any:
    """Without the empty rows that only reading has made."""
    if not isinstance(rows, defaultdict):
        return rows
    assert rows.default_factory is not None
    empty = rows.default_factory()
    return {key: row for key, row in rows.items() if row != empty}
