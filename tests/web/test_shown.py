from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import render_template_string

from huizhen_web.area import NavItem, current_nav
from huizhen_web.shown import percent, shares_of, short_hash
from tests.support.web import NOW, site


def drawn(source: str, locale: str = "zh", **values: Any) -> str:
    app = site()
    with app.test_request_context("/?page=2&city=31", headers={"Cookie": f"locale={locale}"}):
        return render_template_string(source, **values).strip()


@pytest.mark.parametrize(
    ("bps", "text"), [(7000, "70%"), (1250, "12.5%"), (1, "0.01%"), (0, "0%"), (10_000, "100%")]
)
def test_percent__basis_points(bps: int, text: str) -> None:
    assert percent(bps) == text


def test_short_hash__keeps_both_ends() -> None:
    assert short_hash("0x" + "ab" * 32) == "0xababab…abab"
    assert short_hash(bytes(32)) == "0x000000…0000"


def test_shares__fill_the_bar_exactly() -> None:
    bars = shares_of([("a", 1), ("b", 1), ("c", 1)])
    assert bars[-1][2] + bars[-1][3] == 1000
    assert [first for _, _, first, _ in bars[1:]] == [first + length for _, _, first, length in bars[:-1]]


def test_amount__is_exact_and_tells_its_sign() -> None:
    macro = '{% from "_macros/facts.html" import amount %}{{ amount(fen) }}'
    assert drawn(macro, fen=123456) == '<data class="amount" value="123456">¥1,234.56</data>'
    assert 'class="amount minus"' in drawn(macro, fen=-5)


def test_times__are_those_of_china() -> None:
    macro = '{% from "_macros/facts.html" import when, slot_range %}{{ when(at, "long") }} {{ slot_range(slot, 6) }}'
    values: dict[str, Any] = {"at": datetime.fromtimestamp(NOW, UTC), "slot": NOW // 900}
    chinese, english = drawn(macro, **values), drawn(macro, "en", **values)
    assert '<time datetime="2026-03-05T06:30:00Z">3月5日 周四 14:30</time>' in chinese
    assert "3月5日 周四 14:30–16:00" in chinese
    assert "Thu 5 Mar 14:30–16:00" in english


def test_times__beyond_every_calendar__have_no_end() -> None:
    macro = '{% from "_macros/facts.html" import when %}{{ when(at, "day") }}'
    assert ">长期有效</time>" in drawn(macro, at=2**63)
    assert ">without end</time>" in drawn(macro, "en", at=2**63)


def digest_of(part: str) -> str:
    return part.partition('data-digest="')[2][:16]


def test_live__says_what_it_follows_and_asks_only_when_told() -> None:
    macro = (
        '{% from "_macros/layout.html" import live %}{% call live("x", "/x", moving, topics) %}y{% endcall %}'
    )
    moving = drawn(macro, moving=True, topics=["party:3", "head"])
    still = drawn(macro, moving=False, topics=["party:3", "head"])
    assert 'data-live="party:3 head"' in still
    assert 'hx-trigger="refresh"' in still
    assert " data-moving" in moving
    assert " data-moving" not in still
    assert digest_of(moving) != digest_of(still), "what asks by itself is another part"


def test_values__are_escaped() -> None:
    macro = '{% from "_macros/facts.html" import party %}{{ party(name, href="/x") }}'
    assert "<b>" not in drawn(macro, name="<b>")


def test_confirm__works_without_scripts() -> None:
    macro = (
        '{% from "_macros/forms.html" import confirm %}{{ confirm("/x", "a", "b", "c", "d", {"k": "v"}) }}'
    )
    shown = drawn(macro)
    assert "<details" in shown
    assert 'method="post" action="/x"' in shown
    assert 'name="k" value="v"' in shown


def test_navigation__marks_the_closest_page_only() -> None:
    app = site()
    items = [NavItem(endpoint, "", frozenset()) for endpoint in ("account.show", "account.change_password")]
    with app.test_request_context("/account/password"):
        assert current_nav(items) is items[1]
    with app.test_request_context("/account/elsewhere"):
        assert current_nav(items) is items[0]
    with app.test_request_context("/accounts"):
        assert current_nav(items) is None


def test_written__names_its_language_to_readers_of_another() -> None:
    assert drawn("{{ '吴医生<b>' | written }}", "en") == '<span lang="zh">吴医生&lt;b&gt;</span>'
    assert drawn("{{ '吴医生<b>' | written }}") == "吴医生&lt;b&gt;"
    assert drawn("{{ 'Dr Wu' | written }}{{ none | written }}", "en") == "Dr Wu"


def test_bank_name__is_said_where_the_reference_has_it() -> None:
    assert drawn("{{ '中国民生银行' | bank_name }}", "en") == "China Minsheng Bank"
    assert drawn("{{ '中国民生银行' | bank_name }}") == "中国民生银行"
    assert drawn("{{ '徽州农商行' | bank_name }}", "en") == '<span lang="zh">徽州农商行</span>'
