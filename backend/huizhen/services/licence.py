"""Whether a party may act now, and what is missing if not: the same checks as the registry's, said beforehand."""

from __future__ import annotations

from huizhen.db.index.parties import Party
from huizhen.domain.sentence import Sentence
from huizhen.domain.slots import local_time, slot_at
from huizhen.domain.statuses import PartyStatus
from huizhen.errors import InvalidInput


def what_is_missing(party: Party | None, now: int) -> Sentence | None:
    """None for an accredited party whose licence is valid at `now` (unix seconds)."""
    if party is None:
        return Sentence(
            "链上还没有您的登记：请先提交申请，待记入区块后再试。",
            "The chain does not know you yet: apply first, and try again once the application is in a block.",
        )
    match party.status:
        case PartyStatus.APPLIED:
            return Sentence(
                "认证机构尚未核准您的执业证：核准后才能继续，进度见“申请”页。",
                "The authority has not accredited your licence yet. You can go on once it has; "
                "the application page shows how far it is.",
            )
        case PartyStatus.SUSPENDED:
            return Sentence(
                "您的资格已被暂停：请联系认证机构，恢复后再试。",
                "Your accreditation is suspended: talk to the authority and try again once it is lifted.",
            )
    if party.valid_until < now:
        day = local_time(slot_at(party.valid_until)).date().isoformat()
        return Sentence(
            f"您的执业证已于{day}到期：请向认证机构办理续期后再试。",
            f"Your licence ended on {day}: have the authority renew it, then try again.",
        )
    return None


def require_licence(party: Party | None, now: int) -> None:
    """Raises InvalidInput with the sentence that says what is missing."""
    missing = what_is_missing(party, now)
    if missing is not None:
        raise InvalidInput(missing.zh, missing.en)
