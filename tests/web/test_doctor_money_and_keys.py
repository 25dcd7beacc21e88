"""Payout account, institutions of practice, signing keys: each puts a statement forward, for its owner alone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select

from huizhen.db.index.parties import Affiliation, Party, Signer
from huizhen.db.index.payouts import PayoutAccount
from huizhen.db.office.payout_destinations import PayoutDestination
from huizhen.domain.chain_ids import hex32
from huizhen.domain.commitments import commit
from huizhen.domain.ids import PartyId
from huizhen.services.statements import StatementView
from tests.support.practice import DAY, HOSPITAL, INSTITUTION, LEAD, MEMBER, OUTSIDER, TX, Rooms
from tests.support.web import NOW, client_of

ACCOUNT = {"bank": "中国工商银行", "account": "6222 0200 1234 5678 901", "holder": "李文静"}


def last(rooms: Rooms, party: PartyId) -> StatementView:
    return rooms.statements.of_proposer(party)[0]


def change(rooms: Rooms, kind: type[Any], key: object, **changes: object) -> None:
    with rooms.stores.index.writing() as session:
        row = session.get_one(kind, key)
        for name, value in changes.items():
            setattr(row, name, value)


def test_account__of_the_owner__is_committed_to_with_its_key(rooms: Rooms) -> None:
    answer = client_of(rooms.app, rooms.person(LEAD)).post("/doctor/payout-account", data=ACCOUNT)
    view = last(rooms, LEAD)
    assert answer.location == f"/statements/{view.id}"
    with rooms.stores.office.reading() as session:
        row = session.scalars(select(PayoutDestination)).one()
    assert view.values["account"] == commit(
        bytes.fromhex(row.key), "中国工商银行", "6222020012345678901", "李文静"
    )
    assert hex32(view.values["account"]) == row.commitment
    assert view.values["party"] == LEAD


def test_account__again_while_one_is_under_way__is_refused(rooms: Rooms) -> None:
    browser = client_of(rooms.app, rooms.person(LEAD))
    browser.post("/doctor/payout-account", data=ACCOUNT)
    answer = browser.post("/doctor/payout-account", data=ACCOUNT)
    assert answer.status_code == 400
    assert len(rooms.statements.of_proposer(LEAD)) == 1


@pytest.mark.parametrize("number", ["", "62", "6222-0200-x", "1" * 31])
def test_account__unreadable__stays_in_the_form(rooms: Rooms, number: str) -> None:
    answer = client_of(rooms.app, rooms.person(LEAD)).post(
        "/doctor/payout-account", data=ACCOUNT | {"account": number}
    )
    assert answer.status_code == 400
    assert not rooms.statements.of_proposer(LEAD)


def test_account__pending__counts_down_and_can_be_taken_back(rooms: Rooms) -> None:
    browser = client_of(rooms.app, rooms.person(LEAD))
    browser.post("/doctor/payout-account", data=ACCOUNT)
    rooms.statements.withdraw(last(rooms, LEAD).id, LEAD)
    with rooms.stores.office.reading() as session:
        commitment = session.scalars(select(PayoutDestination.commitment)).one()
    with rooms.stores.index.writing() as session:
        session.add(
            PayoutAccount(
                party=LEAD,
                pending=commitment,
                effective_at=NOW + 2 * DAY,
                version=1,
                block_number=10,
                tx_hash=TX,
            )
        )
    page = browser.get("/doctor/payout-account").text
    assert "**** 8901" in page
    assert "6222" not in page
    assert "data-countdown" in page
    browser.post("/doctor/payout-account/cancel")
    first = last(rooms, LEAD)
    assert (first.function, first.values["version"]) == ("cancelPayoutAccount", 1)
    browser.post("/doctor/payout-account/cancel")
    assert last(rooms, LEAD).id == first.id


def test_account__cancel_without_one_pending__says_so(rooms: Rooms) -> None:
    answer = client_of(rooms.app, rooms.person(MEMBER)).post("/doctor/payout-account/cancel")
    assert answer.status_code == 400
    assert "没有待生效的账户" in answer.text


@pytest.mark.parametrize(
    "path", ["payout-account", "payout-account/cancel", "institutions", "keys", "keys/keep"]
)
def test_acts__of_another_role__are_forbidden(rooms: Rooms, path: str) -> None:
    assert client_of(rooms.app, rooms.person(HOSPITAL)).post(f"/doctor/{path}").status_code == 403


def ask(institution: PartyId, until: str = "2027-03-05", **more: str) -> dict[str, str]:
    return {"institution": str(institution), "until": until, **more}


def test_affiliation__asked__names_version_and_standing(rooms: Rooms) -> None:
    browser = client_of(rooms.app, rooms.person(LEAD))
    browser.post("/doctor/institutions", data=ask(INSTITUTION, standing="y"))
    view = last(rooms, LEAD)
    assert [signer.party for signer in view.signers] == [LEAD, INSTITUTION]
    assert view.values["version"] == 1
    assert view.values["standingUntil"] == view.values["validUntil"]


def test_affiliation__asked_again__is_refused(rooms: Rooms) -> None:
    browser = client_of(rooms.app, rooms.person(OUTSIDER))
    assert browser.post("/doctor/institutions", data=ask(INSTITUTION)).status_code == 302
    assert browser.post("/doctor/institutions", data=ask(INSTITUTION)).status_code == 400
    assert browser.post("/doctor/institutions", data=ask(HOSPITAL)).status_code == 302


@pytest.mark.parametrize(
    "form", [ask(INSTITUTION, "2026-03-01"), ask(INSTITUTION, "2040-01-01"), ask(PartyId(99)), {}]
)
def test_affiliation__impossible__stays_in_the_form(rooms: Rooms, form: dict[str, str]) -> None:
    assert client_of(rooms.app, rooms.person(LEAD)).post("/doctor/institutions", data=form).status_code == 400
    assert not rooms.statements.of_proposer(LEAD)


def test_affiliation__without_a_valid_licence__says_what_is_missing(rooms: Rooms) -> None:
    change(rooms, Party, LEAD, valid_until=NOW - DAY)
    answer = client_of(rooms.app, rooms.person(LEAD)).post("/doctor/institutions", data=ask(INSTITUTION))
    assert answer.status_code == 400
    assert "到期" in answer.text


def test_end_affiliation__twice__is_one_statement(rooms: Rooms) -> None:
    browser = client_of(rooms.app, rooms.person(LEAD))
    for _ in range(2):
        browser.post(f"/doctor/institutions/{INSTITUTION}/end")
    (view,) = rooms.statements.of_proposer(LEAD)
    assert (view.function, view.values["by"]) == ("endAffiliation", LEAD)


@pytest.mark.parametrize("changes", [{"ended_by": LEAD}, {"valid_until": NOW - DAY}])
def test_end_affiliation__not_in_force__says_so(rooms: Rooms, changes: dict[str, object]) -> None:
    change(rooms, Affiliation, (LEAD, INSTITUTION), **changes)
    assert (
        client_of(rooms.app, rooms.person(LEAD)).post(f"/doctor/institutions/{INSTITUTION}/end").status_code
        == 400
    )


def test_end_affiliation__of_a_teammate__is_ones_own(rooms: Rooms) -> None:
    client_of(rooms.app, rooms.person(MEMBER)).post(f"/doctor/institutions/{INSTITUTION}/end")
    assert last(rooms, MEMBER).values["doctor"] == MEMBER
    assert not rooms.statements.of_proposer(LEAD)


def test_key__added__names_the_revision(rooms: Rooms) -> None:
    fields = {"signer": "0x" + "Ab" * 20, "possession": "0x" + "Cd" * 65}
    client_of(rooms.app, rooms.person(LEAD)).post("/doctor/keys", data=fields)
    view = last(rooms, LEAD)
    assert (view.function, view.values["signer"]) == ("addSigner", bytes.fromhex("ab" * 20))
    assert view.values["possession"] == bytes.fromhex("cd" * 65)
    assert view.values["revision"] == 1


@pytest.mark.parametrize("possession", ["", "no signature"])
def test_key__without_its_signature__is_told_what_to_sign(rooms: Rooms, possession: str) -> None:
    """The digest stays the same while the key signs it."""
    browser = client_of(rooms.app, rooms.person(LEAD))
    fields = {"signer": "0x" + "Ab" * 20, "possession": possession}
    first = browser.post("/doctor/keys", data=fields)
    rooms.clock.at += 60
    second = browser.post("/doctor/keys", data=fields)
    assert (first.status_code, second.status_code) == (400, 400)
    (digest,) = set(re.findall("摘要 (0x[0-9a-f]{64})", first.text))
    assert digest in second.text
    assert not rooms.statements.of_proposer(LEAD)


@pytest.mark.parametrize("signer", ["", "0xab", "no key", "0x" + "g" * 40])
def test_key__unreadable__stays_in_the_form(rooms: Rooms, signer: str) -> None:
    assert (
        client_of(rooms.app, rooms.person(LEAD)).post("/doctor/keys", data={"signer": signer}).status_code
        == 400
    )
    assert not rooms.statements.of_proposer(LEAD)


def second_key(rooms: Rooms) -> None:
    with rooms.stores.index.writing() as session:
        session.add(
            Signer(party=LEAD, index=1, signer="0x" + "cd" * 20, active=True, block_number=10, tx_hash=TX)
        )


def test_key__last_one__is_kept(rooms: Rooms) -> None:
    answer = client_of(rooms.app, rooms.person(LEAD)).post("/doctor/keys/0/remove")
    assert answer.status_code == 400
    assert "最后一把密钥" in answer.text


def test_key__one_of_two__may_go(rooms: Rooms) -> None:
    second_key(rooms)
    browser = client_of(rooms.app, rooms.person(LEAD))
    browser.post("/doctor/keys/1/remove")
    assert last(rooms, LEAD).values["index"] == 1
    assert browser.post("/doctor/keys/1/remove").status_code == 400


def test_key__of_nobody__is_not_found(rooms: Rooms) -> None:
    second_key(rooms)
    assert client_of(rooms.app, rooms.person(LEAD)).post("/doctor/keys/5/remove").status_code == 404


def test_removal__before_its_day__waits_and_can_be_taken_back(rooms: Rooms) -> None:
    second_key(rooms)
    change(rooms, Party, LEAD, removal_index=1, removal_not_before=NOW + DAY)
    browser = client_of(rooms.app, rooms.person(LEAD))
    assert browser.post("/doctor/keys/carry-out").status_code == 400
    browser.post("/doctor/keys/keep")
    assert last(rooms, LEAD).function == "cancelSignerRemoval"


def test_removal__due__goes_to_the_chain_unsigned(rooms: Rooms) -> None:
    second_key(rooms)
    change(rooms, Party, LEAD, removal_index=1, removal_not_before=NOW)
    client_of(rooms.app, rooms.person(LEAD)).post("/doctor/keys/carry-out")
    view = last(rooms, LEAD)
    assert (view.function, view.signers, view.status.value) == ("removeSigner", (), "queued")


def test_keep__nothing_pending__says_so(rooms: Rooms) -> None:
    assert client_of(rooms.app, rooms.person(LEAD)).post("/doctor/keys/keep").status_code == 400
