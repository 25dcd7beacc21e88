from __future__ import annotations

import pytest
from flask import Flask

from huizhen.domain.accounts import Role
from tests.support.web import PASSWORD, account, accounts, client_of, site

DOCTOR = account(Role.DOCTOR)
HOSPITAL = account(Role.HOSPITAL, 2)


@pytest.fixture
def app() -> Flask:
    return site(accounts=accounts(DOCTOR, HOSPITAL))


def test_sign_in__right_password__begins_a_session(app: Flask) -> None:
    browser = client_of(app)
    answer = browser.post("/sign-in", data={"email": DOCTOR.email.upper(), "password": PASSWORD})
    assert answer.status_code == 302
    assert "李文静" in browser.get("/account").text


@pytest.mark.parametrize(("email", "password"), [(DOCTOR.email, "wrong"), ("nobody@example.cn", PASSWORD)])
def test_sign_in__wrong_password_or_unknown__same_answer(app: Flask, email: str, password: str) -> None:
    answer = client_of(app).post("/sign-in", data={"email": email, "password": password})
    assert answer.status_code == 400
    assert "邮箱与密码不匹配" in answer.text


def landing(app: Flask, wanted: str) -> str:
    form = {"email": HOSPITAL.email, "password": PASSWORD, "next": wanted}
    return client_of(app).post("/sign-in", data=form).location or ""


def test_sign_in__next__leads_back(app: Flask) -> None:
    assert landing(app, "/account?tab=1") == "/account?tab=1"


@pytest.mark.parametrize(
    "wanted", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_sign_in__next_elsewhere__lands_on_the_first_page(app: Flask, wanted: str) -> None:
    assert landing(app, wanted) == landing(app, "")


def test_sign_in__planted_session__is_emptied(app: Flask) -> None:
    browser = client_of(app)
    with browser.session_transaction() as session:
        session["planted"] = "x"
    browser.post("/sign-in", data={"email": DOCTOR.email, "password": PASSWORD})
    with browser.session_transaction() as session:
        assert "planted" not in session


def test_account__stranger__is_asked_to_sign_in_and_comes_back(app: Flask) -> None:
    assert client_of(app).get("/account").location == "/sign-in?next=/account"


def test_fragment__stranger__is_sent_to_sign_in_whole(app: Flask) -> None:
    answer = client_of(app).get("/account", headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/sign-in"


def test_sign_out__ends_the_session(app: Flask) -> None:
    browser = client_of(app, DOCTOR)
    assert browser.post("/sign-out").status_code == 302
    assert browser.get("/account").status_code == 302
    assert browser.get("/sign-out").status_code == 405


def test_register__opens_account_and_signs_in(app: Flask) -> None:
    browser = client_of(app, locale="en")
    form = {
        "role": "doctor",
        "name": "王芳",
        "email": "Wang@example.cn",
        "password": PASSWORD,
        "repeated": PASSWORD,
    }
    assert browser.post("/register", data=form).status_code == 302
    page = browser.get("/account").text
    assert "Your account is open. Next: apply for accreditation." in page
    assert "wang@example.cn" in page
    assert "none yet: apply first" in page


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"email": DOCTOR.email}, "already has an account"),
        ({"email": "wang"}, "such as name@hospital.cn"),
        ({"password": "short", "repeated": "short"}, "at least 10 characters"),
        ({"repeated": "another sentence"}, "The two passwords differ"),
        ({"name": ""}, "Please fill this in."),
        ({"role": "authority"}, "Please choose one."),
        ({"role": ""}, "Please choose one."),
    ],
)
def test_register__bad_field__says_what_to_do(app: Flask, change: dict[str, str], sentence: str) -> None:
    form = {
        "role": "doctor",
        "name": "王芳",
        "email": "w@example.cn",
        "password": PASSWORD,
        "repeated": PASSWORD,
    }
    answer = client_of(app, locale="en").post("/register", data=form | change)
    assert answer.status_code == 400
    assert sentence in answer.text


def test_change_password__other_sessions_end(app: Flask) -> None:
    here, elsewhere = client_of(app, DOCTOR), client_of(app, DOCTOR)
    form = {"current": PASSWORD, "password": "snow on the pines", "repeated": "snow on the pines"}
    assert here.post("/account/password", data=form).status_code == 302
    assert here.get("/account").status_code == 200
    assert elsewhere.get("/account").status_code == 302
    assert here.post("/account/password", data=form).status_code == 400, (
        "the old password is no longer current"
    )


def test_change_password__stranger__is_asked_to_sign_in(app: Flask) -> None:
    assert client_of(app).post("/account/password").location == "/sign-in"


def test_locale__switch__is_kept_by_cookie_and_account(app: Flask) -> None:
    browser = client_of(app, DOCTOR)
    assert browser.post("/locale", data={"locale": "en", "next": "/account"}).location == "/account"
    assert "Your account" in browser.get("/account").text
    fresh = app.test_client()
    fresh.post("/sign-in", data={"email": DOCTOR.email, "password": PASSWORD})
    assert "Your account" in fresh.get("/account").text


def test_locale__unknown__is_refused(app: Flask) -> None:
    assert client_of(app).post("/locale", data={"locale": "fr"}).status_code == 400
