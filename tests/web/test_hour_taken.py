"""Two hospitals want the same hour: the slower one reads which doctor, and when."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from huizhen.domain.slots import local_time
from tests.support.clinic import HOSPITAL, Clinic
from tests.support.web import client_of
from tests.web.test_hospital_pages import hold_form, offer


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    made = Clinic.open(tmp_path)
    yield made
    made.close()


@pytest.mark.parametrize(("locale", "name"), [("zh", "李文静"), ("en", "Li Wenjing")])
def test_hold__hour_taken_meanwhile__names_doctor_and_hour(clinic: Clinic, locale: str, name: str) -> None:
    case, other = clinic.triaged(), clinic.triaged()
    shown = offer(clinic, other)
    clinic.hold(case, shown.start)
    browser = client_of(clinic.app, clinic.coordinator, locale)
    answer = browser.post(f"/hospital/cases/{other}/hold", data=hold_form(shown), follow_redirects=True)
    at = local_time(shown.start)
    hour = f"{at.month}月{at.day}日{at:%H:%M}" if locale == "zh" else f"{at.day} {at:%b %H:%M}"
    assert name in answer.text
    assert hour in answer.text
    seats = clinic.rooms.case_pages.page(other, HOSPITAL).wish
    assert seats is not None
    assert len(seats.seats) == 2, "nothing of the request is lost"
