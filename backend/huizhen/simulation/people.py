"""Who lives in a simulated world: fictitious doctors, hospitals and groups from the reference facts, by a seed."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from huizhen.chain.signer import SoftwareKey
from huizhen.domain.ids import PartyId
from huizhen.domain.money import Fen
from huizhen.domain.sentence import Sentence
from huizhen.domain.statuses import PartyKind, Power
from huizhen.reference import (
    City,
    Specialty,
    Title,
    cities,
    given_names,
    group_kinds,
    group_words,
    hospital_kinds,
    hospital_words,
    specialties,
    specialty_by_code,
    surnames,
    titles,
)

# Where cross-city teams are asked from and sought: enough doctors of each to staff teams in a small world.
SOUGHT = ("03.04", "03.03", "04.02", "05.01", "07.01", "19", "31", "32.01", "15.01", "10", "13.01", "21")

NO_POWER = Power(0)
UNREGISTERED = PartyId(0)
NO_FEE = Fen(0)


@dataclass(slots=True)
class Person:
    """A party to be. `id` and `applied_at` are set when it has applied on chain, with `key`; where that was replaced
    it signs with `later_key`. Either is the signer of index 0.
    """

    kind: PartyKind
    name: Sentence
    key: SoftwareKey
    city: City
    powers: Power = NO_POWER
    id: PartyId = UNREGISTERED
    applied_at: int = 0
    revision: int = 0
    specialties: tuple[Specialty, ...] = ()
    title: Title | None = None
    fee: Fen = NO_FEE
    level: str = ""
    institutions: list[PartyId] = field(default_factory=list)
    later_key: SoftwareKey | None = None

    @property
    def signing_key(self) -> SoftwareKey:
        return self.later_key or self.key

    @property
    def mask(self) -> int:
        return sum(specialty.mask for specialty in self.specialties)


@dataclass(frozen=True, slots=True)
class People:
    officials: dict[str, Person]
    hospitals: tuple[Person, ...]
    doctors: tuple[Person, ...]
    groups: tuple[Person, ...]

    def everyone(self) -> Iterator[Person]:
        yield from self.officials.values()
        yield from self.hospitals
        yield from self.doctors
        yield from self.groups


OFFICIALS = (
    (
        "authority",
        PartyKind.OFFICIAL,
        Power.AUTHORITY,
        Sentence("卫生健康认证中心（模拟）", "Health Accreditation Centre (simulated)"),
    ),
    (
        "tax_authority",
        PartyKind.OFFICIAL,
        Power.TAX_AUTHORITY,
        Sentence("税务机关（模拟）", "Tax Authority (simulated)"),
    ),
    (
        "bank",
        PartyKind.OFFICIAL,
        Power.SETTLEMENT_BANK,
        Sentence("海澜结算银行（模拟）", "Hailan Settlement Bank (simulated)"),
    ),
    (
        "preparer",
        PartyKind.OFFICIAL,
        Power.PAYOUT_PREPARER,
        Sentence("沈半夏", "Shen Banxia"),
    ),
    (
        "approver",
        PartyKind.OFFICIAL,
        Power.PAYOUT_APPROVER,
        Sentence("顾青黛", "Gu Qingdai"),
    ),
    (
        "arbiter",
        PartyKind.OFFICIAL,
        Power.ARBITER,
        Sentence("会诊仲裁委员会（模拟）", "Consultation Arbiters (simulated)"),
    ),
    ("platform", PartyKind.PLATFORM, NO_POWER, Sentence("会诊平台", "Huizhen Platform")),
)


def imagine(seed: int, doctors: int, hospitals: int, groups: int) -> People:
    """The same people for the same numbers. Cities are dealt round robin, so that teams cross them."""
    dice = random.Random(seed)  # noqa: S311 (a world, not a secret)
    towns = dice.sample(cities(), min(max(hospitals, 6), len(cities())))
    officials = {
        role: Person(kind, name, SoftwareKey.from_seed(seed, role), towns[0], powers)
        for role, kind, powers, name in OFFICIALS
    }
    return People(
        officials,
        tuple(_hospital(dice, seed, number, towns) for number in range(hospitals)),
        tuple(_doctor(dice, seed, number, towns) for number in range(doctors)),
        tuple(_group(dice, seed, number, towns) for number in range(groups)),
    )


def _hospital(dice: random.Random, seed: int, number: int, towns: Sequence[City]) -> Person:
    city = towns[number % len(towns)]
    words, kinds = hospital_words(), hospital_kinds()
    word, kind = (
        words[number % len(words)],
        kinds[number // len(words) % len(kinds) or dice.randrange(len(kinds))],
    )
    name = Sentence(f"{_short(city)}{word.zh}{kind.zh}", f"{city.en} {word.en} {kind.en}")
    key = SoftwareKey.from_seed(seed, "hospital", number)
    return Person(PartyKind.HOSPITAL, name, key, city, level=kind.level)


def _doctor(dice: random.Random, seed: int, number: int, towns: Sequence[City]) -> Person:
    surname, given = dice.choice(surnames()), dice.choice(given_names())
    main = specialty_by_code()[_specialty(number)]
    others = [s for s in specialties() if s.parent == main.parent and s is not main and s.parent is not None]
    second = (dice.choice(others),) if others and dice.random() < 0.3 else ()
    title = dice.choices(titles(), weights=range(1, len(titles()) + 1))[0]
    steps = (title.fee_high_fen - title.fee_low_fen) // 1000
    fee = Fen(title.fee_low_fen + 1000 * dice.randint(0, steps))
    return Person(
        PartyKind.DOCTOR,
        Sentence(f"{surname.zh}{given.zh}", f"{given.en} {surname.en}"),
        SoftwareKey.from_seed(seed, "doctor", number),
        towns[number % len(towns)],
        specialties=(main, *second),
        title=title,
        fee=fee,
    )


def _specialty(number: int) -> str:
    """What doctor `number` practises, and what group `number`, which that doctor leads, is named after."""
    return SOUGHT[number % len(SOUGHT)]


def _group(dice: random.Random, seed: int, number: int, towns: Sequence[City]) -> Person:
    word, leading = group_words()[number % len(group_words())], _specialty(number)
    kind = next(kind for kind in group_kinds() if leading in kind.specialties)
    name = Sentence(f"{word.zh}{kind.zh}", f"{word.en} {kind.en}")
    key = SoftwareKey.from_seed(seed, "group", number)
    return Person(PartyKind.GROUP, name, key, dice.choice(towns))


def _short(city: City) -> str:
    return city.zh.removesuffix("市")
