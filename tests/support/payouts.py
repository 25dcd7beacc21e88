"""Payees with money and an account, and the officers who pay them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from huizhen.chain.client import Receipt
from huizhen.domain import acts
from huizhen.domain.acts import PayoutLine
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.split import LegKind
from huizhen.domain.statement import Statement
from tests.support.world import World, digest_of

ACCOUNT_DELAY = 48 * 3600
APPROVAL_WINDOW = 7 * 86_400
Lines = Sequence[PayoutLine]


def leg(kind: LegKind, party: int, amount: int) -> int:
    """As types/Payouts.sol packs it."""
    return kind << 160 | party << 128 | amount


@dataclass(frozen=True, slots=True)
class PayoutOffice:
    world: World

    def name_account(self, party: PartyId, account: bytes | None = None) -> bytes:
        """In force after ACCOUNT_DELAY."""
        account = account or digest_of("account of", party)
        version = self.world.read("RevenueLedger", "payoutAccountOf", party)["version"]
        self.world.act(acts.set_payout_account(party, account, version, self.world.deadline))
        return account

    def line(self, party: PartyId, gross: int, withheld: int = 0) -> PayoutLine:
        account = self.world.read("RevenueLedger", "accountInForce", party)
        return PayoutLine(party, Fen(gross), Fen(withheld), account)

    @property
    def next_batch(self) -> int:
        count: int = self.world.read("RevenueLedger", "batchCount")
        return count + 1

    def preparing(self, lines: Lines) -> Statement:
        world = self.world
        return acts.prepare_payout(self.next_batch, lines, world.preparer, world.deadline)

    def prepare(self, lines: Lines) -> int:
        batch = self.next_batch
        self.world.act(self.preparing(lines))
        return batch

    def approving(self, batch: int, lines: Lines) -> Statement:
        return acts.approve_payout(batch, lines, self.world.approver, self.world.deadline)

    def approve(self, batch: int, lines: Lines) -> Receipt:
        return self.world.act(self.approving(batch, lines))

    def approved(self, lines: Lines) -> int:
        batch = self.prepare(lines)
        self.approve(batch, lines)
        return batch

    def confirming(self, batch: int, lines: Lines, mask: int, reference: bytes) -> Statement:
        world = self.world
        return acts.confirm_payout(batch, lines, mask, reference, world.bank, world.deadline)

    def returning(self, batch: int, lines: Lines, item: int, reference: bytes) -> Statement:
        world = self.world
        return acts.return_payout(batch, lines, item, reference, world.bank, world.deadline)

    def state(self, batch: int) -> dict[str, Any]:
        found: dict[str, Any] = self.world.read("RevenueLedger", "batchOf", batch)
        return found
