"""The timeline of a consultation: what the chain has, then what is still ahead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from huizhen.domain.statuses import ConsultationStatus
from huizhen.services.consultation_views import ConsultationPage, DisputeView
from huizhen.services.statement_words import title
from huizhen_web.i18n import say
from huizhen_web.shown import local


@dataclass(frozen=True, slots=True)
class Point:
    """`at` is None for what lies ahead."""

    title: str
    at: int | None = None
    tone: str = "note"
    text: str | None = None
    tx_hash: str | None = None
    state: str | None = None


def words() -> dict[str, Any]:
    return {"story_of": story_of, "act_title": lambda function: say(title(function))}


def story_of(page: ConsultationPage) -> list[Point]:
    told = [
        Point(say(entry.title), entry.at, entry.tone, None, entry.tx_hash, entry.state)
        for entry in page.story
    ]
    return told + [Point(text) for text in _ahead(page)]


def _ahead(page: ConsultationPage) -> list[str]:
    known = page.known
    if known.status is ConsultationStatus.BOOKED:
        return [
            _("Session %(time)s", time=local(page.terms.starts_at)),
            _("Opinion due %(time)s", time=local(known.deliver_by)),
            _("Acceptance and split"),
        ]
    if known.status is ConsultationStatus.DELIVERED and known.review_until is not None:
        return [_("Acceptance by %(time)s, then by itself", time=local(known.review_until))]
    if page.disputed and page.dispute is not None and page.limit is not None:
        return _ahead_of_dispute(page.dispute, page.limit)
    return []


def _ahead_of_dispute(dispute: DisputeView, limit: int) -> list[str]:
    ahead = []
    if dispute.contested:
        ahead.append(_("Agreement or ruling by %(time)s, then the default of the terms", time=local(limit)))
    if not dispute.rest_paid:
        ahead.append(_("What nobody contests is paid when the review is over"))
    return ahead
