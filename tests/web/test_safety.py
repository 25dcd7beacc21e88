from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask

from huizhen.domain.accounts import Role
from huizhen.errors import Forbidden, InvalidInput, NodeError, NotFound
from huizhen.services.accounts import Accounts, DemoDesk
from huizhen_web.access import found, signed_in
from huizhen_web.app import create_app
from huizhen_web.container import WebSettings
from tests.support.web import FakeClock, account, accounts, client_of, container, csrf_token, office, site

DOCTOR = account(Role.DOCTOR)
PAGES = ["/", "/sign-in", "/register", "/nowhere", "/styleguide"]
SECRET = "of a test"


def guarded(**settings: Any) -> Flask:
    """A site as it runs: CSRF and, where asked for, limits are on."""
    web = WebSettings(SECRET, demo=True, **({"secure_cookies": False, "rate_limits": False} | settings))
    store = office(DOCTOR)
    desk = DemoDesk(store)
    return create_app(container(web=web, accounts=Accounts(store), demo_desk=desk, demo_clock=FakeClock()))


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("locale", ["zh", "en"])
def test_every_page__obeys_its_own_content_policy(page: str, locale: str) -> None:
    answer = client_of(guarded(), locale=locale).get(page)
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|hx-on|javascript:", answer.text)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_every_post__without_token__is_refused() -> None:
    app = guarded()
    browser = client_of(app, DOCTOR)
    refused = []
    for rule in app.url_map.iter_rules():
        if rule.methods and "POST" in rule.methods:
            values = dict.fromkeys(rule.arguments, "1")
            url = rule.rule
            for name in values:
                url = re.sub(rf"<[^<>]*\b{name}>", "1", url)
            answer = browser.post(url)
            assert answer.status_code == 400, url
            assert "表单已过期" in answer.text
            refused.append(url)
    assert "/sign-in" in refused


def test_post__with_the_page_s_token__passes() -> None:
    browser = client_of(guarded())
    token = csrf_token(browser.get("/").text)
    assert browser.post("/locale", data={"locale": "en", "csrf_token": token}).status_code == 302


def test_sign_in__eleventh_try_in_a_minute__is_told_to_wait() -> None:
    browser = client_of(guarded(rate_limits=True))
    token = csrf_token(browser.get("/sign-in").text)
    form = {"email": "a@b.cn", "password": "x", "csrf_token": token}
    answers = [browser.post("/sign-in", data=form) for _ in range(11)]
    assert [each.status_code for each in answers] == [400] * 10 + [429]
    assert "请等待一分钟" in answers[-1].text
    assert answers[-1].headers["Retry-After"]
    assert browser.get("/sign-in").status_code == 200


def test_cookies__over_https__are_host_bound() -> None:
    browser = client_of(guarded(secure_cookies=True))
    cookie = browser.get("/sign-in", base_url="https://localhost").headers["Set-Cookie"]
    for word in ("__Host-huizhen=", "Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert word in cookie


def test_signed_in_pages__are_never_stored() -> None:
    app = guarded()
    assert client_of(app, DOCTOR).get("/account").headers["Cache-Control"] == "no-store"
    assert client_of(app).get("/").headers["Cache-Control"] == "no-cache"


def test_static_files__asked_for_by_digest__are_kept() -> None:
    browser = client_of(guarded())
    found_sheet = re.search(r'href="(/static/css/base\.css\?v=[^"]+)"', browser.get("/").text)
    assert found_sheet
    assert "max-age=31536000" in browser.get(found_sheet[1]).headers["Cache-Control"]
    assert "no-cache" in browser.get("/static/js/copy.js").headers["Cache-Control"]


@pytest.mark.parametrize(
    ("refusal", "code", "sentence"),
    [
        (InvalidInput("份额之和不为一。", "The shares do not add up."), 400, "The shares do not add up."),
        (Forbidden("不行。", "Only the lead may."), 403, "Only the lead may."),
        (NotFound("不存在。", "Case 7 of hospital 3."), 404, "Nothing here"),
        (NodeError("节点不可用。", "The node is down."), 503, "The node is down."),
    ],
)
def test_refusal__becomes_a_page_with_its_sentence(refusal: Exception, code: int, sentence: str) -> None:
    app = site()

    @app.get("/refuse")
    def refuse() -> str:
        raise refusal

    answer = client_of(app, locale="en").get("/refuse")
    assert answer.status_code == code
    assert sentence in answer.text
    assert "hospital 3" not in answer.text


def test_fault__says_nothing_of_the_inside() -> None:
    app = site()
    app.testing = False

    @app.get("/break")
    def break_down() -> str:
        raise RuntimeError("password of the database")

    answer = client_of(app).get("/break")
    assert answer.status_code == 500
    assert "系统出错" in answer.text
    assert "password of the database" not in answer.text


def test_wrong_role__403__and_not_yours__404() -> None:
    app = site(accounts=accounts(DOCTOR))

    @app.get("/desk")
    @signed_in(Role.HOSPITAL)
    def desk() -> str:
        return "desk"

    @app.get("/mine")
    @signed_in(Role.DOCTOR)
    def mine() -> str:
        return found(None)

    assert client_of(app, DOCTOR).get("/desk").status_code == 403
    assert client_of(app, DOCTOR).get("/mine").status_code == 404
    assert client_of(app).get("/desk").status_code == 302
