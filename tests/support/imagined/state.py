"""All that an imagined world remembers: of parties for good, of cases and batches only while they are open."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from hashlib import sha256

from huizhen.domain.terms import Terms
from tests.support.log_encoding import Emitted
from tests.support.replay_chain import START

AUTHORITY, TAX, BANK, PREPARER, APPROVER, PLATFORM, ARBITER = range(1, 8)
FIRST_HOSPITAL = 8
FIRST_SLOT = 1_990_000
FOREVER = 2**40 - 1
LONG = 2_000_000_000
BLOCK_SECONDS = 15


@dataclass(slots=True)
class Case:
    """From consent to end. `steps` are still to come: without any it is forgotten. Masks are of seats."""

    file: str
    consent: str
    hospital: int
    steps: list[str]
    files: int = 0
    keys: dict[int, int] = field(default_factory=dict)
    id: int = 0
    terms: Terms | None = None
    terms_hash: str = ""
    escrowed: int = 0
    attended: int = 0
    overtime: int = 0
    seats: int = 0
    contested: int = 0
    resolved: int = 0
    rest_released: bool = False

    @property
    def agreed(self) -> Terms:
        """The terms, once it is booked."""
        assert self.terms is not None
        return self.terms

    @property
    def doctors(self) -> list[int]:
        return [seat.doctor for seat in self.agreed.seats]

    @property
    def everybody(self) -> int:
        return (1 << len(self.agreed.seats)) - 1

    @property
    def witnessed_overtime(self) -> int:
        """What the lead claims alone is paid on the hospital's signature and not otherwise."""
        return self.overtime if self.attended else 0


@dataclass(slots=True)
class Group:
    """Spells by doctor; the rule is version, institution's bps, fund's bps."""

    lead: int
    members: dict[int, int]
    former: dict[int, int] = field(default_factory=dict)
    rule: tuple[int, int, int] = (1, 2000, 1000)
    revision: int = 0


@dataclass(slots=True)
class Batch:
    """Approved; party and net amount of each item that is outstanding, by place."""

    number: int
    items: dict[int, tuple[int, int]]


@dataclass(slots=True)
class Replacement:
    """Acts on a party there, and whether a key has cancelled one; `pending` of a request, `allowed` by an arbiter."""

    sequence: int = 0
    contested: bool = False
    pending: bool = False
    allowed: bool = False


@dataclass(slots=True)
class State:
    """`rail` is BankRail or Erc20Rail; `seldom` the share of acts that a simulation shows now and then."""

    doctors: int
    hospitals: int
    groups: int
    seed: int
    rail: str = "BankRail"
    seldom: float = 0.03
    turn: int = 0
    consultations: int = 0
    batches: int = 0
    # Money, fen
    custody: int = 0
    available: dict[int, int] = field(default_factory=dict)
    credit: dict[int, int] = field(default_factory=dict)
    refunds: dict[int, int] = field(default_factory=dict)
    outstanding: deque[Batch] = field(default_factory=deque)
    # Parties
    accounts: dict[int, tuple[int, str]] = field(default_factory=dict)
    keys: dict[int, int] = field(default_factory=dict)
    removals: dict[int, int] = field(default_factory=dict)
    replacements: dict[int, Replacement] = field(default_factory=dict)
    suspended: list[int] = field(default_factory=list)
    practice: dict[int, int] = field(default_factory=dict)
    versions: dict[tuple[int, int], int] = field(default_factory=dict)
    teams: dict[int, Group] = field(default_factory=dict)
    free_from: dict[int, int] = field(default_factory=dict)
    anchors: tuple[int, int] = (0, 0)
    # What goes on
    open: deque[Case] = field(default_factory=deque)
    waiting: deque[list[Emitted]] = field(default_factory=deque)

    @property
    def hospital_ids(self) -> range:
        return range(FIRST_HOSPITAL, FIRST_HOSPITAL + self.hospitals)

    @property
    def doctor_ids(self) -> range:
        return range(self.hospital_ids.stop, self.hospital_ids.stop + self.doctors)

    @property
    def group_ids(self) -> range:
        return range(self.doctor_ids.stop, self.doctor_ids.stop + self.groups)

    @property
    def now(self) -> int:
        """About what the blocks will say; what depends on it is in the future or the past by days."""
        return START + BLOCK_SECONDS * self.turn

    def tell(self, transactions: list[list[Emitted]]) -> list[Emitted]:
        """The first of them now, the others before anything else happens."""
        self.waiting += transactions[1:]
        return transactions[0]

    def word(self, what: str) -> bytes:
        """32 bytes that come only once."""
        self.turn += 1
        return sha256(f"{self.seed}/{what}/{self.turn}/{self.custody}".encode()).digest()

    def hash(self, what: str) -> str:
        return "0x" + self.word(what).hex()

    def address(self) -> str:
        return "0x" + self.word("address")[:20].hex()

    def key(self) -> bytes:
        """An ERC-7913 signer of the shortest kind."""
        return self.word("key")[:20]
