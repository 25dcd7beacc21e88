"""The stream that tells pages which of their parts to ask for again."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from huizhen.cli.serving import web_command
from huizhen.services.changes import EVERYTHING, Picture
from huizhen.settings import load
from huizhen_web.live.hub import LOOK_SECONDS, MOST_STREAMS, Hub, Listener
from tests.support.clinic import Clinic
from tests.support.money_site import MoneySite
from tests.support.web import FakeChanges, client_of
from tests.web.test_payout_pages import approved, prepared

STATE = "/bank/batches/1/state"


@pytest.fixture
def money(tmp_path: Path) -> MoneySite:
    made = MoneySite.on(tmp_path)
    approved(made)
    return made


class Stream:
    """An open stream of a browser; reading waits for the next message that names parts."""

    def __init__(self, browser: FlaskClient, *parts: str, last: str | None = None) -> None:
        headers = {"Accept": "text/event-stream"} | ({"Last-Event-ID": last} if last else {})
        self.answer = browser.get("/live", query_string={"part": parts}, headers=headers, buffered=False)
        self._chunks: Iterator[Any] = iter(self.answer.iter_encoded())

    def message(self) -> tuple[str, list[str]]:
        """(id, parts)."""
        for chunk in self._chunks:
            if found := re.search(r"^id: (.*)\nevent: refresh\ndata: (.*)$", chunk.decode(), re.MULTILINE):
                return found[1], json.loads(found[2])
        raise AssertionError("the stream ended")

    def close(self) -> None:
        self.answer.close()


def digest_on(page: str) -> str:
    found = re.search(r'data-digest="(\w+)"', page)
    assert found
    return found[1]


def hub_of(app: Flask) -> Hub:
    hub: Hub = app.extensions["huizhen_live"]
    return hub


# What is heard


def test_stream__payout_confirmed_by_the_chain__names_the_part_that_shows_it(money: MoneySite) -> None:
    bank = money.browser("bank")
    shown = digest_on(bank.get("/bank/batches/1").text)
    stream = Stream(bank, f"{STATE}={shown}")
    assert stream.answer.mimetype == "text/event-stream"
    first, stale = stream.message()
    assert stale == []
    money.browser("bank").post("/bank/batches/1/simulate")
    money.world.carry()
    second, parts = stream.message()
    assert parts == ["batch"]
    assert second != first
    stream.close()


def test_stream__reader_missed_something__is_told_at_once(money: MoneySite) -> None:
    bank = money.browser("bank")
    stream = Stream(bank, f"{STATE}=an old digest")
    mark, stale = stream.message()
    assert stale == ["batch"]
    stream.close()
    again = Stream(bank, f"{STATE}=an old digest", last=mark)
    assert again.message() == (mark, [])
    again.close()
    money.world.mine()
    later = Stream(bank, f"{STATE}=an old digest", last=mark)
    assert later.message()[1] == ["batch"]
    later.close()


def test_stream__of_several_parts__names_those_that_it_concerns(tmp_path: Path) -> None:
    money = MoneySite.on(tmp_path)
    prepared(money)
    approver = money.browser("approver")
    location = approver.post("/finance/payouts/1/approve").location
    addresses = ("/finance/payouts/1/state", f"{location}/status")
    stream = Stream(approver, *(f"{each}={digest_on(approver.get(each).text)}" for each in addresses))
    assert stream.message()[1] == []
    money.signed(location, "approver")
    assert "statement-status" in stream.message()[1]
    stream.close()


def test_listener__is_told_of_its_own_topics_alone() -> None:
    listener = Listener("me", {"batch": frozenset(["batch:1"]), "party": frozenset(["party:3", "head"])})
    listener.tell(frozenset(["batch:2"]), "a")
    assert listener.wait(0)[0] == []
    listener.tell(frozenset(["party:3"]), "b")
    assert listener.wait(0) == (["party"], "b")
    listener.tell(EVERYTHING, "c")
    assert listener.wait(0) == (["batch", "party"], "c")


# Who may hear


def test_stream__of_what_one_may_not_see__is_refused_as_its_own_view_refuses(money: MoneySite) -> None:
    assert Stream(money.browser("doctor"), f"{STATE}=x").answer.status_code == 403
    assert Stream(money.browser(), f"{STATE}=x").answer.status_code == 401
    assert Stream(money.browser("bank"), "/bank/batches/999/state=x").answer.status_code == 404
    assert Stream(money.browser("bank"), "/bank/deposits=x").answer.status_code == 405
    assert len(hub_of(money.app)) == 0


def test_stream__of_another_hospitals_consultation__does_not_exist(
    tmp_path: Path, practice_site: Flask
) -> None:
    clinic = Clinic.open(tmp_path, practice_site)
    clinic.booked()
    own = client_of(clinic.app, clinic.person("coordinator"), "en")
    rival = client_of(clinic.app, clinic.person("rival"), "en")
    heard = Stream(own, "/consultations/7/status=x")
    assert heard.answer.status_code == 200
    heard.close()
    assert Stream(rival, "/consultations/7/status=x").answer.status_code == 404
    clinic.close()


@pytest.mark.parametrize(
    "part",
    [
        "",
        "/sign-in=x",
        "/nowhere=x",
        "/live?part=/=x",
        "https://elsewhere.example/=x",
        "//[=x",
        "/healthz=x",
        "/中文=x",
        "/%FF=x",
    ],
)
def test_stream__of_nothing_that_follows_the_chain__is_not_found(money: MoneySite, part: str) -> None:
    assert Stream(money.browser("bank"), part).answer.status_code == 404


def test_stream__signed_out_visitor__is_left_no_message_about_it(money: MoneySite) -> None:
    stranger = money.browser()
    Stream(stranger, f"{STATE}=x")
    assert "Please sign in first" not in stranger.get("/sign-in").text


def test_stream__carries_the_headers_of_every_page(money: MoneySite) -> None:
    stream = Stream(money.browser("bank"), f"{STATE}=x")
    assert "script-src 'self'" in stream.answer.headers["Content-Security-Policy"]
    assert stream.answer.headers["Cache-Control"] == "no-store"
    stream.close()


# How many


def test_hub__full__has_no_room_until_somebody_leaves() -> None:
    hub = Hub(FakeChanges(), most=2, of_one=2)
    first, second, third = (Listener(name, {"batch": frozenset(["batch:1"])}) for name in "abc")
    assert hub.join(first)
    assert hub.join(second)
    assert hub.join(third) is None
    hub.leave(first)
    hub.leave(first)
    assert hub.join(third)
    for each in (second, third):
        hub.leave(each)
    assert len(hub) == 0


def test_hub__one_visitor__has_so_many_streams_and_the_oldest_gives_way() -> None:
    hub = Hub(FakeChanges(), most=9, of_one=2)
    other, *mine = (Listener(name, {}) for name in ("you", "me", "me", "me"))
    assert all(hub.join(each) for each in (other, *mine))
    assert [each.superseded for each in (other, *mine)] == [False, True, False, False]
    assert mine[0].wait(60.0)[0] == []
    for each in (*mine, other):
        hub.leave(each)
    assert len(hub) == 0


def test_hub__nobody_listens__looks_at_nothing() -> None:
    changes = FakeChanges()
    hub = Hub(changes)
    listener = Listener("me", {"batch": frozenset(["head"])})
    hub.join(listener)
    changes.picture = Picture(block=5)
    assert listener.wait(5.0)[0] == ["batch"]
    hub.leave(listener)
    time.sleep(2 * LOOK_SECONDS)
    looked = changes.looks
    time.sleep(2 * LOOK_SECONDS)
    assert changes.looks == looked


def test_hub__stores_cannot_be_read_for_a_while__goes_on() -> None:
    class Failing(FakeChanges):
        broken = False

        def look(self, before: Picture | None = None) -> Picture:
            if self.broken:
                self.broken = False
                raise RuntimeError("being built anew")
            return super().look(before)

    changes = Failing()
    hub = Hub(changes)
    listener = Listener("me", {"batch": frozenset(["head"])})
    hub.join(listener)
    changes.broken, changes.picture = True, Picture(block=5)
    assert listener.wait(5.0)[0] == ["batch"]
    hub.leave(listener)


def test_stream__no_room__is_said_so_and_pages_poll(money: MoneySite) -> None:
    money.app.extensions["huizhen_live"] = Hub(FakeChanges(), most=0)
    answer = Stream(money.browser("bank"), f"{STATE}=x").answer
    assert (answer.status_code, answer.get_data()) == (204, b"")


def test_web_process__has_threads_left_when_all_streams_are_open() -> None:
    command = web_command(load())
    threads = int(command[command.index("--threads") + 1])
    assert threads - MOST_STREAMS >= 8
    assert command[command.index("--worker-class") + 1] == "gthread"
