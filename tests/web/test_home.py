from __future__ import annotations

import pytest

from huizhen.domain.accounts import Role
from huizhen.domain.ids import PartyId
from huizhen.domain.sentence import Sentence
from huizhen.services.accounts import Accounts, DemoDesk, DemoSignIn
from huizhen_web.container import WebSettings
from tests.support.web import (
    NOW,
    PASSWORD,
    FakeClock,
    FakeFreshness,
    FakeHome,
    FakeProbes,
    account,
    client_of,
    office,
    site,
)


def test_home__shows_figures_in_the_reader_s_language() -> None:
    chinese, english = client_of(site()).get("/").text, client_of(site(), locale="en").get("/").text
    assert "¥420,000.00" in chinese
    assert "跨城会诊" in chinese
    assert "every fen accounted for" in english
    assert "143 settled" in english


def test_home__nothing_indexed__says_what_to_do() -> None:
    assert "正在读取链上记录" in client_of(site(home=FakeHome(None))).get("/").text


@pytest.mark.parametrize(
    ("age", "chinese", "english"),
    [(30, "30秒钟前", "30 seconds old"), (300, "5分钟前", "5 minutes old"), (7200, "2小时前", "2 hours old")],
)
def test_home__node_down__shows_the_age_of_what_it_shows(age: int, chinese: str, english: str) -> None:
    app = site(freshness=FakeFreshness(node_up=False, age=age))
    assert f"You see the state of block 4711, {english};" in client_of(app, locale="en").get("/").text
    page = client_of(app).get("/").text
    assert f"区块 4711 的状态，为{chinese}；" in page
    assert "¥420,000.00" in page, "the figures of that block stay"


def test_demo_sign_in__enters_only_people_of_the_demo() -> None:
    store = office(account(Role.BANK))
    name, note = Sentence("李文静", "Li Wenjing"), Sentence("昆明，神经外科", "Neurosurgery, Kunming")
    Accounts(store).open_demo(DemoSignIn("li@demo.cn", Role.DOCTOR, name, note), PartyId(17))
    browser = client_of(site(accounts=Accounts(store), demo_desk=DemoDesk(store), demo_clock=FakeClock()))
    page = browser.get("/").text
    assert "李文静" in page
    assert "昆明，神经外科" in page
    assert browser.post("/demo/sign-in", data={"email": "bank1@example.cn"}).status_code == 404
    assert browser.get("/account").status_code == 302
    assert browser.post("/demo/sign-in", data={"email": "li@demo.cn"}).status_code == 302
    assert "li@demo.cn" in browser.get("/account").text
    assert browser.get("/demo/sign-in").status_code == 405
    browser.post("/locale", data={"locale": "en"})
    browser.post("/demo/sign-in", data={"email": "li@demo.cn"})
    assert "Sign out" in browser.get("/account").text, "the language is the visitor's"


def test_demo_sign_in__by_party__lands_where_the_signature_waits() -> None:
    store = office(account(Role.BANK, party=18))
    name = Sentence("李文静", "Li Wenjing")
    Accounts(store).open_demo(DemoSignIn("li@demo.cn", Role.DOCTOR, name, Sentence("", "")), PartyId(17))
    browser = client_of(site(accounts=Accounts(store), demo_desk=DemoDesk(store), demo_clock=FakeClock()))

    entered = browser.post("/demo/sign-in", data={"party": "17", "next": "/statements/3"})

    assert entered.location == "/statements/3"
    # Party 18 belongs to an account with a password: no click opens it.
    assert browser.post("/demo/sign-in", data={"party": "18"}).status_code == 404


def test_demo_account__has_no_password_to_guess() -> None:
    store = office()
    sign_in = DemoSignIn("li@demo.cn", Role.DOCTOR, Sentence("李", "Li"), Sentence("", ""))
    Accounts(store).open_demo(sign_in, None)
    for password in ("", "None", PASSWORD):
        assert Accounts(store).check("li@demo.cn", password) is None


def test_demo__elsewhere__does_not_exist() -> None:
    browser = client_of(site())
    assert browser.post("/demo/sign-in", data={"email": "li@demo.cn"}).status_code == 404
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
    clock = FakeClock()
    answer = client_of(site(demo_clock=clock)).post("/demo/clock", data=form | {"next": "/register"})
    assert clock.advanced == moved
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
