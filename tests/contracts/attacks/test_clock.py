"""A clock in milliseconds, as some consortium chains stamp their blocks: a deadline of days would be one of minutes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import ape
import pytest

from huizhen.domain import acts
from huizhen.domain.slots import Slot
from huizhen.domain.terms import encode_terms
from tests.support.anvil_chain import Refused
from tests.support.ape_chain import Contracts
from tests.support.team import Team
from tests.support.world import AUTHORITY_KEY, TAX_AUTHORITY, TAX_KEY, World, digest_of

LATEST_SECONDS = 10**11
Deploy = Callable[[Any, Any, Contracts], Any]


def registry(admin: Any, project: Any, _: Contracts) -> Any:
    return admin.deploy(project.CredentialRegistry, AUTHORITY_KEY.signer, TAX_KEY.signer)


def groups(admin: Any, project: Any, there: Contracts) -> Any:
    return admin.deploy(project.DoctorGroups, there["CredentialRegistry"])


def cases(admin: Any, project: Any, there: Contracts) -> Any:
    return admin.deploy(project.CaseAccess, there["CredentialRegistry"])


def ledger(admin: Any, project: Any, there: Contracts) -> Any:
    needed = (there["AccessManager"], there["CredentialRegistry"], there["BankRail"])
    return admin.deploy(project.RevenueLedger, *needed, TAX_AUTHORITY)


def consultations(admin: Any, project: Any, there: Contracts) -> Any:
    needed = ("CredentialRegistry", "DoctorGroups", "SlotBook", "CaseAccess", "RevenueLedger")
    return admin.deploy(project.Consultations, *(there[each] for each in needed))


def account(admin: Any, project: Any, _: Contracts) -> Any:
    return admin.deploy(project.InstitutionAccount, [AUTHORITY_KEY.signer, TAX_KEY.signer], 2)


@pytest.mark.parametrize(
    "deploy",
    [registry, groups, cases, ledger, consultations, account],
    ids=lambda deploy: deploy.__name__,
)
def test_clock_in_milliseconds__under_each_contract_with_deadlines__refuses_the_deployment(
    world: World, project: Any, admin: Any, contracts: Contracts, deploy: Deploy
) -> None:
    """KeyReplacement and Disputes are made by the constructors of the registry and Consultations."""
    deploy(admin, project, contracts)
    world.chain.move_to(LATEST_SECONDS + 1)
    with ape.reverts(contracts["CaseAccess"].ClockInMilliseconds):
        deploy(admin, project, contracts)


def test_clock_in_milliseconds__in_a_deadline__has_no_room_there(world: World) -> None:
    """Forty bits end in the year 36812; a time of today in milliseconds is beyond them."""
    milliseconds = world.chain.now() * 1000
    latest = 2**40 - 1
    assert milliseconds > latest
    naming = acts.set_payout_account(world.preparer, digest_of("account"), 0, latest)
    call = world.statements.calldata(naming, world.sign(naming))
    late = call.replace(latest.to_bytes(32), milliseconds.to_bytes(32))
    with pytest.raises(Refused) as caught:
        world.chain.send(world.addresses["RevenueLedger"], late)
    assert caught.value.values == {"revert": ""}
    world.chain.send(world.addresses["RevenueLedger"], call)


def test_clock_in_milliseconds__in_the_start_of_terms__is_a_day_that_no_licence_reaches(
    world: World, team: Team
) -> None:
    """Slots of such a start fit into their field; the session would be in ten thousands of years."""
    terms = team.terms()
    far = replace(terms, start=Slot(terms.start * 1000), sign_by=2**40 - 1)
    signers = team.booking(terms).signers
    assert far.starts_at > 2**40
    refusal = world.refusal(acts.book(encode_terms(far), signers))
    assert refusal.name in ("ConsentNotInForce", "LicenceExpired")
