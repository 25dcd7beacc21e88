"""A hospital's account through which two of three officers sign as one party."""

from __future__ import annotations

from huizhen.chain.officers_key import OfficersKey
from huizhen.chain.signer import SoftwareKey
from huizhen.domain import acts
from huizhen.simulation.people import Person
from huizhen.simulation.stage import Stage
from huizhen.simulation.stories import seeded

THRESHOLD = 2
OFFICERS = 3


def appoint(stage: Stage, seed: int, hospital: Person) -> OfficersKey:
    """Makes the account and registers it as the hospital's second signer. The first two officers sign."""
    officers = [SoftwareKey.from_seed(seed, "officer", hospital.id, number) for number in range(OFFICERS)]
    arguments = [officer.signer for officer in officers], THRESHOLD, seeded(seed, "account", hospital.id)
    stage.call("InstitutionAccounts", "create(bytes[],uint64,bytes32)", *arguments)
    (account,) = stage.read(
        "InstitutionAccounts", "addressOf(bytes[],uint64,bytes32)", arguments, ("address",)
    )
    key = OfficersKey(account, stage.statements.chain_id, officers[:THRESHOLD])
    adding = acts.add_signer(hospital.id, hospital.revision, key.signer, stage.deadline)
    stage.perform(adding.with_possession(key.sign(stage.statements.digest(adding))))
    hospital.revision += 1
    return key
