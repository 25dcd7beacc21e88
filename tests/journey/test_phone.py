"""Every kind of page of every role on a phone, in English: it fits, it is translated, axe finds nothing serious."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.journey.people import Person, Town

PHONE = 390
AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
ROLES = (
    "visitor",
    "doctor1@demo.example",
    "doctor6@demo.example",
    "hospital1@demo.example",
    "authority@demo.example",
    "preparer@demo.example",
    "approver@demo.example",
    "bank@demo.example",
    "auditor@demo.example",
)
# Pages that look alike to all who are signed in: whoever comes first looks at them for all.
ALIKE = re.compile(r"/$|/account$|/audit|/chain/|/consultations$|/parties/")
# What people wrote stays in their language; all else that a page says has two.
UNTRANSLATED = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  for (let node; (node = walker.nextNode()); ) {
    const text = node.textContent.trim();
    const shown = node.parentElement.checkVisibility() && !node.parentElement.closest("[lang=zh], script, style");
    if (shown && (/[\\u4e00-\\u9fff]/.test(text) || text.includes("%("))) found.push(text);
  }
  return found;
}"""
SERIOUS = """async () => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"] });
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).slice(0, 3).join(" | ")}`);
}"""


@pytest.fixture(scope="module")
def alike() -> set[str]:
    """Kinds of pages that somebody has looked at for all."""
    return set()


@pytest.mark.parametrize("role", ROLES)
def test_pages_on_a_phone(town: Town, alike: set[str], role: str) -> None:
    person = town.visitor("en", PHONE) if role == "visitor" else town.enter(role, "en", PHONE)
    if role == "visitor":
        person.visit("/")
    seen = alike if role != "visitor" else set[str]()
    faults = [f"{path}: {fault}" for path in _walk(person, seen) for fault in _faults(person)]
    assert faults + person.complaints == []


def _walk(person: Person, alike: set[str]) -> Iterator[str]:
    """Along the links, one page of each kind: where the role starts, and all that nobody has looked at for it."""
    start = urlsplit(person.page.url).path or "/"
    waiting, kinds = [start], alike - {_kind(start)}
    while waiting:
        path = waiting.pop(0)
        if (kind := _kind(path)) in kinds:
            continue
        kinds.add(kind)
        if ALIKE.match(kind):
            alike.add(kind)
        person.visit(path)
        yield path
        links = person.page.locator("a[href^='/']").evaluate_all("all => all.map((a) => a.pathname)")
        waiting += [link for link in links if "." not in link]


def _kind(path: str) -> str:
    return re.sub(r"0x[0-9a-f]+|\d+", "N", path)


def _faults(person: Person) -> Iterator[str]:
    page = person.page
    page.evaluate(AXE.read_text(encoding="utf-8"))
    yield from page.evaluate(SERIOUS)
    yield from (f"untranslated: {text}" for text in page.evaluate(UNTRANSLATED))
    width = page.evaluate("document.documentElement.scrollWidth")
    if width > PHONE:
        yield f"is {width} px wide"
    name = re.sub(r"\W+", "-", urlsplit(page.url).path).strip("-") or "home"
    person.photograph(f"phone-{name}")
