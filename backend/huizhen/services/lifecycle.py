"""A consultation of the index as the domain knows it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from huizhen.db.index.audit_queries import Told
from huizhen.db.index.consultations import Consultation as Row
from huizhen.domain.consultation import Consultation, Release
from huizhen.domain.split import WHOLE_BPS
from huizhen.domain.statuses import ConsultationStatus
from huizhen.domain.terms import decode_terms
from huizhen.services.event_words import arguments_of


def lifecycle(row: Row, releases: tuple[Release, ...] = ()) -> Consultation:
    """Settled pays the seats that signed, or `releases` where there was a dispute; cancelled charges all by the policy,
    expired nobody.
    """
    known = Consultation(
        terms=decode_terms(row.terms),
        status=row.status,
        delivered_at=row.delivered_at,
        seats=row.seats,
        overtime=row.overtime,
        attended=row.attended,
        releases=releases,
    )
    match row.status:
        case ConsultationStatus.SETTLED:
            return replace(known, charged_bps=WHOLE_BPS)
        case ConsultationStatus.CANCELLED:
            # What a record of attendance says of overtime does not count where a seat was missing.
            return replace(known, seats=everyone(known), overtime=0, charged_bps=row.cancel_fee_bps or 0)
        case _:
            return known


def releases_of(events: Iterable[Told]) -> tuple[Release, ...]:
    """What the dispute of a consultation has paid, by its events in their order."""
    found: list[Release] = []
    for event, _ in events:
        arguments = arguments_of(event.arguments)
        if event.name == "UncontestedReleased":
            found.append(Release(arguments["seats"], WHOLE_BPS))
        elif event.name == "DisputeResolved":
            found.append(Release(arguments["seats"], arguments["bps"]))
    return tuple(found)


def everyone(known: Consultation) -> int:
    """The mask of all seats."""
    return (1 << len(known.terms.seats)) - 1


def if_settled(known: Consultation) -> Consultation:
    """What settling would pay: the seats that signed, or all of them while no opinion is there."""
    seats = known.seats if known.delivered_at is not None else everyone(known)
    return replace(known, status=ConsultationStatus.SETTLED, seats=seats, charged_bps=WHOLE_BPS)
