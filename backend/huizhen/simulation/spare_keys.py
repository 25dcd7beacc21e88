"""Doctors of a simulated world who add a second key and do not keep it, or do."""

from __future__ import annotations

from collections.abc import Sequence

from huizhen.chain.signer import SoftwareKey
from huizhen.domain import acts
from huizhen.simulation.people import Person
from huizhen.simulation.stage import DAY, HOUR, Stage


def change_keys(stage: Stage, seed: int, doctors: Sequence[Person]) -> None:
    """All ask to give the second key up again: the first does so, the second doctor takes the request back, and
    nobody carries out that of the others.
    """
    for doctor in doctors:
        spare = SoftwareKey.from_seed(seed, "spare", doctor.id)
        adding = acts.add_signer(doctor.id, doctor.revision, spare.signer, stage.deadline)
        stage.perform(adding.with_possession(spare.sign(stage.statements.digest(adding))))
        stage.perform(acts.request_signer_removal(doctor.id, doctor.revision + 1, 1, stage.deadline))
        doctor.revision += 2
    remover, keeper, *_ = doctors
    stage.perform(acts.cancel_signer_removal(keeper.id, keeper.revision, stage.deadline))
    keeper.revision += 1
    stage.at(stage.now + DAY + HOUR)
    stage.perform(acts.remove_signer(remover.id))
