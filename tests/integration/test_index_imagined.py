"""An index of an imagined world says what the world remembers, and says it again when it is built anew."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.campaign import Campaign
from tests.support.imagined.state import State
from tests.support.indexing import dump

Rows = dict[str, list[dict[str, Any]]]

BLOCKS = 1_500


@pytest.fixture(scope="module", params=(6, 7), ids=("bank", "token"))
def followed(request: pytest.FixtureRequest) -> Iterator[Campaign]:
    campaign = Campaign("sqlite://", request.param)
    campaign.turning.mine(BLOCKS)
    # Until a transaction that waits for another has been told.
    while campaign.turning.world.waiting:
        campaign.turning.mine(1)
    campaign.indexer.once()
    yield campaign
    campaign.close()


@pytest.fixture(scope="module")
def rows(followed: Campaign) -> Rows:
    """By table."""
    found: Rows = defaultdict(list)
    for line in dump(followed.store):
        table, row = line.split(" ", 1)
        found[table].append(json.loads(row))
    return found


def test_once__money__stands_where_the_world_has_it(followed: Campaign, rows: Rows) -> None:
    world: State = followed.turning.world
    outstanding = dict.fromkeys(world.credit, 0)
    for batch in world.outstanding:
        for party, net in batch.items.values():
            outstanding[party] += net
    assert {row["hospital"]: row["available"] for row in rows["funds"]} == world.available
    credited = {row["party"]: (row["credited"], row["outstanding"]) for row in rows["credit"]}
    assert credited == {party: (world.credit[party], outstanding[party]) for party in world.credit}
    assert [row["amount"] for row in rows["custody"]] == [world.custody]
    held = {row["id"]: row["held"] for row in rows["consultation"] if row["held"]}
    assert held == {case.id: case.escrowed for case in world.open if case.escrowed}


def test_once__open_consultations__are_as_far_as_their_cases(followed: Campaign, rows: Rows) -> None:
    consultations = {row["id"]: row for row in rows["consultation"]}
    disputes = {row["consultation"]: row for row in rows["dispute"]}
    booked = [case for case in followed.turning.world.open if case.id]
    assert booked
    for case in booked:
        row = consultations[case.id]
        assert (row["terms_hash"], row["attended"], row["seats"]) == (
            case.terms_hash,
            case.attended,
            case.seats,
        )
        if case.id in disputes:
            dispute = disputes[case.id]
            expected = (case.contested, case.resolved, case.rest_released)
            assert (dispute["contested"], dispute["resolved"], dispute["rest_released"]) == expected
            assert row["overtime"] == case.overtime


def test_once__people__belong_where_the_world_has_them(followed: Campaign, rows: Rows) -> None:
    world: State = followed.turning.world
    members = {
        (row["group"], row["doctor"], row["spell"]) for row in rows["membership"] if row["left_at"] is None
    }
    assert members == {
        (group, doctor, spell)
        for group, team in world.teams.items()
        for doctor, spell in team.members.items()
    }
    leads = {row["group"]: (row["lead"], row["revision"]) for row in rows["doctor_group"]}
    assert leads == {group: (team.lead, team.revision) for group, team in world.teams.items()}
    affiliated = {row["doctor"]: row["institution"] for row in rows["affiliation"] if row["valid_until"]}
    assert affiliated == world.practice
    keys: dict[int, int] = {}
    for row in rows["signer"]:
        keys[row["party"]] = keys.get(row["party"], 0) | row["active"] << row["index"]
    assert keys == dict.fromkeys(keys, 1) | world.keys
    pending = {row["party"] for row in rows["replacement"] if row["not_before"]}
    assert pending == {party for party, each in world.replacements.items() if each.pending}


def test_rebuild__of_all_that_was_told__gives_the_same_rows(followed: Campaign) -> None:
    before = dump(followed.store)
    followed.indexer.rebuild()
    assert dump(followed.store) == before
