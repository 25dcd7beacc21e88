"""The patient's link: no account, a token that nobody guesses, a key that never comes here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from huizhen.db.office.statements import StatementStatus
from tests.support.clinic import ADDRESS, SIGNATURE, SURGEON, Clinic
from tests.support.web import client_of, csrf_token


@pytest.fixture
def clinic(tmp_path: Path, practice_site: Flask) -> Iterator[Clinic]:
    made = Clinic.open(tmp_path, practice_site)
    yield made
    made.close()


@pytest.fixture
def link(clinic: Clinic) -> str:
    case = clinic.draft()
    return f"/consent/{clinic.rooms.consents.ask(case, clinic.coordinator, ADDRESS)}"


def patient(clinic: Clinic, locale: str = "en") -> FlaskClient:
    return client_of(clinic.app, None, locale)


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_page__of_a_link__shows_all_that_is_consented_to(clinic: Clinic, link: str, locale: str) -> None:
    page = patient(clinic, locale).get(link)
    assert page.status_code == 200
    for text in ("鞍区占位", "是否手术？", "女，54岁", "¥5,000.00", ADDRESS):
        assert text in page.text
    assert patient(clinic, locale).get(f"{link}/status").status_code == 200


def test_page__tells_nobody_its_address(clinic: Clinic, link: str) -> None:
    headers = patient(clinic).get(link).headers
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Robots-Tag"] == "noindex"


def test_grant__over_https_from_the_page_itself__is_taken(
    clinic: Clinic, link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A browser sends along what the page's policy lets it send, and without a referrer no form is taken."""
    for name in ("WTF_CSRF_ENABLED", "WTF_CSRF_CHECK_DEFAULT", "WTF_CSRF_SSL_STRICT"):
        monkeypatch.setitem(clinic.app.config, name, True)
    browser, site = patient(clinic), "https://localhost"
    page = browser.get(link, base_url=site)
    sent = page.headers["Referrer-Policy"] != "no-referrer"
    form = {"signature": SIGNATURE, "csrf_token": csrf_token(page.text)}
    browser.post(f"{link}/grant", data=form, base_url=site, headers={"Referer": site + link} if sent else {})
    assert len(clinic.statements.of_subject("draft:1")) == 1


@pytest.mark.parametrize("path", ["", "/status"])
def test_page__of_an_unknown_token__is_not_there(clinic: Clinic, path: str) -> None:
    assert patient(clinic).get(f"/consent/unknown{path}").status_code == 404


@pytest.mark.parametrize("act", ["grant", "withdraw"])
def test_changes__by_get_or_with_an_unknown_token__do_nothing(clinic: Clinic, link: str, act: str) -> None:
    assert patient(clinic).get(f"{link}/{act}").status_code == 405
    assert patient(clinic).post(f"/consent/unknown/{act}", data={"signature": SIGNATURE}).status_code == 404
    assert clinic.statements.of_subject("draft:1") == ()


def test_grant__with_a_signature__is_on_its_way_once(clinic: Clinic, link: str) -> None:
    browser = patient(clinic)
    browser.post(f"{link}/grant", data={"signature": ""})
    assert clinic.statements.of_subject("draft:1") == ()
    assert browser.post(f"{link}/grant", data={"signature": SIGNATURE}).location == link
    browser.post(f"{link}/grant", data={"signature": SIGNATURE})
    (view,) = clinic.statements.of_subject("draft:1")
    assert view.status is StatementStatus.QUEUED
    page = browser.get(link).text
    assert "on its way to the chain" in page
    assert "I have understood" not in page


def test_grant__refused_by_the_contract__says_why_and_may_be_tried_again(clinic: Clinic, link: str) -> None:
    browser = patient(clinic)
    browser.post(f"{link}/grant", data={"signature": SIGNATURE})
    (view,) = clinic.statements.of_subject("draft:1")
    clinic.set_status(view.id, StatementStatus.REFUSED)
    assert "I have understood" in browser.get(link).text


def test_withdraw__what_is_in_force__once(clinic: Clinic, link: str) -> None:
    browser = patient(clinic)
    data = {"signature": SIGNATURE, "deadline": clinic.clock.at + 3600}
    browser.post(f"{link}/withdraw", data=data)
    assert clinic.statements.of_subject("draft:1") == ()
    clinic.grant(1)  # type: ignore[arg-type]
    assert "Withdraw my consent" in browser.get(link).text
    browser.post(f"{link}/withdraw", data=data | {"deadline": "soon"})
    assert clinic.statements.of_subject("draft:1") == ()
    assert browser.post(f"{link}/withdraw", data=data).location == link
    browser.post(f"{link}/withdraw", data=data)
    assert [view.function for view in clinic.statements.of_subject("draft:1")] == ["withdrawConsent"]


def test_openings__are_listed_with_name_and_time(clinic: Clinic, link: str) -> None:
    request = clinic.request_of(1)  # type: ignore[arg-type]
    assert "Nobody yet" in patient(clinic).get(link).text
    clinic.rooms.consents.open_file(request.case_file, SURGEON)
    assert "Li Wenjing" in patient(clinic).get(link).text


def test_link__void_or_over__cannot_be_used(clinic: Clinic, link: str) -> None:
    clinic.clock.at += 8 * 24 * 3600
    page = patient(clinic).get(link).text
    assert "can no longer be used" in page
    assert "I have understood" not in page
