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
from tests.model.spec.hashing import keccak
from tests.model.stage import Stage


def play_out(stage: Stage) -> None:
    i11_time_alone_ends_every_consultation(stage)
    i13_events_alone_rebuild_all_state(stage.history, stage.state)


def i11_time_alone_ends_every_consultation(stage: Stage) -> None:
    for packed in stage.terms:
        row = stage.state.consultations.get(keccak(packed))
        if row is None or row.status not in (Status.BOOKED, Status.DELIVERED):
            continue
        terms = booked_terms.read(packed)
        if row.status == Status.BOOKED:
            function, due = "expire", booked_terms.delivery_due(terms)
        else:
            function, due = "acceptByTime", row.delivered_at + terms.policy.review_window
        act = finished(stage, CONSULTATIONS, function, {"terms": packed})
        refusal = stage.play(act, max(due + 1, stage.state.now)).refusal
        assert refusal is None, f"{function} of {row}: {refusal}"
    hospitals = {terms.hospital for terms in stage.ghost.terms.values()}
    assert all(stage.state.funds[hospital].escrowed == 0 for hospital in hospitals)
