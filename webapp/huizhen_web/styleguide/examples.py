"""What the style guide shows: invented, but shaped like the real thing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from huizhen.domain.sentence import Sentence

TX = "0x8f3c1d20aa94be67c1f0d3e2b5a49786f1e2d3c4b5a69788796a5b4c3d2e1f00"
DOCTOR = Sentence("李文静", "Li Wenjing")
HOSPITAL = Sentence("昆明医科大学第一附属医院", "First Affiliated Hospital of Kunming Medical University")
SPECIALTIES = [
    Sentence("神经外科专业", "Neurosurgery"),
    Sentence("病理科", "Pathology"),
    Sentence("医学影像科", "Imaging"),
]
WRONG_AMOUNT = Sentence(
    "“12.345”不是金额，请写成“1234.50”这样最多两位小数的数字。",
    "“12.345” is not an amount; write it as “1234.50”, with at most two decimals.",
)
SEATS = [
    (Sentence("李文静", "Li Wenjing"), Sentence("神经外科专业", "Neurosurgery"), 180000, "signed"),
    (Sentence("王志强", "Wang Zhiqiang"), Sentence("病理科", "Pathology"), 95050, "unsigned"),
    (Sentence("赵敏", "Zhao Min"), Sentence("医学影像科", "Imaging"), 120000, "declined"),
]


@dataclass(frozen=True, slots=True)
class ExampleStatement:
    title: LazyString
    says: LazyString
    fields: tuple[tuple[LazyString, str], ...]
    contract: str
    function: str
    digest: str
    deadline: int


@dataclass(frozen=True, slots=True)
class Entry:
    title: LazyString
    at: datetime | None = None
    tone: str | None = None
    text: LazyString | None = None
    tx_hash: str | None = None
    state: str | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    tone: str
    text: str
    value: int | None = None
    url: str | None = None


GRID_DAYS = ["3/5", "3/6", "3/9", "3/10"]
GRID_ROWS = [
    ("09:00", [Cell("free", "¥4,200", 1), Cell("none", "—"), Cell("partial", "¥3,150", 2), None]),
    ("09:15", [Cell("free", "¥4,200", 3), Cell("none", "—"), Cell("none", "—"), Cell("free", "¥4,650", 4)]),
    (
        "09:30",
        [
            Cell("partial", "¥3,150", 5),
            Cell("free", "¥4,200", 6),
            Cell("none", "—"),
            Cell("free", "¥4,650", 7),
        ],
    ),
]


def statement(now: int) -> ExampleStatement:
    return ExampleStatement(
        title=_l("Join the group"),
        says=_l("You join the group under version 3 of its share rule: of a ¥1,000 fee you receive ¥665."),
        fields=(
            (_l("Group"), "#41"),
            (_l("Doctor"), "#17"),
            (_l("Rule version"), "3"),
            (_l("Institution"), "20%"),
            (_l("Group fund"), "10%"),
        ),
        contract="DoctorGroups",
        function="join",
        digest=TX,
        deadline=now + 3600,
    )


def entries(now: int) -> list[Entry]:
    booked = datetime.fromtimestamp(now, UTC) - timedelta(days=2)
    return [
        Entry(_l("Booked"), booked, "good", _l("5 seats, all signed; ¥4,200.00 in escrow"), TX, "final"),
        Entry(_l("Opinion delivered"), booked + timedelta(days=1), "note", None, TX, "confirming"),
        Entry(_l("Accepted by the hospital")),
        Entry(_l("Settled")),
    ]
