"""One demo world and one browser for the journey; what went wrong is kept under build/journey."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.journey.people import Town
from tests.support.running import Up, up

ALBUM = Path(__file__).resolve().parents[2] / "build" / "journey"
FLAGS = [
    "--no-sandbox",  # tests run as root in containers
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Up]:
    with up(tmp_path_factory.mktemp("journey") / "state", "--demo") as running:
        running.wait_until_ready()
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    assert found, "The browser journey needs Chromium on PATH: run tools/browser."
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def town(world: Up, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Town]:
    """Everybody of one test; a failure leaves what each of them saw last, and what the servers said."""
    ALBUM.mkdir(parents=True, exist_ok=True)
    place = Town(browser, f"http://localhost:{world.port}", ALBUM)
    failed_before = request.session.testsfailed
    yield place
    if request.session.testsfailed > failed_before:
        place.photograph_all()
        (ALBUM / f"{request.node.name}.log").write_text(_said(world), encoding="utf-8")
    for person in place.people:
        person.page.context.close()


def _said(world: Up) -> str:
    files = [world.output, *sorted((world.state_dir / "log").glob("*.log"))]
    return "\n".join(f"=== {file.name}\n{file.read_text(encoding='utf-8')}" for file in files)
