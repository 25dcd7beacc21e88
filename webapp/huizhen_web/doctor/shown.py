"""How reference facts, days and legs look; for the templates of doctors, groups and institutions."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Protocol

from flask_babel import format_date, get_locale

from huizhen.domain.money import Fen, format_yuan
from huizhen.domain.sentence import Sentence
from huizhen.domain.shares import Shares
from huizhen.domain.split import Leg, LegKind
from huizhen.reference import bank_by_name
from huizhen.services.group_leads import Simulation
from huizhen.services.requests import Request
from huizhen_web.doctor.area import blueprint
from huizhen_web.i18n import say, written
from huizhen_web.labels import LEGS


class Named(Protocol):
    """A city, a specialty, a title."""

    @property
    def zh(self) -> str: ...

    @property
    def en(self) -> str: ...


@blueprint.app_template_filter("reference")
def reference(fact: Named) -> str:
    return say(Sentence(fact.zh, fact.en))


@blueprint.app_template_filter("bank_name")
def bank_name(name: str) -> str:
    """A bank of the reference by its Chinese name, in the reader's language; another as it was written."""
    bank = bank_by_name().get(name)
    return reference(bank) if bank else written(name)


@blueprint.app_template_filter("day_label")
def day_label(day: date) -> str:
    """3月5日 周四 or Thu 5 Mar."""
    chinese = get_locale().language == "zh"
    return str(format_date(day, "M月d日 EEE" if chinese else "EEE d MMM", rebase=False))


@blueprint.app_template_global("legs_of")
def legs_of(legs: tuple[Leg, ...]) -> list[tuple[str, str]]:
    """(who, yuan) for a list of facts."""
    return [(str(LEGS[leg.kind.name.lower()]), format_yuan(leg.amount)) for leg in legs]


@blueprint.app_template_global("all_legs")
def all_legs(request: Request) -> list[tuple[str, Fen]]:
    """What doctors, institutions, funds and platform receive together, for a split bar."""
    return [(str(LEGS[kind.name.lower()]), request.total(kind)) for kind in LegKind if request.total(kind)]


@blueprint.app_template_global("share_parts")
def share_parts(shares: Shares) -> list[tuple[str, Fen]]:
    parts = (
        ("seat", shares.doctor),
        ("institution", shares.institution),
        ("fund", shares.fund),
        ("platform", shares.platform),
    )
    return [(str(LEGS[key]), amount) for key, amount in parts]


@blueprint.app_context_processor
def _days() -> dict[str, object]:
    return {"one_week": timedelta(days=7)}


@blueprint.app_template_global("share_pairs")
def share_pairs(shares: Simulation) -> list[tuple[tuple[str, Fen], tuple[str, Fen]]]:
    """The same payee before and after."""
    return list(zip(share_parts(shares.before), share_parts(shares.after), strict=True))
