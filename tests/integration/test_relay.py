"""The relay on a real chain: nothing is sent twice, nothing is lost, and a refusal comes back as a sentence."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from eth_account.typed_transactions.typed_transaction import TypedTransaction
from hexbytes import HexBytes
from sqlalchemy.exc import OperationalError

from huizhen.chain.signer import SoftwareKey, SoftwareKeys
from huizhen.db.office.statements import StatementStatus as Status
from huizhen.db.session import Store
from huizhen.domain import acts
from huizhen.domain.chain_ids import Hash32
from huizhen.domain.ids import PartyId
from huizhen.domain.statement import Statement
from huizhen.domain.statuses import PartyKind
from huizhen.errors import Forbidden, InvalidInput, NodeError, NotFound
from huizhen.services.demo_keys import DemoKeys
from huizhen.services.relay import Relay
from huizhen.services.statements import StatementService, StatementView
from huizhen.simulation.people import imagine
from tests.support.chain_setup import SEED, ChainSetup

AUTHORITY = PartyId(1)
NOBODY = PartyId(0)


@dataclass
class HeadClock:
    setup: ChainSetup

    def now(self) -> int:
        return self.setup.node.head().time


@dataclass
class Watch:
    """Wall time that a test turns."""

    at: datetime = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def turn(self, seconds: int) -> None:
        self.at += timedelta(seconds=seconds)


@dataclass
class Desk:
    """All that stands between a person and the chain."""

    setup: ChainSetup
    statements: StatementService
    keys: DemoKeys
    relay: Relay
    watch: Watch

    def apply(self, name: str) -> StatementView:
        key = SoftwareKey.from_seed("relay", name)
        deadline = self.setup.node.head().time + 3600
        statement = acts.apply_as(PartyKind.DOCTOR, NOBODY, bytes(32), bytes(32), key.signer, deadline)
        signature = key.sign(self.setup.gateway.digest(statement))
        return self.statements.submit_signed_elsewhere(statement, signature, subject=f"application:{name}")

    def status(self, name: str) -> StatementView:
        (view,) = self.statements.of_subject(f"application:{name}")
        return view

    def parties(self) -> int:
        from huizhen.chain.calls import decode_answer, encode_call

        to = self.setup.deployment.addresses["CredentialRegistry"]
        (answer,) = self.setup.node.call_many([(to, encode_call("partyCount()"))])
        return int(decode_answer(["uint32"], answer)[0])


@pytest.fixture
def desk(setup: ChainSetup, office: Store) -> Desk:
    clock, watch = HeadClock(setup), Watch()
    keys = DemoKeys(office, SoftwareKeys())
    authority = imagine(SEED, 1, 1, 1).officials["authority"].key
    keys.keep(authority.signer, authority.secret, AUTHORITY, 0)
    service = StatementService(office, setup.gateway, keys, clock)
    return Desk(setup, service, keys, Relay(office, setup.gateway, clock, moment=watch), watch)


def test_once__queued_statement__is_mined_and_becomes_final(desk: Desk) -> None:
    before = desk.parties()
    assert desk.apply("plain").status is Status.QUEUED

    desk.relay.once()
    assert desk.status("plain").status is Status.SUBMITTED
    desk.relay.once()
    assert desk.status("plain").status is Status.CONFIRMING
    desk.setup.chain.mine(2)
    desk.relay.once()

    done = desk.status("plain")
    assert done.status is Status.FINAL
    assert done.tx_hash is not None
    assert desk.parties() == before + 1


def test_submit__contract_would_refuse__says_why_and_sends_nothing(desk: Desk) -> None:
    desk.apply("twice")
    desk.relay.once()
    nonce = desk.setup.gateway.nonce()

    again = desk.apply("twice")

    assert again.status is Status.REFUSED
    assert again.refusal_name == "SignerTaken"
    assert again.refusal is not None
    assert again.refusal.en.endswith(".")
    desk.relay.once()
    assert desk.setup.gateway.nonce() == nonce


def test_once__crash_between_commit_and_broadcast__is_sent_exactly_once(desk: Desk) -> None:
    before = desk.parties()
    desk.apply("crash")

    class Dying:
        """The process ends before the node has heard of the transaction."""

        def __getattr__(self, name: str) -> Any:
            return getattr(desk.setup.gateway, name)

        def broadcast(self, _raw: bytes) -> None:
            raise NodeError("断线", "gone")

    with pytest.raises(NodeError):
        replace(desk.relay, chain=Dying()).once()
    assert desk.status("crash").status is Status.SUBMITTED
    assert desk.parties() == before

    desk.watch.turn(5)
    for _ in range(4):
        desk.relay.once()

    assert desk.status("crash").status is Status.CONFIRMING
    assert desk.parties() == before + 1


def test_once__block_was_reorganised_away__is_sent_again(desk: Desk) -> None:
    before = desk.parties()
    desk.apply("reorg")
    desk.relay.once()
    desk.relay.once()
    assert desk.status("reorg").status is Status.CONFIRMING

    desk.setup.chain.rollback(1)
    assert desk.parties() == before
    desk.relay.once()
    assert desk.status("reorg").status is Status.SUBMITTED
    desk.watch.turn(5)
    desk.relay.once()
    desk.relay.once()

    assert desk.status("reorg").status is Status.CONFIRMING
    assert desk.parties() == before + 1


def test_once__no_block_for_a_while__replaces_with_a_higher_fee(desk: Desk) -> None:
    before = desk.parties()
    desk.setup.chain.automine(False)
    try:
        desk.apply("stuck")
        desk.relay.once()
        first = desk.status("stuck").tx_hash
        desk.watch.turn(40)
        desk.relay.once()
        assert desk.status("stuck").tx_hash != first
        desk.setup.chain.mine()
    finally:
        desk.setup.chain.automine(True)
    desk.relay.once()

    assert desk.status("stuck").status is Status.CONFIRMING
    assert desk.parties() == before + 1


def test_once__crash_after_the_replacement_was_broadcast__finds_it_mined(desk: Desk) -> None:
    """Which bytes were sent is on disk before the node has them, for a replacement too."""
    before = desk.parties()

    class Deaf:
        """The node takes the transaction, and its answer never arrives."""

        def __getattr__(self, name: str) -> Any:
            return getattr(desk.setup.gateway, name)

        def broadcast(self, raw: bytes) -> None:
            desk.setup.gateway.broadcast(raw)
            raise NodeError("断线", "gone")

    desk.setup.chain.automine(False)
    try:
        desk.apply("deaf")
        desk.relay.once()
        desk.watch.turn(40)
        with pytest.raises(NodeError):
            replace(desk.relay, chain=Deaf()).once()
        desk.setup.chain.mine()
    finally:
        desk.setup.chain.automine(True)
    desk.watch.turn(5)
    for _ in range(3):
        desk.relay.once()

    assert desk.status("deaf").status is Status.CONFIRMING
    assert desk.parties() == before + 1


def test_once__mined_between_two_questions__is_not_sent_anew(desk: Desk) -> None:
    """Asked for its receipt a moment before the block, for the nonce a moment after: nobody else took the nonce."""
    desk.apply("between")
    desk.relay.once()

    class Slow:
        asked = 0

        def __getattr__(self, name: str) -> Any:
            return getattr(desk.setup.gateway, name)

        def receipt(self, tx_hash: Hash32) -> Any:
            self.asked += 1
            return None if self.asked == 1 else desk.setup.gateway.receipt(tx_hash)

    desk.watch.turn(5)
    replace(desk.relay, chain=Slow()).once()
    assert desk.status("between").status is Status.SUBMITTED
    desk.relay.once()
    assert desk.status("between").status is Status.CONFIRMING


def test_sign_transaction__replacement__raises_both_fees_by_a_tenth(desk: Desk) -> None:
    """Most nodes refuse a replacement whose tip stays the same."""
    gateway = desk.setup.gateway

    def fees(raised: int, fee: int) -> tuple[int, int]:
        sent = gateway.sign_transaction("CredentialRegistry", b"", 50_000, 0, fee, raised)
        fields = TypedTransaction.from_bytes(HexBytes(sent.raw)).as_dict()
        return fields["maxFeePerGas"], fields["maxPriorityFeePerGas"]

    for fee in (20 * 10**9, 10**6, 0):
        (cap, tip), (next_cap, next_tip) = fees(0, fee), fees(1, fee * 9 // 8 + 1)
        assert next_cap * 10 >= cap * 11
        assert next_tip * 10 >= tip * 11
        assert next_tip <= next_cap


def test_submit_unsigned__crash_on_the_way__leaves_nothing_half_done(desk: Desk) -> None:
    """A statement of nobody that waited for signatures would wait for ever, and keep time from being asked again."""

    class Dying:
        def __getattr__(self, name: str) -> Any:
            return getattr(desk.setup.gateway, name)

        def calldata(self, *_: Any) -> bytes:
            raise KeyboardInterrupt

    terms = Statement("Consultations", "expire", {"terms": b""}, ())
    dying = replace(desk.statements, chain=Dying())
    with pytest.raises(KeyboardInterrupt):
        dying.submit_unsigned(terms, proposer=NOBODY, subject="consultation:77")
    assert desk.statements.of_subject("consultation:77") == ()


def test_node__that_hangs__keeps_nobody_from_writing(desk: Desk) -> None:
    """SQLite has one lock for all writers: it is never held while the node is asked."""
    office = desk.statements.office
    locked: list[str] = []

    class Watched:
        def __getattr__(self, name: str) -> Any:
            answer = getattr(desk.setup.gateway, name)
            if name not in ("dry_run", "receipt", "nonce", "fee", "final", "broadcast"):
                return answer

            def asked(*given: Any) -> Any:
                with office.engine.connect() as connection:
                    connection.exec_driver_sql("PRAGMA busy_timeout = 0")
                    try:
                        connection.exec_driver_sql("ROLLBACK")
                        connection.exec_driver_sql("BEGIN IMMEDIATE")
                    except OperationalError:
                        locked.append(name)
                    finally:
                        connection.exec_driver_sql("PRAGMA busy_timeout = 10000")
                return answer(*given)

            return asked

    watched = replace(desk, statements=replace(desk.statements, chain=Watched()))
    relay = replace(desk.relay, chain=Watched())
    watched.apply("lock")
    desk.setup.chain.automine(False)
    try:
        relay.once()
        desk.watch.turn(40)
        relay.once()
        desk.setup.chain.mine()
    finally:
        desk.setup.chain.automine(True)
    relay.once()

    assert desk.status("lock").status is Status.CONFIRMING
    assert locked == []


def test_sign__two_signers__waits_for_both_in_any_order(desk: Desk) -> None:
    """Here both seats of the statement belong to parties whose keys the demo holds."""
    deadline = desk.setup.node.head().time + 3600
    doctor, hospital = PartyId(40), PartyId(41)
    for party in (doctor, hospital):
        key = SoftwareKey.from_seed("two", party)
        desk.keys.keep(key.signer, key.secret, party, 0)
    statement = acts.affiliate(doctor, hospital, deadline + 9, 0, 0, deadline)

    proposed = desk.statements.submit(statement, proposer=doctor, subject="affiliation:40:41")

    assert proposed.status is Status.GATHERING
    assert [view.id for view in desk.statements.awaiting(hospital)] == [proposed.id]
    assert desk.statements.awaiting(doctor) == ()
    done = desk.statements.sign(proposed.id, hospital)
    # Nobody registered these two, and the registry says so.
    assert done.status is Status.REFUSED
    assert done.refusal_name == "KindNotAllowed"


def test_decline__by_a_signer__ends_it_with_the_reason(desk: Desk) -> None:
    statement = acts.suspend(PartyId(2), 0, bytes(32), AUTHORITY, desk.setup.node.head().time + 60)
    proposed = desk.statements.propose(statement, proposer=AUTHORITY, subject="party:2")

    declined = desk.statements.decline(proposed.id, AUTHORITY, "证据不足")

    assert (declined.status, declined.reason) == (Status.DECLINED, "证据不足")
    with pytest.raises(Forbidden):
        desk.statements.sign(proposed.id, AUTHORITY)


def test_view__stranger__finds_nothing(desk: Desk) -> None:
    statement = acts.suspend(PartyId(2), 0, bytes(32), AUTHORITY, desk.setup.node.head().time + 60)
    proposed = desk.statements.propose(statement, proposer=AUTHORITY, subject="party:2")

    with pytest.raises(NotFound):
        desk.statements.view(proposed.id, PartyId(77))
    with pytest.raises(NotFound):
        desk.statements.sign(proposed.id, PartyId(77))


def test_propose__past_its_deadline__is_refused_at_once(desk: Desk) -> None:
    statement = acts.suspend(PartyId(2), 0, bytes(32), AUTHORITY, desk.setup.node.head().time - 1)
    with pytest.raises(InvalidInput):
        desk.statements.propose(statement, proposer=AUTHORITY, subject="party:2")


def test_once__nobody_signed_in_time__lapses(desk: Desk) -> None:
    deadline = desk.setup.node.head().time + 60
    statement = acts.suspend(PartyId(2), 0, bytes(32), AUTHORITY, deadline)
    proposed = desk.statements.propose(statement, proposer=AUTHORITY, subject="party:2")

    desk.setup.chain.advance(120)
    desk.relay.once()

    assert desk.statements.view(proposed.id, AUTHORITY).status is Status.LAPSED
