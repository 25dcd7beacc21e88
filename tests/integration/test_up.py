"""`huizhen up` for real: from nothing to pages with content, and back to nothing that runs."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sys
import time
from pathlib import Path

import pytest

from tests.support.running import Up, all_gone, huizhen, up


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state directory in which the demo world was made by a first start."""
    state_dir = tmp_path_factory.mktemp("up") / "var"
    with up(state_dir, "--demo") as running:
        running.wait_until_ready()
        _show_content(running)
        children = running.children()
        assert len(children) >= 4, "chain, worker, gunicorn and its worker"
        began = time.monotonic()
        assert running.end() == 0
        assert time.monotonic() - began < 20
        assert all_gone(children, patience=1)
    assert f"http://localhost:{running.port}" in running.output.read_text()
    assert "doctor1@demo.example" in running.output.read_text()
    return state_dir


def _show_content(running: Up) -> None:
    ready = json.loads(running.get("/readyz"))
    assert ready["ready"], ready
    page = running.get("/")
    assert "doctor1@demo.example" in page
    assert "huizhen_index_halted 0.0" in running.get("/metrics")


def test_up__second_start__keeps_the_world_and_is_quick(world: Path) -> None:
    before = (world / "deployments" / "31337.json").read_bytes()
    with up(world, "--demo") as running:
        assert running.wait_until_ready() < 30
        _show_content(running)
    assert (world / "deployments" / "31337.json").read_bytes() == before


def test_up__demo_world__leaves_something_to_do_for_everybody(world: Path) -> None:
    with up(world, "--demo") as running:
        running.wait_until_ready()
        requests, *overviews = running.pages_of("doctor1@demo.example", "/doctor/requests", "/doctor")
        assert "/doctor/requests/1" in requests
        for number in range(2, 13):
            overviews += running.pages_of(f"doctor{number}@demo.example", "/doctor")
        assert any("Other statements to sign: 1" in page for page in overviews), "a lead is asked to admit"
        (cases,) = running.pages_of("hospital1@demo.example", "/hospital")
        assert "Delivered · 1" in cases
        (today,) = running.pages_of("approver@demo.example", "/finance")
        assert re.search(r"/finance/payouts/\d", today), "a batch waits for its second officer"
        (bench,) = running.pages_of("preparer@demo.example", "/finance/matching")
        assert "+¥16,860.50" in bench.partition('id="linked"')[0]
        (applicant,) = running.pages_of("authority@demo.example", "/authority/parties/8")
        assert "not kept here" not in applicant
        assert applicant.count("Agrees with the chain") == 3


def test_up__running__other_commands_join_its_chain(world: Path) -> None:
    with up(world, "--demo") as running:
        running.wait_until_ready()
        assert huizhen(world, "check").returncode == 0
        verified = huizhen(world, "verify")
        assert verified.returncode == 0, verified.stderr
        assert "all agree with the chain" in verified.stdout
        second = huizhen(world, "up", "--port", str(running.port + 1))
        assert (second.returncode, second.stderr.count("\n")) == (1, 1)


def test_up__worker_killed__starts_again_and_says_so(world: Path) -> None:
    with up(world, "--demo") as running:
        running.wait_until_ready()
        killed = running.child("cli worker")
        os.kill(killed, signal.SIGKILL)
        assert all_gone({killed: ""})
        deadline = time.monotonic() + 20
        while "The worker ended by itself" not in running.output.read_text() or not _works(running, killed):
            assert time.monotonic() < deadline, running.output.read_text()
            time.sleep(0.2)


def _works(running: Up, killed: int) -> bool:
    return any("cli worker" in args and pid != killed for pid, args in running.children().items())


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children that their parent was killed")
def test_up__killed__leaves_no_child_behind(world: Path) -> None:
    with up(world, "--demo") as running:
        running.wait_until_ready()
        children = running.children()
        running.process.kill()
        running.process.wait()
        assert all_gone(children)


def test_up__killed_while_the_world_is_made__makes_it_anew(tmp_path: Path) -> None:
    state_dir = tmp_path / "var"
    with up(state_dir, "--demo") as running:
        deadline = time.monotonic() + 60
        while "simulating" not in running.output.read_text():
            assert time.monotonic() < deadline, running.output.read_text()
            time.sleep(0.05)
        running.process.kill()
        running.process.wait()
    assert (state_dir / "world.unfinished").exists()
    with up(state_dir, "--demo") as running:
        running.wait_until_ready()
        _show_content(running)
    assert not (state_dir / "world.unfinished").exists()


def test_up__port_taken__one_sentence_before_anything_begins(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        refused = huizhen(tmp_path / "var", "up", "--demo", "--port", port)
    assert refused.returncode == 1
    assert refused.stdout == ""
    assert refused.stderr.startswith(f"Port {port} is taken")
    assert refused.stderr.count("\n") == 1
    assert not (tmp_path / "var").exists()
