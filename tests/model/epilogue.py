"""The end of each run: what can still be done, is done.

I11: every funded consultation ends by time alone, whoever has lost a licence, a key or a membership meanwhile.
I13: the events alone give back all state.
"""

from __future__ import annotations

from huizhen.domain.statuses import ConsultationStatus as Status
from tests.model.play.signing import finished
from tests.model.rebuilt import i13_events_alone_rebuild_all_state
from tests.model.spec import booked_terms
from tests.model.spec.consultations import CONSULTATIONS
from tests.model.spec.disputes import DISPUTES, ruling_due
from tests.model.spec.hashing import keccak
from tests.model.stage import Stage


def play_out(stage: Stage) -> None:
    i11_time_alone_ends_every_consultation(stage)
    i13_events_alone_rebuild_all_state(stage.history, stage.state)


def i11_time_alone_ends_every_consultation(stage: Stage) -> None:
    for packed in list(stage.terms):
        while (end := _end_by_time(stage, packed)) is not None:
            function, due = end
            act = finished(stage, CONTRACTS[function], function, {"terms": packed})
            refusal = stage.play(act, max(due + 1, stage.state.now)).refusal
            assert refusal is None, f"{function}: {refusal}"
    hospitals = {stage.ghost.terms(number).hospital for number in stage.ghost.packed}
    assert all(stage.state.funds[hospital].escrowed == 0 for hospital in hospitals)


CONTRACTS = {
    "expire": CONSULTATIONS,
    "acceptByTime": CONSULTATIONS,
    "applyDefault": DISPUTES,
    "releaseUncontested": DISPUTES,
}


def _end_by_time(stage: Stage, packed: bytes) -> tuple[str, int] | None:
    """What anybody may do next to end it, and the last second at which it is too early."""
    row = stage.state.consultations.get(keccak(packed))
    if row is None or row.status not in (Status.BOOKED, Status.DELIVERED, Status.DISPUTED):
        return None
    terms = booked_terms.read(packed)
    if row.status == Status.BOOKED:
        return "expire", booked_terms.delivery_due(terms)
    review_over = row.delivered_at + terms.policy.review_window
    if row.status == Status.DELIVERED:
        return "acceptByTime", review_over
    if stage.state.disputes[row.id].contested:
        return "applyDefault", ruling_due(stage.state, terms, row)
    return "releaseUncontested", review_over
