"""Parts of a page that ask for themselves: nobody may be typing in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import huizhen_web
from tests.support.money_site import MoneySite
from tests.web.test_payout_pages import approved

TEMPLATES = Path(huizhen_web.__file__).parent / "templates"
LIVE = [file for file in sorted(TEMPLATES.rglob("*.html")) if "call live(" in file.read_text()]
# A dialog counts as well: it would close before its question is answered.
TYPED = re.compile(r"<(input|textarea|select)\b(?![^>]*hidden)|\b(field|form|confirm|search)\(|\{% include")
FOLLOWING = [file for file in sorted(TEMPLATES.rglob("*.html")) if "call follow(" in file.read_text()]
OF_CALLS = re.compile(r"\{% (?:call (\w+)|endcall)")
# A question keeps the part from being replaced until it is answered (static/js/live.js).
ASKED = re.compile(r"\{% call confirm\(.*?\{% endcall %\}|\{\{ confirm\(.*?\}\}", re.DOTALL)


@pytest.mark.parametrize("file", LIVE, ids=lambda file: str(file.relative_to(TEMPLATES)))
def test_live_part__holds_no_field_and_no_question(file: Path) -> None:
    polled = file.read_text().partition("call live(")[2]
    assert not TYPED.search(polled)


# Pages of which nothing follows, each with its reason.
STILL = {
    "account/page.html": "an account's own facts",
    "account/register.html": "a form",
    "account/sign_in.html": "a form",
    "audit/groups.html": "an answer as of a moment",
    "audit/ledger.html": "a form",
    "audit/licence.html": "an answer as of a moment",
    "audit/search.html": "an answer to a question",
    "errors/page.html": "a sentence",
    "group/found_terms.html": "a form",
    "group/rule.html": "a form, compared with the version in force when it was opened",
    "hospital/contents.html": "a form",
    "hospital/seats.html": "a form",
    "hospital/team.html": "a search: its choice is checked again when it is held",
    "styleguide/page.html": "examples",
}


def with_its_parts(template: Path) -> str:
    text = template.read_text()
    names = re.findall(r'\{% (?:include|from) "((?!_macros/).*?)"', text)
    return text + "".join(with_its_parts(TEMPLATES / name) for name in names)


def test_pages__follow_but_for_those_with_a_reason() -> None:
    pages = [file for file in sorted(TEMPLATES.rglob("*.html")) if 'extends "base.html"' in file.read_text()]
    still = [page for page in pages if not re.search(r"call (live|follow)\(", with_its_parts(page))]
    assert {str(page.relative_to(TEMPLATES)) for page in still} == set(STILL)


def following(text: str) -> Iterator[str]:
    """What stands in each {% call follow %} of a template."""
    opened: list[tuple[str, int]] = []
    for tag in OF_CALLS.finditer(text):
        if tag[1]:
            opened.append((tag[1], tag.end()))
        else:
            macro, start = opened.pop()
            if macro == "follow":
                yield text[start : tag.start()]


@pytest.mark.parametrize("file", FOLLOWING, ids=lambda file: str(file.relative_to(TEMPLATES)))
def test_list_that_follows__holds_no_field_outside_a_question(file: Path) -> None:
    parts = list(following(file.read_text()))
    assert parts
    for part in parts:
        included = [(TEMPLATES / name).read_text() for name in re.findall(r'\{% include "(.*?)"', part)]
        facts = ASKED.sub("", re.sub(r"\{% include .*?%\}", "", part))
        assert not any(TYPED.search(text) for text in (facts, *included))


def test_live_parts__are_the_only_ones_that_poll() -> None:
    polling = [file.name for file in TEMPLATES.rglob("*.html") if "hx-trigger" in file.read_text()]
    assert polling == ["layout.html"]


def test_bank_batch__polled__answers_with_facts_alone(tmp_path: Path) -> None:
    money = MoneySite.on(tmp_path)
    approved(money)
    bank = money.browser("bank")
    page, polled = bank.get("/bank/batches/1").text, bank.get("/bank/batches/1/state").text
    assert 'name="reference"' in page
    assert "<form" not in polled
    assert 'id="batch"' in polled


def test_bank_batch__paid_meanwhile__offers_the_page_as_it_is_now(tmp_path: Path) -> None:
    money = MoneySite.on(tmp_path)
    approved(money)
    bank = money.browser("bank")
    bank.post("/bank/batches/1/simulate")
    money.world.carry()
    money.world.settle()
    assert "Show what is left to do" in bank.get("/bank/batches/1/state").text
    assert "Show what is left to do" not in bank.get("/bank/batches/1").text


def test_bank_batch__refused__keeps_the_typed_reference(tmp_path: Path) -> None:
    money = MoneySite.on(tmp_path)
    approved(money)
    refused = money.browser("bank").post("/bank/batches/1/confirm", data={"reference": "B-2026-77"})
    assert refused.status_code == 400
    assert 'value="B-2026-77"' in refused.text
