from __future__ import annotations

from datetime import date

import pytest

from huizhen.db.office.calendars import DoctorHours, hours_of
from huizhen.domain.slots import MinuteRange
from tests.support.practice import HOSPITAL, LEAD, MEMBER, Rooms
from tests.support.web import client_of

WEEK = {"monday": "09:00-12:00, 13:30-17:00", "friday": "14:00–16:00", "notice_hours": "48"}


def kept(rooms: Rooms) -> DoctorHours:
    with rooms.stores.office.reading() as session:
        return hours_of(session, (LEAD,))[LEAD]


def test_hours__of_the_owner__are_kept_and_shown(rooms: Rooms) -> None:
    browser = client_of(rooms.app, rooms.person(LEAD))
    assert browser.post("/doctor/calendar/hours", data=WEEK).location == "/doctor/calendar"
    hours = kept(rooms)
    assert hours.pattern.hours == {
        0: (MinuteRange(540, 720), MinuteRange(810, 1020)),
        4: (MinuteRange(840, 960),),
    }
    assert hours.notice_hours == 48
    page = browser.get("/doctor/calendar").text
    assert "09:00-12:00, 13:30-17:00" in page


def test_hours__again__replace_the_old(rooms: Rooms) -> None:
    browser = client_of(rooms.app, rooms.person(LEAD))
    browser.post("/doctor/calendar/hours", data=WEEK)
    browser.post("/doctor/calendar/hours", data={"tuesday": "08:00-09:00", "notice_hours": "0"})
    assert kept(rooms).pattern.hours == {1: (MinuteRange(480, 540),)}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"monday": "9-12"}, "不是时段"),
        ({"monday": "09:00-12:00,11:00-13:00"}, "重叠"),
        ({"monday": "09:10-12:00"}, "15分钟"),
        ({"monday": "12:00-09:00"}, "结束晚于开始"),
        ({"notice_hours": "500"}, "0到336"),
        ({"notice_hours": ""}, "整数小时"),
    ],
)
def test_hours__impossible__stay_in_the_form(rooms: Rooms, changes: dict[str, str], sentence: str) -> None:
    answer = client_of(rooms.app, rooms.person(LEAD)).post("/doctor/calendar/hours", data=WEEK | changes)
    assert answer.status_code == 400
    assert sentence in answer.text
    assert "14:00–16:00" in answer.text
    assert kept(rooms).empty


def test_days__off_and_other__are_kept_and_dropped(rooms: Rooms) -> None:
    browser = client_of(rooms.app, rooms.person(LEAD))
    browser.post("/doctor/calendar/days", data={"day": "2026-03-09", "hours": ""})
    browser.post("/doctor/calendar/days", data={"day": "2026-03-14", "hours": "09:00-11:00"})
    assert kept(rooms).exceptions == {date(2026, 3, 9): (), date(2026, 3, 14): (MinuteRange(540, 660),)}
    for _ in range(2):
        answer = browser.post("/doctor/calendar/days/2026-03-09/drop")
        assert answer.status_code == 302
    assert list(kept(rooms).exceptions) == [date(2026, 3, 14)]


@pytest.mark.parametrize("day", ["2026-03-04", "2029-01-01", "soon", ""])
def test_days__past_or_far_or_none__are_refused(rooms: Rooms, day: str) -> None:
    answer = client_of(rooms.app, rooms.person(LEAD)).post(
        "/doctor/calendar/days", data={"day": day, "hours": ""}
    )
    assert answer.status_code == 400
    assert not kept(rooms).exceptions


def test_drop__no_day__is_not_found(rooms: Rooms) -> None:
    assert client_of(rooms.app, rooms.person(LEAD)).post("/doctor/calendar/days/x/drop").status_code == 404


@pytest.mark.parametrize("path", ["hours", "days", "days/2026-03-09/drop", "feed", "feed/stop"])
def test_acts__by_another_role_or_by_get__are_not_done(rooms: Rooms, path: str) -> None:
    assert client_of(rooms.app, rooms.person(HOSPITAL)).post(f"/doctor/calendar/{path}").status_code == 403
    assert client_of(rooms.app, rooms.person(LEAD)).get(f"/doctor/calendar/{path}").status_code in (404, 405)


def test_acts__of_a_teammate__change_their_own_calendar_alone(rooms: Rooms) -> None:
    client_of(rooms.app, rooms.person(MEMBER)).post("/doctor/calendar/hours", data=WEEK)
    assert kept(rooms).empty


def secret(rooms: Rooms) -> str | None:
    return rooms.practice.calendars.page(LEAD).feed


def test_feed__with_its_secret__lists_consultations_to_anybody(rooms: Rooms) -> None:
    client_of(rooms.app, rooms.person(LEAD)).post("/doctor/calendar/feed")
    answer = client_of(rooms.app).get(f"/doctor/calendar/{secret(rooms)}.ics")
    assert answer.mimetype == "text/calendar"
    assert "SUMMARY:会诊 7 · 大理州人民医院" in answer.text
    assert "TZID:Asia/Shanghai" in answer.text


def test_feed__renewed_or_stopped__no_longer_answers(rooms: Rooms) -> None:
    browser = client_of(rooms.app, rooms.person(LEAD))
    browser.post("/doctor/calendar/feed")
    first = secret(rooms)
    browser.post("/doctor/calendar/feed")
    assert client_of(rooms.app).get(f"/doctor/calendar/{first}.ics").status_code == 404
    second = secret(rooms)
    browser.post("/doctor/calendar/feed/stop")
    assert client_of(rooms.app).get(f"/doctor/calendar/{second}.ics").status_code == 404


def test_week__with_a_consultation__links_to_it(rooms: Rooms) -> None:
    page = client_of(rooms.app, rooms.person(LEAD)).get("/doctor/calendar?on=2026-03-02").text
    assert "/consultations/7" in page
    assert "14:30–15:30" in page


def test_week__of_no_day__is_this_week(rooms: Rooms) -> None:
    assert "2026-03-02" in client_of(rooms.app, rooms.person(LEAD)).get("/doctor/calendar?on=never").text
