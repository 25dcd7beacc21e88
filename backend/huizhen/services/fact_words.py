"""Single facts of statements and events in words, by the name of the field that holds them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from huizhen import reference
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen, format_yuan
from huizhen.domain.sentence import Sentence
from huizhen.domain.slots import LAST_SECOND, SLOT_SECONDS, china_time
from huizhen.domain.statuses import PartyKind, Power, Resolution

Names = Mapping[PartyId, Sentence]

PARTIES = frozenset(
    [
        "party",
        "doctor",
        "institution",
        "hospital",
        "group",
        "lead",
        "former",
        "by",
        "a",
        "b",
        "authority",
        "preparer",
        "approver",
        "bank",
        "home",
        "arbiter",
        "recipient",
        "platform",
    ]
)
_AMOUNTS = frozenset(["amount", "escrowed", "funded", "gross", "withheld", "custody", "fee"])
_MOMENTS = frozenset(["valid_until", "standing_until", "not_before", "effective_at", "deadline", "sign_by"])
_MASKS = frozenset(["seats", "executed", "mask", "items"])

KINDS: Mapping[PartyKind, Sentence] = {
    PartyKind.DOCTOR: Sentence("医生", "doctor"),
    PartyKind.HOSPITAL: Sentence("医疗机构", "hospital"),
    PartyKind.GROUP: Sentence("医生集团", "doctor group"),
    PartyKind.PLATFORM: Sentence("平台", "platform"),
    PartyKind.OFFICIAL: Sentence("职能方", "official"),
}

POWERS: Mapping[Power, Sentence] = {
    Power.AUTHORITY: Sentence("认证机构", "authority"),
    Power.ARBITER: Sentence("仲裁", "arbiter"),
    Power.SETTLEMENT_BANK: Sentence("结算银行", "settlement bank"),
    Power.PAYOUT_PREPARER: Sentence("付款编制", "payout preparer"),
    Power.PAYOUT_APPROVER: Sentence("付款复核", "payout approver"),
    Power.TAX_AUTHORITY: Sentence("税务机关", "tax authority"),
}

RESOLUTIONS: Mapping[str, Sentence] = {
    "agreed": Sentence("双方同意", "agreed"),
    "ruled": Sentence("仲裁裁定", "ruled by the arbiter"),
    "default": Sentence("按约定默认", "default of the terms"),
}

_NOTHING = Sentence("无", "none")
_YES, _NO = Sentence("是", "yes"), Sentence("否", "no")


def snake(name: str) -> str:
    """validUntil -> valid_until: statements name fields as the ABI does, events as Python does."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


def parties_in(values: Mapping[str, object]) -> set[PartyId]:
    """Everybody whom the fields name, so that the names can be had at once."""
    found: set[PartyId] = set()
    for name, value in values.items():
        if snake(name) in PARTIES and isinstance(value, int) and value:
            found.add(PartyId(value))
        elif isinstance(value, list):
            for each in value:
                if isinstance(each, Mapping):
                    found |= parties_in(each)
                elif isinstance(each, int) and name in ("doctors", "consenters"):
                    found.add(PartyId(each))
    return found


def fact(name: str, value: object, names: Names) -> Sentence:
    """One field as a person reads it; bytes and hashes whole, in hex."""
    key = snake(name)
    if value is None:
        return _NOTHING
    if isinstance(value, bool):
        return _YES if value else _NO
    if isinstance(value, bytes):
        return _plain("0x" + value.hex())
    if isinstance(value, list):
        return _list(key, value, names)
    if key == "specialties":
        return specialties(int(str(value), 0))
    if isinstance(value, int):
        return _number(key, value, names)
    if key == "kind" and isinstance(value, str):
        return KINDS[PartyKind[value.upper()]]
    if key == "resolution":
        return RESOLUTIONS[str(value)]
    return _plain(str(value))


def _number(key: str, value: int, names: Names) -> Sentence:
    if key in PARTIES:
        return party(PartyId(value), names)
    if key in _AMOUNTS:
        return _plain(format_yuan(Fen(value)))
    if key in _MOMENTS:
        return moment(value) if value else _NOTHING
    if key in _MASKS:
        return places(value)
    if key == "bps" or key.endswith("_bps"):
        return _plain(f"{value // 100}.{value % 100:02d}%".replace(".00%", "%"))
    if key == "start":
        return moment(value * SLOT_SECONDS)
    if key == "city":
        return city(value)
    if key == "powers":
        return powers(value)
    if key == "kind":
        return KINDS[PartyKind(value)]
    return _plain(str(value))


def _list(key: str, values: Iterable[object], names: Names) -> Sentence:
    shown = [_element(key, value, names) for value in values]
    return joined(shown) if shown else _NOTHING


def _element(key: str, value: object, names: Names) -> Sentence:
    if isinstance(value, Mapping):
        who = party(PartyId(int(value["party"])), names)
        amount = format_yuan(Fen(int(value.get("gross", value.get("amount", 0)))))
        withheld = int(value.get("withheld", 0))
        if not withheld:
            return Sentence(f"{who.zh} {amount}", f"{who.en} {amount}")
        tax = format_yuan(Fen(withheld))
        return Sentence(f"{who.zh} {amount}（代扣{tax}）", f"{who.en} {amount} ({tax} withheld)")
    if isinstance(value, int) and key in ("doctors", "consenters"):
        return party(PartyId(value), names)
    return _plain(str(value))


def party(number: PartyId, names: Names) -> Sentence:
    known = names.get(number)
    if not number:
        return _NOTHING
    return Sentence(f"编号 {number}", f"Party {number}") if known is None else known


def moment(unix: int) -> Sentence:
    if unix >= LAST_SECOND:
        return Sentence("长期有效", "without end")
    return _plain(f"{china_time(unix):%Y-%m-%d %H:%M}")


def city(code: int) -> Sentence:
    known = reference.city_by_code().get(code)
    return _plain(str(code)) if known is None else Sentence(known.zh, known.en)


def specialties(mask: int) -> Sentence:
    found = reference.specialties_in(mask)
    return joined([Sentence(each.zh, each.en) for each in found]) if found else _NOTHING


def powers(flags: int) -> Sentence:
    held = [words for power, words in POWERS.items() if flags & power]
    return joined(held) if held else _NOTHING


def places(mask: int) -> Sentence:
    """Bits of a mask as people count: the first is 1."""
    counted = [str(bit + 1) for bit in range(mask.bit_length()) if mask >> bit & 1]
    return Sentence(f"第{'、'.join(counted)}项", f"no. {', '.join(counted)}") if counted else _NOTHING


def joined(parts: Iterable[Sentence]) -> Sentence:
    kept = list(parts)
    return Sentence("、".join(part.zh for part in kept), ", ".join(part.en for part in kept))


def resolution(how: Resolution) -> Sentence:
    return RESOLUTIONS[how.name.lower()]


def _plain(text: str) -> Sentence:
    return Sentence(text, text)
