"""Terms in their packed form: the one form that is read, and the error for everything else."""

from __future__ import annotations

from functools import lru_cache

from huizhen.domain.slots import SLOT_SECONDS
from huizhen.domain.terms import Terms, decode_terms
from tests.model.spec.act import require
from tests.model.spec.state import UINT40

HEADER, SEAT, MAX_SEATS, VERSION = 169, 55, 16, 1


@lru_cache(maxsize=4096)
def read(packed: bytes) -> Terms:
    """Looks for faults in the order in which the contract does."""
    count, rest = divmod(len(packed) - HEADER, SEAT)
    require(count >= 1 and rest == 0, "TermsMalformed", len(packed))
    require(count <= MAX_SEATS, "SeatCount", count, MAX_SEATS)
    require(packed[0] == VERSION, "TermsVersion", packed[0], VERSION)
    require(packed[9] != 0, "NoLength")
    previous = 0
    for seat in (packed[HEADER + SEAT * index :][:SEAT] for index in range(count)):
        doctor, flag = int.from_bytes(seat[:4], "big"), seat[18]
        require(doctor > previous, "SeatsNotAscending", previous, doctor)
        require(flag <= 1, "FlagMalformed", flag)
        previous = doctor
    lead = packed[10]
    leads = lead < count and packed[HEADER + SEAT * lead + 18] == 1
    require(leads, "LeadNotRequired", lead, count)
    return decode_terms(packed)


def starts_at(terms: Terms) -> int:
    return terms.start * SLOT_SECONDS


def ends_at(terms: Terms) -> int:
    """First second after the consultation, at most the last one that a validity can name."""
    return min((terms.start + terms.slots) * SLOT_SECONDS, UINT40)


def delivery_due(terms: Terms) -> int:
    return ends_at(terms) + terms.policy.deliver_window


def doctors(terms: Terms) -> list[int]:
    return [seat.doctor for seat in terms.seats]


def all_seats(terms: Terms) -> int:
    return (1 << len(terms.seats)) - 1


def leading_doctor(terms: Terms) -> int:
    return terms.seats[terms.lead].doctor
