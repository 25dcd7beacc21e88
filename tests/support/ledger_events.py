"""What the contracts would emit: for a signed statement, and for a booking."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from huizhen.domain import chain_events as on
from huizhen.domain.chain_events import ChainEvent, LogPosition
from huizhen.domain.chain_ids import BatchId, ConsultationId, Hash32, Mask64, hex32
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.slots import slot_from
from huizhen.domain.terms import Documents, Policy, Pricing, Seat, Terms, encode_terms
from huizhen.services.statements import StatementView

if TYPE_CHECKING:
    from tests.support.ledger_world import LedgerWorld

AUTHORITY, TAX, BANK, PREPARER, APPROVER, SECOND_APPROVER, PLATFORM = (PartyId(n) for n in range(1, 8))
HOSPITAL, DOCTOR, OTHER_DOCTOR, GROUP, APPLICANT = (PartyId(n) for n in range(8, 13))


def fake_hash(*parts: object) -> Hash32:
    return hex32(sha256("/".join(map(str, parts)).encode()).digest())


NOWHERE = LogPosition(0, fake_hash(), 0, fake_hash(), 0, 0, "")
"""Events are given their place when their block is mined."""

_CONTRACTS: dict[str, tuple[type[ChainEvent], ...]] = {
    "CredentialRegistry": (on.Applied, on.Accredited, on.Suspended, on.Reinstated, on.Affiliated),
    "DoctorGroups": (on.GroupFounded, on.MemberJoined, on.MemberLeft),
    "BankRail": (on.Collected, on.Paid, on.Reclaimed),
    "Consultations": (on.Booked, on.Delivered, on.Settled),
}


def contract_of(event: ChainEvent) -> str:
    return next((name for name, kinds in _CONTRACTS.items() if isinstance(event, kinds)), "RevenueLedger")


def events_of(world: LedgerWorld, view: StatementView) -> list[ChainEvent]:
    v: Mapping[str, Any] = view.values
    match view.function:
        case "deposit":
            return world.deposited(v["hospital"], v["amount"], hex32(v["bankRef"]))
        case "preparePayout":
            items = tuple(_item(item) for item in v["items"])
            return [on.PayoutPrepared(NOWHERE, BatchId(v["batch"]), v["preparer"], items)]
        case "approvePayout":
            gross, withheld = (Fen(sum(item[key] for item in v["items"])) for key in ("gross", "withheld"))
            mask = Mask64((1 << len(v["items"])) - 1)
            return [on.PayoutApproved(NOWHERE, BatchId(v["batch"]), v["approver"], mask, gross, withheld)]
        case "confirmPayout":
            return _confirmed(world, v)
        case "returnPayout":
            return _returned(world, v)
        case "accredit":
            words = (v["specialties"], v["city"], v["validUntil"], v["powers"])
            return [on.Accredited(NOWHERE, v["party"], v["authority"], *words)]
        case "suspend":
            return [on.Suspended(NOWHERE, v["party"], v["authority"], hex32(v["reason"]))]
        case "reinstate":
            return [on.Reinstated(NOWHERE, v["party"], v["authority"])]
    raise AssertionError(f"this world cannot carry {view.function}")


def _confirmed(world: LedgerWorld, v: Mapping[str, Any]) -> list[ChainEvent]:
    net = Fen(sum(_net(item) for place, item in enumerate(v["items"]) if v["mask"] >> place & 1))
    world.chain.custody = Fen(world.chain.custody - net)
    reference = hex32(v["bankRef"])
    return [
        on.PayoutConfirmed(NOWHERE, BatchId(v["batch"]), Mask64(v["mask"]), reference, net),
        on.Paid(NOWHERE, reference, net, world.chain.custody),
    ]


def _returned(world: LedgerWorld, v: Mapping[str, Any]) -> list[ChainEvent]:
    item, reference = v["items"][v["item"]], hex32(v["bankRef"])
    net = Fen(_net(item))
    back = on.PayoutReturned(NOWHERE, BatchId(v["batch"]), v["item"], item["party"], net, reference)
    if world.offices.batches.page(v["batch"]).items[v["item"]].state != "confirmed":
        return [back]
    world.chain.custody = Fen(world.chain.custody + net)
    return [back, on.Reclaimed(NOWHERE, reference, net, world.chain.custody)]


def _net(item: Mapping[str, Any]) -> int:
    return int(item["gross"] - item["withheld"])


def _item(item: Mapping[str, Any]) -> on.PayoutItem:
    return on.PayoutItem(item["party"], item["gross"], item["withheld"], hex32(item["account"]))


def booked(number: ConsultationId, hospital: PartyId, price: Fen, now: int) -> on.Booked:
    """One seat of DOCTOR for the group, at the whole price."""
    agreement, case_file, consent = (
        bytes.fromhex(fake_hash(kind, number)[2:]) for kind in ("agreement", "case", "consent")
    )
    terms = Terms(
        hospital=hospital,
        start=slot_from(now + 3 * 24 * 3600),
        slots=2,
        lead=0,
        sign_by=now + 3600,
        salt=bytes(16),
        pricing=Pricing(PLATFORM, 500, 0, 0, 0),
        policy=Policy(86400, 7200, 3000, 10_000, 86400, 259_200, PartyId(0), 604_800, 5000),
        documents=Documents(agreement, case_file, consent),
        seats=(Seat(DOCTOR, HOSPITAL, GROUP, 1, 3000, 1000, True, price, 2),),
    )
    return on.Booked(NOWHERE, number, fake_hash("terms", number), hospital, price, encode_terms(terms))
