from __future__ import annotations

import pytest

from huizhen.domain.accounts import Role
from huizhen_web.container import WebSettings
from tests.support.web import (
    NOW,
    FakeDemo,
    FakeFreshness,
    FakeHome,
    FakeProbes,
    account,
    accounts,
    client_of,
    site,
)

DOCTOR = account(Role.DOCTOR)


def test_home__shows_figures_in_the_reader_s_language() -> None:
    chinese, english = client_of(site()).get("/").text, client_of(site(), locale="en").get("/").text
    assert "¥420,000.00" in chinese
    assert "跨城会诊" in chinese
    assert "every fen accounted for" in english
    assert "143 settled" in english


def test_home__nothing_indexed__says_what_to_do() -> None:
    assert "正在读取链上记录" in client_of(site(home=FakeHome(None))).get("/").text


def test_home__node_down__shows_the_age_of_what_it_shows() -> None:
    page = client_of(site(freshness=FakeFreshness(node_up=False)), locale="en").get("/").text
    assert "You see the state of block 4711, 5 min old" in page


def test_demo_sign_in__enters_only_people_of_the_demo() -> None:
    demo = FakeDemo(DOCTOR)
    app = site(accounts=accounts(DOCTOR, account(Role.BANK, 2)), demo_desk=demo, demo_clock=demo)
    browser = client_of(app)
    assert "以李文静进入" in browser.get("/").text
    assert browser.post("/demo/sign-in", data={"email": "bank2@example.cn"}).status_code == 404
    assert browser.get("/account").status_code == 302
    assert browser.post("/demo/sign-in", data={"email": DOCTOR.email}).status_code == 302
    assert browser.get("/demo/sign-in").status_code == 405


def test_demo__elsewhere__does_not_exist() -> None:
    browser = client_of(site())
    assert browser.post("/demo/sign-in", data={"email": DOCTOR.email}).status_code == 404
    assert browser.post("/demo/clock", data={"seconds": "3600"}).status_code == 404
    assert "演示时钟" not in browser.get("/").text


@pytest.mark.parametrize(
    ("form", "moved"),
    [
        ({"seconds": "3600"}, [3600]),
        ({"until": str(NOW + 500)}, [500]),
        ({"seconds": "-5"}, []),
        ({"seconds": "x"}, []),
        ({"until": str(NOW - 1)}, []),
        ({}, []),
    ],
)
def test_demo_clock__moves_only_forward(form: dict[str, str], moved: list[int]) -> None:
    demo = FakeDemo()
    answer = client_of(site(demo_desk=demo, demo_clock=demo)).post(
        "/demo/clock", data=form | {"next": "/register"}
    )
    assert demo.advanced == moved
    assert answer.status_code == (302 if moved else 400)


def test_styleguide__only_in_the_demo() -> None:
    assert client_of(site()).get("/styleguide").status_code == 404
    shown = site(web=WebSettings("of a test", demo=True, secure_cookies=False))
    for locale in ("zh", "en"):
        assert client_of(shown, locale=locale).get("/styleguide").status_code == 200


def test_operator_pages__answer_machines() -> None:
    browser = client_of(site())
    assert browser.get("/healthz").json == {"status": "ok"}
    assert browser.get("/readyz").json == {
        "ready": True,
        "checks": {"node": {"ok": True, "zh": "节点正常。", "en": "The node answers."}},
    }
    metrics = browser.get("/metrics").text
    assert "huizhen_head_block 4711.0" in metrics
    assert 'endpoint="ops.ready"' in metrics
    assert client_of(site(probes=FakeProbes(ok=False))).get("/readyz").status_code == 503
