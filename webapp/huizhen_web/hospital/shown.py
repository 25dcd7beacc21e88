"""How facts of cases look in the templates of the hospital, the consultation and the patient."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from huizhen.domain.case import Urgency, WantedSeat
from huizhen.domain.sentence import Sentence
from huizhen.domain.split import Leg, LegKind
from huizhen.reference import city_by_code
from huizhen.services.booking_policy import present_policy
from huizhen.services.team_pages import seat_name, title_name
from huizhen_web.hospital.area import blueprint
from huizhen_web.i18n import say
from huizhen_web.labels import LEGS


@blueprint.app_context_processor
def _words() -> dict[str, Any]:
    return {
        "seat_name": lambda seat: say(seat_name(seat)),
        "seat_names": seat_names,
        "title_of": lambda rank: say(title_name(rank)),
        "city_of": city_of,
        "kinds_of": kinds_of,
        "hold_minutes": hold_minutes,
    }


def seat_names(seats: Iterable[WantedSeat]) -> list[str]:
    return [say(seat_name(seat)) for seat in seats]


def city_of(code: int) -> str:
    known = city_by_code().get(code)
    return say(Sentence(known.zh, known.en)) if known else "—"


def kinds_of(legs: Sequence[tuple[Leg, Sentence]]) -> list[tuple[str, int]]:
    """What doctors, institutions, groups and the platform receive together."""
    sums = {kind: sum(leg.amount for leg, _ in legs if leg.kind is kind) for kind in LegKind}
    return [(str(LEGS[kind.name.lower()]), amount) for kind, amount in sums.items() if amount]


def hold_minutes(urgency: Urgency) -> int:
    return present_policy().hold_seconds(urgency) // 60
